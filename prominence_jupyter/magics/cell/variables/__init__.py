"""``{{ }}`` in the text of a cell: a small grammar, names looked up in the notebook, values written as JSON. Pure."""
