"""What a user gives as values of parameters: a list of them, or a table with a row for each job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any, Final

from prominence_jupyter.protocol.json_value import NoJsonForm, loaded, to_json, type_name
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.validation.job_count import MOST_JOBS
from prominence_jupyter.protocol.workflows.factories import Value

_SHOWN: Final = 40
_COUNTED: Final = "(counted from 0)"


class NoValues(Exception):
    """A variable cannot give values of parameters; the text says why, and what to do."""


def values_of(held: Any) -> list[Value]:
    """Return the values of a list, tuple, range, NumPy array or pandas Series.

    Raises
    ------
    NoValues
        It is something else, has no values or far too many, or one is neither a number nor text.
    """
    return _column(held, "")


def table_of(held: Any) -> dict[str, list[Value]]:
    """Return the columns of a DataFrame, of a dictionary of lists, or of a list of dictionaries.

    Raises
    ------
    NoValues
        It is something else, has no rows or columns, or holds what is neither a number nor text.
    """
    columns = _columns(held)
    if not columns:
        raise NoValues("the table has no columns; each is a parameter")
    table: dict[str, list[Value]] = {}
    for name, column in columns:
        if not isinstance(name, str):
            raise NoValues(f"a column has the name {one_line(name, _SHOWN)}, which is no text")
        if name in table:
            raise NoValues(f"two columns have the name {one_line(name, _SHOWN)}")
        table[name] = _column(column, name)
    first, *others = table
    for name in others:
        if len(table[name]) != len(table[first]):
            lengths = f"{one_line(first, _SHOWN)} has {len(table[first])} values, {one_line(name, _SHOWN)}"
            raise NoValues(f"all columns must be equally long: {lengths} has {len(table[name])}")
    return table


def _columns(held: Any) -> list[tuple[Any, Any]]:
    if isinstance(held, loaded("pandas", "DataFrame")):
        return [(name, held.iloc[:, place]) for place, name in enumerate(held.columns)]
    if isinstance(held, dict):
        return [*dict.items(held)]
    if isinstance(held, list | tuple) and all(isinstance(row, dict) for row in held):
        if not held:
            raise NoValues("the table has no rows, so that no job would be made")
        for index, row in enumerate(held):
            if odd := [*(row.keys() ^ held[0].keys())]:
                lacks = "has a" if odd[0] in row else "lacks the"
                raise NoValues(f"row {index} {_COUNTED} {lacks} key {one_line(odd[0], _SHOWN)}, unlike the first")
        return [(name, [row[name] for row in held]) for name in held[0]]
    kinds = "a DataFrame, a dictionary of lists or a list of dictionaries"
    raise NoValues(f"a table is {kinds}, not of type {type_name(held)}")


def _column(held: Any, name: str) -> list[Value]:
    items = _items(held)
    of_column = f" of column {one_line(name, _SHOWN)}" if name else ""
    if not len(items):
        raise NoValues(f"there are no {'rows' if name else 'values'}, so that no job would be made")
    if len(items) > MOST_JOBS:
        raise NoValues(f"{len(items):,} jobs would be made; a workflow has at most {MOST_JOBS:,}")
    values: list[Value] = []
    for index, item in enumerate(items):
        try:
            values.append(_value(item))
        except NoJsonForm as error:
            raise NoValues(f"{'row' if name else 'value'} {index} {_COUNTED}{of_column} {error.reason}") from None
    return values


def _items(held: Any) -> Sequence[Any]:
    if isinstance(held, list | tuple | range):
        return held
    if isinstance(held, loaded("pandas", "Series", "Index")):
        held = held.to_numpy()
    if isinstance(held, loaded("numpy", "ndarray")) and not isinstance(held, loaded("numpy.ma", "MaskedArray")):
        if held.ndim == 1:
            return held  # type: ignore[no-any-return] # single precision is read as it is shown
        raise NoValues(f"the array has {held.ndim} dimensions; values have one")
    if not isinstance(held, str | dict | int | float):
        try:
            to_json(held)
        except NoJsonForm as error:
            raise NoValues(f"it {error.reason}") from None
    raise NoValues(f"values are a list, range, array or Series, not of type {type_name(held)}")


def _value(item: Any) -> Value:
    if isinstance(item, (date, time, timedelta, *loaded("numpy", "datetime64", "timedelta64"))):
        raise NoJsonForm(f"is of type {type_name(item)}; make text or a number of it in Python")
    if isinstance(item, float) and math.isnan(item):
        raise NoJsonForm("is nan, a value that is missing")
    plain = to_json(item)
    if isinstance(plain, bool | None):
        raise NoJsonForm(f"is {plain}; a value is a number or text")
    for kind in (str, int, float):
        if isinstance(plain, kind):
            return kind(plain)  # NumPy's text and double precision are subclasses
    raise NoJsonForm(f"is of type {type_name(item)}; a value is a number or text")
