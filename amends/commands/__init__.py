"""The commands of ``amends``: a command or a group of them a file; ``amends/cli.py`` says which stands where."""
