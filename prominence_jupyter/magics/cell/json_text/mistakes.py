"""The usual mistakes in JSON, each with its place and its mend. Pure.

One function for each place in the grammar where reading can stop.
"""

from __future__ import annotations

import re
from typing import Final

from prominence_jupyter.magics.cell.json_text import foreign
from prominence_jupyter.magics.cell.json_text.place import CLOSERS, EXAMPLE, Marks, Place, mark
from prominence_jupyter.magics.cell.json_text.tokens import Token
from prominence_jupyter.magics.cell.marks import Mark

_THOUSANDS: Final = re.compile(r"[0-9]{3}(?![\w.])")
_LONGEST_NAME: Final = 40
_VALUES: Final = frozenset({"string", "number", "word", "triple", "unclosed", "quoted"})


def no_value(place: Place) -> Marks:
    """Say what stands where a value belongs."""
    word = place.word
    is_start = not place.opened and place.last is None
    if marks := (foreign.not_json(place) if is_start else ()) or foreign.anywhere(place):
        return marks
    if place.token.kind == "word":
        return place.here(foreign.word_of_python(place))
    if word in {"}", "]", ","} and place.before == ",":
        return _comma_too_many(place)
    if word in {"}", "]", ","} and place.before == ":":
        return place.missing("a value is missing here")
    if word == "(":
        return place.here("JSON has no tuples: a list stands in [ ]")
    return place.here(foreign.START if is_start else "a value belongs here")


def no_key(place: Place) -> Marks:
    """Say what stands where the key of an object belongs."""
    word = place.word
    if place.token.kind == "word" and place.is_followed_by(":="):
        return place.here(f'keys stand in double quotes: "{word}"')
    if marks := foreign.anywhere(place):
        return marks
    if place.before == "," and word in {"}", ","}:
        return _comma_too_many(place)
    if place.touches and place.before == "," and _THOUSANDS.match(place.text, place.token.start):
        return (
            Mark(
                place.token.start - 1,
                place.token.start,
                "a number has no thousands separators in JSON: remove the comma",
            ),
        )
    if place.token.kind in {"number", "word"}:
        return place.here('a key in double quotes belongs here: "key": value; a list stands in [ ]')
    return place.here('a key in double quotes belongs here: "key": value')


def no_colon(place: Place) -> Marks:
    """Say what stands where the colon after a key belongs."""
    if place.word == "=":
        return place.here("a colon belongs between a key and its value: write : for =")
    if marks := _quote_inside(place) or foreign.anywhere(place):
        return marks
    if place.word in {",", "}"}:
        return place.missing('": value" is missing after this key; a list stands in [ ]')
    return place.missing("a colon is missing here, between the key and its value")


def no_separator(place: Place) -> Marks:
    """Say what stands where a comma or the closing bracket belongs."""
    word = place.word
    if marks := _still_open(place):
        return marks
    if word in {":", "="} and place.last and place.last.kind == "string":
        return place.here("a comma, or a { around an object, is missing before this key")
    if word == ";":
        return place.here("a comma belongs between two items: write , for ;")
    if marks := foreign.calculation(place) or _quote_inside(place) or foreign.anywhere(place):
        return marks
    if place.token.kind in _VALUES or word in {"{", "["}:
        return place.missing("a comma is missing here")
    return place.here(f"a comma or {CLOSERS[place.bracket]} belongs here")


def after_the_end(place: Place) -> Marks:
    """Say what stands after the end of the JSON."""
    word = place.word
    if word in {"}", "]"}:
        return place.here(f"this {word} is one too many: remove it")
    if word in {",", ";"}:
        return place.here(f"nothing comes after the end of the JSON: remove the {word}")
    if word in {":", "="}:
        return place.here(f"the {{ }} around all of it are missing: {EXAMPLE}")
    if word in {"%", "!"}:
        return place.here("this belongs in a cell of its own: the JSON has ended")
    if word in {"{", "["}:
        return place.here("a second JSON value starts here: a cell holds one")
    return foreign.anywhere(place) or place.here("the JSON has ended before this: remove it, or put it in another cell")


def too_deep(place: Place) -> Marks:
    """Say that brackets are nested too deeply."""
    return place.here(f"this is nested too deeply, more than {len(place.opened)} levels")


def repeated(text: str, keys: list[Token]) -> Marks:
    """Say that a key is in its object more than once."""
    first, *others = keys
    name = first.of(text)
    name = name if len(name) <= _LONGEST_NAME else f'{name[:_LONGEST_NAME]}..."'
    return (
        mark(first, f"{name} stands here"),
        *(mark(key, f"{name} again, in the same object: keep one of them") for key in others),
    )


def _comma_too_many(place: Place) -> Marks:
    comma = place.last or place.token
    return (
        mark(
            comma,
            f"no comma goes before {place.word}: remove it" if place.word != "," else "one comma too many: remove it",
        ),
    )


def _still_open(place: Place) -> Marks:
    """Recognise that a bracket should have been closed before, from what cannot stand within it."""
    word, opener = place.word, place.opened[-1]
    if word in {"}", "]"}:
        return (
            mark(opener, f"this {place.bracket} is still open"),
            mark(place.token, f"{CLOSERS[place.bracket]} belongs here, not {word}"),
        )
    if place.bracket == "[" and word in {":", "="}:
        return (
            mark(opener, "this [ is still open"),
            mark(place.token, 'a list holds no "key": value: write ] before it, or { } around it'),
        )
    return ()


def _quote_inside(place: Place) -> Marks:
    """Recognise a string that ended too early, or too late, from the word that touches its end."""
    if not (place.touches and place.last and place.last.kind == "string" and place.token.kind in _VALUES):
        return ()
    if place.before.rstrip('"').rstrip()[-1:] in {",", ":"}:
        return (mark(place.last, 'this string is not closed where it should be: a " is missing in it'),)
    return (Mark(place.last.end - 1, place.last.end, r'a " within a string is written \"; else it is one too many'),)
