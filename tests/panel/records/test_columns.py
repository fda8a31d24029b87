"""Tables in plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.records.columns import columns, cut, width


def test_columns_are_as_wide_as_their_widest_cell():
    assert columns([("a", "b", ""), ("long", "漢字", "x")], indent=" ") == " a     b\n long  漢字  x"


def test_no_rows():
    assert columns([]) == ""


def test_numbers_are_aligned_on_the_right():
    assert columns([("n", "name"), ("100", "漢"), ("9", "x")], numbers={0}) == "  n  name\n100  漢\n  9  x"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("abcd", "abcd"), ("abcde", "abc…"), ("漢字", "漢字"), ("漢字漢", "漢…"), ("e\u0301bcd", "e\u0301bcd")],
)
def test_a_cell_is_cut_to_the_columns_it_may_take(cell, shown):
    assert cut(cell, 4) == shown


@pytest.mark.parametrize(
    ("cell", "shown"),
    [("abcdef", "abcdef"), ("abcdefg", "abc…fg"), ("漢字漢字", "漢…字"), ("abe\u0301cdefg", "abe\u0301…fg")],
)
def test_a_cell_may_keep_both_its_ends(cell, shown):
    assert cut(cell, 6, amid=True) == shown


@given(st.text(), st.integers(1, 20), st.booleans())
def test_what_is_cut_fits(cell, limit, amid):
    assert width(cut(cell, limit, amid=amid)) <= max(limit, 1) or not cell.isprintable()
