"""Columns of plain JSON values, as a service sent them, to values of one type each.

What is there and cannot be read is missing, and counted; null is missing and not counted. Lists whose values are all
of the types that belong there, as nearly all are, go at the speed of numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from types import NoneType
from typing import Any, Final, NamedTuple

import numpy as np

from prominence_jupyter.protocol.plain_text import showable
from prominence_jupyter.protocol.record import number
from prominence_jupyter.protocol.redaction import URL_KEYS, redact, redact_words

Floats = np.ndarray[Any, np.dtype[np.float64]]

_END_OF_TIME_S: Final = 253_402_300_800  # year 10000: no calendar goes on from there
_BEYOND_64_BITS: Final = 2.0**63
_WRITTEN_BITS: Final = 4096
"""Python refuses to write integers much longer than this as text."""


class Read(NamedTuple):
    """One column of values, one a row."""

    values: Any
    """A numpy array, or a list with None where a value is missing."""
    unreadable: int = 0
    """How many values were there and are missing now."""


def joined(parts: Sequence[Read]) -> Read:
    """Return the values of several runs of rows as one column."""
    columns = [part.values for part in parts]
    is_array = isinstance(columns[0], np.ndarray)
    together = np.concatenate(columns) if is_array else list(chain.from_iterable(columns))
    return Read(together, sum(part.unreadable for part in parts))


Reader = Callable[[list[Any]], Read]


def numbers(raw: list[Any]) -> Read:
    """Return ``float64``: finite numbers, and text that is one."""
    kinds = set(map(type, raw))
    if kinds <= {NoneType}:
        return Read(np.full(len(raw), np.nan))
    found = _floats(raw, kinds)
    found[np.isinf(found)] = np.nan
    return Read(found, _lost(found, raw, kinds))


def whole_numbers(raw: list[Any]) -> Read:
    """Return ``float64`` that hold whole numbers of any size."""
    found, unreadable = numbers(raw)
    fractions = found > np.floor(found)
    found[fractions] = np.nan
    return Read(found, unreadable + int(np.count_nonzero(fractions)))


def integers(raw: list[Any]) -> Read:
    """Return ``float64`` that hold whole numbers of at most 64 bits."""
    found, unreadable = whole_numbers(raw)
    long = beyond_64_bits(found)
    found[long] = np.nan
    return Read(found, unreadable + int(np.count_nonzero(long)))


def times_taken(raw: list[Any]) -> Read:
    """Return ``float64``: numbers, missing where negative, which says that nothing was done (a cached image)."""
    found, unreadable = numbers(raw)
    found[found < 0] = np.nan
    return Read(found, unreadable)


def instants(raw: list[Any]) -> Read:
    """Return ``datetime64[us]`` from Unix seconds; missing where no clock of a service can have said so."""
    seconds, unreadable = numbers(raw)
    possible = (seconds > 0) & (seconds < _END_OF_TIME_S)
    impossible = np.count_nonzero(~np.isnan(seconds)) - np.count_nonzero(possible)
    found = np.rint(np.where(possible, seconds, 0) * 1e6).astype(np.int64).view("datetime64[us]")
    found[~possible] = np.datetime64("NaT")
    return Read(found, unreadable + int(impossible))


def texts(raw: list[Any]) -> Read:
    """Return a list of text."""
    found, unreadable = _only_texts(raw)
    return Read(
        [text if text is None or (text.isascii() and text.isprintable()) else shown(text) for text in found], unreadable
    )


def words(raw: list[Any]) -> Read:
    """Return a list of text that occurs again and again: equal text is one object."""
    return _repeated(raw, shown)


def reasons(raw: list[Any]) -> Read:
    """Return a list of a service's own words, without the secrets in URLs that they quote."""
    return _repeated(raw, lambda text: shown(redact_words(text)))


def images(raw: list[Any]) -> Read:
    """Return a list of the names of images, without the secrets that a URL may hold."""
    return _repeated(raw, lambda text: shown(text, "image"))


def ids(raw: list[Any]) -> Read:
    """Return a list of integers and text."""
    if set(map(type, raw)) == {int} and max(map(abs, raw)).bit_length() <= _WRITTEN_BITS:
        return Read(raw)
    found = [_id(value) for value in raw]
    return Read(found, found.count(None) - raw.count(None))


def shown(text: str, key: str = "") -> str:
    """Return text as `redact` leaves it under this key, and without controls: frames are printed in terminals."""
    if _is_plain(text) and key not in URL_KEYS:  # nearly all text, and there may be millions
        return text
    while (clean := str(redact({"labels": {key: text}})["labels"][key])) != text:  # under ``labels``, names are free
        text = clean
    return showable(text)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def beyond_64_bits(found: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which whole numbers ``int64`` cannot hold."""
    return (found < -_BEYOND_64_BITS) | (found >= _BEYOND_64_BITS)


def _floats(raw: list[Any], kinds: set[type]) -> Floats:
    if kinds <= {int, float, NoneType}:
        try:
            return np.array(raw, dtype=np.float64)
        except OverflowError:
            pass  # an integer that is larger than any float
    return np.array([number(value) for value in raw], dtype=np.float64)


def _lost(found: Floats, raw: list[Any], kinds: set[type]) -> int:
    nulls = raw.count(None) if NoneType in kinds else 0
    return int(np.count_nonzero(np.isnan(found))) - nulls


def _only_texts(raw: list[Any]) -> tuple[list[str | None], int]:
    if set(map(type, raw)) <= {str, NoneType}:
        return raw, 0
    found = [value if isinstance(value, str) else None for value in raw]
    return found, found.count(None) - raw.count(None)


def _repeated(raw: list[Any], show: Callable[[str], str]) -> Read:
    found, unreadable = _only_texts(raw)
    safe = {value: None if value is None else show(value) for value in set(found)}
    return Read(list(map(safe.__getitem__, found)), unreadable)


def _id(value: Any) -> int | str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value if value.bit_length() <= _WRITTEN_BITS else None
    return shown(value) if isinstance(value, str) else None
