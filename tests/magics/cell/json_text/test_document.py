"""The value is the standard library's, and every place is right."""

import json
import math
import string

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from prominence_jupyter.magics.cell.json_text import JsonError, parse
from prominence_jupyter.magics.cell.json_text.tokens import tokens
from prominence_jupyter.magics.cell.marks import render

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=15,
)
JSON_TEXT = st.builds(
    json.dumps,
    JSON,
    indent=st.none() | st.sampled_from([0, 2, "\t"]),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" ,\r\n", "\n:\t")]),
    ensure_ascii=st.booleans(),
)
FRAGMENTS = st.sampled_from(
    [
        *"{}[]:,\"\\'/*#+-._;=()%$\n\r\t \0\x7f\xa0\ufeff\u2028“\ud800",
        *["null", "true", "NaN", "Infinity", "True", "abc", "0", "1", "-1.5e3", "1e999", "9" * 309],
        *['""', '"a"', '"a":', "\\u12", "\\ud800", "\\udc00"],
    ]
)


def stricter(text):
    """Read as the standard library does, but refuse what it lets pass and no service could take."""

    def unique(pairs):
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    def refuse(name):
        raise AssertionError(name)

    value = json.loads(text, object_pairs_hook=unique, parse_constant=refuse)
    json.dumps(value, ensure_ascii=False).encode()  # half characters
    assert not any(type(leaf) in {int, float} and math.isinf(float(repr(leaf))) for leaf in leaves(value))
    return value


def leaves(value):
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value]


@given(JSON_TEXT)
def test_any_json_has_the_value_of_the_standard_library(text):
    value = parse(text).value
    assert json.dumps(value) == json.dumps(json.loads(text))


@settings(max_examples=500)
@given(st.lists(FRAGMENTS, max_size=12).map("".join) | JSON_TEXT | st.text())
@example('{"a": 1, "a": 1}')
@example("1" * 5000)
@example("[" * 100_000)
@example('"\\ud83d\\ude00"')
@example('"\\\\ud800"')
@example('"\\ud83d\ude00"')
def test_what_is_refused_is_what_a_strict_reader_refuses(text):
    try:
        value = stricter(text)
    except (ValueError, AssertionError, RecursionError):
        with pytest.raises(JsonError) as raised:
            parse(text)
        assert all(0 <= mark.start <= mark.end <= len(text) + 1 and mark.message for mark in raised.value.marks)
        assert render(text, raised.value.marks, title="", hidden=raised.value.hidden)
    else:
        assert json.dumps(parse(text).value) == json.dumps(value)


@pytest.mark.parametrize(("opener", "closer"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("inner", ["", "1"])
def test_a_hundred_levels_are_read_and_no_more(opener, closer, inner):
    inner = inner if opener == "[" else "1"
    document = parse(opener * 100 + inner + closer * 100)
    assert document.span(()) == (0, 100 * (len(opener) + len(closer)) + len(inner))
    with pytest.raises(JsonError, match="too deeply"):
        parse(opener * 101 + inner + closer * 101)


# --- places


def paths(value, path=()):
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from paths(item, (*path, step))


@given(JSON_TEXT)
def test_the_span_of_every_path_holds_its_value_and_its_key(text):
    document = parse(text)
    for path, value in paths(document.value):
        start, end = document.span(path)
        assert json.dumps(json.loads(text[start:end])) == json.dumps(value)
        assert text[start:end].strip() == text[start:end]
        key_start, key_end = document.span(path, key=True)
        if path and isinstance(path[-1], str):
            assert json.loads(text[key_start:key_end]) == path[-1]
            assert text[key_end:start].strip() == ":"
        else:
            assert (key_start, key_end) == (start, end)


def test_what_is_missing_is_at_the_bracket_around_it():
    text = '{"tasks": [ {"cmd": "date"} ], "name": "x"}'
    document = parse(text)
    assert document.span(("resources", "cpus")) == (0, 1)
    assert document.span(("tasks", 0, "image")) == (12, 13)
    assert document.span(("tasks", 7)) == (10, 11)
    assert document.span(("name", "x"), key=True) == (39, 42)


def words(text):
    return [token for token in tokens(text) if token.kind != "end"]


@given(JSON_TEXT, st.data())
def test_a_foreign_character_is_reported_where_it_stands(text, data):
    outside = [at for word in words(text) for at in (word.start, word.end)]
    at = data.draw(st.sampled_from(outside))
    assume(at in (0, len(text)) or not text[at - 1 : at + 1].isalnum())
    mutated = text[:at] + data.draw(st.sampled_from(list("@`?;“#'\xa0"))) + text[at:]
    with pytest.raises(JsonError) as raised:
        parse(mutated)
    (mark,) = raised.value.marks
    before = max((word.start for word in words(text) if word.start < at), default=0)
    assert before <= mark.start <= at <= mark.end  # a string that it touches may be what is marked


@given(JSON_TEXT, st.data())
def test_a_removed_comma_or_colon_is_reported_at_its_gap(text, data):
    gaps = [n for n, word in enumerate(words(text)) if text[word.start] in ",:"]
    assume(gaps)
    n = data.draw(st.sampled_from(gaps))
    before, gone, after = words(text)[n - 1 : n + 2]
    mutated = text[: gone.start] + " " + text[gone.end :]
    with pytest.raises(JsonError) as raised:
        parse(mutated)
    first, last = raised.value.marks[0], raised.value.marks[-1]
    assert first.start <= after.end
    assert before.start <= last.start <= after.end


@given(JSON_TEXT, st.data())
def test_a_mistake_is_never_reported_before_the_mutation(text, data):
    """All before the changed word was right; only a bracket that is still open is named too."""
    at = data.draw(st.integers(0, len(text) - 1))
    junk = data.draw(st.just("") | st.sampled_from(string.punctuation + "a1 \n"))
    mutated = text[:at] + junk + text[at + 1 :]
    try:
        parse(mutated)
    except JsonError as error:
        reached = [word for word in words(text) if word.end < at][-1:]
        for mark in error.marks:
            is_bracket = mutated[mark.start : mark.end] in ("{", "[")
            is_repeated = "stands here" in mark.message
            assert is_bracket or is_repeated or not reached or mark.end >= reached[0].start
