"""Colours of output that can be read on a white page and on a dark one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.records.readable_colours import contrast, css, readable
from prominence_jupyter.panel.records.text_style import Style

COLOURS = st.one_of(st.integers(0, 255), st.integers(0, 0xFFFFFF).map("#{:06x}".format))


def test_contrast_as_the_standard_has_it():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_any_colour_can_be_read_on_both_pages(colour):
    assert contrast(readable(colour), "#ffffff") >= 3
    assert contrast(readable(colour), "#111111") >= 3


@pytest.mark.parametrize("number", range(256))
def test_the_palette_can_be_read_on_both_pages(number):
    colour = css(Style(fg=number)).removeprefix("color:")
    assert contrast(colour, "#ffffff") >= 3
    assert contrast(colour, "#111111") >= 3


@given(st.builds(Style, fg=st.none() | COLOURS, bg=COLOURS) | st.builds(Style, inverse=st.just(True), fg=COLOURS))
def test_text_can_be_read_on_its_own_background(style):
    colour, behind = re.fullmatch(r"color:(#\w{6});background:(#\w{6})", css(style)).groups()
    assert contrast(colour, behind) >= 3


@pytest.mark.parametrize(
    ("style", "declarations"),
    [
        (Style(), ""),
        (Style(bold=True, italic=True, underline=True), "font-weight:bold;font-style:italic;text-decoration:underline"),
        (Style(dim=True), "opacity:.7"),
        (Style(dim=True, fg=1), "color:#d9534f"),
        (Style(inverse=True), "color:#000000;background:#767676"),
        (Style(inverse=True, fg=1), "color:#000000;background:#d9534f"),
        (Style(fg="#336699"), "color:#336699"),
        (Style(fg=255, bg=16), "color:#eeeeee;background:#000000"),
    ],
)
def test_declarations(style, declarations):
    assert css(style) == declarations
