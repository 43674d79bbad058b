"""What the bot says unasked: when, to whom, and in which words."""
