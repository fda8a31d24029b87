"""The client against what the deployed service really answered.

Every exchange of a file is replayed in its order; what the client makes of it is compared with values read off the
file by hand.
"""

import json
from dataclasses import astuple
from unittest.mock import ANY

import pytest
import responses

from prominence_jupyter.client.client import Client
from prominence_jupyter.errors import (
    AuthenticationFailed,
    FunctionalityDisabled,
    NoSuchJob,
    NoSuchWorkflow,
    RequestRefused,
    ServiceFailed,
    SubmissionUncertain,
    UnexpectedAnswer,
)
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from tests.conftest import CONTRACT, TOKEN, URL, exchanges, replay

# What each exchange gives: for a job (status, reason, exit codes, site); for a workflow (status, reason, progress);
# for a listing ids and statuses;
# for output its bytes; for a submission its id; for a refusal the error and some of its words.
EXPECTED = {
    "clone-keeps-labels.json": [5, {5: "completed", 4: "completed"}],
    "clone.json": [24, ("completed", None, (0,), "Site-A")],
    "delete-idle.json": [None, ("deleted", "Job deleted by user", (), None)],
    "delete-running.json": [
        None,
        ("deleted", "Job deleted by user", (), "Site-A"),
        (NoSuchJob, "job 15 cannot be deleted: it has ended already, or does not exist"),
    ],
    "exec.json": [b"hello\n", (RequestRefused, "Job is not running")],
    "functionality-disabled.json": [
        (FunctionalityDisabled, "switched off"),
        (AuthenticationFailed, "does not accept the token (Authentication failure)"),
    ],
    "job-deploying.json": [
        ("idle", None, (), None),
        ("deploying", None, (), None),
        ("running", None, (), "Site-A"),
        ("completed", None, (0,), "Site-A"),
    ],
    "job-first-task-fails.json": [18, ("completed", None, (1,), "Site-A")],
    "job-held.json": [("idle", None, (), None), ("failed", None, (), None)],
    "job-imagepull.json": [("idle", None, (), None), ("failed", "Container image pull failed", (), "Site-A")],
    "job-lifecycle.json": [
        1,
        ("idle", None, (), None),
        ("running", None, (), "Site-A"),
        ("completed", None, (0,), "Site-A"),
    ],
    "job-memory.json": [
        ("idle", None, (), None),
        ("running", None, (), "Site-A"),
        ("killed", "Job used too much memory", (), "Site-A"),
    ],
    "job-nonzero-exit.json": [("completed", None, (3,), "Site-A")],
    "job-noresources.json": [("idle", None, (), None), ("failed", "No matching resources", (), None)],
    "job-signal.json": [("completed", None, (-9,), "Site-A")],
    "job-stdout.json": [b"3.14\n3.1415\n", b"3.1415\n", b"", b""],
    "job-two-tasks.json": [17, ("completed", None, (0, 0), "Site-A")],
    "job-waiting.json": [
        ("idle", None, (), None),
        ("waiting", "No matching resources currently available", (), None),
        ("running", None, (), "Site-A"),
        ("completed", None, (0,), "Site-A"),
    ],
    "job-walltime.json": [("killed", "Walltime limit exceeded", (-9,), "Site-A")],
    "leave-in-queue.json": [
        {12: "failed", 23: "running", 25: "completed"},
        None,
        (RequestRefused, "Job is no longer in the queue"),
        {25: "completed"},
    ],
    "list-active.json": [{12: "failed", 23: "running"}],
    "list-bad-status.json": [(RequestRefused, "invalid status specified")],
    "list-by-id.json": [{21: "completed", 19: "completed", 23: "running"}, []],
    "list-by-name.json": [{22: "completed", 21: "completed", 19: "completed", 20: "completed", 23: "running"}, []],
    "list-by-label.json": [
        {23: "running"},
        {22: "completed", 21: "completed", 19: "completed", 20: "completed", 23: "running"},
        {22: "completed", 21: "completed"},
        (RequestRefused, "Invalid constraint"),
    ],
    "list-completed.json": [
        {22: "completed"},
        {22: "completed", 21: "completed", 19: "completed"},
        {22: "completed", 21: "completed", 19: "completed"},
    ],
    "no-such-job.json": [
        [],
        (NoSuchJob, "Job does not exist"),
        (NoSuchJob, "Job does not exist"),
        (NoSuchJob, "No such job(s)"),
        (NoSuchJob, "Job does not exist"),
        "step 3: remove",
    ],
    "other-users-job.json": [
        [],
        (RequestRefused, "Not authorized to access this job"),
        (NoSuchJob, "No such job(s)"),
    ],
    "outputs-missing.json": [("failed", "Stageout failed due to no such file or directory", (0,), "Site-A")],
    "secrets-come-back.json": [2, ("completed", None, (0,), "Site-A"), {2: "completed"}],
    "server-errors-html.json": [
        (UnexpectedAnswer, "400 Bad Request: The browser (or proxy) sent a request"),
        (UnexpectedAnswer, "415 Unsupported Media Type: Did not attempt to load JSON data"),
        (SubmissionUncertain, "500 Internal Server Error"),
        (UnexpectedAnswer, "404 Not Found: The requested URL was not found"),
        (UnexpectedAnswer, "404 Not Found"),
        "never sent: PUT /jobs is no request of this client",
        (ServiceFailed, "500 Internal Server Error"),
    ],
    "stdout-far-offset.json": [b"", b"one\ntwo\n"],
    "stdout-not-utf8.json": [b"ok\xff\x00end"],
    "stdout-pending.json": [("idle", None, (), None), b"", b""],
    "stdout-utf8.json": ["café € 5\n".encode(), b"\xa9 \xe2\x82\xac 5\n", "€ 5\n".encode(), b"\x82\xac 5\n"],
    "stdout-while-running.json": [
        2,
        ("idle", None, (), None), b"",
        ("idle", None, (), None), b"",
        ("running", None, (), "Site-A"), b"line 1\n",
        ("running", None, (), "Site-A"), b"line 2\n",
        ("running", None, (), "Site-A"), b"line 3\n",
        ("running", None, (), "Site-A"), b"line 4\nline 5\n",
        ("running", None, (), "Site-A"), b"line 6\n",
        ("completed", None, (0,), "Site-A"), b"",
    ],
    "factory-parameters-mangled.json": [6, {9: "completed", 7: "completed", 8: "completed"}],
    "sweep-by-number.json": [(SubmissionUncertain, "500 Internal Server Error")],
    "workflow-dag.json": [
        28,
        ("idle", None, (0, 0, 0, 0, 0)),
        ("running", None, (2, 0, 0, 1, 1)),
        ("running", None, (2, 1, 0, 1, 0)),
        ("completed", None, (2, 2, 0, 0, 0)),
    ],
    "workflow-delete.json": [
        None,
        ("deleted", "Workflow deleted by user", (1, 0, 0, 1, 0)),
        (NoSuchWorkflow, "workflow 35 cannot be deleted: it has ended already, or does not exist"),
        [],
    ],
    "workflow-factory.json": [
        31,
        ("completed", None, (3, 3, 0, 0, 0)),
        {33: "completed", 32: "completed", 34: "completed"},
    ],
    "workflow-jobs.json": [{30: "completed", 29: "completed"}, {28: "completed"}, []],
    "unauthorised.json": [(AuthenticationFailed, "Authentication failure")] * 4,
}  # fmt: skip
EXPECTED["rejected-descriptions.json"] = [
    (RequestRefused, exchange["response"]["json"]["error"]) for exchange in exchanges("rejected-descriptions.json")
]
EXPECTED["rejected-workflows.json"] = [
    (RequestRefused, exchange["response"]["json"]["error"]) for exchange in exchanges("rejected-workflows.json")
]


def test_every_contract_file_is_replayed():
    assert set(EXPECTED) == {file.name for file in CONTRACT.glob("*.json")}


@pytest.mark.parametrize("name", EXPECTED)
def test_replay(name, transport, mock):
    recorded = exchanges(name)
    assert len(recorded) == len(EXPECTED[name])
    client = Client(transport, attempts=1)
    for exchange, expected in zip(recorded, EXPECTED[name], strict=True):
        if isinstance(expected, str):  # left to a later step, which says why
            continue
        if exchange["request"]["path"].endswith("/clone"):  # asked for first: it might have a label
            mock.get(URL + exchange["request"]["path"].removesuffix("/clone"), json=[])
        replay(mock, [exchange])
        if isinstance(expected, tuple) and isinstance(expected[0], type):
            error, words = expected
            with pytest.raises(error) as caught:
                call(client, exchange["request"])
            assert words in str(caught.value)
            assert TOKEN not in str(caught.value)
        else:
            assert seen(call(client, exchange["request"])) == expected


def call(client: Client, request: dict) -> object:
    """What a caller of the client does to send the recorded request."""
    path, _, query = request["path"].partition("?")
    params = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
    parts = path.strip("/").split("/")
    match request["method"], parts:
        case "POST", ["jobs"]:  # what our own rules would refuse is sent all the same
            return client.submit(JobDescription(request.get("json", {})))
        case "PUT", ["jobs", job_id, ("clone" | "remove") as verb]:
            return getattr(client, verb)(int(job_id))
        case "POST", ["jobs", job_id, "exec"]:
            return client.execute(int(job_id), params["command"].split(","))
        case "DELETE", ["jobs", job_id]:
            return client.delete(int(job_id))
        case "GET", ["jobs", job_id, ("stdout" | "stderr") as stream]:
            return client.output(int(job_id), stream, int(params["offset"]) if params else None)
        case "GET", ["jobs", job_id]:
            return client.job(job_id) or []
        case "GET", ["jobs"]:
            return call_listing(client, params)
        case _, ["workflows", *_]:
            return call_workflow(client, request, parts, params)
        case "GET", _:  # a request of no method of the client, answered like any other
            return client.transport.get(path, params, attempts=1).json_list()
    raise AssertionError(request)


def call_listing(client: Client, params: dict[str, str]) -> list[JobRecord]:
    match sorted(params):
        case []:
            return client.active_jobs()
        case ["detail", "id"]:
            return client.jobs_with_ids(params["id"].split(","))
        case ["all", "constraint", "detail"]:
            return client.jobs_with_label(*params["constraint"].split("="))
        case ["all", "detail", "id", "workflow"]:
            return client.workflows.jobs(params["id"])
        case ["completed", *_] if "constraint" not in params and params.get("num", "1").isdigit():
            return client.completed_jobs(int(params.get("num", "1")))
    # a request of no method of the client, answered like any other
    return [JobRecord.from_json(job) for job in client.transport.get("/jobs", params, attempts=1).json_list()]


def call_workflow(client: Client, request: dict, parts: list[str], params: dict[str, str]) -> object:
    match request["method"], parts:
        case "POST", ["workflows"]:
            return client.workflows.submit(WorkflowDescription(request["json"]))
        case "DELETE", ["workflows", workflow_id]:
            return client.workflows.delete(int(workflow_id))
        case "GET", ["workflows", workflow_id]:
            return client.workflows.workflow(int(workflow_id)) or []
        case "GET", ["workflows"] if not params:
            return client.workflows.workflows()
    # a request of no method of the client, answered like any other
    return [WorkflowRecord.from_json(entry) for entry in client.transport.get("/workflows", params).json_list()]


def seen(result: object) -> object:
    if isinstance(result, WorkflowRecord):
        return (result.status, result.status_reason, astuple(result.progress))
    if isinstance(result, JobRecord):
        return (result.status, result.status_reason, result.exit_codes, result.site)
    if isinstance(result, list):
        return {job.id: job.status for job in result} if result else []
    return result


def test_a_lifecycle_to_the_digit(transport, mock):
    replay(mock, exchanges("job-lifecycle.json")[1:])
    client = Client(transport)
    records = [client.job(1) for _ in range(3)]

    assert [record.status for record in records] == ["idle", "running", "completed"]
    assert [record.started for record in records] == [None, 1795454737, 1795454737]
    last = records[-1]
    assert (last.created, last.ended) == (1795454736, 1795454739)
    assert last.max_memory_kb == 107940.5
    assert last.tasks[0].cpu_time_s == 0.002038
    assert last.tasks[0].wall_time_s == 2.0108234882354736
    assert last.tasks[0].max_resident_set_kib == 107940
    assert last.tasks[0].image_pull_time_s == 0.02958273498992682
    assert last.tasks[0].image == "eoscprominence/testpi"
    assert last.succeeded


def test_completed_without_exit_code_0_is_no_success(transport, mock):
    replay(mock, exchanges("job-nonzero-exit.json"))
    assert not Client(transport).job(6).succeeded


def test_no_secret_survives_the_client(transport, mock):
    replay(mock, exchanges("secrets-come-back.json")[1:])
    client = Client(transport)
    everything = repr([client.job(2).raw, client.completed_jobs(1)[0].raw])
    assert "PULL-TOKEN-THAT-MUST-NOT-LEAK" not in everything
    assert "c2VjcmV0LWlucHV0" not in everything
    assert "a.txt" in everything


@responses.activate
def test_what_is_sent_is_what_the_seed_sends(transport):
    responses.post("https://prominence.test/api/v1/jobs", json={"id": 1699}, status=201)
    seed = {
        "resources": {"memory": 1, "cpus": 1, "nodes": 1, "disk": 10},
        "name": "calculate-pi",
        "tasks": [{"image": "eoscprominence/testpi", "runtime": "singularity"}],
    }
    assert Client(transport).submit(JobDescription.prepare(seed)) == 1699
    sent = responses.calls[0].request
    assert sent.headers["Authorization"] == f"Bearer {TOKEN}"
    assert sent.headers["Content-Type"] == "application/json"
    assert json.loads(sent.body) == seed | {"labels": {"pjsubmission": ANY}}


WORKFLOWS = ["factory-parameters-mangled.json", "workflow-dag.json", "workflow-factory.json"]


@responses.activate
@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_is_sent_as_it_was_recorded(transport, name):
    recorded = exchanges(name)[0]["request"]["json"]
    responses.post(f"{URL}/workflows", json={"id": 1}, status=201)
    Session(transport).submit_workflow(recorded, sure=True)
    sent = json.loads(responses.calls[0].request.body)
    assert sent == recorded | {"labels": recorded.get("labels", {}) | {"pjsubmission": ANY}}


@responses.activate
def test_a_sweep_is_sent_as_a_workflow_of_the_recorded_form(transport):
    recorded = exchanges("workflow-factory.json")[0]["request"]["json"]
    responses.post(f"{URL}/workflows", json={"id": 1}, status=201)
    Session(transport).sweep(recorded["jobs"][0], {"x": ["1", "2", "3"]})
    sent = json.loads(responses.calls[0].request.body)
    assert len(responses.calls) == 1
    assert sent["jobs"] == recorded["jobs"]
    (factory,) = sent["factories"]
    assert factory | {"name": "f"} == recorded["factories"][0]


@responses.activate
def test_parameters_are_those_that_were_sent_where_the_service_mangles_them(transport):
    """-1.5 disappears, 1e-05 becomes 1e, and texts are cut at a space."""
    sent, jobs = exchanges("factory-parameters-mangled.json")
    factory = sent["request"]["json"]["factories"][0]
    factory["parameters"].append({"name": "t", "values": ["a b", "007", "c"]})
    workflow = sent["request"]["json"] | {"id": 6, "status": "completed", "factories": [factory]}
    responses.get(f"{URL}/workflows/6", json=[workflow])
    responses.get(f"{URL}/jobs", json=jobs["response"]["json"])
    frame = Session(transport).workflow(6).results()
    assert [job["parameters"] for job in jobs["response"]["json"] if job["id"] == frame["id"][0]] == [{}]
    assert frame["x"].tolist() == [-1.5, 1e-05, 2]
    assert frame["t"].tolist() == ["a b", "007", "c"]
    assert frame["id"].tolist() == [7, 8, 9]
    assert {name: str(frame[name].dtype) for name in ("x", "t", "id")} == {"x": "float64", "t": "string", "id": "Int64"}
    assert frame["problem"].isna().all()


@responses.activate
def test_the_results_of_recorded_workflows(transport):
    for name, workflow_id in (("workflow-dag.json", 28), ("workflow-factory.json", 31)):
        described = [e for e in exchanges(name) if e["request"]["path"] == f"/workflows/{workflow_id}"][-1]
        responses.get(f"{URL}/workflows/{workflow_id}", json=described["response"]["json"])
    for name, index in (("workflow-jobs.json", 0), ("workflow-factory.json", 2)):
        responses.get(f"{URL}/jobs", json=exchanges(name)[index]["response"]["json"])
    for job_id, said in {29: "A\n", 30: "B\n", 32: "p=1\n", 33: "p=2\n", 34: "p=3\n"}.items():
        responses.get(f"{URL}/jobs/{job_id}/stdout", body=said)
    session = Session(transport)
    dag = session.workflow(28).results(str.strip)
    assert dag[["job", "id", "exit_code", "result"]].to_numpy().tolist() == [
        ["first", 29, 0, "A"],
        ["second", 30, 0, "B"],
    ]
    sweep = session.workflow(31).results(r"p=(?P<p>\d+)")
    assert sweep[["x", "id", "p"]].to_numpy().tolist() == [[1, 32, 1], [2, 33, 2], [3, 34, 3]]
    assert sweep["wall_time_s"].round(2).tolist() == [1.02] * 3
