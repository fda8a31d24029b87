"""What is taken for JSON and is none: comments, other quotes, words of Python, YAML. Pure.

Messages never quote a value: it may be a secret.
"""

from __future__ import annotations

import re
from typing import Final

from prominence_jupyter.magics.cell.json_text.place import CLOSERS, EXAMPLE, Marks, Place, mark
from prominence_jupyter.magics.cell.marks import Mark

START: Final = f"the cell holds JSON and starts with {{: {EXAMPLE}"
_YAML: Final = re.compile(r"\s*+(?:#[^\n]*+\s*+)*+(---|- |[\w-]+:(?=\s|$))")
_ASSIGNMENT: Final = re.compile(r"\s*[\w.]+\s*=")
_REST_OF_STRING: Final = re.compile(r'(?:[^"\\]++|\\.)*+"\s*(?:[,:}\]]|$)', re.DOTALL)
_FOREIGN: Final = {"none": "null", "nil": "null", "undefined": "null", "true": "true", "false": "false"}
_NOT_FINITE: Final = frozenset({"nan", "inf", "infinity"})


def not_json(place: Place) -> Marks:
    """Recognise a cell that is something else from its start."""
    text, start = place.text, place.token.start
    if not text.strip():
        return place.here(f"the cell is empty; it holds JSON: {EXAMPLE}")
    if yaml := _YAML.match(text):
        return (Mark(*yaml.span(1), f"this looks like YAML; the cell holds JSON: {EXAMPLE}"),)
    if python := _ASSIGNMENT.match(text):
        return (Mark(start, python.end(), "the cell holds JSON alone: remove what stands before the {"),)
    if place.word in {"%", "!"}:
        return place.here("this belongs in a cell of its own: the cell holds JSON alone")
    if place.token.kind == "word" and place.word.lower() not in _FOREIGN.keys() | _NOT_FINITE:
        return place.here(START)
    return ()


def word_of_python(place: Place) -> str:
    """Say what to write for a bare word, mostly one of Python."""
    word = place.word
    bare = word.lstrip("+-").lower()
    if bare in _NOT_FINITE:
        return f"JSON has no {word}: write null, or leave the key out"
    if bare in _FOREIGN:
        return f"write {_FOREIGN[bare]} for {word}"
    if re.fullmatch("(?i)[rbfu]{1,2}", word) and place.text[place.token.end : place.token.end + 1] in {'"', "'"}:
        return f"JSON has no {word} before a string: remove it; {{{{ name }}}} puts in the value of a variable"
    return 'text stands in double quotes: "..."; {{ name }} puts in the value of a variable'


def calculation(place: Place) -> Marks:
    """Recognise arithmetic, and strings that Python would join."""
    signed = place.token.kind in {"number", "word"} and place.word[0] in "+-"
    if place.word in {"+", "-", "*", "/", "%"} or (signed and place.last and place.last.kind in {"number", "string"}):
        return place.here("JSON does not calculate or join: write the result")
    adjoins = place.token.kind == "string" and place.last and place.last.kind == "string" and place.bracket == "{"
    if adjoins and not place.is_followed_by(":"):
        return place.missing("JSON does not join strings: write one")
    return ()


def anywhere(place: Place) -> Marks:
    """Recognise what is wrong wherever it stands."""
    kind, word = place.token.kind, place.word
    if kind == "end" and place.opened:
        return _never_closed(place)
    if kind == "comment":
        return _comment(place)
    if kind == "unclosed":
        return _unclosed(place)
    if kind == "triple":
        return place.here(r'JSON has no triple quotes: write one line in "...", with \n where a line ends')
    if kind == "quoted":
        single = "text stands in double quotes in JSON, not in '...'"
        return place.here(single if word[0] == "'" else 'these are typographic quotes: write " instead')
    is_invisible = kind == "other" and (word.isspace() or not word.isprintable())
    say = f"this is an invisible character (U+{ord(word):04X}): remove it, or write a space" if is_invisible else ""
    return place.here(say) if say else ()


def _never_closed(place: Place) -> Marks:
    closers = "".join(CLOSERS[token.of(place.text)] for token in reversed(place.opened))
    return (mark(place.opened[-1], f"this {place.bracket} is never closed: {closers} is missing at the end"),)


def _comment(place: Place) -> Marks:
    end = "*/" if place.word == "/*" else "\n"
    found = place.text.find(end, place.token.end)
    stop = len(place.text) if found < 0 else found + len(end.strip())
    return (Mark(place.token.start, stop, "JSON has no comments: remove it"),)


def _unclosed(place: Place) -> Marks:
    """Tell a string without its closing quote from one that goes over several lines."""
    text, (_, start, end) = place.text, place.token
    if typographic := re.search("[\u201c-\u201f]", text[start:end]):
        at = start + typographic.start()
        return (Mark(at, at + 1, 'this is a typographic quote: write " instead'),)
    if _REST_OF_STRING.match(text, end):
        return (Mark(end, end + 1, r"the line ends within a string: write \n and go on in the same line"),)
    return place.here('this string is not closed: its second " is missing')
