"""Pieces of HTML for records: inline styles only, text escaped, readable with every style stripped.

No piece holds an empty line: in Markdown, where HTML may stand, one ends it, and what follows would be Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Final

from prominence_jupyter.panel.views.tone import Tone

COLOURS: Final[Mapping[Tone, str]] = MappingProxyType(
    {"good": "#2e9e5b", "bad": "#d9534f", "running": "#3b82d6", "neutral": "#8a8a8a", "waiting": "rgba(128,128,128,.4)"}
)
"""Seen on white and on black alike; words or glyphs say the same."""

_MATHEMATICS: Final = re.compile(r"[$\\]")
"""What begins a formula for JupyterLab and for nbconvert's pages, but not in code."""
_AS_IT_IS: Final = "background:none;color:inherit;font-family:inherit;font-size:inherit;padding:0"
_COMMAND: Final = "background:none;color:inherit;font-size:inherit;padding:0"

_BOX: Final = "border-left:3px solid {bar};padding:2px 0 2px 12px;margin:{above}px 0 2px;line-height:1.5"
_QUIET: Final = "margin:2px 0;font-size:90%;opacity:.65"
_TABLE: Final = "border-collapse:collapse;border:none;margin:6px 0;font-size:inherit;font-variant-numeric:tabular-nums"
_ROW: Final = "background:none;border:none"
_SPACE: Final = "padding:1px 16px 1px 0;vertical-align:top"
_LABEL: Final = f"text-align:left;{_SPACE};opacity:.65;font-weight:normal;white-space:nowrap"
_HEAD: Final = f"text-align:left;{_SPACE};opacity:.65;font-weight:normal;vertical-align:bottom"
_CELL: Final = f"text-align:left;{_SPACE};overflow-wrap:anywhere"
_SHORT: Final = f"text-align:left;{_SPACE};white-space:nowrap"
_WIDE: Final = f"{_CELL};min-width:14em"
_NUMBER: Final = f"text-align:right;{_SPACE};white-space:nowrap"
_PRE: Final = (
    "max-height:24em;overflow:auto;margin:4px 0;padding:6px 10px;border:1px solid rgba(128,128,128,.35);"
    "border-radius:3px;background:none;color:inherit;font-size:90%;line-height:1.4;white-space:pre;"
    "display:flex;flex-direction:column-reverse;"
    "font-family:var(--jp-code-font-family,monospace)"
)
_SNIPPET: Final = (
    "margin:4px 0;padding:4px 10px;border:1px solid rgba(128,128,128,.35);border-radius:3px;background:none;"
    "color:inherit;font-size:90%;line-height:1.4;white-space:pre-wrap;overflow-wrap:anywhere;user-select:all;"
    "font-family:var(--jp-code-font-family,monospace)"
)
_METER: Final = (
    "display:inline-block;width:{width}em;height:6px;margin-right:4px;border-radius:3px;vertical-align:middle"
)


def text(value: str) -> str:
    """Return text as HTML; what a front end would take for a formula stands in code."""
    shown = escape(value, quote=False)
    return f'<code style="{_AS_IT_IS}">{shown}</code>' if _MATHEMATICS.search(value) else shown


def code(value: str) -> str:
    """Return a command as HTML."""
    return f'<code style="{_COMMAND}">{escape(value, quote=False)}</code>'


def strong(value: str) -> str:
    """Return text of weight as HTML."""
    return f"<strong>{text(value)}</strong>"


def paragraph(inner: str, *, above: int = 0) -> str:
    """Return a line of HTML with so many pixels above it."""
    return f'<p style="margin:{above}px 0 0">{inner}</p>'


def quiet(inner: str) -> str:
    """Return a line that does not ask for attention."""
    return f'<p style="{_QUIET}">{inner}</p>'


def box(tone: Tone, parts: Iterable[str], *, above: int = 2) -> str:
    """Return pieces of HTML beside a bar in the colour of a tone, so many pixels above it; empty ones are left out."""
    inner = "\n".join(part for part in parts if part)
    return f'<div style="{_BOX.format(bar=COLOURS[tone], above=above)}">\n{inner}\n</div>'


def output(inner: str) -> str:
    """Return a block of output, which is HTML already; a long one is open at its end.

    What flows from the bottom up is scrolled to the bottom at first, without a script.
    """
    return f'<pre style="{_PRE}"><span>{inner}</span></pre>'


def bar(parts: Iterable[tuple[Tone, float]]) -> str:
    """Return a thin bar of stretches, each a tone and how long it is. It says nothing that words do not."""
    known = [(tone, size) for tone, size in parts if size > 0]
    whole = sum(size for _, size in known)  # shares of less than 1 in all would not fill the bar
    spans = "".join(
        f'<span style="flex:{size / whole:.4f} 0 2px;background:{COLOURS[tone]}"></span>' for tone, size in known
    )
    style = "display:flex;gap:1px;width:24em;max-width:100%;height:6px;margin:5px 0;border-radius:3px;overflow:hidden"
    return f'<div style="{style}">{spans}</div>' if spans else ""


def meter(share: float, tone: Tone, *, width: float = 2.5) -> str:
    """Return a thin bar within a line, filled up to a share of it. It says nothing that the number beside it does not.

    Parameters
    ----------
    share
        From 0 to 1; what is beyond has no place in it.
    tone
        Whose colour it has.
    width
        In em.
    """
    filled = f"{100 * min(max(share, 0), 1):.0f}%"
    colours = f"background:linear-gradient(90deg,{COLOURS[tone]} {filled},rgba(128,128,128,.25) {filled})"
    return f'<span style="{_METER.format(width=width)};{colours}"></span>'


def snippet(value: str) -> str:
    """Return text to copy, with its line breaks; a click selects all of it. Its empty lines are left out."""
    lines = "\n".join(line for line in value.splitlines() if line.strip())
    return f'<pre style="{_SNIPPET}">{escape(lines, quote=False)}</pre>'


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """Return a table of labels and texts."""
    body = "\n".join(
        f'<tr style="{_ROW}"><th style="{_LABEL}">{text(label)}</th> <td style="{_CELL}">{text(value)}</td></tr>'
        for label, value in rows
    )
    return f'<table style="{_TABLE}">\n{body}\n</table>' if body else ""


def table_head(heads: Sequence[str], numbers: frozenset[int]) -> str:
    """Return the first row of a table; heads take two lines where the page is too narrow."""
    cells = " ".join(
        f'<th style="{_HEAD}{";text-align:right" if i in numbers else ""}">{text(head)}</th>'
        for i, head in enumerate(heads)
    )
    return f'<tr style="{_ROW}">{cells}</tr>'


def table_row(cells: Sequence[str], numbers: frozenset[int], *, wide: int, quiet: bool = False) -> str:
    """Return a row of a table.

    Parameters
    ----------
    cells
        Its cells, HTML already.
    numbers
        The columns that are aligned on the right.
    wide
        The column whose text may take several lines; -1 if none may.
    quiet
        Whether it does not ask for attention.
    """
    styles = (_NUMBER if i in numbers else _WIDE if i == wide else _SHORT for i in range(len(cells)))
    shown = " ".join(f'<td style="{style}">{cell}</td>' for style, cell in zip(styles, cells, strict=True))
    return f'<tr style="{_ROW}{";opacity:.65" if quiet else ""}">{shown}</tr>'


def table(rows: Iterable[str]) -> str:
    """Return a table of rows; a wide one scrolls."""
    body = "\n".join(rows)
    return f'<div style="overflow-x:auto">\n<table style="{_TABLE}">\n{body}\n</table>\n</div>'


def fitting(rows: Iterable[str], limit: int) -> list[str]:
    """Return the first rows that take no more than so many bytes together, a line break after each."""
    shown = []
    for row in rows:
        limit -= len(row.encode()) + 1
        if limit < 0:
            break
        shown.append(row)
    return shown
