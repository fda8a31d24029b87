"""The dtype of columns that nobody declared."""

import numpy as np
import pandas as pd
import pytest

from prominence_jupyter.usage.reading.typed import typed, typed_parameters, typed_texts


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, -2], "int64"),
        ([1, None], "Int64"),
        ([1, 2.5], "float64"),
        ([1.5, None, pd.NA], "float64"),
        ([], "float64"),
        ([None], "float64"),
        ([True, False], "bool"),
        ([True, None], "boolean"),
        ([True, 1], "object"),
        (["a", None], "string"),
        ([2**63, 1], "uint64"),
        ([2**64, 1], "float64"),
        ([2**64 - 1, None], "object"),
        ([2**53 + 1, 0.5], "object"),
        ([10**400, 1], "object"),
        ([[1], {"a": 2}], "object"),
        ([[1], [2]], "object"),
        ([np.int64(1), np.float32(2)], "float64"),
        ([np.array(1), 2], "int64"),
        ([pd.Timestamp("2026-01-01"), None], "datetime64[us]"),
    ],
)
def test_the_values_say_it(values, dtype):
    column = pd.Series(typed(values))
    assert str(column.dtype) == dtype or (dtype.startswith("datetime64") and column.dtype.kind == "M")
    assert len(column) == len(values)
    assert column.isna().tolist() == [value is None or value is pd.NA for value in values]


@pytest.mark.parametrize(
    ("values", "dtype", "found"),
    [
        ([1, 2], "int64", [1, 2]),
        ([1e-05, -1.5], "float64", [1e-05, -1.5]),
        ([1, "a b"], "string", ["1", "a b"]),
        (["007", 7], "string", ["007", "7"]),
        ([True, 1], "string", ["True", "1"]),
        ([None, 3], "Int64", [pd.NA, 3]),
    ],
)
def test_a_parameter_that_is_text_for_one_job_is_text_for_all(values, dtype, found):
    column = pd.Series(typed_parameters(values))
    assert str(column.dtype) == dtype
    assert column.tolist() == found


@pytest.mark.parametrize(
    ("values", "dtype", "found"),
    [
        (["1", "-20"], "int64", [1, -20]),
        (["1", "2.5e3", "nan"], "float64", [1, 2500, np.nan]),
        (["1", None], "Int64", [1, pd.NA]),
        (["1_000", "2"], "string", ["1_000", "2"]),
        (["1", "x"], "string", ["1", "x"]),
        ([None, None], "float64", [np.nan, np.nan]),
    ],
)
def test_texts_become_numbers_where_all_are(values, dtype, found):
    column = pd.Series(typed_texts(values))
    assert str(column.dtype) == dtype
    assert column.astype(object).fillna("?").tolist() == pd.Series(found, dtype=object).fillna("?").tolist()


def test_control_characters_and_marks_of_direction_are_replaced():
    assert typed(["a\x1b[2J\u202eb"])[0] == "a\ufffd[2J\ufffdb"
