"""Lists of plain values to pandas arrays with a fixed dtype, whatever the values are and also when there are none.

None becomes the missing value of the dtype, and so does what the dtype cannot hold.
Text is held by Python's own strings: a service may send text that other storages refuse.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

Builder = Callable[[Sequence[Any]], Any]
"""From one plain value a row to something that `pandas.DataFrame` takes as a column."""

_SMALLEST: Final = -(2**63)
_LARGEST: Final = 2**63 - 1
_NOT_A_TIME: Final = _SMALLEST  # what numpy keeps NaT as
_TEXT: Final = pd.StringDtype("python")


def whole_numbers(values: Sequence[int | None]) -> pd.api.extensions.ExtensionArray:
    """Return ``Int64``, pandas' integers that may be missing."""
    return pd.array([value if _fits(value) else None for value in values], dtype="Int64")


def floats(values: Sequence[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return ``float64``; missing is NaN."""
    usable = [value if value is not None and math.isfinite(value) else math.nan for value in values]
    return np.array(usable, dtype=np.float64)


def texts(values: Sequence[str | None]) -> pd.api.extensions.ExtensionArray:
    """Return ``string``, pandas' text that may be missing."""
    return pd.array(np.array(values, dtype=object), dtype=_TEXT)


def categories(values: Sequence[str | None]) -> pd.Categorical:
    """Return ``category``; the categories are the words that occur, in alphabetical order."""
    words = sorted({value for value in values if value is not None})
    code = {word: place for place, word in enumerate(words)}
    codes = np.array([-1 if value is None else code[value] for value in values], dtype=np.intp)
    return pd.Categorical.from_codes(codes, categories=pd.Index(words, dtype=object))


def flags(values: Sequence[bool | None]) -> pd.api.extensions.ExtensionArray:
    """Return ``boolean``, pandas' truth values that may be missing."""
    return pd.array(np.array(values, dtype=object), dtype="boolean")


def instants(microseconds: Sequence[int | None]) -> pd.DatetimeIndex:
    """Return ``datetime64[us, UTC]`` from microseconds since 1970; missing is NaT."""
    return pd.DatetimeIndex(_ticks(microseconds).view("datetime64[us]")).tz_localize("UTC")


def durations(microseconds: Sequence[int | None]) -> np.ndarray[Any, np.dtype[np.timedelta64]]:
    """Return ``timedelta64[us]`` from microseconds; missing is NaT."""
    return _ticks(microseconds).view("timedelta64[us]")


def ids(values: Sequence[int | str | None]) -> pd.api.extensions.ExtensionArray:
    """Return ``Int64`` when every id is an integer, else ``string`` with every id as text."""
    integers = [value for value in values if not isinstance(value, str)]
    if len(integers) == len(values) and all(value is None or _fits(value) for value in integers):
        return whole_numbers(integers)
    return texts([None if value is None else str(value) for value in values])


def _fits(value: int | None) -> bool:
    return value is not None and _SMALLEST <= value <= _LARGEST


def _ticks(microseconds: Sequence[int | None]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([_NOT_A_TIME if value is None else value for value in microseconds], dtype=np.int64)
