"""What is kept: a file for each thing, with its record and the table of its states; `kinds` is all of them."""
