"""The bot at work: how an event, a letter and the clock come in, and what follows."""
