"""A person apart from any case: hours, absence, and whose identity is whose."""
