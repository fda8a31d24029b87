"""Lines of output as a terminal shows them."""

import json
import unicodedata
from dataclasses import asdict
from pathlib import Path

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pyte import graphics

from prominence_jupyter.panel.records.console import WIDEST, console_lines

CASES = json.loads((Path(__file__).parents[1] / "console_cases.json").read_text())
LOG = 64 * 1024


def told(style):
    return {name: value for name, value in asdict(style).items() if value is not None and value is not False}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_the_browser_shows_too(case):
    lines = console_lines(case["input"])
    assert [[{"text": text, "style": told(style)} for text, style in line.runs] for line in lines] == case["lines"]


class Terminal(pyte.Screen):
    """The oracle, as a terminal is whose last line is the last one of the output.

    It is no dependency of ours: it has a fixed width, and each erasing costs as much as a line is wide.
    """

    def __init__(self):
        super().__init__(columns=400, lines=60)
        self.set_mode(pyte.modes.LNM)
        self.lowest = 0

    def linefeed(self):
        self.lowest = max(self.lowest, self.cursor.y + 1)
        super().linefeed()

    def cursor_down(self, count=None):
        self.cursor.y = min(self.lowest, self.cursor.y + (count or 1))

    def erase_in_line(self, how=0):
        self._without_style(super().erase_in_line, how)

    def erase_in_display(self, how=0):
        self._without_style(super().erase_in_display, how)
        self.lowest = self.cursor.y

    def _without_style(self, erase, how):  # a line without end cannot be painted to its end
        attrs, self.cursor.attrs = self.cursor.attrs, self.default_char
        erase(how)
        self.cursor.attrs = attrs

    def rows(self):
        rows = [[self.buffer[y][x] for x in range(self.columns)] for y in range(self.lines)]
        return without_empty_end([without_empty_end(row, self.default_char) for row in rows], [])


def without_empty_end(items, empty):
    while items and items[-1] == empty:
        items.pop()
    return items


def as_oracle_says(style, text):
    """Return the cells of a run as the oracle has them."""
    return [
        pyte.screens.Char(
            character,
            fg=colour(style.fg, graphics.FG_ANSI, graphics.FG_AIXTERM),
            bg=colour(style.bg, graphics.BG_ANSI, graphics.BG_AIXTERM),
            bold=style.bold,
            italics=style.italic,
            underscore=style.underline,
            reverse=style.inverse,
        )
        for character in text
    ]


def colour(value, first, bright):
    if value is None:
        return "default"
    if isinstance(value, str):
        return value.removeprefix("#")
    if value < 8:
        return list(first.values())[value]
    return list(bright.values())[value - 8] if value < 16 else graphics.FG_BG_256[value]


BYTE = st.integers(0, 255)
CODES = st.one_of(
    st.sampled_from([0, 1, 3, 4, 7, 22, 23, 24, 27, 39, 49, *range(30, 38), *range(40, 48), *range(90, 98)]).map(str),
    st.sampled_from([*range(100, 108)]).map(str),
    st.builds("{};5;{}".format, st.sampled_from([38, 48]), st.integers(16, 255)),
    st.builds("{};2;{};{};{}".format, st.sampled_from([38, 48]), BYTE, BYTE, BYTE),
)
PIECES = st.one_of(
    st.text("abcdé█ ", min_size=1, max_size=6),
    st.sampled_from(["\n", "\n", "\r", "\b", "\t", "\x1b[m", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[?25l"]),
    st.builds("\x1b[{}{}".format, st.one_of(st.just(""), st.integers(0, 6)), st.sampled_from("ABCDEFG")),
    st.lists(CODES, min_size=1, max_size=3).map(lambda codes: f"\x1b[{';'.join(codes)}m"),
    st.sampled_from(["\x1b]0;a title\x07", "\x1b]2;a title\x1b\\"]),
)


@given(st.lists(PIECES, max_size=40).map("".join))
@example("0%|    | 0/2\n\x1b[A\r50%|##  | 1/2\n\r 10%|# \x1b[A\r\x1b[K100%\n")
def test_a_terminal_shows_the_same(output):
    terminal = Terminal()
    pyte.Stream(terminal).feed(output)
    lines = [
        without_empty_end(
            [cell for text, style in line.runs for cell in as_oracle_says(style, text)], pyte.screens.Char(" ")
        )
        for line in console_lines(output)
    ]
    assert without_empty_end(lines, []) == terminal.rows()


@given(st.one_of(st.binary(max_size=400), st.text(max_size=400)))
def test_nothing_but_text_is_left(output):
    for line in console_lines(output):
        assert "".join(text for text, _ in line.runs) == line.text
        assert not {unicodedata.category(character) for character in line.text} & {"Cc", "Cs", "Zl", "Zp"}
        assert not set(line.text) & set("\u202e\u2066\u200f")


def test_undecodable_bytes_are_shown():
    assert [line.text for line in console_lines(b"cut \xc3\nlatin \xe9t\xe9\n")] == ["cut �", "latin �t�"]


@pytest.mark.parametrize(
    ("piece", "widest"),
    [
        (b"\x1b[999999999Cx\n", WIDEST + 1),
        (b"\x1b[999999999Cx", WIDEST + LOG),
        (b"\x1b[999999999Gx\r", WIDEST + 1),
        (b"\t", 0),
        (b"\x1b[1;1;1;1;1;1;1;1m", 0),
        (b"\x1b[999A\x1b[J\n", 0),
        (b"\x1b]0;", 0),
        (b"\x1b[", 0),
        (b"1\x1b[1K", LOG),
        (b"\xcc\x81", LOG),
    ],
)
def test_what_is_made_of_hostile_output_is_bounded(piece, widest):
    lines = console_lines((piece * LOG)[:LOG])
    assert len(lines) <= LOG
    assert max((len(line.text) for line in lines), default=0) <= widest


@pytest.mark.parametrize("output", [b"\x1b[" + b"9" * LOG + b"C", b"\x1b[" + b"1;" * LOG + b"m", b"\x1b[" + b" " * LOG])
def test_an_endless_escape_vanishes(output):
    assert console_lines(output) == []
