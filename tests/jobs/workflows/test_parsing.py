"""What is read from an output."""

import re

import pytest

from prominence_jupyter.errors import UsageError
from prominence_jupyter.jobs.workflows.parsing import NothingRead, Reader


class Unspeakable(Exception):
    def __str__(self):
        raise Unspeakable


LOG = 'start\n{"pi": 3}\nstep 2\n{"pi": 3.14, "ok": true}\nbye\n'


@pytest.mark.parametrize(
    ("parse", "output", "read"),
    [
        ("json", LOG, {"pi": 3.14, "ok": True}),
        ("json", "a\n5\n", {"result": 5}),
        ("json", '"text"', {"result": "text"}),
        ("json", "[1, 2]\n\n  \n", {"result": [1, 2]}),
        ("json", '{\n  "a": [\n    1,\n    2\n  ]\n}\n', {"a": [1, 2]}),
        ("json", 'log\n{"b": 1}\n{\n "a": 1\n}\n', {"a": 1}),
        ("json", '{"b": 1}\n}', {"b": 1}),
        ("json", '{"b": 1}\r\n{"c": "x\u2028y"}\r\nend\x0b\n', {"c": "x\u2028y"}),
        (r"(?P<a>.*)", "first\nlast\n", {"a": "last"}),
        (r"step (?P<step>\d+)", "step 1\nstep 2\n", {"step": "2"}),
        (r"^(?P<word>\w+)$", "a b\nc\nd e\n", {"word": "c"}),
        (re.compile(r"(?P<a>x)|(?P<b>y)"), "xy", {"a": None, "b": "y"}),
        (len, "abc", {"result": 3}),
        (lambda output: {"lines": output.count("\n"), 5: None}, LOG, {"lines": 5, "5": None}),
        (lambda _: None, "", {"result": None}),
    ],
)
def test_what_is_read(parse, output, read):
    assert Reader(parse).read(output) == read


@pytest.mark.parametrize(
    ("parse", "output", "why"),
    [
        ("json", "nothing\n{broken\n", "no line of the output is JSON"),
        ("json", " \n", "the output is empty"),
        ("json", "[" * 100_000, "no line of the output is JSON"),
        (r"(?P<a>x)", "abc", "no match in the output"),
        (r"(?P<a>x)", "", "the output is empty"),
        (int, "x\x1b[2Jy", "ValueError: invalid literal for int() with base 10: 'x\\x1b[2Jy'"),
        (lambda _: {}["pi"], "", "KeyError: 'pi'"),
        (lambda _: next(iter([])), "", "StopIteration"),
        (lambda _: {Unspeakable(): 1}, "", "Unspeakable"),
    ],
)
def test_why_nothing_is_read(parse, output, why):
    with pytest.raises(NothingRead, match=f"^{re.escape(why)}$"):
        Reader(parse).read(output)


@pytest.mark.parametrize(
    ("parse", "said"),
    [
        ("pi = (.*)", "has no named group, which would become a column"),
        ("(", "is no regular expression"),
        (re.compile(b"(?P<a>x)"), "outputs are text"),
        (5, "parse is a function, a regular expression or 'json', not 5"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(parse, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        Reader(parse)
