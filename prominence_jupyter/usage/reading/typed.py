"""Columns of values that nobody declared: parameters, and what users' functions found. The values say the dtype."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from prominence_jupyter.protocol.plain_text import showable
from prominence_jupyter.usage.reading import arrays

_INT64: Final = range(-(2**63), 2**63)
_UINT64: Final = range(2**64)
_WHOLE: Final = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)


def typed(values: Sequence[Any]) -> Any:
    """Return a column of the dtype that holds the values; None and pandas' NA are missing.

    Integers give ``int64``, or ``Int64`` where one is missing, large ones ``uint64``; numbers with a float among them
    ``float64``, where NaN is missing; truth values ``bool`` or ``boolean``; texts ``string``, control characters and
    marks of direction replaced as in `usage.jobs_frame`. Without any value it is ``float64``. Anything else, and what
    these do not hold exactly, stay as they are, in an ``object``.
    """
    plain = [_plain(value) for value in values]
    known = [value for value in plain if value is not None]
    kinds, is_whole = set(map(type, known)), len(known) == len(plain)
    if kinds == {bool}:
        return np.array(plain, dtype=bool) if is_whole else pd.array(plain, dtype="boolean")
    if kinds == {int} and all(value in _INT64 for value in known):
        return np.array(plain, dtype=np.int64) if is_whole else pd.array(plain, dtype="Int64")
    if kinds == {int} and is_whole and all(value in _UINT64 for value in known):
        return np.array(plain, dtype=np.uint64)
    if kinds <= {int, float} and _fit_floats(known):
        return np.array([np.nan if value is None else value for value in plain], dtype=np.float64)
    if kinds == {str}:
        return arrays.texts([value if value is None else showable(value) for value in plain])
    objects = np.empty(len(plain), dtype=object)
    objects[:] = plain
    column = pd.Series(objects)
    return (column if kinds <= {int, float} else column.infer_objects()).array


def typed_parameters(values: Sequence[Any]) -> Any:
    """Return the same of parameters: where one is text, all are, as they stood in the commands."""
    is_number = all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
    )
    return typed(values if is_number else [None if value is None else str(value) for value in values])


def typed_texts(values: Sequence[str | None]) -> Any:
    """Return the same of texts, where numbers are meant if all of them are numbers."""
    known = [value for value in values if value is not None]
    if all(_WHOLE.fullmatch(value) for value in known):
        return typed([None if value is None else int(value) for value in values])
    try:
        return typed([None if value is None else _float(value) for value in values])
    except ValueError:
        return typed(values)


def _float(text: str) -> float:
    if "_" in text:  # which Python would take
        raise ValueError(text)
    return float(text)


def _plain(value: Any) -> Any:
    """Return a value without NumPy, None where it is missing."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return value.item()
    return None if value is pd.NA or value is pd.NaT else value


def _fit_floats(numbers: Sequence[Any]) -> bool:
    try:
        return all(isinstance(value, float) or int(float(value)) == value for value in numbers)
    except OverflowError:
        return False
