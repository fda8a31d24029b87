"""The text of a cell: its variables, its JSON, what it describes, and what is wrong where. Pure."""
