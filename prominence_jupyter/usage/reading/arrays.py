"""Columns of values to pandas arrays with a fixed dtype, whatever the values are and also when there are none.

None and NaN become the missing value of the dtype, and so does what the dtype cannot hold.
Text is held by Python's own strings: a service may send text that other storages refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from prominence_jupyter.usage.reading.values import Floats, beyond_64_bits

Values = TypeVar("Values")
Builder = Callable[[Any], Any]
"""From one value a row to something that `pandas.DataFrame` takes as a column."""

_TEXT: Final = pd.StringDtype("python")


def integers(values: Floats) -> pd.api.extensions.ExtensionArray:
    """Return ``Int64``, pandas' integers that may be missing."""
    missing = np.isnan(values) | beyond_64_bits(values)
    return pd.arrays.IntegerArray(np.where(missing, 0, values).astype(np.int64), missing)


def as_given(values: Values) -> Values:
    """Return an array as it is: ``float64``, ``int64`` or ``timedelta64[us]``."""
    return values


def texts(values: Sequence[str | None]) -> pd.api.extensions.ExtensionArray:
    """Return ``string``, pandas' text that may be missing."""
    return pd.array(np.array(values, dtype=object), dtype=_TEXT)


def categories(values: Sequence[str | None]) -> pd.Categorical:
    """Return ``category``; the categories are the words that occur, in alphabetical order."""
    codes, words = pd.factorize(np.array(values, dtype=object))
    order = sorted(range(len(words)), key=words.__getitem__)
    places = np.empty(len(words) + 1, dtype=np.intp)
    places[order] = np.arange(len(words))
    places[-1] = -1  # the code of what is missing
    return pd.Categorical.from_codes(places[codes], categories=pd.Index(words[order], dtype=object))


def flags(values: Floats) -> pd.api.extensions.ExtensionArray:
    """Return ``boolean``, pandas' truth values that may be missing."""
    return pd.arrays.BooleanArray(values == 1, np.isnan(values))


def instants(values: np.ndarray[Any, np.dtype[np.datetime64]]) -> pd.DatetimeIndex:
    """Return ``datetime64[us, UTC]``; missing is NaT."""
    return pd.DatetimeIndex(values).tz_localize("UTC")


def ids(values: Sequence[int | str | None]) -> pd.api.extensions.ExtensionArray:
    """Return ``Int64`` when every id is an integer of at most 64 bits, else ``string`` with every id as text."""
    if set(map(type, values)) <= {int, NoneType}:
        missing = np.array([value is None for value in values], dtype=bool)
        try:
            numbers = np.array([value or 0 for value in values], dtype=np.int64)
        except OverflowError:
            pass  # beyond 64 bits
        else:
            return pd.arrays.IntegerArray(numbers, missing)
    return texts([None if value is None else str(value) for value in values])
