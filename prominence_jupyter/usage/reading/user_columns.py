"""Columns of what users named: labels, and parameters of a sweep. Only those that are asked for are in a frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.labels import OURS
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import number
from prominence_jupyter.usage.reading import arrays
from prominence_jupyter.usage.reading.rows import Rows
from prominence_jupyter.usage.reading.values import Read, shown

_MOST_KEYS: Final = 200
_EXACT_INTEGERS: Final = range(-(2**63), 2**64)
"""Parsers of JSON agree on these; beyond, some give floats."""


def label_columns(entries: list[Any], wanted: Iterable[str] | bool) -> dict[str, Read]:
    """Return a column of text for each key.

    Parameters
    ----------
    entries
        The JSON object of each job.
    wanted
        Keys, or True for every key that occurs, in alphabetical order; without those of our own labels.

    Raises
    ------
    UsageError
        There are too many keys to take them all.
    """
    columns = {}
    for name, (found, unreadable) in _columns("label", entries, wanted):
        columns[name] = Read(arrays.texts([_as_text(value) for value in found]), unreadable)
    return columns


def parameter_columns(entries: list[Any], wanted: Iterable[str] | bool) -> dict[str, Read]:
    """Return a column for each key: of ``float64`` where every value is a number, else of text.

    Parameters and errors are those of `label_columns`.
    """
    columns = {}
    for name, (found, unreadable) in _columns("parameter", entries, wanted):
        numbers = [number(value) for value in found]
        built = (
            np.array(numbers, dtype=np.float64)
            if numbers.count(None) == found.count(None)
            else arrays.texts([_as_text(value) for value in found])
        )
        columns[name] = Read(built, unreadable)
    return columns


def _columns(prefix: str, entries: list[Any], wanted: Iterable[str] | bool) -> Iterator[tuple[str, Read]]:
    if not wanted:
        return
    objects = Rows({(): entries}).objects((f"{prefix}s",))
    taken: set[str] = set()
    for key in _keys(prefix, objects, wanted):
        raw = [item.get(key) for item in objects]
        found = [_readable(value, key) for value in raw]
        yield _name(f"{prefix}_{one_line(key)}", taken), Read(found, found.count(None) - raw.count(None))


def _keys(prefix: str, objects: list[Any], wanted: Iterable[str] | bool) -> list[str]:
    if isinstance(wanted, str):
        return [wanted]
    if not isinstance(wanted, bool):
        return list(dict.fromkeys(wanted))
    keys = set().union(*(item for item in objects if isinstance(item, Mapping))) - OURS if wanted else set()
    if len(keys) > _MOST_KEYS:
        raise UsageError(
            f"these jobs have {len(keys)} {prefix}s, too many for a column each (at most {_MOST_KEYS}): "
            f"name those wanted, as in {prefix}s=[{one_line(min(keys), 40)!r}]"
        )
    return sorted(keys)


def _name(name: str, taken: set[str]) -> str:
    """Return a name that no other column has: of hostile keys, several may look alike."""
    unique, count = name, 1
    while unique in taken:
        count += 1
        unique = f"{name}_{count}"
    taken.add(unique)
    return unique


def _readable(value: Any, key: str) -> str | float | None:
    if isinstance(value, str):
        return shown(value, key)
    if isinstance(value, bool) or not isinstance(value, int | float) or number(value) is None:
        return None
    return value if isinstance(value, float) or value in _EXACT_INTEGERS else float(value)


def _as_text(value: str | float | None) -> str | None:
    return None if value is None else str(value)
