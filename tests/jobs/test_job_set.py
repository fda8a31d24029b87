"""Sets of jobs over played answers, and on the real local service."""

import threading
import uuid

import numpy as np
import pandas as pd
import pytest
import responses

import prominence_jupyter
from prominence_jupyter.errors import (
    AuthenticationFailed,
    NoSuchJob,
    RequestRefused,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
    WaitTimeout,
)
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.protocol.record import JobRecord
from tests.conftest import URL

RESOURCES = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}
PATIENCE_S = 60


def description(cmd: str, **more) -> dict:
    return {"name": "test", "resources": RESOURCES, "tasks": [{"image": "busybox", "cmd": cmd}], **more}


@pytest.fixture
def session(transport):
    """A session whose watcher is over before the next test plays its own answers."""
    opened = Session(transport, longest_pause_s=0.02)
    yield opened
    while thread := opened.watcher._thread:
        thread.join(PATIENCE_S)


@pytest.fixture
def local(local_service) -> Session:
    return prominence_jupyter.local()


def done(number, code=0):
    execution = {"tasks": [{"exitCode": code}]}
    return {"id": number, "status": "completed", "resources": RESOURCES, "execution": execution}


@responses.activate
def test_what_is_known_is_told_without_asking(session):
    jobs = session.watch([3, session.handle(5), JobRecord.from_json(done(7)), np.int64(9), "x-1", 3])
    assert jobs.ids == [3, 5, 7, 9, "x-1"]
    assert [type(job_id) for job_id in jobs.ids] == [int, int, int, int, str]
    assert len(jobs) == 5
    assert [job.id for job in jobs] == jobs.ids
    assert repr(jobs) == "<JobSet of 5 jobs: 4 unknown, 1 completed>"
    assert repr(session.watch(7)) == "<JobSet of 1 job: 1 unknown>"
    assert repr(session.watch([])) == "<JobSet of 0 jobs>"
    assert not responses.calls


def test_the_id_column_of_a_frame_will_do(session):
    assert session.watch(pd.Series([1, 2], dtype="Int64")).ids == [1, 2]
    assert session.watch(pd.Series([1, 2])).ids == [1, 2]


@pytest.mark.parametrize("wrong", [True, None, 1.5, pd.NA, "", "..", JobRecord()])
def test_what_is_no_job_is_refused(session, wrong):
    with pytest.raises(UsageError):
        session.watch([wrong])


def test_jobs_of_another_service_and_two_ways_at_once_are_refused(session, transport):
    there = Session(type(transport)("https://other.test/api/v1", transport.token)).handle(1)
    with pytest.raises(UsageError, match=r"job 1 is one of https://other.test/api/v1, not of"):
        session.watch([there])
    with pytest.raises(UsageError, match="not both"):
        session.watch([1], label=("a", "b"))


@responses.activate
def test_records_are_asked_for_when_nobody_watches(session):
    active = responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    responses.get(f"{URL}/jobs/2", json=[done(2, 3)])
    jobs = session.watch([1, 2])
    assert [record.status for record in jobs.records] == ["running", "completed"]
    assert jobs.counts == {"running": 1, "completed": 1}
    assert active.call_count >= 2
    frame = jobs.frame()
    assert list(frame["id"]) == [1, 2]
    assert frame["exit_code"].fillna(0).tolist() == [0, 3]
    assert repr(jobs) == "<JobSet of 2 jobs: 1 running, 1 completed>"


@responses.activate
def test_a_listener_is_told_all_and_then_the_end(session):
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    responses.get(f"{URL}/jobs", json=[])
    responses.get(f"{URL}/jobs/1", json=[done(1)])
    changes, ended = [], threading.Event()

    def listener(change):
        changes.append(change)
        if change.ended:
            ended.set()

    jobs = session.watch([1])
    jobs.watch(listener)
    assert ended.wait(PATIENCE_S)
    jobs.unwatch(listener)
    assert [{key: record.status for key, record in change.records.items()} for change in changes] == [
        {"1": "running"},
        {"1": "completed"},
    ]
    (job,) = jobs
    calls = len(responses.calls)
    assert job.done()
    assert job.record.exit_codes == (0,)
    assert len(responses.calls) == calls


@responses.activate
def test_waiting_for_what_does_not_exist_names_it(session):
    responses.get(f"{URL}/jobs", json=[])
    responses.get(f"{URL}/jobs/1", json=[done(1)])
    responses.get(f"{URL}/jobs/2", json=[])
    jobs = session.watch([1, 2])
    with pytest.raises(NoSuchJob, match=f"{URL} knows no job 2$"):
        jobs.wait(PATIENCE_S)
    assert jobs.counts == {"completed": 1, "unknown": 1}


def test_a_service_that_hangs_is_asked_for_a_minute_at_most(session, monkeypatch):
    hangs = threading.Event()
    monkeypatch.setattr(session.watcher._client, "active_jobs", lambda: hangs.wait(20) and [])
    monkeypatch.setattr("prominence_jupyter.jobs.job_set._LONGEST_ASK_S", 0.1)
    with pytest.raises(Unreachable, match="gave no answer"):
        _ = session.watch([1]).records
    hangs.set()


@responses.activate
def test_waiting_has_no_point_without_a_token_that_is_accepted(session):
    responses.get(f"{URL}/jobs", status=401, json={"error": "Authentication failure"})
    jobs = session.watch([1])
    with pytest.raises(AuthenticationFailed):
        jobs.wait(PATIENCE_S)
    with pytest.raises(AuthenticationFailed):
        _ = jobs.records


@responses.activate
def test_an_error_that_passes_is_not_told(session):
    responses.get(f"{URL}/jobs", status=503)
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    assert [record.id for record in session.watch().records] == [1]


@responses.activate
def test_what_has_begun_to_be_watched_is_asked_for_too(session):
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    responses.get(f"{URL}/jobs/2", json=[done(2)])

    def listener(_):
        """Want to be told."""

    some, everything = session.watch([1, 2]), session.watch()
    for jobs in (some, everything):
        jobs.watch(listener)
    try:
        assert some.counts == {"running": 1, "completed": 1}
        assert [record.id for record in everything.records] == [1]
    finally:
        for jobs in (some, everything):
            jobs.unwatch(listener)


@responses.activate
def test_what_is_watched_and_has_no_news_raises_the_reason(session):
    listing = responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    jobs = session.watch([1])

    def listener(_):
        """Want to be told."""

    jobs.watch(listener)
    try:
        assert jobs.counts == {"running": 1}
        responses.replace(responses.GET, f"{URL}/jobs", status=403, json={"error": "Not authorized"})
        with pytest.raises(RequestRefused):
            _ = [jobs.records for _ in range(2)]  # a question that was under way may bring the old answer once
    finally:
        jobs.unwatch(listener)
    assert listing.call_count


@responses.activate
def test_waiting_has_no_point_where_the_answer_stays_a_refusal(session):
    responses.get(f"{URL}/jobs", status=404, body="<p>Not Found</p>", content_type="text/html")
    with pytest.raises(UnexpectedAnswer):
        session.watch([1]).wait(PATIENCE_S)
    with pytest.raises(UnexpectedAnswer):
        session.handle(1).wait(PATIENCE_S)
    assert len(responses.calls) >= 6


@responses.activate
def test_a_refused_id_keeps_nobody_waiting_and_no_other_job_from_being_told(session):
    responses.get(f"{URL}/jobs", json=[])
    responses.get(f"{URL}/jobs/1", json=[done(1)])
    responses.get(f"{URL}/jobs/abc", status=404, body="<p>Not Found</p>", content_type="text/html")
    jobs = session.watch([1, "abc"])
    assert jobs.counts == {"completed": 1, "unknown": 1}
    with pytest.raises(NoSuchJob, match="abc"):
        jobs.wait(PATIENCE_S)
    with pytest.raises(UnexpectedAnswer):
        session.handle("abc").wait(PATIENCE_S)


@responses.activate
def test_a_callback_that_would_wait_for_itself_is_told_so(session):
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    jobs, raised, done_with = session.watch([1]), [], threading.Event()

    def listener(_):
        for ask in (lambda: jobs.records, jobs.wait, session.handle(1).wait):
            try:
                ask()
            except UsageError as error:
                raised.append(error)
        done_with.set()

    jobs.watch(listener)
    assert done_with.wait(PATIENCE_S)
    jobs.unwatch(listener)
    assert len(raised) == 3
    assert "callback" in str(raised[0])


@responses.activate
def test_a_label_is_asked_for_once_at_the_start(session):
    labelled = {"id": 1, "status": "running", "labels": {"a": "b"}, "resources": {}}
    responses.get(f"{URL}/jobs", json=[labelled])
    assert session.watch(label=("a", "b")).ids == [1]
    (call,) = responses.calls
    assert call.request.params == {"constraint": "a=b", "all": "true", "detail": "true"}


@responses.activate
def test_a_label_that_no_job_carries_or_no_service_understands_is_told(session):
    responses.get(f"{URL}/jobs", json=[])
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    with pytest.raises(NoSuchJob, match="no job with the label a=b"):
        session.watch(label=("a", "b"))
    with pytest.raises(UnexpectedAnswer, match="cannot list jobs by label"):
        session.watch(label=("a", "b"))


@responses.activate
def test_deleting_several_tells_which_could_not_be(session):
    responses.delete(f"{URL}/jobs/1", json={})
    responses.delete(f"{URL}/jobs/2", status=400, json={"error": "No such job(s)"})
    responses.delete(f"{URL}/jobs/3", status=403, json={"error": "Not authorized"})
    jobs = session.watch([1, 2, 3, JobRecord.from_json(done(4))])
    failures = jobs.delete([1, 2, 3])
    assert {job_id: type(error) for job_id, error in failures.items()} == {2: NoSuchJob, 3: RequestRefused}
    with pytest.raises(UsageError, match="job 5 is none of these jobs"):
        jobs.delete([5])


def test_all_active_jobs_cannot_be_waited_for(session):
    with pytest.raises(UsageError, match="no end to wait for"):
        session.watch().wait()


def test_a_campaign_on_the_local_service(local):
    label = uuid.uuid4().hex
    jobs = [
        local.submit(description(f"/bin/sh -c 'exit {number % 2}'", labels={"study": label})) for number in range(12)
    ]
    records = local.watch(jobs).wait(PATIENCE_S)
    assert sorted(record.exit_codes for record in records) == [(0,)] * 6 + [(1,)] * 6
    by_label = local.watch(label=("study", label))
    assert sorted(by_label.ids) == [job.id for job in jobs]
    assert by_label.counts == {"completed": 12}
    assert by_label.frame()["succeeded"].sum() == 6
    assert by_label.wait(0) == by_label.records


def test_deleting_and_copying_on_the_local_service(local):
    slow = [local.submit(description("sleep 60")) for _ in range(3)]
    jobs = local.watch(slow)
    with pytest.raises(WaitTimeout, match=r"3 of 3 jobs had not ended after 0.3 s.*; they go on"):
        jobs.wait(0.3)
    assert {job.id for job in slow} <= {record.id for record in local.watch().records}
    assert jobs.delete() == {}
    assert {record.status for record in jobs.wait(PATIENCE_S)} == {"deleted"}
    copy = slow[0].clone()
    assert copy.id not in jobs.ids
    assert copy.record.name == "test"
    copy.delete()
