"""What people type: a family of commands a room, and the registry, the one way in for what people type in a case or a chat."""
