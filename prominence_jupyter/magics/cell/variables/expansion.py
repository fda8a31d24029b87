"""``{{ }}`` in the text of a cell, replaced by values of the notebook.

The text may be broken JSON: that is for the reader of JSON to say. What has been put in is not read again.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from prominence_jupyter.magics.cell.marks import Mark
from prominence_jupyter.magics.cell.variables.expression import (
    OPEN,
    ExpressionError,
    Literal,
    Reference,
    end_of_broken,
    parse,
)
from prominence_jupyter.magics.cell.variables.replacement import replacement

_TOKEN: Final = re.compile(r'["\n]|\\[^\n]?|\{\{(?!\{)')
"""Of more than two braces the last two belong to an expression: ``${{{ n }}}``."""
_KEY_FOLLOWS: Final = re.compile(r"\s*:")
_BEFORE_VALUE: Final = frozenset({"", *"[{,: \t\r\n"})
_BEHIND_VALUE: Final = frozenset({"", *"]},: \t\r\n"})


_MOST: Final = 50
"""Problems after which no more are looked for: each costs a search for what was meant."""


class VariableError(Exception):
    """Variables in a cell that cannot be replaced.

    Attributes
    ----------
    marks
        Every problem, at its place in the text of the cell.
    """

    def __init__(self, marks: tuple[Mark, ...]) -> None:
        super().__init__("; ".join(mark.message for mark in marks))
        self.marks = marks


@dataclass(frozen=True, slots=True)
class _Substitution:
    """A replaced ``{{ }}``: its place in the original text, and that of what stands there now."""

    start: int
    end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class Expanded:
    """A text in which the variables have been replaced.

    Attributes
    ----------
    text
        The new text.
    used
        Names of the variables in it.
    """

    text: str
    used: frozenset[str]
    _substitutions: tuple[_Substitution, ...] = field(repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original text that a place in the new one comes from.

        What begins or ends within a value that was put in, begins or ends with its whole ``{{ }}``.
        """
        first, behind_first = self._origin(start)
        if end > start:
            return first, self._origin(end - 1)[1]
        return first, behind_first if behind_first > first + 1 else first

    def is_brought(self, start: int, end: int) -> bool:
        """Tell whether a place in the new text lies wholly within one value that was put in."""
        return any(one.new_start <= start and end <= one.new_end for one in self._substitutions)

    def _origin(self, at: int) -> tuple[int, int]:
        """Return the place that one character comes from."""
        index = bisect.bisect_right(self._substitutions, at, key=lambda one: one.new_start) - 1
        if index < 0:
            return at, at + 1
        before = self._substitutions[index]
        if at < before.new_end:
            return before.start, before.end
        origin = at - before.new_end + before.end
        return origin, origin + 1


def expand(text: str, names: Mapping[str, Any]) -> Expanded:
    """Replace every ``{{ }}`` in the text of a cell.

    Parameters
    ----------
    text
        JSON, which may be broken.
    names
        The variables of the notebook.

    Raises
    ------
    VariableError
        With all problems: what is no expression, what is not defined, and what has no form in its place.
    """
    pieces: list[str] = []
    substitutions: list[_Substitution] = []
    marks: list[Mark] = []
    used: set[str] = set()
    copied = length = 0
    for place in _places(text):
        try:
            new = place.replaced(text, names)
        except ExpressionError as error:
            marks.append(Mark(error.start, error.end, error.message))
            if len(marks) >= _MOST:
                break
            continue
        pieces += text[copied : place.start], new
        start = length + place.start - copied
        copied, length = place.end, start + len(new)
        substitutions.append(_Substitution(place.start, place.end, start, length))
        if isinstance(place.found, Reference):
            used.add(place.found.name)
    if marks:
        raise VariableError(tuple(marks))
    return Expanded("".join([*pieces, text[copied:]]), frozenset(used), tuple(substitutions))


@dataclass(frozen=True, slots=True)
class _Place:
    """A ``{{ }}`` in a text, and what was read there."""

    start: int
    end: int
    in_string: bool
    found: Literal | Reference | ExpressionError

    def replaced(self, text: str, names: Mapping[str, Any]) -> str:
        """Return what takes its place; outside of a string a value of its own, that joins nothing beside it."""
        if isinstance(self.found, ExpressionError):
            raise self.found
        is_key = not self.in_string and _KEY_FOLLOWS.match(text, self.end) is not None
        new = replacement(self.found, names, in_string=self.in_string, is_key=is_key)
        if self.in_string:
            return new
        before, behind = text[self.start - 1 : self.start], text[self.end : self.end + 1]
        return " " * (before not in _BEFORE_VALUE) + new + " " * (behind not in _BEHIND_VALUE)


def expressions(text: str) -> Iterator[tuple[int, int]]:
    """Return where each ``{{ }}`` in a text begins and ends, also one that cannot be read."""
    at = 0
    while (start := text.find(OPEN, at)) >= 0:
        try:
            at = parse(text, start).end
        except ExpressionError as error:
            at = end_of_broken(text, start, error)
        yield start, at


def _places(text: str) -> Iterator[_Place]:
    """Find every ``{{``. A string ends with its line, as in JSON, so that a missing quote spoils one line only."""
    at, in_string = 0, False
    while token := _TOKEN.search(text, at):
        at = token.end()
        match token.group()[0]:
            case "\n":
                in_string = False
            case '"':
                in_string = not in_string
            case "\\":
                at = at if in_string else token.start() + 1
            case _:
                place = _read(text, token.start(), in_string=in_string)
                at = place.end
                yield place


def _read(text: str, start: int, *, in_string: bool) -> _Place:
    try:
        found = parse(text, start)
    except ExpressionError as error:
        return _Place(start, end_of_broken(text, start, error), in_string, error)
    return _Place(start, found.end, in_string, found)
