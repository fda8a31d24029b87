"""Hostile text becomes plain text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.plain_text import last_lines, one_line, showable


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (12, "12"),
        ("calculate-pi", "calculate-pi"),
        (" two\r\nlines\t ", "two lines"),
        ("a\x1b[31mred", "a�[31mred"),
        ("invoice\u202egnp.exe", "invoice�gnp.exe"),
        ("half a pair \ud800", "half a pair �"),
        ("<b>", "<b>"),
    ],
)
def test_one_line(value, shown):
    assert one_line(value) == shown


def test_showable_keeps_lines_and_tabs():
    assert showable("a\tb\nc\x07\x1b[m\u202ed\ud800") == "a\tb\nc��[m�d�"


def test_a_megabyte_of_name_is_cut():
    assert one_line("x" * 1_000_000, 80) == "x" * 79 + "…"
    assert one_line(" " * 1_000_000 + "x", 80) == "…"


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_bounded_line_of_utf8(text, limit):
    line = one_line(text, limit)
    assert len(line) <= limit
    assert line.encode().decode() == line
    assert not {unicodedata.category(character) for character in line} & {"Cc", "Cs", "Zl", "Zp"}


def test_last_lines_start_at_a_line():
    assert last_lines(b"one\ntwo\nthree\n", 100, complete=True) == b"one\ntwo\nthree\n"
    assert last_lines(b"ne\ntwo\nthree\n", 100, complete=False) == b"two\nthree\n"
    assert last_lines(b"one\ntwo\nthree\n", 12, complete=True) == b"two\nthree\n"


def test_last_lines_of_one_long_line_start_at_a_character():
    assert last_lines("aéé".encode(), 3, complete=True).decode() == "é"
    assert last_lines(b"x" * 10 + b"\n", 5, complete=True) == b"xxxx\n"


@given(st.binary(), st.integers(1, 40), st.booleans())
def test_last_lines_are_the_end_within_the_limit(data, limit, complete):
    end = last_lines(data, limit, complete=complete)
    assert len(end) <= limit
    assert data.endswith(end)
