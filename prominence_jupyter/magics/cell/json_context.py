"""Where a cursor stands in unfinished JSON: in which object, at a key or at a value. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Context:
    """The place of a cursor.

    Attributes
    ----------
    path
        Keys and indexes from the outermost value to the object or list that the cursor is in, and for a value of
        an object to its key.
    wants
        What belongs at the cursor.
    fragment
        What of it is there already, without its opening quote.
    quoted
        Whether the opening quote is there.
    siblings
        Keys that the object has already, before the cursor.
    """

    path: tuple[str | int, ...]
    wants: Literal["key", "value", "nothing"]
    fragment: str = ""
    quoted: bool = False
    siblings: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Container:
    """An object or list that is still open."""

    kind: Literal["{", "["]
    key: str = ""
    index: int = 0
    wants: Literal["key", "value", "nothing"] = "nothing"
    keys: set[str] = field(default_factory=set)

    @property
    def step(self) -> str | int:
        return self.key if self.kind == "{" else self.index


def context_of(text: str) -> Context | None:
    """Return the place at the end of some JSON that goes on behind it; None outside of any object or list."""
    stack: list[_Container] = []
    position = 0
    word = ""
    while position < len(text):
        character = text[position]
        if character == '"':
            end = _end_of_string(text, position)
            if end is None:
                return _context(stack, text[position + 1 :], quoted=True)
            _take_string(stack, text[position:end])
            position, word = end, ""
            continue
        word = "" if character in '{}[],: \t\r\n"' else word + character
        _take_mark(stack, character)
        position += 1
    return _context(stack, word, quoted=False)


def _end_of_string(text: str, start: int) -> int | None:
    position = start + 1
    while position < len(text):
        if text[position] == "\\":
            position += 1
        elif text[position] == '"':
            return position + 1
        elif text[position] == "\n":
            return position
        position += 1
    return None


def _take_string(stack: list[_Container], literal: str) -> None:
    if stack and stack[-1].kind == "{" and stack[-1].wants == "key":
        try:
            stack[-1].key = json.loads(literal)
        except ValueError:  # broken, and the validator will say so
            stack[-1].key = literal.strip('"')
        stack[-1].keys.add(stack[-1].key)
    if stack:
        stack[-1].wants = "nothing"


def _take_mark(stack: list[_Container], mark: str) -> None:
    if mark in "{[":
        stack.append(_Container("{" if mark == "{" else "[", wants="key" if mark == "{" else "value"))
    elif mark in "}]":
        if stack:
            stack.pop()
        if stack:
            stack[-1].wants = "nothing"
    elif stack and mark == ":":
        stack[-1].wants = "value"
    elif stack and mark == ",":
        stack[-1].wants = "key" if stack[-1].kind == "{" else "value"
        stack[-1].index += 1


def _context(stack: list[_Container], fragment: str, *, quoted: bool) -> Context | None:
    if not stack:
        return None
    *outer, last = stack
    path = [container.step for container in outer]
    if last.wants == "value":
        path.append(last.step)
    return Context(tuple(path), last.wants, fragment, quoted, frozenset(last.keys))
