"""What all commands share: how one is declared, read, answered and remembered."""
