"""Pieces of HTML that records are made of."""

import re

import pytest

from prominence_jupyter.panel.records import markup
from tests.panel.records.page import assert_only_a_record


@pytest.mark.parametrize(("share", "filled"), [(0.37, "37%"), (0, "0%"), (1.4, "100%"), (-2, "0%"), (1e300, "100%")])
def test_a_bar_in_a_line_is_filled_up_to_its_share(share, filled):
    source = markup.meter(share, "good")
    assert re.findall(r"(\d+%)", source) == [filled, filled]
    assert not assert_only_a_record(source).text


def test_what_is_to_be_copied_is_text_without_empty_lines():
    page = assert_only_a_record(markup.snippet('{\n\n  "a": "</pre><script>"\n   \n}'))
    assert page.text == '{\n  "a": "</pre><script>"\n}'
    assert any("user-select:all" in style for style in page.styles)


def test_rows_are_shown_as_long_as_they_fit():
    assert markup.fitting(["ab", "é", "c"], 6) == ["ab", "é"]
    assert markup.fitting(["long", "x"], 4) == []
