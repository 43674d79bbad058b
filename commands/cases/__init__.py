"""A case: begun, led, scaled up and down, closed, kept and destroyed; who has a seat in it."""
