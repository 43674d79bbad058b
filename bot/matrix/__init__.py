"""The protocol: the only rooms that know matrix-nio and the network."""
