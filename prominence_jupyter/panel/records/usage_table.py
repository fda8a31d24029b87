"""Tables of numbers, shares and words, as HTML and as text that fits a terminal; a column says how a row fills it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from prominence_jupyter.panel.records import markup
from prominence_jupyter.panel.records.columns import columns, cut, width
from prominence_jupyter.panel.records.usage_words import Cell, Row

_GAP: Final = 2
_LEAST: Final = 28
"""Columns of a terminal that the last cell of a row is worth, more than others."""
_FEWEST: Final = 12
"""That it gets in any case."""
_MOST: Final = 22
"""That another cell gets."""


class Column(NamedTuple):
    """A column of a table."""

    head: str
    cell: Callable[[Row], Cell]
    is_number: bool = False
    leaves: int = 0
    """Where a terminal is too narrow for all: which column leaves first, second, …, unless it fits; 0 stays."""
    wraps: bool = False
    """Whether its text may take several lines of a page; true of one column at most."""


def html_rows(table: Sequence[Column], rows: Iterable[Row]) -> tuple[str, Iterable[str]]:
    """Return the first row of a table, and one for each row of a frame."""
    numbers = frozenset(i for i, column in enumerate(table) if column.is_number)
    head = markup.table_head([column.head for column in table], numbers)
    wide = next((i for i, column in enumerate(table) if column.wraps), -1)
    return head, (
        markup.table_row([cell_html(column.cell(row)) for column in table], numbers, wide=wide) for row in rows
    )


def text_table(table: Sequence[Column], rows: Sequence[Row], room: int, indent: str = "  ") -> str:
    """Return a table as text.

    Parameters
    ----------
    table
        The columns. Of the last one, cells are cut where they do not fit.
    rows
        Of a frame.
    room
        Columns of a terminal. A table that does not fit leaves out what it can.
    indent
        What each line begins with.
    """
    cells = {column: [column.head, *(cell_text(column.cell(row)) for row in rows)] for column in table}
    for column in table[:-1]:
        cells[column] = [cut(cell, _MOST, amid=True) for cell in cells[column]]
    widths = {column: max(map(width, cells[column])) for column in table}
    *others, last = table
    left = room - len(indent) - sum(widths[column] + _GAP for column in others if not column.leaves)
    for column in sorted((column for column in others if column.leaves), key=lambda column: -column.leaves):
        if left - widths[column] - _GAP < min(widths[last], _LEAST):
            others.remove(column)
        else:
            left -= widths[column] + _GAP
    shown = [*others, last]
    cells[last] = [cut(cell, max(left, _FEWEST)) for cell in cells[last]]
    numbers = [i for i, column in enumerate(shown) if column.is_number]
    return columns([*zip(*(cells[column] for column in shown), strict=True)], indent, numbers=numbers)


def cell_html(cell: Cell) -> str:
    """Return a cell as HTML, after its bar."""
    meter = "" if cell.share is None else markup.meter(cell.share, cell.tone)  # first, so that bars begin together
    return meter + markup.text(cell_text(cell))


def cell_text(cell: Cell) -> str:
    """Return a cell as text."""
    return f"{cell.value} {cell.word}" if cell.word else cell.value
