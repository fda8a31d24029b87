import dataclasses
import enum
import json
import subprocess
import sys
from collections import OrderedDict, UserDict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.json_value import NoJsonForm, to_json


class Colour(enum.Enum):
    RED = "red"
    NOTHING = object()


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Settings:
    rate: float = 0.1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, "a", None, [True]), [1, "a", None, [True]]),
        (OrderedDict(a={"b": ()}), {"a": {"b": []}}),
        (np.float64(0.1), 0.1),
        (np.float32(0.1), 0.1),
        (np.float16(0.1), 0.1),
        (np.longdouble(0.5), 0.5),
        (np.int64(-5), -5),
        (np.uint8(200), 200),
        (np.bool_(True), True),
        (np.str_("a"), "a"),
        (np.array(4), 4),
        (np.array("a"), "a"),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array([0.1, 0.2], dtype="f4"), [0.1, 0.2]),
        (np.array([True, False]), [True, False]),
        (np.array(["a", 1, None], dtype=object), ["a", 1, None]),
        (np.array([]), []),
        (np.datetime64("2024-01-02"), "2024-01-02"),
        (np.array(["2024-01-02"], dtype="M8[s]"), ["2024-01-02T00:00:00"]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series(["a", "b"]), ["a", "b"]),
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        (pd.Series([1, 2], dtype="Int64"), [1, 2]),
        (pd.Series(pd.to_datetime(["2024-01-02"])), ["2024-01-02T00:00:00"]),
        (pd.Index([1, 2]), [1, 2]),
        (pd.RangeIndex(3), [0, 1, 2]),
        (pd.DataFrame({"a": [1, 2]})["a"], [1, 2]),
        (pd.Timestamp("2024-01-02 03:04", tz="UTC"), "2024-01-02T03:04:00+00:00"),
        (datetime(2024, 1, 2, 3, 4, tzinfo=UTC), "2024-01-02T03:04:00+00:00"),
        (date(2024, 1, 2), "2024-01-02"),
        (PurePosixPath("/a b"), "/a b"),
        (PureWindowsPath("C:/a"), "C:\\a"),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
    ],
)
def test_values_with_a_form(value, expected):
    assert json.dumps(to_json(value)) == json.dumps(expected)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "is nan, and JSON has no such number"),
        (-float("inf"), "is -inf, and JSON has no such number"),
        (np.float64("nan"), "is nan, and JSON has no such number"),
        (np.float32("inf"), "is inf, and JSON has no such number"),
        (np.longdouble("1e400"), "is inf, and JSON has no such number"),
        (pd.NA, "is a missing value (NAType), and JSON has none; fill it in Python"),
        (pd.NaT, "is a missing value (NaTType), and JSON has none; fill it in Python"),
        (np.datetime64("NaT"), "is of type datetime64, which"),
        (np.timedelta64(1, "s"), "is of type timedelta64, which"),
        (np.complex64(1), "is of type complex64, which"),
        (np.zeros((), dtype=[("a", "i4")]), "is of type void, which"),
        (np.ma.masked, "is of type MaskedConstant, which has no JSON form; fill it in Python: ….filled(…)"),
        (np.ma.array([1, 2], mask=[0, 1]), "is of type MaskedArray, which"),
        (pd.Timedelta("1D"), "is of type Timedelta, which has no JSON form; say in which unit: ….total_seconds()"),
        (timedelta(1), "is of type timedelta, which has no JSON form; say in which unit: ….total_seconds()"),
        (
            pd.DataFrame({"a": [1]}),
            ('is of type DataFrame, which has no JSON form; use a column of it, or its rows: ….to_dict("records")'),
        ),
        (Decimal("0.1"), "is of type Decimal, which has no JSON form; say which it shall be: float(…) or str(…)"),
        (Fraction(1, 3), "is of type Fraction, which has no JSON form; say which it shall be: float(…) or str(…)"),
        ({1}, "is of type set, which has no JSON form; make a list of it: sorted(…)"),
        (b"a", "is of type bytes, which has no JSON form; make text of it: ….decode()"),
        (memoryview(b"a"), "is of type memoryview, which has no JSON form; make text of it: ….decode()"),
        (1j, "is of type complex, which has no JSON form; use an attribute or item of it, or make text of it: str(…)"),
        (Settings(), "is of type Settings, which has no JSON form; make a dictionary of it: dataclasses.asdict(…)"),
        (UserDict(a=1), "is of type UserDict, which has no JSON form; make a dictionary of it: dict(…)"),
        (range(3), "is of type range, which has no JSON form; make a list of it: list(…)"),
        (iter([]), "is of type list_iterator, which has no JSON form; make a list of it: list(…)"),
        (
            len,
            (
                "is of type builtin_function_or_method, which has no JSON form; call it in Python before, "
                "and use the name of its result"
            ),
        ),
        (
            Settings,
            ("is of type type, which has no JSON form; call it in Python before, and use the name of its result"),
        ),
        (Colour.NOTHING, "is of type object, which"),
        ({1: 2}, "has a key of type int, and the keys of JSON are text: use str(…)"),
        pytest.param(
            10**5000, "is a whole number with thousands of digits, more than a reader of JSON takes", id="huge"
        ),
    ],
)
def test_values_without_one(value, said):
    with pytest.raises(NoJsonForm) as caught:
        to_json(value)
    assert caught.value.reason.startswith(said)
    assert caught.value.path == ()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": [1, ({2},)]}, ("a", 1, 0)),
        ([{"ok": 1, "b": {"c": float("nan")}}], (0, "b", "c")),
        ({"a": {1: 2}}, ("a",)),
        ({"s": pd.Series([1.5, None])}, ("s", 1)),
        ({"s": np.array([[1, 2], [3, np.inf]])}, ("s", 1, 1)),
    ],
)
def test_where_in_a_value_it_is(value, path):
    with pytest.raises(NoJsonForm) as caught:
        to_json(value)
    assert caught.value.path == path


def _within_itself(kind):
    holder = kind()
    if kind is dict:
        holder["a"] = [holder]
    else:
        holder.append((holder,))
    return holder


@pytest.mark.parametrize("kind", [list, dict])
def test_a_cycle_is_an_error(kind):
    with pytest.raises(NoJsonForm, match="holds itself"):
        to_json(_within_itself(kind))


def test_an_array_that_holds_itself_is_an_error():
    array = np.empty(1, dtype=object)
    array[0] = array
    with pytest.raises(NoJsonForm, match="holds itself"):
        to_json(array)
    nested = np.empty((), dtype=object)
    nested[()] = nested
    with pytest.raises(NoJsonForm):
        to_json(nested)


def test_deep_nesting_is_an_error():
    value = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NoJsonForm, match="nested more than 50 levels deep"):
        to_json(value)


def test_a_value_that_is_used_often_is_no_cycle():
    shared = [1]
    assert to_json([shared, shared]) == [[1], [1]]


def test_what_would_never_end_is_an_error():
    value = [0]
    for _ in range(40):
        value = [value, value]
    with pytest.raises(NoJsonForm, match="holds more than 1,000,000 values"):
        to_json(value)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_single_precision_stays_the_same_number(value):
    assert np.float32(to_json(np.float32(value))) == np.float32(value)


def test_a_value_of_a_notebook_is_not_changed():
    value = {"a": (1, 2), "b": [np.float64(1)]}
    to_json(value)
    assert value == {"a": (1, 2), "b": [np.float64(1)]}


def test_no_library_is_imported_for_it():
    code = (
        "import sys; from prominence_jupyter.magics.cell.variables.expansion import expand; "
        "print(expand('[{{ n }}]', {'n': 1}).text, {'numpy', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[1] set()\n"
