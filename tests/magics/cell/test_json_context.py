import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.magics.cell.json_context import Context, context_of


@pytest.mark.parametrize(
    ("text", "path", "wants", "fragment", "quoted"),
    [
        ("{", (), "key", "", False),
        ('{"', (), "key", "", True),
        ('{"res', (), "key", "res", True),
        ("{res", (), "key", "res", False),
        ('{"name": ', ("name",), "value", "", False),
        ('{"name": "a", "ta', (), "key", "ta", True),
        ('{"resources": {"cpus": 1, "me', ("resources",), "key", "me", True),
        ('{"tasks": [{"image": "a"}, {"runtime": "sing', ("tasks", 1, "runtime"), "value", "sing", True),
        ('{"tasks": [{"image": "a", "ty', ("tasks", 0), "key", "ty", True),
        ('{"tasks": [', ("tasks", 0), "value", "", False),
        ('{"policies": {"leaveInQueue": tr', ("policies", "leaveInQueue"), "value", "tr", False),
        ('{"a}": "[{", "b', (), "key", "b", True),
        ('{"a": "x\\"y", "b', (), "key", "b", True),
        ('{"name": "a" ', (), "nothing", "", False),
        ('{"tasks": [{}], ', (), "key", "", False),
    ],
)
def test_places(text, path, wants, fragment, quoted):
    context = context_of(text)
    assert (context.path, context.wants, context.fragment, context.quoted) == (path, wants, fragment, quoted)


def test_keys_that_are_there_already_are_known():
    assert context_of('{"name": "a", "tasks": [], "').siblings == {"name", "tasks"}


@pytest.mark.parametrize("text", ["", "  ", '"a', "[]", "{}", "hello"])
def test_outside_of_everything_there_is_none(text):
    assert context_of(text) is None


@given(st.text())
def test_no_text_breaks_it(text):
    assert context_of(text) is None or isinstance(context_of(text), Context)


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(json_values, st.text(max_size=5), st.integers(0, 3))
def test_whatever_stands_before_the_path_is_that_of_the_cursor(before, key, indent):
    text = json.dumps({"before": before, "list": [before, {key: "here"}]}, indent=indent)
    start = text.rindex('"here"')
    assert context_of(text[: start + 3]) == Context(("list", 1, key), "value", "he", True, frozenset({key}))
