"""Text on figures."""

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties, findfont, get_font

from prominence_jupyter.usage.plots.drawing.labels import amount, count, shown, tick, wrapped


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("scan/point-0001", "scan/point-0001"),
        (None, ""),
        (7, "7"),
        ("a" * 30, "a" * 30),
        ("workflow-with-a-long-name/point-0001", "workflow-with-a…ame/point-0001"),
        ("a\nb\x1b[0m", "a b\ufffd[0m"),
        ("日本\U0001f6b2", "\ufffd\ufffd\ufffd"),
        ("zero\u200bwidth", "zero\ufffdwidth"),
        ("$x$ \\alpha", "$x$ \\alpha"),
    ],
)
def test_a_name_is_shown_as_one_short_line_of_glyphs_that_are_there(value, expected):
    assert shown(value) == expected


@given(st.text(max_size=200))
def test_any_name_is_short_and_has_a_glyph_for_each_character(name):
    font = get_font(findfont(FontProperties()))
    text = shown(name)

    assert len(text) <= 30
    assert all(font.get_char_index(ord(character)) for character in text)


def test_a_family_that_is_not_installed_is_passed_over():
    with mpl.rc_context({"font.family": ["No Such Font", "DejaVu Sans"]}):
        assert shown("point") == "point"
    with mpl.rc_context({"font.family": ["No Such Font"]}):
        assert shown("point") == "point"


def test_numbers_are_written_for_people():
    assert [count(n, "job") for n in (0, 1, 12345)] == ["0 jobs", "1 job", "12,345 jobs"]
    assert [amount(value) for value in (0, 0.01234, 5.678, 123.4, 1234567.8)] == [
        "0",
        "0.0123",
        "5.68",
        "123",
        "1,234,568",
    ]
    assert [tick(value) for value in (0, 0.015, 2500, 1e7)] == ["0", "0.015", "2,500", "10,000,000"]


def test_a_note_is_broken_into_lines():
    assert wrapped(["One two.", "", "Three."], 9) == "One two.\nThree."
