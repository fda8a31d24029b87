"""Workflows of the local service, beside what the deployed service was recorded to answer."""

import json
import uuid
from urllib.parse import urlsplit

import pytest

from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import StateDir
from tests.local_service.conftest import CONTRACT, FINAL, recorded, shape, until


def exchange(name, index):
    return json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"][index]


def job(name, cmd="true", **more):
    resources = {"cpus": 1, "memory": 1, "disk": 1}
    return {
        "name": name,
        "resources": resources,
        "tasks": [{"image": "x", "runtime": "singularity", "cmd": cmd}],
        **more,
    }


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


def test_a_deleted_workflow_as_it_was_recorded(api, submit):
    workflow_id = submit(workflow(job("a", "sleep 60"), name="todelete"))
    until(lambda: describe(api, workflow_id)["status"] == "running")
    assert listed(api, f"status=running&id={workflow_id}") == [workflow_id]
    of_it = f"/jobs?workflow=true&id={workflow_id}"
    assert [len(api("GET", f"{of_it}{more}").json()) for more in ("", "&completed=true")] == [1, 0]
    deleted = api("DELETE", f"/workflows/{workflow_id}")
    assert (deleted.status_code, deleted.json()) == (200, recorded("workflow-delete", 0))
    (theirs,) = recorded("workflow-delete", 1)
    ours = describe(api, workflow_id)
    assert shape(ours) == shape(theirs)
    assert all(ours[key] == theirs[key] for key in ("status", "statusReason", "progress"))
    (gone,) = jobs_of(api, workflow_id)
    assert (gone["status"], gone["statusReason"]) == ("deleted", "Job part of a workflow which was deleted by user")
    again = api("DELETE", f"/workflows/{workflow_id}")
    assert (again.status_code, again.json()) == (400, recorded("workflow-delete", 2))
    assert api("GET", "/workflows/999999").json() == recorded("workflow-delete", 3)


@pytest.mark.parametrize("index", range(6))
def test_descriptions_that_the_deployed_service_refuses(api, index):
    refused = exchange("rejected-workflows", index)
    answer = api("POST", "/workflows", json=refused["request"]["json"])
    assert (answer.status_code, shape(answer.json())) == (400, shape(refused["response"]["json"]))


def factory(**more):
    return [{"name": "f", "type": "repeat", "jobs": ["a"], **more}]


def swept(**more):
    return factory(type="parameterSweep", parameters=[{"name": "x", "start": 0, "end": 1, **more}])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "the description"),
        ({"name": "w", "jobs": "all"}, "jobs"),
        (workflow(*[{}] * 10_001), "jobs: there are more than 10,000"),
        (workflow(job("a"), factories=factory(number=10_001)), "factories: the workflow makes more than 10,000 jobs"),
        (workflow(job("a"), factories=factory(number=10**400)), "makes far too many jobs"),
        (workflow(job("a"), factories=swept(step=1e-12)), "has at most 100,000"),
        (workflow(job("a"), factories=swept(number=10**400)), "factories[0].parameters[0].number"),
        (workflow(job("a"), factories=swept(number=0)), "factories[0].parameters[0].number"),
        (workflow(job("a"), factories=swept(number=2, step=1)), "factories[0].parameters[0].number"),
        (workflow(job("a"), factories=swept(number=3, start=-1e308, end=1e308)), "parameters[0].number"),
        (workflow(job("a"), factories=swept(number=3, start="x")), "parameters[0].start"),
        (workflow(job("a"), job("a/1"), factories=factory(number=2)), "calls number 1 of those made of a"),
        (workflow(job("a"), job("a_1"), factories=factory(number=2)), "calls number 1 of those made of a"),
        (workflow(job("a"), job("a/1"), factories=swept(number=2)), "two jobs would be called a/1"),
        (
            workflow(job("a"), job("b", inputs=[{"filename": "../x", "content": ""}])),
            "jobs[1]: inputs[0]: the filename",
        ),
        (workflow(job("a"), job("b"), dependencies={"a": ["b"], "b": ["a"]}), "a → b → a"),
        (
            workflow(job("a", outputFiles=["$x/out"]), factories=zipped("a", x=["in", ".."])),
            "an output of a/1 would lead out of its folder",
        ),
        (
            workflow(job("a", "x" * 100_000), factories=factory(number=1000)),
            "together they are longer than 67,108,864 bytes",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(api, body, words):
    answer = api("POST", "/workflows", json=body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/json")
    assert words in answer.json()["error"]


def test_a_sweep_by_number_works_here(api, submit):
    sent = exchange("sweep-by-number", 0)["request"]["json"]
    workflow_id = submit(sent)
    end = ended(api, workflow_id)
    assert (end["status"], end["factories"]) == ("completed", sent["factories"])
    parameters = {each["name"]: each["parameters"] for each in jobs_of(api, workflow_id)}
    assert parameters == {"num/pt/0": {"x": 0}, "num/pt/1": {"x": 0.5}, "num/pt/2": {"x": 1}}


def test_tasks_find_their_parameters_in_command_and_environment(api, submit):
    cmd = "/bin/sh -c 'echo $x ${x}y $PROMINENCE_PARAMETER_x $COPY $PROMINENCE_WORKFLOW_ID; echo $x >&2'"
    point = job("point", cmd)
    point["tasks"][0]["env"] = {"COPY": "<$x>"}
    workflow_id = submit(workflow(point, factories=zipped("point", x=["-1.5", "1e-05", "2.50"])))
    ended(api, workflow_id)
    for number, value in enumerate(["-1.5", "1e-05", "2.50"]):
        output = api("GET", f"/workflows/{workflow_id}/point/{number}/stdout").text
        assert output == f"{value} {value}y {value} <{value}> {workflow_id}\n"
        assert api("GET", f"/workflows/{workflow_id}/point/{number}/stderr").text == f"{value}\n"
    parameters = {each["name"]: each["parameters"]["x"] for each in jobs_of(api, workflow_id)}
    assert parameters == {"w/point/0": -1.5, "w/point/1": 1e-05, "w/point/2": "2.50"}


def test_an_output_is_found_by_the_name_that_its_parameter_makes(api, submit):
    point = job("point", "/bin/sh -c 'printf text > out-$x.txt'", outputFiles=["out-$x.txt"])
    workflow_id = submit(workflow(point, factories=zipped("point", x=["a"])))
    ended(api, workflow_id)
    (made,) = jobs_of(api, workflow_id)
    staged = Scratch(StateDir(api.info.state_dir).job(made["id"])).staged("out-a.txt")
    staged.parent.mkdir(exist_ok=True)
    staged.write_text("text")  # as the runner stages it out
    (output,) = api.describe(made["id"])["outputFiles"]
    assert (output["name"], output["size"]) == ("out-$x.txt", 4)
    assert urlsplit(output["url"]).path.endswith(f"/jobs/{made['id']}/outputFiles/out-a.txt")


def test_a_clone_of_a_job_that_a_factory_made_has_its_parameters(api, submit):
    workflow_id = submit(workflow(job("point", "echo $x"), factories=zipped("point", x=["a", "b"])))
    ended(api, workflow_id)
    original = next(each for each in jobs_of(api, workflow_id) if each["name"] == "w/point/1")
    clone = api.ended(api("PUT", f"/jobs/{original['id']}/clone").json()["id"])
    assert (clone["name"], "parameters" in clone, api.output(clone["id"])) == ("point", False, "b\n")
    assert len(jobs_of(api, workflow_id)) == 2


def test_output_before_its_turn_and_of_what_is_not_there(api, submit):
    workflow_id = submit(workflow(job("a/b", "sleep 60"), job("last"), dependencies={"a/b": ["last"]}))
    for name in ("a/b", "a%2Fb", "last"):
        answer = api("GET", f"/workflows/{workflow_id}/{name}/stdout")
        assert (answer.status_code, answer.text) == (200, "")
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    for path, words in (
        (f"{workflow_id}/other/stdout", "stdout does not exist"),
        (f"{workflow_id}/last/0/stderr", "stderr does not exist"),
        ("999999/last/stdout", "Workflow does not exist"),
    ):
        answer = api("GET", f"/workflows/{path}")
        assert (answer.status_code, answer.json()) == (400, {"error": words})


def next_id(api):
    """The id that what is submitted next will have: nobody else uses this service."""
    return api.run("true")["id"] + 1


def test_a_failure_stops_what_waits_for_it_and_a_rerun_does_the_rest(api, submit):
    bad = job("bad", f"/bin/sh -c 'test $PROMINENCE_WORKFLOW_ID -ne {next_id(api)}'")
    jobs = [job("good", "echo first"), bad, job("after"), job("other"), job("late")]
    edges = {"bad": ["after"], "good": ["other"], "after": ["late"]}
    body = workflow(*jobs, dependencies=edges, labels={"study": uuid.uuid4().hex})
    workflow_id = submit(body)
    end = ended(api, workflow_id)
    assert (end["status"], end["progress"]) == ("failed", progress(2, 1, 0, 2))
    assert {each["name"] for each in jobs_of(api, workflow_id)} == {"w/good", "w/bad", "w/other"}
    answer = api("PUT", f"/workflows/{workflow_id}")
    assert (answer.status_code, list(answer.json())) == (200, ["id"])
    rerun = ended(api, answer.json()["id"])
    assert (rerun["status"], rerun["progress"]) == ("completed", progress(5, 0, 0, 0))
    assert [each["name"] for each in jobs_of(api, rerun["id"])] == ["w/late", "w/after", "w/bad"]
    assert api("GET", f"/workflows/{rerun['id']}/good/stdout").text == "first\n"
    assert describe(api, workflow_id) == end
    constraint = f"constraint=study={body['labels']['study']}"
    assert listed(api, f"{constraint}&all=true") == [rerun["id"], workflow_id]
    refused = api("PUT", f"/workflows/{rerun['id']}")
    assert (refused.status_code, "clone it" in refused.json()["error"]) == (400, True)


def test_reruns_and_clones_that_cannot_be(api, submit):
    running = submit(workflow(job("a", "sleep 60")))
    assert "when it has ended" in api("PUT", f"/workflows/{running}").json()["error"]
    bad = submit(workflow(job("a", "false"), policies={"maximumReruns": 1}))
    ended(api, bad)
    once = api("PUT", f"/workflows/{bad}").json()["id"]
    assert ended(api, once)["status"] == "failed"
    assert "1 times at most" in api("PUT", f"/workflows/{once}").json()["error"]
    for path in ("999999", "999999/clone", "999999/remove"):
        answer = api("PUT", f"/workflows/{path}")
        assert (answer.status_code, answer.json()) == (400, {"error": "Workflow does not exist"})


def test_a_clone_runs_all_of_it_again(api, submit):
    body = workflow(job("a", "echo $x"), factories=zipped("a", x=["1", "2"]), labels={"clone": "yes"})
    original = submit(body)
    ended(api, original)
    answer = api("PUT", f"/workflows/{original}/clone")
    assert answer.status_code == 201
    clone = ended(api, answer.json()["id"])
    assert (clone["id"] != original, clone["progress"]) == (True, progress(2, 0, 0, 0))
    assert {key: clone[key] for key in body} == body
    assert len(jobs_of(api, clone["id"])) == 2


def test_one_that_stays_in_the_queue(api, submit):
    stays = {"leaveInQueue": True}
    workflow_id = submit(workflow(job("a", policies=stays), name="stay", policies=stays))
    assert ended(api, workflow_id)["status"] == "completed"
    assert listed(api, "name=stay") == listed(api, f"workflow=true&id={workflow_id}") == [workflow_id]
    assert api("GET", f"/jobs?workflow=true&id={workflow_id}").json() == []
    assert listed(api, "name=stay&completed=true&num=0") == []
    assert [api("PUT", f"/workflows/{workflow_id}/remove").status_code for _ in range(2)] == [200, 400]
    assert api("PUT", f"/workflows/{workflow_id}/remove").json() == {"error": "Workflow is no longer in the queue"}
    assert listed(api, "name=stay") == []
    assert listed(api, "name=stay&completed=true&num=0") == [workflow_id]


def test_listings_that_cannot_be_understood(api):
    for query, code, words in (
        ("constraint=x", 400, "Invalid constraint"),
        ("status=completed", 200, "invalid status specified"),
        ("completed=true&num=x", 400, "num must be a whole number"),
        ("id=999999,7x", 400, "id must be a whole number"),
    ):
        answer = api("GET", f"/workflows?{query}")
        assert (answer.status_code, answer.json()) == (code, {"error": words})
    assert listed(api, "id=999999") == []
