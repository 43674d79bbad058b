"""An action, from a proposal to what it brought about."""
