"""A row of the table: what it says of a job, whatever the service says of it."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.views.job_row import COLUMNS, job_row, row_id
from prominence_jupyter.panel.views.tone import NON_ZERO_EXIT, SHAPES
from prominence_jupyter.protocol.record import JobRecord, TaskRecord


def record(status="running", codes=(), **more):
    tasks = tuple(TaskRecord(image="busybox", cmd="pi", exit_code=code) for code in codes)
    return JobRecord(id=12, name="calculate-pi", status=status, tasks=tasks, **more)


def test_all_that_is_known_of_a_job():
    known = record("completed", [0, 3], created=100.4, started=101.6, ended=200.0, site="Site-A")
    assert job_row(known, ended=True) == {
        "id": "12",
        "name": "calculate-pi",
        "status": "completed, exit code 3",
        "group": NON_ZERO_EXIT,
        "tone": "bad",
        "shape": SHAPES["bad"],
        "reason": "",
        "created": 100,
        "started": 102,
        "ended": 200,
        "site": "Site-A",
        "exit_codes": "0, 3",
        "final": True,
        "job": "12",
        "parameters": [],
    }


@pytest.mark.parametrize(
    ("status", "codes", "ended", "group", "tone"),
    [
        ("idle", [], False, "idle", "waiting"),
        ("running", [], False, "running", "running"),
        ("failed", [], False, "failed for now", "waiting"),
        ("failed", [], True, "failed", "bad"),
        ("completed", [0], True, "completed", "good"),
        ("completed", [0, -9], True, NON_ZERO_EXIT, "bad"),
        ("deleted", [], True, "deleted", "neutral"),
        ("no-such-word", [], False, "no-such-word", "neutral"),
        (None, [], False, "unknown", "neutral"),
    ],
)
def test_groups_and_tones(status, codes, ended, group, tone):
    row = job_row(record(status, codes), ended=ended)
    assert (row["group"], row["tone"], row["shape"], row["final"]) == (group, tone, SHAPES[tone], ended)


def test_a_job_that_the_service_does_not_know_any_more():
    row = job_row(record("running"), ended=False, gone=True)
    assert (row["group"], row["tone"], row["final"]) == ("gone", "neutral", True)
    assert row["reason"] == "The service does not know this job any more."


def test_of_many_exit_codes_the_first_are_told():
    row = job_row(record("completed", range(1, 12)), ended=True)
    assert row["exit_codes"] == "1, 2, 3, 4, 5, 6, 7, 8, and 3 more"


@given(
    name=st.text(),
    reason=st.text(),
    site=st.text(),
    status=st.text(),
    job_id=st.integers() | st.text(),
    time=st.floats(allow_nan=False),
    codes=st.lists(st.integers(), max_size=30),
)
def test_a_row_is_bounded_json_without_control_characters(name, reason, site, status, job_id, time, codes):
    tasks = [{"exitCode": code} for code in codes]
    answer = {
        "id": job_id,
        "name": name * 400,
        "status": status,
        "statusReason": reason * 400,
        "events": {"createTime": time, "startTime": -time, "endTime": 1e300},
        "execution": {"site": site, "tasks": tasks},
    }
    row = job_row(JobRecord.from_json(answer), ended=True)
    assert tuple(row) == COLUMNS
    assert len(json.dumps(row, allow_nan=False)) < 6000
    texts = [value for value in row.values() if isinstance(value, str)]
    assert not [text for text in texts if any(character in text for character in "\n\r\x00\x1b\u202e")]
    assert row["ended"] is None
    assert row["created"] is None or math.isclose(row["created"], time, abs_tol=1)


@pytest.mark.parametrize("job_id", [12, "abc-1", "x" * 200])
def test_an_id_of_plain_text_stands_for_itself(job_id):
    assert row_id(job_id) == str(job_id)


@pytest.mark.parametrize(
    ("one", "other"), [("x" * 201, "x" * 202), ("a\x00", "a\x01"), ("a  b", "a b"), ("\ud800", "\ufffd"), ("", " ")]
)
def test_ids_that_look_alike_are_told_apart_in_few_characters(one, other):
    assert row_id(one) != row_id(other)
    assert max(map(len, [row_id(one), row_id(other)])) <= 200
    json.dumps([row_id(one), row_id(other)]).encode()


def test_an_id_of_a_megabyte_does_not_travel():
    assert len(row_id("x" * 10**6)) < 100
