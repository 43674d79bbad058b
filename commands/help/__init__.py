"""What the bot can do, and why it said something."""
