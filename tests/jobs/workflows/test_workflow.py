"""The handle of a workflow, and what a session has of workflows: at the local service."""

import itertools
import json
import threading
import time
from unittest.mock import ANY

import numpy as np
import pandas as pd
import pytest
import responses

import prominence_jupyter
from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import (
    DescriptionError,
    NoSuchWorkflow,
    OutputsUnread,
    RequestRefused,
    UsageError,
    WaitTimeout,
)
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.jobs.shown_progress import ProgressDisplay, shown_progress
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from tests.conftest import TOKEN, URL

RESOURCES = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}


def job(cmd: str, name: str = "point", **more: object) -> dict:
    tasks = [{"image": "busybox", "cmd": f"/bin/sh -c '{cmd}'"}]
    return {"name": name, "resources": RESOURCES, "tasks": tasks, **more}


@pytest.fixture
def session() -> Session:
    return Session(Transport(URL, Token(TOKEN, "a test"), sleep=lambda _: None))


@pytest.fixture
def local(local_service) -> Session:
    return prominence_jupyter.local()


def factory(kind: str, **more: object) -> dict:
    return {"name": "f", "type": kind, "jobs": ["point"], **more}


@pytest.mark.parametrize(
    ("made", "said", "expected", "dtypes"),
    [
        (
            factory("parameterSweep", parameters=[{"name": "x", "start": 0, "end": 1, "step": 0.5}]),
            "$x",
            {"x": [0, 0.5, 1], "result": [0, 0.5, 1]},
            ("float64", "float64"),
        ),
        (
            factory(
                "parameterSweep",
                parameters=[{"name": n, "start": 1, "end": 2, "step": 1} for n in ("x", "y")],
            ),
            "$x$y",
            {"x": [1, 1, 2, 2], "y": [1, 2, 1, 2], "result": [11, 12, 21, 22]},
            ("int64", "int64", "int64"),
        ),
        (
            factory("zip", parameters=[{"name": "x", "values": [-1.5, "1e-05", "2"]}]),
            "$x",
            {"x": [-1.5, 1e-05, 2], "result": [-1.5, 1e-05, 2]},
            ("float64", "float64"),
        ),
        (
            factory("zip", parameters=[{"name": "x", "values": ["007", "b", 3]}]),
            r"\"$x\"",
            {"x": ["007", "b", "3"], "result": ["007", "b", "3"]},
            ("string", "string"),
        ),
        (factory("repeat", number=2), "5", {"number": [0, 1], "result": [5, 5]}, ("Int64", "int64")),
    ],
)
def test_each_factory_gives_its_results(local, made, said, expected, dtypes):
    workflow = local.submit_workflow({"name": "w", "jobs": [job(f"echo {said}")], "factories": [made]})
    assert workflow.wait(60).status == "completed"
    frame = workflow.results("json")
    assert {name: frame[name].tolist() for name in expected} == expected
    assert tuple(str(frame[name].dtype) for name in expected) == dtypes
    assert frame["problem"].isna().all()


@pytest.mark.filterwarnings("ignore:.* jobs have not ended")
def test_a_graph_of_jobs_gives_its_results_while_it_runs_and_after_a_restart_and_a_rerun(local, tmp_path):
    """What failed runs again in the new workflow; what was done before is in its results too."""
    flag = tmp_path / "flag"
    description = {
        "name": "graph",
        "jobs": [
            job("echo 1 > out.txt; echo 1", "first", outputFiles=["out.txt"]),
            job(f"echo $n; sleep 0.2; test $n = 1 || test -e {flag}"),
            job("echo 3", "last"),
        ],
        "factories": [factory("zip", parameters=[{"name": "n", "values": [1, 2]}])],
        "dependencies": {"first": ["point"], "point": ["last"]},
    }
    workflow = local.submit_workflow(description)
    assert repr(workflow) == f"<Workflow {workflow.id} 'graph': submitted>"
    assert set(workflow.results("json")["status"]) <= {"waiting", "pending", "running", "completed"}
    with pytest.raises(WaitTimeout, match=rf"^workflow {workflow.id} had not ended after 0 s[^:]*; it goes on$"):
        workflow.wait(0)
    assert workflow.wait(60).status == "failed"
    assert (workflow.done(), workflow.status, workflow.progress.total) == (True, "failed", 4)
    frame = workflow.results("json")
    assert frame["job"].tolist() == ["first", "point", "point", "last"]
    assert frame["status"].tolist() == ["completed", "completed", "completed", "not run"]
    assert frame["problem"].fillna("").tolist() == ["", "", "exit code 1", "it has no job in this workflow"]

    fresh = prominence_jupyter.local().workflow(workflow.id)
    pd.testing.assert_frame_equal(fresh.results("json"), frame)
    assert [path.relative_to(tmp_path / "files") for path in fresh.download(tmp_path / "files")] == [
        type(tmp_path)("first/out.txt")
    ]

    flag.touch()
    again = workflow.rerun()
    assert again.wait(60).status == "completed"
    assert again.results("json")["result"].tolist() == [1, 1, 2, 3]
    assert local.workflow(again.id).results("json")["result"].tolist() == [1, 1, 2, 3]
    elsewhere = prominence_jupyter.local()
    with pytest.warns(OutputsUnread, match="the service does not list 2 of 4 jobs"):
        frame = elsewhere.workflow(again.id).results("json")
    assert frame["result"].fillna(0).tolist() == [0, 0, 2, 3]
    assert frame["status"].tolist() == ["not listed", "not listed", "completed", "completed"]
    assert frame["problem"][0].startswith("the service does not list this job; if it was done in a workflow that ")
    known = elsewhere.workflow(again.id, reruns=workflow.id)
    assert known.results("json")["result"].tolist() == [1, 1, 2, 3]
    assert elsewhere.workflow(workflow.id, reruns=again.id).reruns is None
    with pytest.raises(RequestRefused, match="No job of this workflow failed"):
        again.rerun()


def test_a_sweep_is_there_once_and_is_cloned_and_deleted(local):
    description = job("sleep 60; echo $n $kind", name=f"once {time.time_ns()}".replace(" ", "-"))
    workflow = local.sweep(description, {"n": range(2), "kind": np.array(["a", "b"])}, once=True)
    assert not workflow.joined
    joined = local.sweep(description, {"n": [0, 1], "kind": ["a", "b"]}, once=True)
    assert (joined.joined, joined.id) == (True, workflow.id)
    other = local.sweep(description, {"n": [0, 2], "kind": ["a", "b"]}, once=True)
    copy = workflow.clone()
    names = {record.id for record in local.workflows(name=description["name"])}
    assert names == {workflow.id, other.id, copy.id}
    for each in (workflow, other, copy):
        each.delete()
    assert workflow.wait(60).status == "deleted"
    assert joined.results()["status"].tolist() == ["deleted"] * 4
    with pytest.raises(NoSuchWorkflow, match="cannot be deleted: it has ended already, or does not exist"):
        workflow.delete()
    with pytest.raises(RequestRefused, match="no longer in the queue"):
        workflow.remove()
    assert workflow.id in {record.id for record in local.workflows(all=True, name=description["name"])}
    anew = local.sweep(description, {"n": [0, 1], "kind": ["a", "b"]}, once=True)
    assert not anew.joined
    anew.delete()


def test_who_waits_too_short_is_told_how_far_it_is(local):
    description = {"name": "slow", "jobs": [job("true", "first"), job("sleep 60", "last")]}
    workflow = local.submit_workflow(description)
    try:
        until = time.monotonic() + 60
        while workflow.jobs.counts.get("completed") != 1:
            assert time.monotonic() < until
            time.sleep(0.05)
        with pytest.raises(WaitTimeout, match=r"had not ended after 0\.01 s: 1 of 2 jobs are done; it goes on$"):
            workflow.wait(0.01)
    finally:
        workflow.delete()


def test_one_that_is_not_there_is_said(local):
    with pytest.raises(NoSuchWorkflow, match="there is no workflow 999999999 at "):
        local.workflow(999999999)


@responses.activate
def test_a_sweep_is_one_request_with_plain_values(session):
    responses.post(f"{URL}/workflows", json={"id": 5}, status=201)
    values = {"a": np.array([1, 2]), "b": np.array([0.1], np.float32), "c": "0:2", "d": (name for name in ["x"])}
    workflow = session.sweep(job("echo $a $b $c $d"), values, labels={"study": "one"})
    assert workflow.id == 5
    assert len(responses.calls) == 1
    sent = json.loads(responses.calls[0].request.body)
    assert sent["labels"] == {"study": "one", "pjsubmission": ANY}
    assert sent["factories"][0]["parameters"] == [
        {"name": "a", "values": [1, 1, 2, 2]},
        {"name": "b", "values": [0.1] * 4},
        {"name": "c", "values": [0, 1, 0, 1]},
        {"name": "d", "values": ["x"] * 4},
    ]


@responses.activate
@pytest.mark.parametrize(
    ("cmd", "parameters", "error", "said"),
    [
        ("echo $m", {"n": [1]}, DescriptionError, 'no parameter has the name "m".*sure=True'),
        ("echo", {"n": [1]}, DescriptionError, "no job uses n"),
        ("echo $n", {"n": range(1001)}, DescriptionError, "1,001 jobs would be made"),
        ("echo $n", {"n": range(10**9)}, UsageError, "the parameter n: 1,000,000,000 jobs would be made"),
        ("echo $n", {"n": itertools.count()}, UsageError, "the parameter n: .* jobs would be made"),
        ("echo $n", {"n": []}, UsageError, "the parameter n: there are no values"),
        ("echo $n", {"n": 5}, UsageError, "the parameter n: values are a list, .*, not of type int"),
        ("echo $n", {"n": {"a": 1}}, UsageError, "the parameter n: values are a list, .*, not of type dict"),
        ("echo $n", {"n": b"ab"}, UsageError, "the parameter n: it is of type bytes"),
        ("echo $n", {"n": pd.DataFrame({"a": [1]})}, UsageError, "the parameter n: .*DataFrame"),
        ("echo $n", {"n": np.ones((2, 2))}, UsageError, "the parameter n: the array has 2 dimensions"),
        ("echo $n", {"n": np.ma.array([1.0, 2.0], mask=[0, 1])}, UsageError, "the parameter n: .*MaskedArray"),
        ("echo $n", {"n": np.array(["2026-01-01"], "datetime64[ns]")}, UsageError, "datetime64; make text or a number"),
        ("echo $n", {"n": pd.array([1, None], dtype="Int64")}, UsageError, "the parameter n: "),
        ("echo $n", {"n": "0:4:"}, UsageError, "the parameter n: .*a range is written"),
        ("echo $n", {"n": ["a b"]}, DescriptionError, "without spaces"),
        ("echo $n", {"n": [float("nan")]}, UsageError, "nan"),
        ("echo $n", {"n": [True]}, UsageError, "True; a value is a number or text"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_sent(session, cmd, parameters, error, said):
    with pytest.raises(error, match=f"(?s){said}"):
        session.sweep(job(cmd), parameters)
    assert not responses.calls


@responses.activate
def test_who_is_sure_is_not_asked(session):
    responses.post(f"{URL}/workflows", json={"id": 5}, status=201)
    assert session.sweep(job("echo $m"), {"n": [1]}, sure=True).id == 5
    with pytest.raises(DescriptionError, match="must be a JSON object"):
        session.sweep(["no job"], {"n": [1]}, sure=True)


@responses.activate
def test_workflows_are_listed_by_name_and_label(session):
    listed = [{"id": 1, "name": "ab"}, {"id": 2, "name": "b"}]
    responses.get(f"{URL}/workflows", json=listed, match=[responses.matchers.query_param_matcher({})])
    responses.get(f"{URL}/workflows", json=listed, match=[responses.matchers.query_param_matcher({"all": "true"})])
    labelled = [{"id": 3, "name": "ab", "jobs": [], "labels": {"k": "v"}}]
    asked = {"constraint": "k=v", "detail": "true"}
    responses.get(f"{URL}/workflows", json=labelled, match=[responses.matchers.query_param_matcher(asked)])
    assert [record.id for record in session.workflows()] == [1, 2]
    assert [record.id for record in session.workflows(True, name="a*")] == [1]
    assert [record.id for record in session.workflows(label=("k", "v"))] == [3]


@responses.activate
def test_one_empty_answer_is_not_a_lost_workflow(session):
    responses.get(f"{URL}/workflows/7", json=[])
    responses.get(f"{URL}/workflows/7", json=[{"id": 7, "status": "completed", "jobs": []}])
    workflow = session.workflow(7)
    assert workflow.done()
    assert len(responses.calls) == 2


def test_a_handle_shows_no_control_characters(session):
    evil = "\x1b]0;owned\x07\x1b[2J\u202e"
    record = WorkflowRecord(id=evil, name=evil, status=evil)
    assert repr(record).isprintable()
    assert repr(Workflow(session.client, session.watcher, evil, record)).isprintable()


def test_progress_is_told_to_who_asks_and_shown_where_it_can_be(monkeypatch):
    told, shown = [], []

    class Bar:
        def __enter__(self):
            return lambda *state: shown.append(state)

        def __exit__(self, *_):
            shown.append("gone")

    def tell(progress=None):
        with shown_progress(progress) as move:
            move(1, 2, "outputs")

    tell()
    monkeypatch.setattr(ProgressDisplay, "make", Bar)
    tell(lambda *state: told.append(state))
    assert (told, shown) == ([(1, 2, "outputs")], [])
    tell()
    assert shown == [(1, 2, "outputs"), "gone"]
    thread = threading.Thread(target=tell)
    thread.start()
    thread.join()
    assert len(shown) == 2
