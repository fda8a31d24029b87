"""Sessions over recorded answers, and on the real local service."""

import json
import time
import traceback
from unittest.mock import ANY

import jwt
import pytest
import responses

import prominence_jupyter
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import (
    AuthenticationFailed,
    DescriptionError,
    DetailMissing,
    FunctionalityDisabled,
    NoSuchJob,
    ProminenceError,
    RequestRefused,
    TokenExpired,
    TokenMissing,
    Unreachable,
    UsageError,
    WaitTimeout,
)
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.patience import raise_if_hopeless
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.protocol.record import JobRecord
from tests.conftest import TOKEN, URL, exchanges, replay

RESOURCES = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}


def description(cmd: str) -> dict:
    return {"name": "test", "resources": RESOURCES, "tasks": [{"image": "busybox", "cmd": cmd}]}


@pytest.fixture
def session(transport) -> Session:
    return Session(transport)


@pytest.fixture
def local(local_service) -> Session:
    return prominence_jupyter.local()


def test_detail_in_the_listing_is_one_request(session, mock):
    replay(mock, exchanges("list-completed.json")[2:])
    frame = session.completed(3)
    assert list(frame["id"]) == [22, 21, 19]
    assert frame["cpu_time_s"][0] == 0.001


@responses.activate
def test_without_detail_each_job_is_asked_for(session):
    plain = exchanges("list-completed.json")[1]["response"]["json"]
    whole = {job["id"]: job for job in exchanges("list-completed.json")[2]["response"]["json"]}
    responses.get(f"{URL}/jobs", json=plain)
    for job_id, job in whole.items():
        responses.get(f"{URL}/jobs/{job_id}", json=[job])
    assert [record.raw for record in session.completed_records(3)] == [whole[job["id"]] for job in plain]
    assert len(responses.calls) == 4


@responses.activate
def test_one_empty_answer_is_not_a_lost_job(session):
    responses.get(f"{URL}/jobs/7", json=[])
    responses.get(f"{URL}/jobs/7", json=[{"id": 7, "status": "completed"}])
    assert session.job(7).latest.status == "completed"


@responses.activate
def test_two_are(session):
    responses.get(f"{URL}/jobs/7", json=[])
    with pytest.raises(NoSuchJob, match=f"there is no job 7 at {URL}"):
        session.job(7)


@responses.activate
def test_failed_is_not_the_end_while_the_job_is_active(session):
    held = exchanges("job-held.json")[1]["response"]["json"]
    responses.get(f"{URL}/jobs/12", json=held)
    responses.get(f"{URL}/jobs", json=exchanges("list-active.json")[0]["response"]["json"])
    job = session.job(12)
    assert job.status == "failed"
    assert not job.done()


@responses.activate
def test_nor_when_one_listing_lacks_it(session):
    """It would stay ended for this handle, whatever becomes of it."""
    held = exchanges("job-held.json")[1]["response"]["json"]
    active = exchanges("list-active.json")[0]["response"]["json"]
    responses.get(f"{URL}/jobs/12", json=held)
    for listing in ([], [], active, []):
        responses.get(f"{URL}/jobs", json=listing)
    job = session.job(12)
    assert [job.done() for _ in range(6)] == [False] * 5 + [True]


@responses.activate
def test_what_breaks_a_rule_is_not_sent(session):
    with pytest.raises(DescriptionError) as caught:
        session.submit({"tasks": [{"imag": "busybox"}], "resources": {"cpus": 1}})
    assert [problem.where for problem in caught.value.problems] == [
        "tasks[0].imag",
        "resources",
        "resources",
    ]
    assert not responses.calls


@responses.activate
def test_labels_are_added_and_the_dict_stays(session):
    responses.post(f"{URL}/jobs", json={"id": 1}, status=201)
    mine = description("true")
    session.submit(mine, labels={"study": "one"})
    sent = json.loads(responses.calls[0].request.body)
    assert sent["labels"] == {"study": "one", "pjsubmission": ANY}
    assert sent["tasks"][0]["runtime"] == "singularity"
    assert mine == description("true")


def test_settings_come_from_arguments_then_from_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PROMINENCE_URL", raising=False)
    monkeypatch.delenv("PROMINENCE_TOKEN", raising=False)
    with pytest.raises(TokenMissing, match="%prominence local"):
        prominence_jupyter.connect()
    monkeypatch.setenv("PROMINENCE_TOKEN", TOKEN)
    assert prominence_jupyter.connect().url == "https://eosc.prominence.cloud/api/v1"
    monkeypatch.setenv("PROMINENCE_URL", "https://other.test/api/v1/")
    assert prominence_jupyter.connect().url == "https://other.test/api/v1"
    connected = prominence_jupyter.connect(URL, "another")
    assert connected.url == URL
    assert connected.client.transport.token.reveal() == "another"
    assert TOKEN not in repr(connected)
    with pytest.raises(UsageError):
        prominence_jupyter.connect("prominence.test")


@pytest.mark.parametrize("case", ["url", "header", "file", "expired"])
def test_the_token_is_in_no_frame_of_a_failed_connect(monkeypatch, tmp_path, case):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PROMINENCE_TOKEN", TOKEN if case == "url" else f"Bearer {TOKEN}")
    if case == "file":
        monkeypatch.delenv("PROMINENCE_TOKEN")
        (tmp_path / ".prominence").mkdir()
        (tmp_path / ".prominence" / "token").write_text('{"refresh_token": "' + TOKEN)
    secret = jwt.encode({"exp": 1, "x": TOKEN}, "k" * 32, algorithm="HS256") if case == "expired" else None
    try:
        prominence_jupyter.connect("foo", secret)
    except ProminenceError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
        frames = shown.partition("in connect")[2]
        assert frames
        assert TOKEN not in frames
        assert secret is None or secret not in frames
    else:
        pytest.fail("nothing was raised")


@responses.activate
def test_one_record_that_cannot_be_had_does_not_lose_the_others(session):
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "completed"}, {"id": 2, "status": "completed"}])
    responses.get(f"{URL}/jobs/1", json=[{"id": 1, "status": "completed", "resources": {"cpus": 3}}])
    responses.get(f"{URL}/jobs/2", status=400, json={"error": "broken"})
    with pytest.warns(DetailMissing, match=r"did not describe 1 of 2 jobs \(job 2: .*was refused: broken"):
        assert session.completed(2)["cpus"].fillna(0).tolist() == [3, 0]


@responses.activate
def test_labels_are_added_to_a_prepared_description_too(session):
    responses.post(f"{URL}/jobs", json={"id": 1}, status=201)
    session.submit(prominence_jupyter.JobDescription.prepare(description("true")), labels={"study": "one"})
    assert json.loads(responses.calls[0].request.body)["labels"] == {"study": "one", "pjsubmission": ANY}


def test_an_expired_token_is_told_before_anything_is_sent(monkeypatch):
    with pytest.raises(TokenExpired, match="from the argument expired at 1970-01-01"):
        prominence_jupyter.connect(URL, jwt.encode({"exp": 1}, "k" * 32, algorithm="HS256"))


def test_a_tunnel_to_a_service_is_not_the_local_service():
    through = prominence_jupyter.connect("http://127.0.0.1:9/api/v1", TOKEN)
    same = Session(Transport(through.url, through.client.transport.token, is_local=True))
    assert not through.client.transport.is_local
    assert not through.client.transport._session.trust_env
    assert not through.watcher.is_as(same.watcher)
    for session, is_told in ((through, False), (same, True)):
        with pytest.raises(Unreachable) as caught:
            session.watcher._client.active_jobs()
        assert ("%prominence local" in str(caught.value)) is is_told


def test_only_the_local_service_is_given_up_when_it_is_silent():
    error = Unreachable("no connection")
    raise_if_hopeless(error, 0.0, 1000, is_local=False)
    raise_if_hopeless(error, time.time(), 1000, is_local=True)
    raise_if_hopeless(error, 0.0, 2, is_local=True)
    with pytest.raises(Unreachable):
        raise_if_hopeless(error, 0.0, 3, is_local=True)


@pytest.mark.parametrize(
    ("error", "times"), [(AuthenticationFailed("?", 401), 1), (TokenExpired("?"), 1), (RequestRefused("?", 403), 3)]
)
def test_what_does_not_pass_is_raised_when_it_is_certain(error, times):
    for seen in range(1, times):
        raise_if_hopeless(error, 0.0, seen, is_local=False)
    with pytest.raises(type(error)):
        raise_if_hopeless(error, 0.0, times, is_local=False)


@pytest.mark.parametrize("error", [AuthenticationFailed("?", 401), TokenExpired("?")])
def test_a_new_token_is_waited_for_some_minutes(error):
    raise_if_hopeless(error, time.time() - 500, 1000, is_local=False, awaits_token=True)
    raise_if_hopeless(error, 0.0, 10, is_local=False, awaits_token=True)  # a laptop has just woken up
    with pytest.raises(type(error)):
        raise_if_hopeless(error, time.time() - 700, 20, is_local=False, awaits_token=True)


def test_what_is_no_matter_of_the_token_waits_for_none():
    with pytest.raises(FunctionalityDisabled):
        raise_if_hopeless(FunctionalityDisabled("?", 401), 0.0, 3, is_local=False, awaits_token=True)


def test_a_handle_shows_no_control_characters(session):
    evil = "\x1b]0;owned\x07\x1b[2J"
    record = JobRecord(id=evil, name="\u202e" + evil, status=evil)
    assert repr(record).isprintable()
    assert repr(Job(session.client, session.watcher, evil, record)).isprintable()
    assert len(repr(session.handle("x" * 10_000))) < 200


def test_a_job_on_the_local_service_from_submission_to_frame(local):
    job = local.submit(description("/bin/sh -c 'echo out; echo err >&2; exit 4'"))
    record = job.wait(60)
    assert (record.status, record.exit_codes, record.succeeded) == ("completed", (4,), False)
    assert job.done()
    assert job.wait(0) is record
    assert (job.stdout(), job.stderr()) == ("out\n", "err\n")
    ended = local.completed(20).set_index("id")  # jobs that other tests have left may end after this one
    assert ended.loc[job.id, "exit_code"] == 4
    assert list(local.tasks(20)["job_id"]).count(job.id) == 1
    with pytest.raises(NoSuchJob):
        job.delete()


def test_ended_and_active_jobs_of_the_local_service_are_found_by_label_and_name(local):
    body = description("true") | {"name": "of a kind"}
    first = local.submit(body, labels={"kind": "a"})
    second = local.submit(body, labels={"kind": "b"})
    waits = local.submit(description("sleep 60") | {"name": "of a kind"}, labels={"kind": "b"})
    for job in (first, second):
        job.wait(60)
    frame = local.completed(since="1h", name="of a*", label=("kind", "b"), labels=True)
    assert frame["id"].tolist() == [second.id]
    assert frame["label_kind"].tolist() == ["b"]
    assert {record.id for record in local.jobs(name="of a kind")} == {waits.id}
    assert {record.id for record in local.jobs(all=True, name="of a kind")} == {first.id, second.id, waits.id}
    waits.delete()
    assert local.history.cache is None


def test_waiting_has_a_limit_and_the_job_goes_on(local):
    job = local.submit(description("sleep 60"))
    with pytest.raises(WaitTimeout, match=r"had not ended after 0.3 s.*; it goes on"):
        job.wait(0.3)
    assert not job.done()
    assert job.id in [record.id for record in local.jobs()]
    job.delete()
    assert job.wait(60).status == "deleted"
