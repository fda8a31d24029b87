import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import UsageError
from prominence_jupyter.magics.cell import read_json

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_any_json_is_read(value):
    assert read_json(json.dumps(value)) == value


@given(st.text())
def test_anything_else_is_one_clear_error(text):
    try:
        read_json(text)
    except UsageError as error:
        assert str(error).startswith("the cell is")  # noqa: PT017 - most texts are no JSON, some are


def test_the_place_is_shown():
    with pytest.raises(UsageError) as caught:
        read_json('{\n  "name": "pi"\n  "tasks": []\n}')
    assert str(caught.value).splitlines() == [
        "the cell is not JSON: Expecting ',' delimiter, in line 3, column 3",
        '      "tasks": []',
        "      ^",
    ]


def test_a_long_line_is_shown_around_the_place():
    with pytest.raises(UsageError) as caught:
        read_json('{"a": "' + "x" * 5000 + '" "b": 1}')
    message, line, caret = str(caught.value).splitlines()
    assert len(line) < 120
    assert line[caret.index("^")] == '"'
    assert "column 5010" in message


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_cell_says_what_belongs_there(text):
    with pytest.raises(UsageError, match="the cell is empty; it holds a job as JSON"):
        read_json(text)


def test_deep_nesting_is_no_crash():
    with pytest.raises(UsageError):
        read_json("[" * 100_000)
