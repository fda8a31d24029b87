"""Places of a cell as they are shown: short, with every caret under its character, and nothing hidden shown."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wcwidth import wcswidth

from prominence_jupyter.magics.cell.marks import Mark, render

CELL = """{
  "name": "first",
  "resources": {"cpus": 1, "memory": 2}
}"""


def mark(text, part, message="is wrong"):
    start = text.index(part)
    return Mark(start, start + len(part), message)


def test_one_place():
    marks = [mark(CELL, '"first"', "is taken already")]
    assert (
        render(CELL, marks, title="the job has a problem; nothing was submitted:", first_line=2)
        == """\
the job has a problem; nothing was submitted:
 3 |   "name": "first",
   |           ^^^^^^^ is taken already"""
    )


def test_places_in_order_and_those_of_a_line_together():
    marks = [mark(CELL, '"memory"', "is small"), mark(CELL, '"name"', "is odd"), mark(CELL, '"cpus"', "is large")]
    assert (
        render(CELL, marks, title="three problems:")
        == """\
three problems:
 2 |   "name": "first",
   |   ^^^^^^ is odd
 3 |   "resources": {"cpus": 1, "memory": 2}
   |                 ^^^^^^ is large
   |                            ^^^^^^^^ is small"""
    )


def test_line_numbers_are_aligned():
    text = "\n".join(f"line {n}" for n in range(1, 13))
    assert (
        render(text, [mark(text, "9"), mark(text, "10")], title="two:")
        == """\
two:
  9 | line 9
    |      ^ is wrong
 10 | line 10
    |      ^^ is wrong"""
    )


def test_a_long_sentence_has_its_own_line():
    message = "is a long story, " * 5
    shown = render(CELL, [mark(CELL, "memory", message.strip())], title="").splitlines()
    assert shown[2:] == ["   |                             ^^^^^^", f"   | {message.strip()}"]


def test_the_first_line_of_a_longer_place_is_marked():
    start = CELL.index("{", 1)
    text = CELL.replace(", ", ",\n  ")
    assert (
        render(text, [Mark(start, len(text), "is wrong")], title="")
        == """
 3 |   "resources": {"cpus": 1,
   |                ^^^^^^^^^^^ is wrong"""
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_end_of_a_line_and_of_the_text_can_be_marked(newline):
    text = f"ab{newline}cd"
    expected = "\n 1 | ab\n   |   ^ here\n 2 | cd\n   |   ^ there"
    marks = [Mark(2, 3, "here"), Mark(len(text), len(text), "there")]
    assert render(text, marks, title="") == expected


def test_at_most_ten_are_shown():
    text = "\n".join("abcdefghijklmnop")
    marks = [Mark(at, at + 1, "is wrong") for at in range(0, len(text), 2)]
    lines = render(text, marks, title="many:").splitlines()
    assert len(lines) == 1 + 2 * 10 + 1
    assert lines[-1] == "and 6 more"


def test_an_empty_cell_has_no_line_to_show():
    assert render(" \n", [Mark(0, 0, "the cell is empty")], title="no job:") == "no job:\n  the cell is empty"


def test_a_long_line_is_cut_around_each_place():
    text = f'{{"a": "{"x" * 300}", "b": {"1" * 5}, "c": "{"y" * 300}", "d": 2}}'
    marks = [mark(text, '"a"'), mark(text, "1" * 5), mark(text, '"d"'), mark(text, '"b"')]
    assert render(text, marks, title="") == (
        '\n 1 | {"a": "' + "x" * 86 + "…"
        "\n   |  ^^^ is wrong"
        "\n 1 | …" + "x" * 43 + '", "b": 11111, "c": "' + "y" * 29 + "…"
        "\n   | " + " " * 47 + "^^^ is wrong"
        "\n   | " + " " * 52 + "^^^^^ is wrong"
        "\n 1 | …" + "y" * 83 + '", "d": 2}'
        "\n   | " + " " * 87 + "^^^"
        "\n   | is wrong"
    )


def test_tabs_wide_and_combining_characters_keep_carets_in_place():
    text = '\t{"名前": "cafe\u0301", "x": 1}'
    marks = [mark(text, "名前"), mark(text, "\u0301"), mark(text, '"x"')]
    assert (
        render(text, marks, title="")
        == """
 1 |     {"名前": "cafe\u0301", "x": 1}
   |       ^^^^ is wrong
   |                  ^ is wrong
   |                      ^^^ is wrong"""
    )


def test_what_would_hide_or_turn_is_shown_as_a_replacement():
    text = "a\x1b[31mb\u202ec\u200bd\x00e\u2028f\ud800"
    assert (
        render(text, [mark(text, "e", "is \u202ewrong\n")], title="")
        == """
 1 | a�[31mb�c�d�e�f�
   |             ^ is �wrong�"""
    )


def test_a_secret_is_shown_as_dots_whatever_its_length():
    shown = set()
    for secret in ["s", "s3cret", "s3cret" * 1000]:
        text = f'{{"token": "{secret}", "x": 1}}'
        start = text.index(secret, 9)
        hidden = [(start, start + len(secret))]
        shown.add(render(text, [mark(text, '"x"'), Mark(*hidden[0], "is no token")], title="", hidden=hidden))
    both = """
 1 | {"token": "••••", "x": 1}
   |            ^^^^ is no token
   |                   ^^^ is wrong"""
    assert both in shown
    assert not any("s3cret" in text for text in shown)


def test_a_place_within_a_secret_is_all_of_it():
    text = '{"token": "s3cret"}'
    rendered = render(text, [mark(text, "c")], title="", hidden=[(11, 17)])
    assert rendered == '\n 1 | {"token": "••••"}\n   |            ^^^^ is wrong'


# --- any text, any mark

CHARACTERS = st.characters(exclude_characters="^") | st.sampled_from(
    list("\t\n\r 名é\u0301\u200b\u202e😀\ufe0f\U0001f1e9\u200d•…")
)
CELLS = st.text(CHARACTERS, max_size=60) | st.builds("{}{}{}".format, *[st.text(CHARACTERS, max_size=400)] * 3)


@st.composite
def marked(draw):
    text = draw(CELLS)
    places = st.tuples(st.integers(0, len(text)), st.integers(0, 20)).map(lambda p: (p[0], min(sum(p), len(text))))
    starts_and_ends = draw(st.lists(places, min_size=1, max_size=6))
    return text, [Mark(start, end, f"mark {n}") for n, (start, end) in enumerate(starts_and_ends)]


def visible(character):
    return not character.isspace() and character.isprintable() and wcswidth(character) > 0


@settings(max_examples=500)
@given(marked())
@example(("x" * 500, [Mark(250, 251, "mark 0")]))
@example(("名" * 500, [Mark(250, 251, "mark 0"), Mark(251, 252, "mark 1")]))
def test_every_caret_stands_under_its_character(case):
    text, marks = case
    lines = render(text, marks, title="title", first_line=7).splitlines()
    assert lines[0] == "title"
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for line in lines for c in line)
    assert all(wcswidth(line) <= 100 for line in lines)
    if not text.strip():
        return
    line = ""
    seen = []
    for number, shown in enumerate(lines[1:], start=1):
        if "^" not in shown:
            line = shown if shown.split("|")[0].strip() else line
            continue
        carets, _, message = shown.rpartition("^")
        message = message or lines[number + 1]  # no room beside the carets
        start = len(carets) - len(carets.lstrip(" |"))
        mark_shown = next(m for m in marks if m.message == message.strip(" |"))
        seen.append(mark_shown)
        assert int(line.split("|")[0]) == 7 + text.count("\n", 0, mark_shown.start)
        character = text[mark_shown.start : mark_shown.start + 1]
        if character and visible(character):
            assert character in under(line, start)
    assert sorted(marks, key=lambda m: (m.start, m.end)) == seen


def under(line, column):
    """Return the characters of a line on a column of the display; one without a width is on that of the one before."""
    edges = [wcswidth(line[:index]) for index in range(len(line) + 1)]
    return [
        character
        for character, left, right in zip(line, edges, edges[1:], strict=False)
        if left - (left == right) <= column < right
    ]


@given(CELLS, st.data())
def test_nothing_hidden_is_shown(text, data):
    at = data.draw(st.integers(0, len(text)))
    secret = data.draw(st.text("§", min_size=1, max_size=300))
    text = text.replace("§", "")[:at] + secret + text.replace("§", "")[at:]
    start = text.index("§")
    places = st.integers(0, len(text))
    marks = [Mark(place, place + 1, "is wrong") for place in data.draw(st.lists(places, min_size=1, max_size=3))]
    assert "§" not in render(text, marks, title="", hidden=[(start, start + len(secret))])
