"""SGR escapes; what they mean is in console_cases.json too."""

from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.records.text_style import PLAIN, Style, restyled


def test_each_escape_changes_what_it_names():
    style = restyled(PLAIN, "1;3;38;5;208;48:2::1:2:3")
    assert style == Style(bold=True, italic=True, fg=208, bg="#010203")
    assert restyled(style, "22;39") == Style(italic=True, bg="#010203")
    assert restyled(style, "") == PLAIN


@given(st.text("0123456789;:", max_size=60))
def test_any_parameters_give_a_style(parameters):
    style = restyled(Style(fg=1, dim=True), parameters)
    for colour in (style.fg, style.bg):
        assert colour is None or isinstance(colour, str) or 0 <= colour <= 255
