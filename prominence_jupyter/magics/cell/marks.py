"""Places in a cell, shown: the line, carets under the place, and one sentence. Pure.

Plain text without colours, so that it is the same in a terminal, a notebook, nbclient's exception and a saved notebook.
"""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from wcwidth import wcswidth

_WIDTH: Final = 100
_MOST_SHOWN: Final = 10
_REACH: Final = 200
"""Characters on either side of a place that are looked at; lines may be megabytes long."""
_HIDDEN: Final = "••••"
_CUT: Final = "…"
_TAB: Final = "    "
_UNSHOWABLE: Final = frozenset({"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"})
"""Categories that would hide, turn or break what is shown."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text and what is to be said of it.

    Attributes
    ----------
    start, end
        Offsets in characters, the end exclusive; a mark of no length points before a character.
    message
        One sentence.
    """

    start: int
    end: int
    message: str


def render(
    text: str, marks: Sequence[Mark], *, title: str, first_line: int = 1, hidden: Sequence[tuple[int, int]] = ()
) -> str:
    """Return a title and below it each marked line, with carets under the places and their sentences.

    Parameters
    ----------
    text
        The cell.
    marks
        In any order. The first ten are shown and the rest counted. Of a place of several lines the first is marked.
    title
        The first line.
    first_line
        Number of the first line of the text.
    hidden
        Ranges of the text that are secret; of each, four dots are shown.
    """
    ordered = sorted(marks, key=lambda mark: (mark.start, mark.end))
    lines = [title, *_shown(text, ordered[:_MOST_SHOWN], first_line, hidden)]
    if len(ordered) > _MOST_SHOWN:
        lines.append(f"and {len(ordered) - _MOST_SHOWN} more")
    return "\n".join(lines)


def _shown(text: str, marks: Sequence[Mark], first_line: int, hidden: Sequence[tuple[int, int]]) -> Iterator[str]:
    if not text.strip():
        yield from (f"  {_plain(mark.message)}" for mark in marks)
        return
    numbers = [first_line + text.count("\n", 0, mark.start) for mark in marks]
    digits = len(str(max(numbers, default=0)))
    margin = " " * (digits + 1) + " | "
    excerpt: _Excerpt | None = None
    for mark, number in zip(marks, numbers, strict=True):
        if excerpt is None or not excerpt.holds(mark):
            excerpt = _Excerpt.around(text, mark.start, hidden, _WIDTH - len(margin))
            yield f"{number:>{digits + 1}} | {excerpt.line}"
        carets, message = excerpt.carets(mark), _plain(mark.message)
        if len(margin) + len(carets) + 1 + wcswidth(message) <= _WIDTH:
            yield f"{margin}{carets} {message}"
        else:
            yield margin + carets
            yield margin + message


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """The part of a line that is shown: for each of its characters what stands for it."""

    start: int
    pieces: Sequence[str]
    secret: Sequence[bool]
    cut_before: bool
    cut_after: bool

    @classmethod
    def around(cls, text: str, place: int, hidden: Sequence[tuple[int, int]], room: int) -> _Excerpt:
        line_start = text.rfind("\n", 0, place) + 1
        line_end = text.find("\n", place) % (len(text) + 1)  # -1, no newline: the end of the text
        start, end = max(line_start, place - _REACH), min(line_end, place + _REACH)
        secret = [False] * (end - start)
        for hidden_start, hidden_end in hidden:
            first, last = max(hidden_start, start), min(hidden_end, end)
            if first < last:
                secret[first - start : last - start] = [True] * (last - first)
        pieces = [_piece(text, index, start, secret) for index in range(start, end)]
        columns = [_columns(pieces[:index]) for index in range(len(pieces) + 1)]
        if start == line_start and end == line_end and columns[-1] <= room:
            return cls(start, pieces, secret, cut_before=False, cut_after=False)
        room -= 2 * len(_CUT)
        left = max(0, min(columns[place - start] - room // 2, columns[-1] - room))
        first = bisect.bisect_left(columns, left)
        last = bisect.bisect_right(columns, columns[first] + room) - 1
        return cls(
            start + first,
            pieces[first:last],
            secret[first:last],
            cut_before=start + first > line_start,
            cut_after=start + last < line_end,
        )

    @property
    def line(self) -> str:
        before, after = _CUT * self.cut_before, _CUT * self.cut_after
        return (before + "".join(self.pieces) + after).rstrip()

    def holds(self, mark: Mark) -> bool:
        end = self.start + len(self.pieces)
        return self.start <= mark.start < end or (mark.start == end and not self.cut_after)

    def carets(self, mark: Mark) -> str:
        """Return carets for the line below, one for each column of the place."""
        count = len(self.pieces)
        first, last = mark.start - self.start, min(max(mark.end, mark.start + 1) - self.start, count)
        while 0 < first < count and self.secret[first] and self.secret[first - 1]:
            first -= 1
        while 0 < last < count and self.secret[last] and self.secret[last - 1]:
            last += 1
        left, right = self._column(first), self._column(last)
        if first < count and self.pieces[first] and self._column(first + 1) == left:
            left -= 1  # a combining character stands over the one before it
        return " " * max(left, 0) + "^" * max(right - left, 1)

    def _column(self, index: int) -> int:
        return _columns([_CUT * self.cut_before, *self.pieces[:index]])


def _piece(text: str, index: int, start: int, secret: Sequence[bool]) -> str:
    """Return what stands for a character: of a secret the dots stand for the first one, nothing for the others."""
    here = index - start
    if secret[here]:
        return "" if here and secret[here - 1] else _HIDDEN
    if text.startswith("\r\n", index):
        return ""
    return _TAB if text[index] == "\t" else _plain(text[index])


def _columns(pieces: Sequence[str]) -> int:
    """Return how wide some text is behind the margin, whose space a combining character may join."""
    return wcswidth(" " + "".join(pieces)) - 1


def _plain(text: str) -> str:
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _UNSHOWABLE else character
        for character in text
    )
