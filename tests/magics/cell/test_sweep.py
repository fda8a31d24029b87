"""A cell and its options, read as a sweep: what is made of them, and where each problem is shown."""

import json

import numpy as np
import pandas as pd
import pytest

from prominence_jupyter.errors import DescriptionError, UsageError
from prominence_jupyter.magics.cell.description import read_workflow
from prominence_jupyter.magics.cell.sweep import read_sweep
from prominence_jupyter.magics.cell.swept_columns import SweptColumns

RESOURCES = {"cpus": 1, "memory": 1, "disk": 1}


def cell(cmd="run $n", **more):
    return json.dumps({"resources": RESOURCES, "tasks": [{"image": "busybox", "cmd": cmd}], **more})


def values(*typed, **names):
    return dict(SweptColumns.of_sweeps(typed, names).values)


def table(held):
    return dict(SweptColumns.of_table("held", {"held": held}).values)


@pytest.mark.parametrize(
    "held",
    [
        [1, 2, 3],
        (1, 2, 3),
        range(1, 4),
        np.array([1, 2, 3]),
        np.arange(1, 4, dtype=np.uint8),
        pd.Series([1, 2, 3], index=[7, 8, 9]),
        pd.Series([1, 2, 3], dtype="Int64"),
        pd.Index([1, 2, 3]),
        [np.int64(1), 2, np.int8(3)],
    ],
)
def test_what_a_variable_may_be(held):
    read = values("n={{ held }}", held=held)
    assert read == {"n": [1, 2, 3]}
    assert {type(value) for value in read["n"]} == {int}


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (np.array([0.1, 1e-5], dtype=np.float32), [0.1, 1e-05]),
        (pd.Series([0.1], dtype="float32"), [0.1]),
        (np.linspace(0, 1, 3), [0.0, 0.5, 1.0]),
        (["a", np.str_("b")], ["a", "b"]),
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        (np.array([1, "a", 0.5], dtype=object), [1, "a", 0.5]),
    ],
)
def test_values_become_plain_ones(held, expected):
    read = values("n={{ held }}", held=held)["n"]
    assert read == expected
    assert [type(value) for value in read] == [type(value) for value in expected]
    assert json.loads(json.dumps(read)) == expected


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ([1, None], r"value 1 \(counted from 0\) is None; a value is a number or text"),
        ([1.0, float("nan")], "value 1 .* is nan, a value that is missing"),
        ([True], "value 0 .* is True; a value is a number or text"),
        ([[1]], "value 0 .* is of type list"),
        ([pd.Timestamp("2026-11-28")], "value 0 .* is of type Timestamp; make text or a number of it"),
        ([np.datetime64("2026-11-28")], "value 0 .* is of type datetime64; make text"),
        (pd.Series([1, None], dtype="Int64"), "value 1"),
        ([float("inf")], "value 0 .* is inf"),
        ([object()], "value 0 .* is of type object"),
        (np.zeros((2, 2)), "the array has 2 dimensions; values have one"),
        ("abc", "not of type str"),
        ({1, 2}, r"it is of type set.*sorted"),
        (iter([1]), r"it is of type .*list\(…\)"),
        ([], "there are no values, so that no job would be made"),
        (range(10**9), "1,000,000,000 jobs would be made; a workflow has at most 100,000"),
        (3, "not of type int"),
        ({"a": 1}, "not of type dict"),
        (pd.DataFrame({"a": [1]}), "it is of type DataFrame"),
    ],
)
def test_what_a_variable_may_not_be(held, said):
    with pytest.raises(UsageError, match=f"^%%prominence_job: --sweep n={{{{ held }}}}: .*{said}"):
        values("n={{ held }}", held=held)


def test_several_sweeps_are_a_grid_in_which_the_last_varies_fastest():
    assert values("n=1,2", "seed=0:2") == {"n": [1, 1, 2, 2], "seed": [0, 1, 0, 1]}


@pytest.mark.parametrize(
    "held",
    [
        pd.DataFrame({"n": [1, 2], "x": [0.5, 1e-5], "who": ["a", "b"]}, index=[4, 9]),
        {"n": [1, 2], "x": np.array([0.5, 1e-5]), "who": ("a", "b")},
        [{"n": 1, "x": 0.5, "who": "a"}, {"n": 2, "x": 1e-5, "who": "b"}],
    ],
)
def test_what_a_table_may_be(held):
    assert table(held) == {"n": [1, 2], "x": [0.5, 1e-05], "who": ["a", "b"]}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (pd.DataFrame({"n": [1, 2], "x": [1, np.nan]}), r"row 1 \(counted from 0\) of column x is nan"),
        (pd.DataFrame({"n": [1], "x": [pd.Timestamp("2026-11-28")]}), "row 0 .* of column x is of type datetime64"),
        (pd.DataFrame({"n": []}), "there are no rows, so that no job would be made"),
        (pd.DataFrame(), "the table has no columns; each is a parameter"),
        (pd.DataFrame({0: [1]}), "a column has the name 0, which is no text"),
        (pd.DataFrame([[1, 2]], columns=["n", "n"]), "two columns have the name n"),
        ({"n": [1, 2], "x": [1]}, "all columns must be equally long: n has 2 values, x has 1"),
        ([{"n": 1}, {"m": 1}], r"row 1 \(counted from 0\) (has a|lacks the) key"),
        ([], "the table has no rows"),
        ([1, 2], "a table is a DataFrame, a dictionary of lists or a list of dictionaries, not of type list"),
        ({"n": 3}, "values are a list"),
    ],
)
def test_what_a_table_may_not_be(held, said):
    with pytest.raises(UsageError, match=f"^%%prominence_job: --table held: {said}"):
        table(held)


def test_one_zip_is_made_and_labels_are_those_of_the_workflow():
    columns = SweptColumns.of_sweeps(["n=1,2"], {})
    description = read_sweep(cell(name="scan", labels={"a": "b"}), {}, columns, labels={"c": "d"}, sure=False)
    assert description.body["labels"] == {"a": "b", "c": "d"}
    assert description.body["name"] == "scan"
    assert description.body["jobs"][0]["tasks"][0]["runtime"] == "singularity"
    (factory,) = description.body["factories"]
    assert factory["type"] == "zip"
    assert factory["parameters"] == [{"name": "n", "values": [1, 2]}]


def test_every_problem_of_the_cell_is_told_at_its_place():
    columns = SweptColumns.of_sweeps(["n=1,2"], {})
    broken = '{\n  "resources": {"cpus": 0, "memory": 1},\n  "tasks": [{"cmd": "run $n"}],\n  "name": "a b"\n}'
    with pytest.raises(DescriptionError) as caught:
        read_sweep(broken, {}, columns, labels={}, sure=False)
    assert [problem.where for problem in caught.value.problems] == [
        *("resources", "resources.cpus"),
        *("tasks[0]", "name"),
    ]
    for shown in ("disk is missing", "must be a whole number of at least 1", "image is missing", 'not "a b"'):
        assert shown in str(caught.value)


def test_a_wrong_notification_is_told_at_its_place():
    columns = SweptColumns.of_sweeps(["n=1,2"], {})
    with pytest.raises(DescriptionError, match=r"\| must be email") as caught:
        read_sweep(cell(notifications=[{"event": "jobFinished", "type": "sms"}]), {}, columns, labels={}, sure=False)
    assert [problem.where for problem in caught.value.problems] == ["notifications[0].type"]


def test_both_names_that_are_misspelt_in_one_command_are_told():
    columns = SweptColumns.of_sweeps(["n=1,2", "seed=1"], {})
    with pytest.raises(DescriptionError) as caught:
        read_sweep(cell("run $m $n $sede"), {}, columns, labels={}, sure=False)
    assert str(caught.value).count("no parameter has the name") == 2
    read_sweep(cell("run $m $n $sede"), {}, columns, labels={}, sure=True)


def test_a_secret_is_not_shown_in_a_question():
    secret = {"username": "me", "token": "PULL-SECRET"}
    job = {"name": "a", "tasks": [{"imagePullCredential": secret, "cmd": "$m", "image": "b"}], "resources": RESOURCES}
    factory = {"name": "f", "type": "repeat", "jobs": ["a"], "number": 2}
    text = json.dumps({"name": "w", "jobs": [job], "factories": [factory]})
    with pytest.raises(DescriptionError, match="no parameter has the name") as caught:
        read_workflow(text, {}, labels={}, sure=False)
    assert "PULL-SECRET" not in str(caught.value)
    assert "••••" in str(caught.value)


def test_a_name_that_a_variable_brought_is_told_by_its_path():
    columns = SweptColumns.of_sweeps(["n=1,2", "seed=1"], {})
    text = f'{{"resources": {json.dumps(RESOURCES)}, "tasks": {{{{ tasks }}}}}}'
    names = {"tasks": [{"image": "busybox", "cmd": "run $n $sede"}]}
    with pytest.raises(DescriptionError, match=r"tasks\[0\].cmd no parameter has the name"):
        read_sweep(text, names, columns, labels={}, sure=False)
