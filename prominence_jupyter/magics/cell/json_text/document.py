"""The text of a cell as JSON: its value, and where in the text each part of it stands. Pure."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from prominence_jupyter.magics.cell.json_text.reader import DEEPEST, Mistake, Path, Spans, read_spans
from prominence_jupyter.magics.cell.json_text.secrets import secret_spans
from prominence_jupyter.magics.cell.marks import Mark

_HALF_OF_A_PAIR: Final = re.compile(r"\\u[dD][89a-fA-F]")
_SAFE_DIGITS: Final = 308
"""An integer of so many digits, or fewer, is a float too."""


class JsonError(Exception):
    """The text is not JSON.

    Attributes
    ----------
    marks
        The first mistake (some have two places), or all repeated keys.
    hidden
        Ranges of the text that hold secrets.
    """

    def __init__(self, marks: Sequence[Mark], hidden: Sequence[tuple[int, int]]) -> None:
        super().__init__(marks[0].message)
        self.marks = tuple(marks)
        self.hidden = tuple(hidden)


class Document:
    """A JSON text that has been read.

    Attributes
    ----------
    text
        The text.
    value
        What it says.
    """

    def __init__(self, text: str, value: Any) -> None:
        self.value = value
        self.text = text

    def span(self, path: Sequence[str | int], *, key: bool = False) -> tuple[int, int]:
        """Return where a value stands in the text, as offsets in characters, the end exclusive.

        Parameters
        ----------
        path
            Keys and indexes to the value. Of one that is not there, the opening bracket (or the whole) of the nearest
            value around it is the place.
        key
            Return where its key stands, with the quotes; of an item of a list, the item.
        """
        here = tuple(path)
        if spans := self._spans.get(here):
            return spans.key if key and spans.key else spans.value
        while here not in self._spans:
            here = here[:-1]
        start, end = self._spans[here].value
        return (start, start + 1) if self.text[start] in "{[" else (start, end)

    def secret_spans(self) -> list[tuple[int, int]]:
        """Return the ranges of the text that hold secrets, in order."""
        return secret_spans(self.text)

    @functools.cached_property
    def _spans(self) -> Mapping[Path, Spans]:
        return read_spans(self.text)


def parse(text: str) -> Document:
    """Read a text as JSON, strictly: no key twice in an object, no NaN, no number beyond floats, no half characters.

    Raises
    ------
    JsonError
        It is not JSON; its marks say where and what to write instead.
    """
    try:
        text.encode()  # UTF-8 cannot hold half a character
        value = json.loads(
            text, object_pairs_hook=_object, parse_int=_int, parse_float=_float, parse_constant=_constant
        )
        if not _HALF_OF_A_PAIR.search(text) and not _is_deep(value):
            return Document(text, value)
    except (ValueError, RecursionError):
        pass  # why and where is found out below
    try:
        read_spans(text)
    except Mistake as mistake:
        raise JsonError(mistake.marks, secret_spans(text)) from None
    return Document(text, json.loads(text))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key stands twice")
    return value


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("beyond floats")
    return value


def _int(text: str) -> int:
    if len(text) > _SAFE_DIGITS:
        raise ValueError("perhaps beyond floats")
    return int(text)


def _constant(name: str) -> None:
    raise ValueError(name)


def _is_deep(value: Any) -> bool:
    level = _nested([value])
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _nested(outer.values() if isinstance(outer, dict) else outer)]
    return bool(level)


def _nested(values: Iterable[Any]) -> list[dict[str, Any] | list[Any]]:
    return [value for value in values if isinstance(value, dict | list)]
