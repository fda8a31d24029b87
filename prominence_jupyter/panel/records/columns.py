"""Tables in plain text: columns as wide as their widest cell in a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from wcwidth import wcswidth


def columns(rows: Sequence[Sequence[str]], indent: str = "") -> str:
    """Return rows of cells with their columns aligned, each row a line after an indent."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        indent
        + "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _width(cell: str) -> int:
    width = wcswidth(cell)
    return width if width >= 0 else len(cell)
