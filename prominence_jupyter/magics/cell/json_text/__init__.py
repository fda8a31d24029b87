"""JSON in a cell: its value, where each part of it stands, and what is wrong with it. Pure."""

from prominence_jupyter.magics.cell.json_text.document import Document, JsonError, parse

__all__ = ["Document", "JsonError", "parse"]
