"""What a service reports about a workflow."""

from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.plain_text import showable
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from tests.conftest import exchanges

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "name", "status", "events", "progress", "labels", "jobs", "factories"])


def test_one_to_the_digit():
    answer = exchanges("workflow-dag.json")[-1]["response"]["json"][0]
    record = WorkflowRecord.from_json(answer)
    assert (record.id, record.name, record.status, record.labels) == (28, "dag", "completed", {"study": "one"})
    assert (record.created, record.started, record.ended) == (1795454778, 1795454779, 1795454783)
    assert astuple(record.progress) == (2, 2, 0, 0, 0)
    assert (record.has_ended, record.succeeded, record.has_detail) == (True, True, True)
    assert repr(record) == "<WorkflowRecord 28 'dag': completed>"


@pytest.mark.parametrize(
    ("status", "ended", "succeeded"),
    [
        *((going, False, None) for going in ("idle", "running", "new word", None)),
        ("completed", True, True),
        *((bad, True, False) for bad in ("failed", "deleted", "killed")),
    ],
)
def test_how_it_ended(status, ended, succeeded):
    record = WorkflowRecord.from_json({"status": status})
    assert (record.has_ended, record.succeeded, record.has_detail) == (ended, succeeded, False)


def test_secrets_are_hidden():
    credential = {"imagePullCredential": {"username": "me", "token": "PULL-TOKEN"}}
    job = {"tasks": [credential], "inputs": [{"filename": "a", "content": "c2VjcmV0"}]}
    record = WorkflowRecord.from_json({"jobs": [job]})
    assert "PULL-TOKEN" not in repr(record.raw)
    assert "c2VjcmV0" not in repr(record.raw)


@given(st.dictionaries(KEYS, JSON))
def test_whatever_a_service_sends_is_read(answer):
    record = WorkflowRecord.from_json(answer)
    assert record.has_ended in {True, False}
    assert repr(record) == showable(repr(record))
    assert len(repr(record).splitlines()) == 1
