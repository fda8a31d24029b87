"""Tables in plain text."""

from prominence_jupyter.panel.records.columns import columns


def test_columns_are_as_wide_as_their_widest_cell():
    assert columns([("a", "b", ""), ("long", "漢字", "x")], indent=" ") == " a     b\n long  漢字  x"


def test_no_rows():
    assert columns([]) == ""
