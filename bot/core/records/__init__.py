"""One file for each thing that is kept: its record, and the table of its states."""
