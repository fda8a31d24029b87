"""A job and a table of parameters, made into a workflow."""

import itertools

import pytest

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.validation import workflow_problems
from prominence_jupyter.protocol.workflows.factories import expand
from prominence_jupyter.protocol.workflows.sweep import grid, swept

JOB = {"resources": {"cpus": 1, "memory": 1, "disk": 1}, "tasks": [{"image": "busybox", "cmd": "run $n $seed"}]}


def test_the_last_parameter_varies_fastest():
    assert grid({"n": [10, 20], "seed": range(3)}) == {"n": [10, 10, 10, 20, 20, 20], "seed": [0, 1, 2, 0, 1, 2]}


def test_one_zip_makes_all_jobs():
    workflow = swept({**JOB, "labels": {"study": "pi"}}, grid({"n": [10, 20], "seed": [0, 1]}))
    assert not workflow_problems(workflow)
    assert workflow["name"] == "sweep"
    assert workflow["labels"] == {"study": "pi"}
    assert workflow["jobs"][0]["labels"] == {"study": "pi"}  # by which they are listed and grouped
    nodes = expand(workflow, 100)
    assert [node.name for node in nodes] == ["sweep/0", "sweep/1", "sweep/2", "sweep/3"]
    assert [node.parameters for node in nodes] == [{"n": n, "seed": seed} for n in (10, 20) for seed in (0, 1)]


def test_an_e_mail_tells_of_the_workflow_and_not_of_each_job():
    email = {"event": "jobFinished", "type": "email"}
    workflow = swept({**JOB, "notifications": [email]}, {"n": [1, 2], "seed": [1, 2]})
    assert not workflow_problems(workflow)
    assert workflow["notifications"] == [{"event": "workflowFinished", "type": "email"}]
    assert "notifications" not in workflow["jobs"][0]


@pytest.mark.parametrize(
    ("notifications", "where"),
    [
        ([{"event": "jobFinishd", "type": "email"}], "jobs[0].notifications[0].event"),
        ([{"event": "jobFinished", "type": "sms"}], "notifications[0].type"),
        ("email", "jobs[0].notifications"),
    ],
)
def test_a_wrong_notification_is_refused(notifications, where):
    workflow = swept({**JOB, "notifications": notifications}, {"n": [1], "seed": [1]})
    assert [problem.where for problem in workflow_problems(workflow)] == [where]


def test_the_name_of_the_job_is_that_of_the_workflow():
    workflow = swept({**JOB, "name": "pi"}, {"n": [1]})
    assert workflow["name"] == workflow["jobs"][0]["name"] == "pi"
    assert workflow["factories"][0]["jobs"] == ["pi"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"n": []}, "the parameter n has no values"),
        ({"n": range(10**9)}, "far too many jobs would be made; a workflow has at most 100,000"),
        ({"n": itertools.count()}, "far too many jobs"),
        ({"a": range(1000), "b": range(1000), "c": range(1000)}, "1,000,000,000 jobs would be made"),
    ],
)
def test_a_grid_that_nobody_means_is_not_made(parameters, said):
    with pytest.raises(UsageError, match=said):
        grid(parameters)
