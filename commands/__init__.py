"""One module per command: a declaration, a pure executor, its texts. The registry is all of them."""
