"""A case that goes to another region: offered, received, followed."""
