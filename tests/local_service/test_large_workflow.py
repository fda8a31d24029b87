"""A graph of 200 jobs with a sweep, failures and retries, from its submission to the end of its rerun."""

from collections import Counter

from prominence_jupyter.local_service import control
from tests.local_service.conftest import FINAL, until

RESOURCES = {"cpus": 1, "memory": 1, "disk": 1}
CLOCK = "date +%s%N"
EDGES = {
    "start": ["grid", "flaky", "lanes"],
    "grid": ["sum"],
    "flaky": ["sum", "relief"],
    "lanes": ["jam"],
    "jam": ["end"],
}
SIZES = {"start": 1, "grid": 96, "flaky": 40, "lanes": 40, "sum": 1, "relief": 1, "jam": 20, "end": 1}


def description(workflow_id):
    """Flaky jobs succeed when they are tried again; one lane does so in another workflow only."""
    commands = {
        "grid": f"{CLOCK}; echo $x $PROMINENCE_PARAMETER_y",
        "flaky": f"{CLOCK}; test $PROMINENCE_JOB_ID -gt {workflow_id + 200}",
        "lanes": f"{CLOCK}; test $lane -ne 7 -o $PROMINENCE_WORKFLOW_ID -ne {workflow_id}",
    }
    grid = [{"name": "x", "start": 0, "end": 5.5, "step": 0.5}, {"name": "y", "start": -3, "end": 4, "number": 8}]
    lanes = [{"name": "lane", "values": list(range(40))}]
    tasks = {
        name: [{"image": "x", "runtime": "singularity", "cmd": f"/bin/sh -c '{commands.get(name, CLOCK)}'"}]
        for name in SIZES
    }
    return {
        "name": "large",
        "jobs": [{"name": name, "resources": RESOURCES, "tasks": tasks[name]} for name in SIZES],
        "dependencies": EDGES,
        "factories": [
            {"name": "f1", "type": "parameterSweep", "jobs": ["grid"], "parameters": grid},
            {"name": "f2", "type": "zip", "jobs": ["lanes"], "parameters": lanes},
            {"name": "f3", "type": "repeat", "jobs": ["flaky"], "number": 40},
            {"name": "f4", "type": "repeat", "jobs": ["jam"], "number": 20},
        ],
        "policies": {"maximumRetries": 1},
    }


def ended(api, workflow_id):
    """The workflow at its end, whose numbers always added up on the way."""

    def look():
        (found,) = api("GET", f"/workflows/{workflow_id}").json()
        parts = dict(found["progress"])
        assert parts.pop("total") == sum(parts.values()) == 200
        return found["status"] in FINAL and found

    return until(look, within=60)


def jobs_of(api, workflow_id):
    jobs = api("GET", f"/jobs?workflow=true&id={workflow_id}&all=true&detail=true").json()
    return [(job["name"].split("/", 1)[1], job) for job in jobs]


def clock(api, workflow_id, node):
    """When the newest job of a node ran."""
    return int(api("GET", f"/workflows/{workflow_id}/{node}/stdout").text.split()[0])


def steps(jobs):
    return Counter(name.split("/")[0] for name, _ in jobs)


def test_progress_order_and_rerun(api):
    expected = api.run("true")["id"] + 1
    answer = api("POST", "/workflows", json=description(expected))
    assert (answer.status_code, answer.json()) == (201, {"id": expected})
    first = ended(api, expected)
    assert first["status"] == "failed"
    assert first["progress"] == {"total": 200, "done": 178, "failed": 1, "queued": 0, "waiting": 21}
    jobs = jobs_of(api, expected)
    assert steps(jobs) == {"start": 1, "grid": 96, "flaky": 80, "lanes": 41, "sum": 1, "relief": 1}
    assert [exit_codes(job) for name, job in jobs if name == "lanes/7"] == [[1], [1]]
    assert Counter(exit_codes(job)[0] for name, job in jobs if "flaky" in name) == {0: 40, 1: 40}
    check_grid(api, expected, jobs)
    times = {name: clock(api, expected, name) for name, _ in jobs}
    check_order(times, [(parent, child) for parent in EDGES for child in EDGES[parent] if child not in {"jam", "end"}])

    again = api("PUT", f"/workflows/{expected}").json()["id"]
    second = ended(api, again)
    assert second["status"] == "completed"
    assert second["progress"] == {"total": 200, "done": 200, "failed": 0, "queued": 0, "waiting": 0}
    rerun = jobs_of(api, again)
    assert steps(rerun) == {"lanes": 1, "jam": 20, "end": 1}
    check_order({name: clock(api, again, name) for name, _ in rerun}, [("lanes", "jam"), ("jam", "end")])
    assert clock(api, again, "grid/95") == times["grid/95"]  # of the first, where it was done
    assert (ended(api, expected), jobs_of(api, expected)) == (first, jobs)


def exit_codes(job):
    return [task["exitCode"] for task in job["execution"]["tasks"]]


def check_grid(api, workflow_id, jobs):
    parameters = {name: job["parameters"] for name, job in jobs if name.startswith("grid/")}
    assert parameters == {f"grid/{i}": {"x": i // 8 / 2, "y": i % 8 - 3} for i in range(96)}
    output = api("GET", f"/workflows/{workflow_id}/grid/9/stdout").text
    assert output.splitlines()[1] == "0.5 -2"


def check_order(times, edges):
    for parent, child in edges:
        before = [time for name, time in times.items() if name.split("/")[0] == parent]
        after = [time for name, time in times.items() if name.split("/")[0] == child]
        assert max(before) < min(after), (parent, child)


def test_it_goes_on_after_a_restart(own_folder, connect):
    cmd = "/bin/sh -c 'echo begun; test $PROMINENCE_JOB_ID -ne 2 || sleep 600'"  # 1 is the workflow
    tasks = [{"image": "x", "runtime": "singularity", "cmd": cmd}]
    jobs = [{"name": name, "resources": RESOURCES, "tasks": tasks} for name in ("slow", "late")]
    body = {"name": "w", "jobs": jobs, "dependencies": {"slow": ["late"]}, "policies": {"maximumRetries": 1}}
    first = connect(control.start(cpus=4, memory_gb=4))
    assert first("POST", "/workflows", json=body).json() == {"id": 1}
    until(lambda: first("GET", "/workflows/1/slow/stdout").text)
    control.stop()
    again = connect(control.start(cpus=4, memory_gb=4))
    (end,) = until(lambda: (found := again("GET", "/workflows/1").json())[0]["status"] in FINAL and found)
    assert (end["status"], end["progress"]["done"], end["progress"]["total"]) == ("completed", 2, 2)
    tries = [(name, job["status"], job.get("statusReason")) for name, job in jobs_of(again, 1)]
    stopped = ("slow", "failed", "The local service was stopped")
    assert tries == [("late", "completed", None), ("slow", "completed", None), stopped]
