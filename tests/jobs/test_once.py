"""Jobs that are to be there once: which descriptions are the same, and which job is joined."""

import json
from pathlib import Path

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

import prominence_jupyter
from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.jobs.once import content_label
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.labels import CONTENT, SUBMISSION
from tests.conftest import URL

RESOURCES = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}


def description(cmd="true", **more):
    return {"name": "test", "resources": RESOURCES, "tasks": [{"image": "busybox", "cmd": cmd}]} | more


def content(body, **labels):
    return content_label(JobDescription.prepare(body, labels=labels))


@pytest.fixture
def session(transport) -> Session:
    return Session(transport)


@pytest.fixture
def local(local_service) -> Session:
    return prominence_jupyter.local()


def shuffled(value, chance):
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {key: shuffled(value[key], chance) for key in keys}
    return [shuffled(item, chance) for item in value] if isinstance(value, list) else value


@given(st.randoms(use_true_random=False))
def test_the_order_of_keys_makes_no_difference(chance):
    body = description(labels={"a": "1", "b": "2"}, policies={"maximumRetries": 1, "priority": 2})
    assert content(shuffled(body, chance)) == content(body)


def test_white_space_between_words_of_json_makes_none_either():
    text = json.dumps(description())
    assert content(json.loads(json.dumps(json.loads(text), indent=4))) == content(json.loads(text))


@pytest.mark.parametrize(
    "other",
    [
        description("false"),
        description("true "),
        description(name="another"),
        description(labels={"study": "one"}),
        description(inputs=[{"filename": "a", "content": "YQ=="}]),
        description(resources=RESOURCES | {"memory": 2}),
    ],
)
def test_what_is_asked_for_does(other):
    assert content(other) != content(description())


def test_labels_of_ours_and_pull_tokens_do_not():
    labelled = JobDescription.prepare(description(labels={"a": "b"})).labelled((SUBMISSION, "x"))
    assert content_label(labelled) == content(description(labels={"a": "b"}))
    assert content_label(JobDescription.prepare(description()).labelled((CONTENT, "x"))) == content(description())

    def pulled(token, user="me"):
        task = {"image": "i", "imagePullCredential": {"username": user, "token": token}}
        return content(description(tasks=[task]))

    assert pulled("one") == pulled("two") != pulled("one", "you")


def test_the_label_is_one_that_services_take():
    key, value = content(description())
    assert JobDescription.prepare(description(labels={"other": value}))
    assert key.isalnum()


def listing(job_id, status, created, codes=None, **more):
    execution = {"execution": {"tasks": [{"exitCode": code} for code in codes]}} if codes else {}
    return {
        "id": job_id,
        "status": status,
        "events": {"createTime": created},
        "resources": RESOURCES,
        "labels": dict([content(description())]),
        **execution,
        **more,
    }


@pytest.mark.parametrize(
    ("active", "ended", "joined"),
    [
        ([listing(1, "running", 1)], [], 1),
        ([listing(1, "pending", 1), listing(2, "idle", 2)], [listing(3, "completed", 3, [0])], 2),
        ([listing(1, "failed", 1)], [], 1),  # provisional, as long as it is there
        ([listing(1, "deleted", 1)], [], None),  # about to leave
        ([listing(1, "killed", 1)], [], None),
        ([listing(1, "completed", 1, [3])], [], None),
        ([listing(1, "completed", 1)], [], 1),  # how is not known yet
        ([], [listing(1, "completed", 1, [0, 0]), listing(2, "completed", 2, [0, 1])], 1),
        ([], [listing(1, "completed", 1, [0]), listing(2, "completed", 2, [0])], 2),
        ([], [listing(1, "completed", 1, [3])], None),
        ([], [listing(1, "completed", 1)], None),  # no exit code: nobody knows
        ([], [listing(1, status, 1, [0]) for status in ("failed", "deleted", "killed")], None),
        ([], [], None),
    ],
)
@responses.activate
def test_what_goes_on_or_ended_well_is_joined(session, active, ended, joined):
    answer_listings(active, ended)
    responses.post(f"{URL}/jobs", json={"id": 99}, status=201)
    job = session.submit(description(), once=True)
    posted = [json.loads(call.request.body) for call in responses.calls if call.request.method == "POST"]
    if joined is None:
        assert (job.id, job.joined) == (99, False)
        assert [body["labels"].keys() for body in posted] == [{SUBMISSION, CONTENT}]
    else:
        assert (job.id, job.joined, posted) == (joined, True, [])
        assert job.latest.id == joined


def answer_listings(active, ended):
    def answer(request):
        if request.params["constraint"] == "label":
            return 400, {"Content-Type": "application/json"}, '{"error": "Invalid constraint"}'
        return 200, {}, json.dumps(active + ended if "all" in request.params else active)

    responses.add_callback(responses.GET, f"{URL}/jobs", callback=answer)


@responses.activate
def test_a_job_in_neither_listing_for_an_instant_is_joined(session, transport):
    active, ended = [], []
    transport._sleep = lambda _: ended.append(listing(1, "completed", 1, [0]))
    answer_listings(active, ended)
    assert session.submit(description(), once=True).joined


@responses.activate
def test_a_service_without_listings_by_label_is_told_and_nothing_is_submitted(session):
    responses.get(f"{URL}/jobs", json=[])
    with pytest.raises(UnexpectedAnswer, match=r"cannot list jobs by label.*nothing was submitted.*--force"):
        session.submit(description(), once=True)
    assert all(call.request.method == "GET" for call in responses.calls)


@responses.activate
def test_a_service_that_cannot_be_asked_is_not_submitted_to(session):
    answer = responses.get(f"{URL}/jobs", body="<html>", content_type="text/html")
    with pytest.raises(UnexpectedAnswer):
        session.submit(description(), once=True)
    assert answer.call_count == 1


def test_on_the_local_service_a_job_is_joined_while_it_waits_runs_and_when_it_has_ended(local, tmp_path):
    body = description("sleep 60", name=tmp_path.name)
    first = local.submit(body, once=True)
    again = prominence_jupyter.local().submit(dict(reversed(body.items())), once=True)
    assert (first.joined, again.joined, again.id) == (False, True, first.id)
    assert again.latest.name == tmp_path.name
    assert local.submit(body).id != first.id  # not asked to be there once
    first.delete()
    first.wait(60)
    second = local.submit(body, once=True)
    assert not second.joined  # the first was deleted
    second.delete()

    quick = description("true", name=tmp_path.name)
    done = local.submit(quick, once=True)
    done.wait(60)
    joined = local.submit(quick, once=True)
    assert (joined.id, joined.joined, joined.done()) == (done.id, True, True)
    for record in local.jobs(name=tmp_path.name):
        local.handle(record.id).delete()


def test_on_the_local_service_a_failed_job_is_submitted_again(local, tmp_path):
    flag = Path(tmp_path / "there")
    body = description(f"test -e {flag}", name=tmp_path.name)
    first = local.submit(body, once=True)
    assert first.wait(60).succeeded is False
    flag.touch()
    second = local.submit(body, once=True)
    assert second.wait(60).succeeded
    assert local.submit(body, once=True).id == second.id


def workflow(**more):
    jobs = [description(name="a"), description(name="b")]
    return {"name": "w", "jobs": jobs} | more


def workflow_content(body):
    return content_label(WorkflowDescription.prepare(body))


def test_what_makes_two_workflows_the_same():
    def pulled(token):
        task = {"image": "i", "imagePullCredential": {"username": "me", "token": token}}
        return workflow_content(workflow(jobs=[description(name="a", tasks=[task])]))

    assert pulled("one") == pulled("two")
    assert workflow_content(workflow()) == workflow_content(dict(reversed(workflow().items())))
    others = [workflow(jobs=[description(name="a")]), workflow(dependencies={"a": ["b"]}), workflow(labels={"a": "b"})]
    assert len({workflow_content(other) for other in [workflow(), *others]}) == 4
    labelled = WorkflowDescription.prepare(workflow()).labelled((SUBMISSION, "x"))
    assert content_label(labelled) == workflow_content(workflow())


@pytest.mark.parametrize(
    ("active", "ended", "joined"),
    [
        ([(1, "running")], [], 1),
        ([(1, "idle"), (2, "running")], [(3, "completed")], 2),
        ([], [(1, "completed"), (2, "failed")], 1),
        ([(2, "deleted")], [(1, "completed")], 1),
        ([], [(1, "failed"), (2, "deleted")], None),
        ([], [], None),
    ],
)
@responses.activate
def test_a_workflow_that_goes_on_or_is_completed_is_joined(session, active, ended, joined):
    def entry(workflow_id, status):
        labels = dict([workflow_content(workflow())])
        events = {"createTime": workflow_id}
        return {"id": workflow_id, "name": "w", "status": status, "labels": labels, "jobs": [], "events": events}

    def answer(request):
        if request.params["constraint"] == "label":
            return 400, {"Content-Type": "application/json"}, '{"error": "Invalid constraint"}'
        listed = [*active, *(ended if "all" in request.params else [])]
        return 200, {}, json.dumps([entry(*one) for one in listed])

    responses.add_callback("GET", f"{URL}/workflows", callback=answer)
    responses.post(f"{URL}/workflows", json={"id": 99}, status=201)
    found = session.submit_workflow(workflow(), once=True)
    posted = [json.loads(call.request.body) for call in responses.calls if call.request.method == "POST"]
    assert (found.id, found.joined) == ((99, False) if joined is None else (joined, True))
    assert [body["labels"].keys() for body in posted] == ([{SUBMISSION, CONTENT}] if joined is None else [])


@responses.activate
def test_where_workflows_cannot_be_listed_by_label_nothing_is_submitted(session):
    responses.get(f"{URL}/workflows", json=[])
    with pytest.raises(UnexpectedAnswer, match="cannot list workflows by label"):
        session.submit_workflow(workflow(), once=True)
    assert {call.request.method for call in responses.calls} == {"GET"}
