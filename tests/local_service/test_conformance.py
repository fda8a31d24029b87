"""The local service beside every exchange that was recorded with the deployed service.

Compared are status, content type, and body: text as it is, of JSON the keys and the types of their values.
"""

import base64

import pytest

from tests.local_service.conftest import CONTRACT, until
from tests.local_service.replay import Replay, of_contract

NAMES = sorted(path.stem for path in CONTRACT.glob("*.json"))

DIFFERENCES = {
    "output is text": "stdout, stderr and exec are text/plain, which no browser renders; there they are text/html",
    "reasons": "what is answered 500 there is answered 400 with the reason",
    "runtimeVersion": "its keys name what ran the tasks here",
    "cpu": "not every machine tells its processor",
    "memory": "what a job used that was killed for its memory is told here",
    "no pull": "the one image that cannot be had is that of a task without a cmd; nothing of it runs, or uses memory",
    "no resources": "a job that this machine is too small for has ended, so it has an end; there it may yet start",
    "walltime": "the limit that the job runs into is its own; there it was the deployment's",
    "sweep-by-number": "a sweep with a number in the place of a step, which fails there, is run here",
    "at once": "a workflow that was idle there may have begun here",
    "errors": "the words of a refused description are those of our rules, which name the place",
}
"""Deliberate differences, and why."""

NOT_HERE = {
    "job-held": "nothing here holds a job",
    "other-users-job": "there is one user",
}
"""Files whose situation this service never comes into, but for exchanges that others repeat."""

STATES_NOT_HERE = {
    "deploying": "there is no infrastructure to create",
    "waiting": "a job that waits for resources is pending",
}

OF_A_TASK = ("cpuTimeUsage", "exitCode", "imagePullTime", "maxResidentSetSizeKB", "retries", "wallTimeUsage")
OF_WHAT_RAN = {
    *("[].execution.maxMemoryUsageKB: number", "[].execution.tasks: list", "[].execution.tasks[]: object"),
    *(f"[].execution.tasks[].{key}: number" for key in OF_A_TASK),
    "[].execution.tasks[].imagePullStatus: str",
}
SHAPES = {
    ("job-imagepull", 1): ({"[].execution.maxMemoryUsageKB: number", "[].tasks[].cmd: str"}, set()),  # "no pull"
    ("job-memory", 2): (set(), OF_WHAT_RAN),  # "memory"
    ("job-noresources", 1): (set(), {"[].events.endTime: number"}),  # "no resources"
    ("job-walltime", 0): (set(), {"[].resources.walltime: number"}),  # "walltime"
}
"""What is missing and what is more in one answer; see DIFFERENCES."""

HINTS = {
    "clone-keeps-labels": {4: "completed", "job 4": {"labels": {"submission": "u1"}}},
    "clone": {19: "completed", "job 19": {"labels": {"grp": "g1", "idx": "0"}, "name": "batch"}},
    "delete-idle": {16: "idle"},
    "delete-running": {15: "running", "job 15": {"name": "to-delete"}},
    "exec": {26: "running", 19: "completed"},
    "leave-in-queue": {"job 25": {"policies": {"leaveInQueue": True}}},
    "list-by-label": {f"job {number}": {"labels": {"grp": "g1"}} for number in (19, 20, 21, 22, 23)},
    "workflow-jobs": {"workflow 28": of_contract("workflow-dag")[0]["request"]["json"]},
}
"""What is not told in the file: the state of jobs, and more of their descriptions."""

TOKENS = {"unauthorised": [None, "wrong", "expired", None], "functionality-disabled": ["right", None]}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    from prominence_jupyter.local_service import control

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path_factory.mktemp("conformance")))
        yield control.start(cpus=8, memory_gb=8)
        control.stop()


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NOT_HERE])
def test_it_answers_as_recorded(service, connect, name):
    replay = Replay(connect(service), name, HINTS.get(name, ()))
    try:
        for index, exchange in enumerate(replay.exchanges):
            if not set(states(exchange["response"].get("json"))) & set(STATES_NOT_HERE):
                token = TOKENS[name][index] if name in TOKENS else "right"
                compare(replay, exchange, token, SHAPES.get((name, index), (set(), set())))
    finally:
        replay.end()


def compare(replay, exchange, token, differences):
    """Ask, and look for what is not as recorded nor a difference that is listed."""
    expected = exchange["response"]
    answer = replay.ask(exchange, token)
    if replay.name == "sweep-by-number":
        assert answer.status_code == 201
        return
    if expected["status"] == 500:  # "reasons"
        assert (answer.status_code, set(answer.json())) == (400, {"error"})
        return
    assert answer.status_code == expected["status"], answer.text
    is_output = expected["status"] == 200 and expected["content_type"].startswith("text/html")
    assert answer.headers["Content-Type"] == (
        "text/plain; charset=utf-8" if is_output else expected["content_type"]  # "output is text"
    )
    if is_output:
        wanted = base64.b64decode(expected["base64"]) if "base64" in expected else expected["text"].encode()
        if replay.name == "stdout-while-running":  # one line later there may be more of it
            path = answer.request.path_url.removeprefix("/api/v1")
            until(lambda: replay.api("GET", path).content.startswith(wanted))
        else:
            assert answer.content == wanted
    elif "text" in expected:
        assert answer.text.replace("&#x27;", "&#39;") == expected["text"]
    else:
        recorded, ours = expected["json"], of_the_replay(answer.json(), replay)
        recorded = [job for job in recorded if job.get("id") in replay.ids] if isinstance(recorded, list) else recorded
        if isinstance(ours, list):
            assert [job["id"] for job in ours] == [replay.ids[job["id"]] for job in recorded]
        more = shape(ours) - shape(recorded)
        if "idle" in states(recorded) and "workflow" in replay.name:  # "at once"
            more -= {"[].events.startTime: number"}
        assert (shape(recorded) - shape(ours), more) == differences


def states(answered):
    return [one.get("status") for one in answered] if isinstance(answered, list) else []


def of_the_replay(answered, replay):
    """Of a listing the jobs that were recorded."""
    if not isinstance(answered, list):
        return answered
    return [one for one in answered if one["id"] in replay.ids.values()]


def shape(value, path=""):
    """The keys of JSON and the types of their values, as text; what DIFFERENCES says of `execution` is left out."""
    if isinstance(value, dict):
        if path.endswith(".execution"):
            value = {key: item for key, item in value.items() if key not in {"cpu", "runtimeVersion"}}
        return {f"{path}: object"}.union(*(shape(item, f"{path}.{key}") for key, item in value.items()))
    if isinstance(value, list):
        return {f"{path}: list"}.union(*(shape(item, f"{path}[]") for item in value))
    return {f"{path}: {'number' if isinstance(value, int | float) else type(value).__name__}"}


def test_what_is_left_out_is_recorded():
    assert {*NOT_HERE, *HINTS, *TOKENS} <= set(NAMES)
