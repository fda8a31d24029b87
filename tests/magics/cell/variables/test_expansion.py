import json
from collections import namedtuple
from datetime import date, datetime
from pathlib import PurePosixPath
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prominence_jupyter.magics.cell.variables.expansion import VariableError, expand

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Explosive:
    @property
    def bang(self):
        raise RuntimeError("the token is hunter2")

    def __getitem__(self, key):
        raise OSError("the token is hunter2")

    def __format__(self, spec):
        raise LookupError("the token is hunter2")


NAMES = {
    "n": 3,
    "dt": 0.1,
    "tiny": 1e-05,
    "name": "pi",
    "cfg": {"x": 1, "tags": ["a", "b"], "a.b": "dots", 7: "seven"},
    "rows": [1, 2, 3],
    "point": namedtuple("point", "x y")(1, 2),  # noqa: PYI024 - a plain tuple with names
    "path": PurePosixPath("/my data/in.csv"),
    "when": datetime(2024, 1, 2, 3, 4),  # noqa: DTZ001 - a notebook has such
    "day": date(2024, 1, 2),
    "job": SimpleNamespace(id=12, learning_rate=0.5, inner=SimpleNamespace(deep=[{"k": "v"}])),
    "flag": True,
    "nothing": None,
    "nan": float("nan"),
    "explosive": Explosive(),
    "code": "{{ n }} $x ${y} {{ nowhere }}",
    "\u03bc": 7,
    "_hidden": 1,
    "len": len,
}


def marked(text, names=NAMES):
    """Return each marked place as it stands in the text, with its message."""
    with pytest.raises(VariableError) as caught:
        expand(text, names)
    return [(text[mark.start : mark.end], mark.message) for mark in caught.value.marks]


def message(text, names=NAMES):
    [(_, said)] = marked(text, names)
    return said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"cpus": {{ n }}}', '{"cpus": 3}'),
        ('{"cpus":{{n}}}', '{"cpus":3}'),
        ("{{\n  n\n}}", "3"),
        ('"run --n {{ n }}"', '"run --n 3"'),
        ('"{{ dt }} {{ tiny }}"', '"0.1 1e-05"'),
        ('{"tags": {{ cfg["tags"] }}}', '{"tags": ["a", "b"]}'),
        ("""{{ cfg['x'] }}""", "1"),
        (r"""  "{{ cfg["x"] }} {{ cfg[\"x\"] }} {{ cfg['x'] }}" """.strip(), '"1 1 1"'),
        ('"{{ cfg["a.b"] }} {{ cfg[7] }}"', '"dots seven"'),
        ("{{ rows[0] }}", "1"),
        ("{{ rows[-1] }}", "3"),
        ("{{ rows [ 1 ] }}", "2"),
        ("{{ point }}", "[1, 2]"),
        ("{{ point.y }}", "2"),
        ('{{ job.inner.deep[0]["k"] }}', '"v"'),
        ('"{{ dt:.3f }}|{{ dt:>8.2f }}|{{ name:>4 }}|{{ n:03d }}"', '"0.100|    0.10|  pi|003"'),
        ('"{{ when:%Y-%m-%d %H:%M }}"', '"2024-01-02 03:04"'),
        ('"cat {{ path:sh }} {{ name:sh }} {{ n:sh }}"', "\"cat '/my data/in.csv' pi 3\""),
        ("{{ path }}", '"/my data/in.csv"'),
        ('{{ when }} "{{ day }}"', '"2024-01-02T03:04:00" "2024-01-02"'),
        ('{ {{ name }}: 1, "{{ name }}": 2}', '{ "pi": 1, "pi": 2}'),
        ("{{{ name }} : 1}", '{"pi" : 1}'),
        ('{"a": {"b": {{ n }}}}', '{"a": {"b": 3}}'),
        ('"${{{ n }}} {{{{ n }}}}"', '"${3} {{3}}"'),
        ("[{{ flag }}, {{ nothing }}]", "[true, null]"),
        ('"{{ nan:.1f }} {{ flag:d }}"', '"nan 1"'),
        ('"$name ${name} {n} }} {"', '"$name ${name} {n} }} {"'),
        ("\"{{ '{{' }} user }} {{ '{{.Names}}' }}\"", '"{{ user }} {{.Names}}"'),
        ('{{ "{{" }}', '"{{"'),
        ("{{ \u00b5 }}", "7"),
        (r'"a\\{{ n }}" "a\"{{ n }}"', r'"a\\3" "a\"3"'),
        (r'"a\{{ n }}"', r'"a\{{ n }}"'),
    ],
)
def test_examples(text, expected):
    assert expand(text, NAMES).text == expected


def test_what_is_put_in_is_not_read_again():
    assert json.loads(expand('["{{ code }}", {{ code }}]', NAMES).text) == [NAMES["code"]] * 2


def test_a_value_outside_of_quotes_joins_nothing_beside_it():
    assert expand("[-{{ n }}, {{ n }}{{ n }}, {{ n }}.5, 1{{ n }}]", NAMES).text == "[- 3, 3  3, 3 .5, 1 3]"


def test_the_names_that_are_used():
    assert expand('{{ n }} "{{ cfg["x"] }} {{ n }}" {{ \'name\' }}', NAMES).used == {"n", "cfg"}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("{{ nmae }}", "nmae", "nmae is not defined in this notebook; did you mean name?"),
        ('"{{ user }}"', "user", "user is not defined in this notebook; a literal {{ is written {{ '{{' }}"),
        ("{{ True }}", "True", "True is not defined in this notebook; write true without {{ }}"),
        ("{{ null }}", "null", "null is not defined in this notebook; write null without {{ }}"),
        ("{{ _hidden }}", "_hidden", "{{ }} takes no name with an underscore at the start or two in a row"),
        ("{{ a__b }}", "a__b", "{{ }} takes no name with an underscore at the start or two in a row"),
        ("{{ n.__class__ }}", "__class__", "{{ }} takes no name with an underscore at the start or two in a row"),
        ('{{ cfg["tag"] }}', '["tag"]', 'cfg has no key "tag"; did you mean "tags"?'),
        ('{{ cfg["7"] }}', '["7"]', 'cfg has no key "7"; did you mean 7?'),
        ('{{ cfg["zz"] }}', '["zz"]', 'cfg has no key "zz"; it has "x", "tags", "a.b", 7'),
        ("{{ cfg.x }}", ".x", 'cfg (dict) has no attribute x; its key is written ["x"]'),
        (
            "{{ job.lerning_rate }}",
            ".lerning_rate",
            ("job (SimpleNamespace) has no attribute lerning_rate; did you mean learning_rate?"),
        ),
        ("{{ rows[3] }}", "[3]", "rows has no index 3; it has 3 items, counted from 0"),
        ('{{ rows["x"] }}', '["x"]', "rows (list) is indexed with whole numbers, not with a text"),
        ("{{ n[0] }}", "[0]", "n[0] cannot be read: it raises TypeError"),
        ("{{ explosive.bang }}", ".bang", "explosive.bang cannot be read: it raises RuntimeError"),
        ("{{ explosive[0] }}", "[0]", "explosive[0] cannot be read: it raises OSError"),
        (
            '"{{ explosive:x }}"',
            "explosive",
            ("explosive (Explosive) cannot be written in the format x: it raises LookupError"),
        ),
        (
            "{{ len }}",
            "len",
            (
                "len is of type builtin_function_or_method, which has no JSON form; "
                "call it in Python before, and use the name of its result"
            ),
        ),
        (
            '"{{ flag }}"',
            "flag",
            ("flag is True, which Python and JSON write in two ways: use a text, made in Python before"),
        ),
        (
            '"{{ nothing:sh }}"',
            "nothing",
            ("nothing is None, which Python and JSON write in two ways: use a text, made in Python before"),
        ),
        ('"{{ rows }}"', "rows", "rows (list) is no text or number: use an item of it, or make text of it in Python"),
        ('"{{ nan }}"', "nan", "nan is nan, and JSON has no such number"),
        (
            "{{ dt:.3f }}",
            "dt",
            ("dt has a format, which makes text of it: put it in double quotes, or round it in Python"),
        ),
        ("{ {{ n }}: 1}", "n", "n (int) is a key here, and the keys of JSON are text: put it in double quotes"),
        ("{{ f(x) }}", "(x)", "{{ }} makes no calls; make this one in Python before, and use the name of its result"),
        ("{{ n + 1 }}", "+ 1", "{{ }} computes nothing; do it in Python before, and use the name of the result"),
        ("{{ n!r }}", "!r", "{{ }} knows no conversions such as !r; a format is written with a colon: {{ x:.3f }}"),
        ("{{ rows[0:1] }}", ":1]", "an index in {{ }} is one whole number or text in quotes, and ends with ]"),
        ("{{ rows[n] }}", "n]", "an index in {{ }} is a whole number or a text in quotes"),
        ("{{ n: }}", ":", "the format behind : is missing; for example {{ x:.3f }}"),
        ('"{{ n:{n}d }}"', "{n}d", "a format in {{ }} has no braces in it"),
        ("{{ }}", "{{ }}", "a name is missing in {{ }}; a literal {{ is written {{ '{{' }}"),
        ("{{ n. }}", "{{ n. }}", "a name is missing in {{ }}; a literal {{ is written {{ '{{' }}"),
        ('{"a": "{{ n"}', "{{", "this {{ is not closed with }}; a literal {{ is written {{ '{{' }}"),
        ('{"a": {{ n }, "b": 1}', "{{", "this {{ is not closed with }}; a literal {{ is written {{ '{{' }}"),
        (
            "\"awk '{{print $1}}'\"",
            "$1",
            ("{{ }} takes a name, with .attributes, [indexes] and a :format; a literal {{ is written {{ '{{' }}"),
        ),
        (
            '{"resources": {{"cpus": 1}}}',
            ": 1",
            ("a text in quotes takes no format here; an object of JSON has single braces: {…}"),
        ),
    ],
)
def test_each_problem_is_told_at_its_place(text, place, said):
    assert marked(text) == [(place, said)]


@pytest.mark.parametrize("spec", ["99999999d", ".9999999f", "%9999999Y", "\u0669\u0669\u0669\u0669\u0669d", "x" * 101])
def test_a_format_cannot_ask_for_gigabytes(spec):
    assert "with numbers up to 1000" in message(f'"{{{{ n:{spec} }}}}"')


def test_all_problems_at_once():
    text = '{"a": "{{ nmae }} {{ n + 1 }}",\n "b": {{ cfg["tag"] }}, "c": {{ n }}, "d": "{{ n", "e": "{{ rows }}"}'
    assert [place for place, _ in marked(text)] == ["nmae", "+ 1", '["tag"]', "{{", "rows"]


def test_no_message_has_an_exceptions_words():
    text = '{{ explosive.bang }} {{ explosive[0] }} "{{ explosive:x }}" {{ explosive }}'
    assert "hunter2" not in "".join(said for _, said in marked(text))


def test_long_names_and_keys_are_cut():
    text = f'{{{{ {"x" * 5000} }}}} {{{{ cfg["{"y" * 5000}"] }}}}'
    assert all(len(said) < 200 for _, said in marked(text))


def test_a_missing_quote_spoils_its_line_only():
    assert expand('{"a": "x,\n "b": "{{ name }}", "c": {{ name }}}', NAMES).text == (
        '{"a": "x,\n "b": "pi", "c": "pi"}'
    )


def test_a_backslash_outside_of_a_string_escapes_nothing():
    assert expand('{\\"a": "{{ name }}", "b": {{ name }}}', NAMES).text == '{\\"a": "pi", "b": "pi"}'


def test_text_stays_readable():
    assert expand('"{{ s }}" {{ s }}', {"s": "é\N{SNOWMAN}"}).text == '"é\N{SNOWMAN}" "é\N{SNOWMAN}"'


def test_columns_of_a_frame_are_suggested():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"length": [1.5, 2.5]})
    assert expand('[{{ df["length"] }}, {{ df.shape[0] }}]', {"df": frame}).text == "[[1.5, 2.5], 2]"
    assert message('{{ df["lenght"] }}', {"df": frame}) == 'df has no key "lenght"; did you mean "length"?'


@given(json_values)
def test_any_json_value_arrives(value):
    assert json.loads(expand('{"a": {{ v }}}', {"v": value}).text) == {"a": value}


@given(st.text(), st.text(alphabet=st.characters(exclude_characters='"\\{§')))
@example("\ud83d", "\ude00")
@example("{{ s }}", "}}")
def test_any_text_arrives_in_a_string(value, around):
    cell = json.dumps({"a": around + "§" + around}, ensure_ascii=False).replace("§", "{{ s }}", 1)
    assert json.loads(expand(cell, {"s": value}).text) == {"a": around + value + around}


@given(st.text(alphabet=st.characters(exclude_characters="'\\\n")))
def test_any_literal_arrives(text):
    assert json.loads(expand(f"{{\"a\": {{{{ '{text}' }}}}}}", {}).text) == {"a": text}


@given(st.text() | st.lists(st.sampled_from(['"', "\\", "{", "}}", "\n", "{ {", "x"])).map("".join))
def test_other_text_is_not_changed(text):
    text = text.replace("{{", "{")
    while "{{" in text:
        text = text.replace("{{", "{")
    assert expand(text, NAMES).text == text


@given(st.lists(st.sampled_from(["ab", '"', "\\n", "\n", " ", "{{ n }}", "{{ s }}", "{{ empty }}", ",", ":"])))
def test_every_place_is_found_again(parts):
    text = "".join(parts)
    names = {"n": "number", "s": 'a "text"\nof lines', "empty": ""}
    expanded = expand(text, names)
    new = expanded.text
    inside = 0
    for at in range(len(new)):
        start, end = expanded.original(at, at + 1)
        if end - start == 1:
            assert text[start] == new[at]
            assert expanded.original(at, at) == (start, start)
        else:
            inside += 1
            assert text[start:end] in parts
            assert text[start:end].startswith("{{")
            assert expanded.original(at, at) == (start, end)
    assert len(new) - inside == len(text) - sum(len(part) for part in parts if part.startswith("{{"))
    assert expanded.original(len(new), len(new)) == (len(text), len(text))
    assert expanded.original(0, len(new))[1] <= len(text)


def test_a_place_across_values():
    text = '{"a": {{ n }}, "b": "x{{ name }}y"}'
    expanded = expand(text, NAMES)
    assert expanded.text == '{"a": 3, "b": "xpiy"}'

    def origin(part):
        start = expanded.text.index(part)
        original = expanded.original(start, start + len(part))
        return text[slice(*original)]

    assert origin("3") == "{{ n }}"
    assert origin("3, ") == "{{ n }}, "
    assert origin("xp") == "x{{ name }}"
    assert origin('iy"') == '{{ name }}y"'
    assert origin('"b"') == '"b"'


class Recorder:
    """Has every attribute and item, and writes down whatever else is done to it."""

    done: list[str] = []  # noqa: RUF012 - one list for all of them

    def __getattr__(self, name):
        if name.startswith("_"):
            self.done.append(name)
        return Recorder()

    def __getitem__(self, key):
        return Recorder()

    def __format__(self, spec):
        return "formatted"


def _recording(name):
    def record(self, *arguments):
        Recorder.done.append(name)
        raise AssertionError(name)

    return record


for _name in [
    "__call__", "__add__", "__radd__", "__sub__", "__mul__", "__mod__", "__or__", "__lt__", "__gt__", "__eq__",
    "__ne__", "__hash__", "__neg__", "__len__", "__iter__", "__next__", "__contains__", "__str__", "__repr__",
    "__int__", "__float__", "__index__", "__bool__", "__dir__", "__fspath__", "__setattr__", "__setitem__",
    "__delitem__", "__enter__", "__await__",
]:  # fmt: skip
    setattr(Recorder, _name, _recording(_name))

PYTHON = [
    "a", "b", "a", "b", ".a", ".b", ".__class__", "._x", ".__globals__", "[0]", "[-1]", "['k']", '["k"]', "[a]",
    "[0:1]", "()", "(a)", "(", ")", "[", "]", "{", "}", "}}", "{{", ":", ":>3", ":sh", ":{0.__class__}", ":{a}", ":=",
    "!r", "!s", "{0.__class__}", "lambda: a", "a if b else a", "not ", "await ", "import os", "__import__('os')", "*",
    "**", "+", "-", "<", "==", "@", ",", ";", " ", "\n", "\\", '"', "'", "f'{a()}'", "`a`", "$a", "#", "0", "1e5",
    "\x00", "\u212a",
]  # fmt: skip


@given(st.lists(st.sampled_from(PYTHON), max_size=8).map("".join) | st.text(max_size=8), st.booleans())
@example("a()", True)
@example("a.a:{0.__class__}", True)
def test_nothing_is_executed(expression, in_string):
    Recorder.done.clear()
    names = {"a": Recorder(), "b": Recorder()}
    text = f'"{{{{{expression}}}}}"' if in_string else f"{{{{{expression}}}}}"
    try:
        expanded = expand(text, names)
        refused, marks = False, ()
    except VariableError as error:
        refused, marks = True, error.marks
    assert refused == bool(marks)
    assert refused or not expanded.used or "formatted" in expanded.text
    assert all(0 <= mark.start < mark.end <= len(text) for mark in marks)
    assert Recorder.done == []


def test_a_mock_is_not_called():
    mock = MagicMock()
    message("{{ mock.item }}", {"mock": mock})
    message('"{{ mock["x"] }}"', {"mock": mock})
    assert [call for call in mock.mock_calls if "__getitem__" not in str(call)] == []


@pytest.mark.parametrize("word", ["{{", "{{ '", "{{ n[", "{{ n:", '{{ n["', '"{{ n', "{{ nowhere.", "{{{", '{{ n:"'])
def test_a_long_broken_cell_comes_to_an_end(word):
    with pytest.raises(VariableError):
        expand(word * 20_000, NAMES)
