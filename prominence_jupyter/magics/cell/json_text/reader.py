"""JSON read strictly, with the place of every key and value, up to the first mistake. Pure.

The values are the standard library's; what is read here is where they stand, and only when someone asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final, NamedTuple, NoReturn

from prominence_jupyter.magics.cell.json_text import mistakes
from prominence_jupyter.magics.cell.json_text.place import Place
from prominence_jupyter.magics.cell.json_text.scalars import in_scalar, is_scalar
from prominence_jupyter.magics.cell.json_text.tokens import Token, tokens
from prominence_jupyter.magics.cell.marks import Mark

DEEPEST: Final = 100
"""Levels of nesting that are read; Python's stack has an end, and no description comes near."""
Path = tuple[str | int, ...]


class Spans(NamedTuple):
    """Where a value stands, and the key in front of it (with its quotes) if it has one."""

    value: tuple[int, int]
    key: tuple[int, int] | None


class Mistake(Exception):
    """The text stops being JSON at the marks."""

    def __init__(self, marks: tuple[Mark, ...]) -> None:
        super().__init__(marks[0].message)
        self.marks = marks


def read_spans(text: str) -> dict[Path, Spans]:
    """Return where every value of a JSON text stands, by its path.

    Raises
    ------
    Mistake
        It is not JSON, or repeats a key within an object.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._last: Token | None = None
        self._token = next(self._tokens)
        self._opened: list[Token] = []
        self._spans: dict[Path, Spans] = {}
        self._repeated: dict[Token, list[Token]] = {}

    def read(self) -> dict[Path, Spans]:
        self._value((), None)
        if self._token.kind != "end":
            self._fail(mistakes.after_the_end)
        if self._repeated:
            marks = [mark for keys in self._repeated.values() for mark in mistakes.repeated(self._text, keys)]
            raise Mistake(tuple(sorted(marks, key=lambda mark: mark.start)))
        return self._spans

    def _value(self, path: Path, key: Token | None) -> None:
        first = self._token
        if self._at("{"):
            self._object(path)
        elif self._at("["):
            self._list(path)
        elif marks := in_scalar(self._text, first):
            raise Mistake(marks)
        elif is_scalar(self._text, first):
            self._next()
        else:
            self._fail(mistakes.no_value)
        last = self._last or first
        self._spans[path] = Spans((first.start, last.end), (key.start, key.end) if key else None)

    def _object(self, path: Path) -> None:
        self._open()
        first_keys: dict[str, Token] = {}
        while not (self._at("}") and self._last == self._opened[-1]):
            key = self._token
            if key.kind != "string":
                self._fail(mistakes.no_key)
            if marks := in_scalar(self._text, key):
                raise Mistake(marks)
            name = json.loads(key.of(self._text))
            first = first_keys.setdefault(name, key)
            if first is not key:
                self._repeated.setdefault(first, [first]).append(key)
            self._next()
            if not self._at(":"):
                self._fail(mistakes.no_colon)
            self._next()
            self._value((*path, name), key)
            if not self._separator("}"):
                break
        self._close()

    def _list(self, path: Path) -> None:
        self._open()
        index = 0
        while not (self._at("]") and self._last == self._opened[-1]):
            self._value((*path, index), None)
            index += 1
            if not self._separator("]"):
                break
        self._close()

    def _separator(self, closer: str) -> bool:
        if self._at(","):
            self._next()
            return True
        if not self._at(closer):
            self._fail(mistakes.no_separator)
        return False

    def _open(self) -> None:
        if len(self._opened) == DEEPEST:
            self._fail(mistakes.too_deep)
        self._opened.append(self._token)
        self._next()

    def _close(self) -> None:
        self._opened.pop()
        self._next()

    def _next(self) -> None:
        self._last = self._token
        self._token = next(self._tokens, self._token)

    def _at(self, character: str) -> bool:
        return self._token.kind == "punctuation" and self._text[self._token.start] == character

    def _fail(self, mistake: Callable[[Place], tuple[Mark, ...]]) -> NoReturn:
        raise Mistake(mistake(Place(self._text, self._token, self._last, tuple(self._opened))))
