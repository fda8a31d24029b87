"""Where reading JSON stopped: the word that does not fit, and what is around it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from prominence_jupyter.magics.cell.json_text.tokens import Token
from prominence_jupyter.magics.cell.marks import Mark

Marks = tuple[Mark, ...]

CLOSERS: Final = {"{": "}", "[": "]"}
EXAMPLE: Final = '{"tasks": [...], "resources": {...}}'


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading stopped.

    Attributes
    ----------
    text
        The cell.
    token
        The word that does not fit.
    last
        The one before it.
    opened
        Brackets that are still open, the innermost last.
    """

    text: str
    token: Token
    last: Token | None
    opened: tuple[Token, ...]

    @property
    def word(self) -> str:
        """What stands there."""
        return self.token.of(self.text)

    @property
    def before(self) -> str:
        """What stands before it."""
        return self.last.of(self.text) if self.last else ""

    @property
    def bracket(self) -> str:
        """The innermost open bracket, empty outside of all."""
        return self.opened[-1].of(self.text) if self.opened else ""

    @property
    def touches(self) -> bool:
        """Whether nothing is between the word and the one before it."""
        return self.last is not None and self.last.end == self.token.start

    def is_followed_by(self, characters: str) -> bool:
        """Tell whether one of some characters comes next after the word."""
        following = self.text[self.token.end : self.token.end + 1000].lstrip()[:1]
        return bool(following) and following in characters

    def here(self, message: str) -> Marks:
        """Mark the word."""
        return (mark(self.token, message),)

    def missing(self, message: str) -> Marks:
        """Mark the end of what stands before the word."""
        end = self.last.end if self.last else self.token.start
        return (Mark(end, end + 1, message),)


def mark(token: Token, message: str) -> Mark:
    """Mark one word."""
    return Mark(token.start, token.end, message)
