"""Where secrets stand in the text of a cell, be it JSON or broken JSON. Pure.

What is secret is for `protocol.redaction` to say; here it is found by the names around a value, without a parser, as
the cells that are shown are the wrong ones. So it hides rather too much: a value under a name that means a secret is
hidden wherever it stands, as such a name may have been misspelt or misplaced, and so is the query of any URL.
"""

from __future__ import annotations

import functools
import itertools
import operator
import re
from typing import Any, Final

from prominence_jupyter.magics.cell.json_text.tokens import Token, tokens
from prominence_jupyter.protocol.redaction import HIDDEN, redact, redact_url

_MEANS_SECRET: Final = re.compile(
    "token|passw|passphrase|secret|content|(?<!^imagePull)credential|credential.", re.IGNORECASE
)
_URL: Final = re.compile(r"(?<![\w+.-])[\w+.-]++:(?:\\?/){2}[^\s\"'<>]*")
_DEEPEST: Final = 20
_PROBE: Final = "?"
"""A value of which nothing is left where URLs are cut, and all elsewhere."""
_LEAVES: Final = frozenset({"string", "unclosed", "quoted", "triple", "number", "word", "other"})
Path = tuple[str | None, ...]
"""Names of the objects around a value, None for a list; empty for what has no name."""
_QUOTES: Final = "\"'«»\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f"


def secret_spans(text: str) -> list[tuple[int, int]]:
    """Return the ranges of a text that hold secrets, without the quotes around them, in order; they may overlap."""
    finder = _Finder(text)
    for token in tokens(text):
        finder.take(token)
    urls = [
        (url.start() + shown, url.end())
        for url in _URL.finditer(text)
        if (shown := _same(url.group(), redact_url(url.group()))) < url.end() - url.start()
    ]
    return sorted([*finder.spans, *urls])


class _Finder:
    """Follows keys and brackets as far as they make sense."""

    def __init__(self, text: str) -> None:
        self.spans: list[tuple[int, int]] = []
        self._text = text
        self._outer: list[Path] = []
        self._key = ""
        self._has_value = False
        self._hides = False
        self._waiting: Token | None = None

    def take(self, token: Token) -> None:
        """Go on by one word."""
        word = self._text[token.start : token.end] if token.end - token.start == 1 else ""
        if word in {":", "="} and self._waiting:
            self._start(self._waiting)
        elif word in {"{", "[", "("}:
            self._end_value()
            self._outer.append((self._key,) if word == "{" else (self._key, None))
            self._new_key("")
        elif word in {"}", "]", ")"}:
            self._end_value()
            self._new_key("")
            if self._outer:
                self._outer.pop()
        elif word in {",", ";"} or token.kind == "end":
            self._end_value()
            self._new_key("")
        elif token.kind in _LEAVES:
            self._end_value()
            self._waiting = token

    def _start(self, key: Token) -> None:
        """Take what stands before a colon as a key; after another key its { is missing."""
        if self._key and not self._has_value:
            self._outer.append((self._key,))
        self._waiting = None
        self._new_key(key.of(self._text).strip(_QUOTES))

    def _new_key(self, key: str) -> None:
        self._key, self._has_value, self._hides = key, False, False

    def _end_value(self) -> None:
        token, self._waiting = self._waiting, None
        if not token:
            return
        start, end = token.start, token.end
        if token.kind in {"string", "unclosed", "quoted"}:
            start += 1
            end -= end - 1 > token.start and self._text[end - 1] in _QUOTES
        too_much = self._hides or len(self._outer) > _DEEPEST
        shown = 0 if too_much else _shown((*itertools.chain(*self._outer), self._key), self._text[start:end])
        self._has_value = True
        if start + shown < end:
            self._hides = True
            self.spans.append((start + shown, end))


def _shown(steps: Path, text: str) -> int:
    """Return how many characters of a value may be shown from its start."""
    path = tuple(step for step in steps if step != "")
    left = _what_is_left(path)
    if left == _PROBE:
        return len(text)
    return 0 if left == HIDDEN else _same(text, _redacted(path, text))


def _same(text: str, redacted: str) -> int:
    """Return how far a URL is as its redacted form; with escapes in it what follows could not be told."""
    if "\\" in text:
        return 0
    return sum(itertools.takewhile(operator.truth, map(operator.eq, text, redacted)))


@functools.lru_cache(maxsize=1024)
def _what_is_left(path: Path) -> str:
    return HIDDEN if any(_MEANS_SECRET.search(step) for step in path if step) else _redacted(path, _PROBE)


def _redacted(path: Path, text: str) -> str:
    value: Any = text
    for step in reversed(path):
        value = [value] if step is None else {step: value}
    value = redact(value)
    for step in path:
        if value == HIDDEN:
            break
        value = value[0] if step is None else value[step]
    return str(value)
