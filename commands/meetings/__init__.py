"""A meeting: agenda, decisions, votes, and what it leaves."""
