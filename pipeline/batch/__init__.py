"""The order of the rooms: what each command does, from files to files."""
