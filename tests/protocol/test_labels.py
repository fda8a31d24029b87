import pytest

from prominence_jupyter.protocol.labels import (
    CONTENT,
    SUBMISSION,
    misused,
    new_submission,
    submission_of,
    without_ours,
)
from prominence_jupyter.protocol.validation import job_problems

JOB = {"resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}, "tasks": [{"image": "busybox"}]}


def test_each_submission_has_another_value_and_services_take_it():
    labels = [new_submission() for _ in range(100)]
    assert len(set(labels)) == 100
    assert job_problems(JOB | {"labels": dict(labels[:1])}) == []
    assert submission_of(dict(labels[:1])) == labels[0]


@pytest.mark.parametrize("value", [None, 1, "", "0" * 31, "0" * 33, "A" * 32, "0" * 32 + "\n", ["0" * 32]])
def test_what_is_no_value_of_ours_is_none(value):
    assert submission_of({SUBMISSION: value}) is None
    assert submission_of({}) is None


def test_ours_are_told_from_a_users():
    labels = {"a": "b", SUBMISSION: "x", CONTENT: "y"}
    assert without_ours(labels) == {"a": "b"}
    assert [problem.where for problem in misused(labels)] == [f"labels.{SUBMISSION}", f"labels.{CONTENT}"]
    assert misused(["a"]) == misused(None) == misused({"a": "b"}) == []
