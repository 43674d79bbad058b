"""A child out of sight, or whoever a case is about: the steps, the review, the end."""
