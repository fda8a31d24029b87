"""Workflows of the local service, beside what the deployed service was recorded to answer."""

import json
import uuid

import pytest

from tests.local_service.conftest import CONTRACT, FINAL, recorded, shape, shell, until


def exchange(name, index):
    return json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"][index]


def job(name, cmd="true", **more):
    resources = {"cpus": 1, "memory": 0.1, "disk": 1}
    return {"name": name, "resources": resources, "tasks": [{"image": "x", "runtime": "singularity", "cmd": cmd}], **more}


def workflow(*jobs, **more):
    return {"name": "w", "jobs": list(jobs), **more}


def zipped(*jobs, **parameters):
    values = [{"name": name, "values": values} for name, values in parameters.items()]
    return [{"name": "f", "type": "zip", "jobs": list(jobs), "parameters": values}]


@pytest.fixture
def submit(api):
    """Submit workflows; those that have not ended are deleted afterwards."""
    made = []

    def post(body):
        answer = api("POST", "/workflows", json=body)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["id"])
        return made[-1]

    yield post
    for each in made:
        api("DELETE", f"/workflows/{each}")


def describe(api, workflow_id):
    (described,) = api("GET", f"/workflows/{workflow_id}").json()
    return described


def ended(api, workflow_id):
    return until(lambda: (found := describe(api, workflow_id))["status"] in FINAL and found)


def jobs_of(api, workflow_id):
    return api("GET", f"/jobs?workflow=true&id={workflow_id}&all=true&detail=true").json()


def listed(api, query):
    return [each["id"] for each in api("GET", f"/workflows?{query}").json()]


def progress(done, failed, queued, waiting):
    total = done + failed + queued + waiting
    return {"total": total, "done": done, "failed": failed, "queued": queued, "waiting": waiting}


def test_two_dependent_jobs_as_they_were_recorded(api, submit):
    sent = exchange("workflow-dag", 0)["request"]["json"]
    workflow_id = submit(sent)
    end = ended(api, workflow_id)
    assert shape(end) == shape(recorded("workflow-dag")[0])
    assert {key: end[key] for key in sent} == sent
    assert (end["status"], end["progress"]) == ("completed", progress(2, 0, 0, 0))
    jobs = jobs_of(api, workflow_id)
    assert [each["name"] for each in jobs] == ["dag/second", "dag/first"]
    for ours, theirs in zip(jobs, recorded("workflow-jobs", 0), strict=True):
        assert ours.keys() == theirs.keys()
        assert ours["resources"] == theirs["resources"]
    assert jobs[0]["events"]["createTime"] >= jobs[1]["events"]["endTime"]
    assert api("GET", f"/workflows/{workflow_id}/second/stdout").text == "B\n"
    (line,) = api("GET", "/workflows?completed=true&num=1").json()
    assert shape(line) == shape(recorded("workflow-jobs", 1)[0])


def test_jobs_of_a_factory_as_they_were_recorded(api, submit):
    workflow_id = submit(exchange("workflow-factory", 0)["request"]["json"])
    assert shape(ended(api, workflow_id)) == shape(recorded("workflow-factory", 1)[0])
    ours = {each["name"]: each for each in jobs_of(api, workflow_id)}
    theirs = {each["name"]: each for each in recorded("workflow-factory")}
    assert ours.keys() == theirs.keys()
    for name, each in ours.items():
        assert each.keys() == theirs[name].keys()
        assert all(each[key] == theirs[name][key] for key in ("parameters", "tasks", "resources", "status"))
    output = [api("GET", f"/workflows/{workflow_id}/point/{i}/stdout").text for i in range(3)]
    assert output == ["p=1\n", "p=2\n", "p=3\n"]
