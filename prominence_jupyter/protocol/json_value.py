"""A value of Python as JSON: what has an obvious form there, and a reason for what has none.

NumPy and pandas are asked only where they are loaded already: else a value cannot be theirs. Nothing of a value's own
code is called to find out what it is.
"""

from __future__ import annotations

import dataclasses
import enum
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePath
from typing import Any, Final

from prominence_jupyter.protocol.plain_text import one_line

_DEEPEST: Final = 50
"""Levels of nesting, as `redaction` reads them; a description needs ten."""
_LARGEST: Final = 1_000_000
"""Values in all. A few lists that hold each other many times would be endless otherwise."""
_LONGEST_INTEGER: Final = 13_000
"""Bits, about 3,900 digits: Python itself reads and writes no more than 4,300."""

_HINTS: Final[tuple[tuple[tuple[type, ...], str], ...]] = (
    ((set, frozenset), "make a list of it: sorted(…)"),
    ((bytes, bytearray, memoryview), "make text of it: ….decode()"),
    ((timedelta,), "say in which unit: ….total_seconds()"),
    ((Decimal, Fraction), "say which it shall be: float(…) or str(…)"),
    ((Mapping,), "make a dictionary of it: dict(…)"),
    ((Iterator, range), "make a list of it: list(…)"),
)


class NoJsonForm(Exception):
    """A value, or something in it, has no form in JSON.

    Attributes
    ----------
    path
        Keys and indexes from the value to what has none.
    reason
        What that is, and what to do; goes on behind the name of the value.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path: tuple[str | int, ...] = ()


def to_json(value: Any) -> Any:
    """Return a value as what `json.dumps` writes without a loss: dict, list, str, int, float, bool, None.

    Paths and dates (ISO 8601) become text; enumerations their value; tuples, arrays and Series lists; scalars of
    NumPy plain ones.

    Raises
    ------
    NoJsonForm
        It has none: another type, a key that is no text, NaN or infinity, a missing value of pandas, a cycle, or
        far too much of it.
    """
    return _Conversion().convert(value)


def type_name(value: Any) -> str:
    """Return the name of a value's type, to be shown."""
    return one_line(type(value).__name__, limit=60)


class _Conversion:
    """Converts one value, and remembers where in it we are."""

    def __init__(self) -> None:
        self._left = _LARGEST
        self._within: set[int] = set()

    def convert(self, value: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise NoJsonForm(f"holds more than {_LARGEST:,} values")
        if value is None or isinstance(value, bool | str):
            return value
        if isinstance(value, int):
            if int.bit_length(value) > _LONGEST_INTEGER:
                raise NoJsonForm("is a whole number with thousands of digits, more than a reader of JSON takes")
            return value
        if isinstance(value, float):
            return _finite(value)
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list | tuple):
            return self._list(value, value)
        return self._other(value)

    def _other(self, value: Any) -> Any:
        if isinstance(value, enum.Enum):
            return self.convert(value.value)
        if isinstance(value, PurePath):
            return str(value)
        if _is_missing(value):
            raise NoJsonForm(f"is a missing value ({type_name(value)}), and JSON has none; fill it in Python")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, loaded("numpy", "generic")):
            return _numpy_scalar(value)
        return self._array(value)

    def _array(self, value: Any) -> Any:
        if isinstance(value, loaded("pandas", "Series", "Index")):
            return self._list(value, value)
        if isinstance(value, loaded("numpy", "ndarray")) and not isinstance(value, loaded("numpy.ma", "MaskedArray")):
            if value.ndim:
                return self._list(value, value)
            if value.dtype.kind != "O":  # that could hold itself
                return self.convert(value[()])
        raise _refused(value)

    def _object(self, value: dict[Any, Any]) -> dict[str, Any]:
        keys = list(dict.keys(value))
        for key in keys:
            if not isinstance(key, str):
                raise NoJsonForm(f"has a key of type {type_name(key)}, and the keys of JSON are text: use str(…)")
        return dict(zip(keys, self._list(value, dict.values(value), keys), strict=True))

    def _list(self, holder: Any, items: Iterable[Any], keys: list[Any] | None = None) -> list[Any]:
        if id(holder) in self._within:
            raise NoJsonForm("holds itself, and JSON has no end for that")
        if len(self._within) >= _DEEPEST:
            raise NoJsonForm(f"is nested more than {_DEEPEST} levels deep")
        self._within.add(id(holder))
        converted: list[Any] = []
        try:
            for item in items:
                converted.append(self.convert(item))  # noqa: PERF401 - its length tells where an error is
        except NoJsonForm as error:
            at = len(converted)
            error.path = (keys[at] if keys else at, *error.path)
            raise
        finally:
            self._within.discard(id(holder))
        return converted


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise NoJsonForm(f"is {float.__repr__(value)}, and JSON has no such number")
    return value


def _numpy_scalar(value: Any) -> Any:
    """Return a plain value; text and double precision are plain ones already, and do not come here."""
    kind = value.dtype.kind
    if kind == "b":
        return bool(value)
    if kind in "iu":
        return int(value)
    if kind == "f":
        return _finite(float(str(value)))  # 0.1 in single precision is 0.1, as NumPy shows it, not 0.10000000149
    if kind == "M" and str(value) != "NaT":
        return str(value)
    raise _refused(value)


def _is_missing(value: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and any(value is getattr(pandas, name, pandas) for name in ("NA", "NaT"))


def loaded(module: str, *names: str) -> tuple[Any, ...]:
    """Return classes of a library, none where it has not been imported."""
    found = (getattr(sys.modules.get(module), name, None) for name in names)
    return tuple(cls for cls in found if isinstance(cls, type))


def _refused(value: Any) -> NoJsonForm:
    return NoJsonForm(f"is of type {type_name(value)}, which has no JSON form; {_hint(value)}")


def _hint(value: Any) -> str:
    for types, hint in _HINTS:
        if isinstance(value, types):
            return hint
    if isinstance(value, loaded("pandas", "DataFrame")):
        return 'use a column of it, or its rows: ….to_dict("records")'
    if isinstance(value, loaded("numpy.ma", "MaskedArray")):
        return "fill it in Python: ….filled(…)"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return "make a dictionary of it: dataclasses.asdict(…)"
    if callable(value):
        return "call it in Python before, and use the name of its result"
    return "use an attribute or item of it, or make text of it: str(…)"
