"""From the text of a cell to a description: variables, JSON and rules together, every place in the cell as written."""

import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import DescriptionError, ProminenceError, UsageError
from prominence_jupyter.magics.cell.description import read_job

JOB = {
    "name": "study",
    "resources": {"nodes": 1, "cpus": 2, "memory": 4, "disk": 10},
    "tasks": [
        {"image": "busybox", "runtime": "singularity", "cmd": "echo one", "env": {"A": "1", "B": "2"}},
        {"image": "centos:7", "runtime": "udocker", "workdir": "/tmp"},
    ],
    "labels": {"study": "one", "run": "2"},
}
"""A description that uses all kinds of places."""


def read(cell, **names):
    return read_job(cell, names, labels={})


def shown(cell, **names):
    with pytest.raises(ProminenceError) as caught:
        read(cell, **names)
    return str(caught.value)


def marked(message):
    """The pieces of lines that carets point at, as (line number, text)."""
    found, number, line = [], 0, ""
    for row in message.splitlines():
        if match := re.match(r" *(\d+) \| (.*)", row):
            number, line = int(match[1]), match[2]
        elif match := re.match(r"( *\| *)(\^+)", row):
            start = len(match[1]) - row.index("|") - 2
            found.append((number, line[start : start + len(match[2])]))
    return found


def test_a_right_cell_is_a_description():
    assert read(json.dumps(JOB)).body == JOB


def test_labels_of_the_option_line_are_added():
    assert read_job(json.dumps(JOB), {}, labels={"run": "3"}).body["labels"] == {"study": "one", "run": "3"}


def test_a_label_of_ours_is_shown_at_its_place():
    cell = json.dumps(JOB | {"labels": {"pjsubmission": "x"}})
    assert marked(shown(cell)) == [(2, '"pjsubmission"')]


def test_variables_are_replaced():
    cell = json.dumps(JOB).replace('"cpus": 2', '"cpus": {{ cfg["cpus"] }}').replace("echo one", "echo {{ n:.2f }} $n")
    body = read(cell, cfg={"cpus": 8}, n=0.5).body
    assert body["resources"]["cpus"] == 8
    assert body["tasks"][0]["cmd"] == "echo 0.50 $n"


def test_a_wrong_value_that_a_variable_brought_is_shown_at_the_variable():
    message = shown(json.dumps(JOB, indent=1).replace('"cpus": 2', '"cpus": {{ n }}'), n=0)
    assert marked(message) == [(6, "{{ n }}")]
    assert "not 0" in message


def test_what_comes_after_a_variable_is_shown_where_it_stands():
    cell = json.dumps(JOB).replace('"study", "res', '"{{ n }}", "res').replace('"nodes"', '"nods"')
    assert marked(shown(cell, n="a much longer value than its place")) == [(2, '"nods"')]


def test_a_wrong_label_of_the_option_line_is_shown_somewhere_in_the_cell():
    with pytest.raises(DescriptionError, match="labels"):
        read_job(json.dumps(JOB), {}, labels={"a-b": "c"})


def places(value, path=()):
    """Every place of a description: its path."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def parent(value, path):
    for step in path[:-1]:
        value = value[step]
    return value


@given(st.sampled_from([path for path in places(JOB) if path]), st.sampled_from([None, 1, 4]))
def test_a_value_of_the_wrong_type_is_marked_where_it_stands(path, indent):
    changed = copy.deepcopy(JOB)
    is_object = isinstance(parent(changed, path)[path[-1]], dict)
    parent(changed, path)[path[-1]] = ["here"] if is_object else {"here": 1}
    cell = json.dumps(changed, indent=indent)
    start = re.search(r'[\[{]\s*"here"', cell).start()
    assert (2 + cell.count("\n", 0, start)) in [number for number, _ in marked(shown(cell))]


@given(
    st.sampled_from([path for path in places(JOB) if path and isinstance(path[-1], str)]), st.sampled_from([None, 2])
)
def test_a_misspelt_key_is_marked(path, indent):
    if path[-2:-1] in {("env",), ("labels",)}:
        return  # names there are the user's own
    changed = copy.deepcopy(JOB)
    inside = parent(changed, path)
    inside[f"{path[-1]}x"] = inside.pop(path[-1])
    found = [text for _, text in marked(shown(json.dumps(changed, indent=indent)))]
    assert f'"{path[-1]}x"' in found or any(text.startswith("…") for text in found)


@given(st.text())
def test_any_text_is_a_job_or_one_clear_error(text):
    with pytest.raises((UsageError, DescriptionError)):
        read(text)


def test_deep_nesting_is_no_crash():
    assert "nothing was submitted" in shown("[" * 100_000)


def test_a_number_of_5000_digits_is_no_crash():
    assert "nothing was submitted" in shown(json.dumps(JOB).replace('"cpus": 2', '"cpus": ' + "9" * 5000))


def test_what_is_wrong_inside_of_a_variables_value_is_named_by_its_path_and_its_text_is_not_shown():
    cell = json.dumps(JOB | {"tasks": 0}).replace('"tasks": 0', '"tasks": {{ tasks }}')
    message = shown(cell, tasks=[{"imge": "busybox"}, {"image": "busybox", "runtime": "hunter2"}])
    assert "tasks[0].imge is not a key of a task; did you mean image?" in message
    assert "tasks[1].runtime must be singularity or udocker" in message
    assert "hunter2" not in message
