"""The rules of the field, as functions of values: nothing here reads a clock, a file or the network."""
