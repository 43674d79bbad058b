"""What a house may set: its configuration, its protocols, and how those are read."""
