"""The program: the command line, what it runs, and the rules that it runs by."""
