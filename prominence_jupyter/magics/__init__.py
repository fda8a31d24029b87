"""The magics: text of a line or a cell in, calls of `jobs` and `notebook` out. Adapters, nothing more."""
