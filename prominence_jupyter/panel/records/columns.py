"""Tables in plain text: columns as wide as their widest cell in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from typing import Final

from wcwidth import wcswidth, wcwidth

from prominence_jupyter.protocol.plain_text import CUT

_GAP: Final = "  "


def columns(rows: Sequence[Sequence[str]], indent: str = "", *, numbers: Collection[int] = ()) -> str:
    """Return rows of cells with their columns aligned, each row a line after an indent.

    Parameters
    ----------
    rows
        Cells of each row, as many in each.
    indent
        What each line begins with.
    numbers
        The columns that are aligned on the right.
    """
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        indent
        + _GAP.join(
            _padded(cell, wide, right=i in numbers) for i, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def width(cell: str) -> int:
    """Return how many columns of a terminal a cell takes."""
    known = wcswidth(cell)
    return known if known >= 0 else len(cell)


def cut(cell: str, limit: int, *, amid: bool = False) -> str:
    """Return a cell that takes at most so many columns of a terminal; a longer one ends in "…".

    Or has it `amid`: names often differ in their last characters only.
    """
    end = (limit - 1) // 2 if amid else 0
    if width(cell) <= limit or (start := _first(cell, limit - 1 - end)) == cell:
        return cell
    return start + CUT + _first(cell[::-1], end)[::-1]


def wrapped(text: str, room: int, *, indent: str = "  ", first: str | None = None) -> str:
    """Return text as lines of at most so many characters, each after an indent; the first line may have another one."""
    return textwrap.fill(
        text,
        room,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )


def _first(cell: str, room: int) -> str:
    """Return the first characters of a cell, as many as have room."""
    for place, character in enumerate(cell):
        room -= max(wcwidth(character), 0)
        if room < 0:
            return cell[:place]
    return cell


def _padded(cell: str, wide: int, *, right: bool) -> str:
    space = " " * (wide - width(cell))
    return space + cell if right else cell + space
