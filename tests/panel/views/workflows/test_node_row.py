"""A row of a workflow's table: one for each job that it makes, whether or not there is one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.views.job_row import COLUMNS
from prominence_jupyter.panel.views.workflows.node_row import MOST_PARAMETERS, NodeState, node_row
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.factories import Node
from tests.panel.views.workflows.made_up import node


def test_all_that_is_known_of_a_job_that_runs():
    row = node_row(
        node("point", 3, "running", started=20.0, n=10, x=-1.5, c=1e-05), parameters=["x", "n", "other", "c"]
    )
    assert tuple(row) == COLUMNS
    assert (row["id"], row["job"], row["name"]) == ("node point/3", "103", "point/3")
    assert row["parameters"] == ["-1.5", "10", "", "1e-05"]
    assert (row["status"], row["tone"], row["started"], row["final"]) == ("running", "running", 20, False)


@pytest.mark.parametrize(
    ("status", "tone", "final"), [(None, "waiting", False), ("not run", "neutral", True), ("failed", "bad", True)]
)
def test_the_key_stays_when_the_job_comes_or_never_comes(status, tone, final):
    row = node_row(node("point", 3, status))
    assert (row["id"], row["tone"], row["final"]) == ("node point/3", tone, final)
    assert row["group"] == (status or "waiting")
    assert (row["job"], row["reason"]) == ("103" if status == "failed" else "", "")


@given(st.text(), st.one_of(st.text(), st.integers(), st.floats()), st.booleans())
def test_any_names_and_values_give_bounded_text(name, value, is_job):
    state = NodeState(Node(name, 1, {name: value}), JobRecord(id=1, name=name, status=name) if is_job else None)
    row = node_row(state, parameters=[name] * 100)
    assert len(row["parameters"]) == MOST_PARAMETERS
    text = json.dumps(row, ensure_ascii=False)
    assert len(text) < 3000
    assert not set(text) & set("\u202e\u2028\x1b\x00")
