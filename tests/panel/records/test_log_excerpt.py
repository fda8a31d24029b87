"""The end of a log in a saved notebook."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.records.log_excerpt import html_excerpt, text_excerpt

RED = '<span style="color:#d9534f">'


def test_a_short_log_is_whole():
    log = b"\x1b[31mred\x1b[0m & plain  \n\n\nend\n\n"
    assert text_excerpt(log, 100).body == "red & plain\n\n\nend"
    excerpt = html_excerpt(log, 100, 1000)
    assert excerpt.body == f"{RED}red</span> &amp; plain&#10;&#10;\nend"
    assert excerpt.size == len(log)


def test_a_long_log_begins_at_a_line():
    log = b"first\nsecond\nthird\n"
    excerpt = text_excerpt(log, 14)
    assert excerpt.body == "second\nthird"
    assert excerpt.size == 12
    assert html_excerpt(log, 14, 1000) == excerpt


def test_one_long_line_loses_its_start():
    assert text_excerpt(b"0123456789", 4).body == "6789"
    assert text_excerpt("aéé".encode(), 3).body == "é"
    assert html_excerpt(b"0&" * 100, 100, 50).body == "&amp;" + "0&amp;" * 4


def test_the_newest_lines_keep_their_colours():
    log = b"\x1b[31ma\n" * 10
    body = html_excerpt(log, 1000, 20 + 2 * len(f"{RED}</span>")).body
    assert body == "a\n" * 8 + f"{RED}a</span>\n{RED}a</span>"


@pytest.mark.parametrize("log", [b"", b"\n\n", b"\x1b[31m\n  \n"])
def test_a_log_without_text(log):
    assert text_excerpt(log, 10).body == html_excerpt(log, 10, 10).body == ""


@given(
    st.lists(st.sampled_from([b"a&", b"\n", b"\xff", b"\x1b[31m", b"\x1b[42m ", "é😀".encode(), b"\r"])).map(b"".join)
)
def test_limits_hold_and_html_says_what_text_says(log):
    text, shown = text_excerpt(log, 20), html_excerpt(log, 20, 10**6)
    assert len(text.body.encode()) <= 20
    stripped = html.unescape(re.sub("<[^>]*>", "", shown.body))
    assert [line.rstrip() for line in stripped.split("\n")] == text.body.split("\n")
    assert len(html_excerpt(log, 20, 40).body.encode()) <= 40
    assert shown.size <= len(log)
