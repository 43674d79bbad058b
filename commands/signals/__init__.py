"""A signal: a worry that is parked, reviewed, and linked to a case."""
