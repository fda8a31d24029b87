"""Lines of output as a terminal of endless width would show them at the end, each as runs of one style.

The browser has the same model (js/log/console.js); both must pass ``tests/panel/console_cases.json``. Own code, since
what there is has a fixed width and pays for each column of it (pyte, the oracle of the tests), or knows colours only.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final, NamedTuple

from wcwidth import wcwidth

from prominence_jupyter.panel.records.text_style import PLAIN, Style, restyled
from prominence_jupyter.protocol.plain_text import showable

WIDEST: Final = 1000
"""Columns to which an escape moves the cursor at most: a few bytes shall not make a line of megabytes."""

_TAB: Final = 8
_MARKS: Final = 16
"""That join one character, at most: nothing is written so, and a browser lays thousands out for seconds."""
_DIGITS: Final = 9
_TOKEN: Final = re.compile(
    r"\x1b\[(?P<parameters>[0-?]*+)(?P<between>[ -/]*+)(?P<final>[@-~]?)"  # control sequence: colours, cursor
    r"|\x1b[]PX^_][^\x07\x1b\n]*+(?:\x07|\x1b\\)?"  # strings for the terminal: window titles, links, pictures
    r"|\x1b[ -/]*+[0-~]?"  # the short ones
    r"|(?P<control>[\n\r\b\t])"
    r"|(?P<text>[^\x1b\n\r\b\t]++)"
)
_Cell = tuple[str, Style]
_BLANK: Final[_Cell] = (" ", PLAIN)
_FLAGS: Final = ("\N{REGIONAL INDICATOR SYMBOL LETTER A}", "\N{REGIONAL INDICATOR SYMBOL LETTER Z}")  # wide in pairs
_SECOND: Final = ""  # in the second cell of a wide character


class Run(NamedTuple):
    """Characters of one style that stand side by side."""

    text: str
    style: Style


class Line:
    """One line, as the cells of a terminal: wide characters take two, marks join what stands before them."""

    __slots__ = ("_blank", "_cells")

    def __init__(self) -> None:
        self._cells: list[_Cell] = []
        self._blank = 0  # so many cells at the start are known to be blank: they need not be erased again

    def __bool__(self) -> bool:
        return bool(self._cells)

    @property
    def text(self) -> str:
        """The characters, without styles."""
        return "".join(characters for characters, _ in self._cells)

    @property
    def runs(self) -> list[Run]:
        """The characters, with styles."""
        parts = groupby(self._cells, key=lambda cell: cell[1])
        return [Run("".join(characters for characters, _ in cells), style) for style, cells in parts]

    def write(self, column: int, text: str, style: Style) -> int:
        """Put text over what stands at a column; return the column behind it."""
        self._cells.extend([_BLANK] * (column - len(self._cells)))
        self._blank = min(self._blank, column)
        if text.isascii():
            return self._put(column, [(character, style) for character in text])
        for character in text:
            width = 1 if _FLAGS[0] <= character <= _FLAGS[1] else wcwidth(character)
            if width == 0 and column > 0:
                self._join(column, character)
            else:
                column = self._put(column, [(character, style), (_SECOND, style)][: max(1, width)])
        return column

    def erase(self, column: int, part: int) -> None:
        """Erase the end of the line (part 0) from a column, its start (1) up to that column, or all of it (2)."""
        if part == 0:
            self._split(column)
            del self._cells[column:]
        elif part == 2 or (part == 1 and column + 1 >= len(self._cells)):  # noqa: PLR2004 - as the standard counts
            self._cells.clear()
        elif part == 1 and column >= self._blank:
            self._split(column + 1)
            self._cells[self._blank : column + 1] = [_BLANK] * (column + 1 - self._blank)
            self._blank = column + 1

    def _put(self, column: int, cells: list[_Cell]) -> int:
        end = column + len(cells)
        self._split(column)
        self._split(end)
        self._cells[column:end] = cells
        return end

    def _split(self, column: int) -> None:
        """Blank the wide character that reaches over a column: a half of one cannot stay."""
        if 0 < column < len(self._cells) and self._cells[column][0] == _SECOND:
            self._cells[column - 1 : column + 1] = [_BLANK, _BLANK]

    def _join(self, column: int, mark: str) -> None:
        base = column - 2 if self._cells[column - 1][0] == _SECOND else column - 1
        characters, style = self._cells[base]
        if len(characters) <= _MARKS:
            self._cells[base] = (characters + mark, style)
        self._blank = min(self._blank, base)


class _Console:
    """The lines, and where the cursor stands."""

    def __init__(self) -> None:
        self.lines = [Line()]
        self._row = self._column = 0
        self._style = PLAIN

    def feed(self, text: str) -> None:
        for token in _TOKEN.finditer(text):
            match token.lastgroup:
                case "text":
                    self._write(showable(token["text"]))
                case "control":
                    self._control(token["control"])
                case "final" if not token["between"]:
                    self._sequence(token["final"], token["parameters"])

    def _write(self, text: str) -> None:
        self._column = self.lines[self._row].write(self._column, text, self._style)

    def _control(self, character: str) -> None:
        match character:
            case "\n":
                self._row, self._column = self._row + 1, 0
                if self._row == len(self.lines):
                    self.lines.append(Line())
            case "\r":
                self._column = 0
            case "\b":
                self._column = max(0, self._column - 1)
            case "\t":
                self._column += _TAB - self._column % _TAB

    def _sequence(self, final: str, parameters: str) -> None:
        if final == "m" and not parameters.strip("0123456789;:"):
            self._style = restyled(self._style, parameters)
            return
        first = parameters.partition(";")[0]
        if not first.isdecimal() and first:
            return  # a private one
        number = int(first[:_DIGITS] or 0)
        match final:
            case "A" | "B" | "C" | "D" | "E" | "F" | "G":
                self._move(final, max(1, number))
            case "K":
                self.lines[self._row].erase(self._column, number)
            case "J" if number == 0:
                self.lines[self._row].erase(self._column, 0)
                del self.lines[self._row + 1 :]

    def _move(self, direction: str, count: int) -> None:
        match direction:
            case "A" | "F":
                self._row = max(0, self._row - count)
            case "B" | "E":
                self._row = min(len(self.lines) - 1, self._row + count)
            case "C":
                self._column = max(self._column, min(self._column + count, WIDEST))
            case "D":
                self._column = max(0, self._column - count)
            case "G":
                self._column = min(count - 1, WIDEST)
        if direction in "EF":
            self._column = 0


def console_lines(output: bytes | str) -> list[Line]:
    """Return the lines that a terminal would show after some output.

    Colours (SGR), carriage return, backspace, tab, erase in line, erase below and the movements of the cursor but to a
    fixed place do what they do in a terminal. Other escapes vanish; other control characters, marks that turn the
    direction of text and undecodable bytes become U+FFFD. The cursor moves within the lines that there are.
    """
    console = _Console()
    console.feed(output.decode("utf-8", "replace") if isinstance(output, bytes) else output)
    return console.lines if console.lines[-1] else console.lines[:-1]
