"""Ended jobs and lists of jobs, as a session gives them."""

import json

import pytest
import responses

import prominence_jupyter
from prominence_jupyter.errors import UnexpectedAnswer, UsageError
from prominence_jupyter.history.cache import Cache
from prominence_jupyter.jobs.session import Session
from tests.conftest import TOKEN, URL, exchanges, replay

ENDED = exchanges("list-completed.json")[2]["response"]["json"]  # 22, 21 and 19, with detail
ACTIVE = exchanges("list-active.json")[0]["response"]["json"]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


@pytest.fixture
def session():
    return prominence_jupyter.connect(URL, TOKEN)


def asked():
    """The parameters of each request."""
    return [dict(call.request.params) for call in responses.calls]


def listing(answer, **parameters):
    matcher = responses.matchers.query_param_matcher({key: str(value) for key, value in parameters.items()})
    responses.get(f"{URL}/jobs", json=answer, match=[matcher])


@responses.activate
@pytest.mark.parametrize(
    ("arguments", "num"),
    [({}, 1), ({"num": 3}, 3), ({"since": "7d"}, 500), ({"until": "2026-01-01"}, 500), ({"workflow": "w"}, 500)],
)
def test_one_job_is_the_default_and_all_of_them_between_moments(session, arguments, num):
    listing([], completed="true", num=num, detail="true")
    assert len(session.completed(**arguments)) == 0
    assert len(session.tasks(**arguments)) == 0
    assert session.completed_records(**arguments) == []


@responses.activate
def test_the_next_session_takes_ended_jobs_from_the_disk(session):
    listing(ENDED, completed="true", num=3, detail="true")
    first = session.completed(3)
    plain = exchanges("list-completed.json")[1]["response"]["json"]
    listing(plain, completed="true", num=3)
    again = prominence_jupyter.connect(URL, TOKEN)
    assert again.completed(3).equals(first)
    assert again.tasks(3)["job_id"].tolist() == [22, 21, 19]
    assert [record.has_detail for record in again.completed_records(3)] == [True] * 3
    assert len(responses.calls) == 4
    assert again.history.cache.count() == 3


@responses.activate
def test_without_a_cache_nothing_is_on_disk_and_a_session_asks_once(tmp_path):
    session = prominence_jupyter.connect(URL, TOKEN, cache=False)
    listing(ENDED, completed="true", num=3, detail="true")
    listing(exchanges("list-completed.json")[1]["response"]["json"], completed="true", num=3)
    assert session.completed(3).equals(session.completed(3))
    assert len(responses.calls) == 2
    assert list(tmp_path.iterdir()) == []


@responses.activate
def test_labels_become_columns(session):
    listing(ENDED, completed="true", num=3, detail="true")
    assert session.completed(3, labels=["grp"])["label_grp"].tolist() == ["g1"] * 3


@responses.activate
def test_the_service_is_asked_for_a_label_and_a_name(session):
    listing(ENDED, completed="true", num=3, detail="true", constraint="grp=g1", name="batch")
    assert session.completed(3, label=("grp", "g1"), name="batch")["id"].tolist() == [22, 21, 19]


def test_a_moment_that_is_none_is_said(session):
    with pytest.raises(UsageError, match="'yesterday' is no moment"):
        session.completed(since="yesterday")


@responses.activate
def test_progress_is_told(session):
    listing(ENDED, completed="true", num=3, detail="true")
    told = []
    session.completed(3, progress=lambda *step: told.append(step))
    assert told == [(0, None, "jobs"), (3, 3, "jobs")]


def test_sessions_with_other_settings_are_not_the_same(session):
    assert session.is_same_as(prominence_jupyter.connect(URL, TOKEN))
    assert not session.is_same_as(prominence_jupyter.connect(URL, TOKEN, cache=False))
    assert not session.is_same_as(prominence_jupyter.connect(URL, TOKEN, connections=4))
    assert not session.is_same_as(prominence_jupyter.connect(URL, "another"))
    with pytest.raises(UsageError, match="connections"):
        prominence_jupyter.connect(URL, TOKEN, connections=0)


def test_the_local_service_needs_no_cache(session, transport):
    local = type(transport)(URL, transport.token, is_local=True)
    assert Session(local, cache=Cache()).history.cache is None
    assert session.history.cache.is_on_disk


# ---- active and ended jobs ----------------------------------------------------------------------------------------


@responses.activate
def test_active_and_ended_jobs_are_one_listing_at_the_deployed_service(session):
    recorded = exchanges("workflow-jobs.json")[0]["response"]["json"]
    listing(recorded, all="true", detail="true")
    assert [record.name for record in session.jobs(all=True)] == ["dag/second", "dag/first"]
    assert [record.id for record in session.jobs(all=True, name="*/first")] == [29]


@responses.activate
@pytest.mark.parametrize("too_long", [True, False])
def test_elsewhere_they_are_two(session, too_long, monkeypatch):
    if too_long:
        monkeypatch.setattr("prominence_jupyter.client.client.LONGEST_LISTING_BYTES", 10)
    plain = exchanges("list-completed.json")[1]["response"]["json"]
    listing(ACTIVE, all="true", detail="true")
    listing(ACTIVE)
    listing([*plain, ACTIVE[0]], completed="true", num=500)  # one has ended in between
    assert [record.id for record in session.jobs(all=True)] == [job["id"] for job in [*ACTIVE, *plain]]


@responses.activate
def test_all_ended_jobs_are_listed_however_many(session):
    many = [{"id": n, "status": "completed"} for n in range(600)]
    listing([], all="true", detail="true")
    listing([])
    listing(many[:500], completed="true", num=500)
    listing(many, completed="true", num=2000)
    assert len(session.jobs(all=True)) == 600


@responses.activate
def test_active_jobs_by_name(session):
    listing([{"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 3}])
    assert [record.id for record in session.jobs(name="a")] == [1]
    assert [record.id for record in session.jobs(name="?")] == [1, 2]
    assert [record.id for record in session.jobs()] == [1, 2, 3]


def test_jobs_by_label_as_they_were_recorded(session, mock):
    for exchange in exchanges("list-by-label.json")[:2]:
        with_detail = [job | {"labels": {"grp": "g1"}} for job in exchange["response"]["json"]]
        replay(mock, [exchange | {"response": exchange["response"] | {"json": with_detail}}])
    assert [record.status for record in session.jobs(label=("grp", "g1"))] == ["running"]
    ended = session.jobs(all=True, label=("grp", "g1"), name="batch")
    assert [record.id for record in ended][:3] == [22, 21, 19]


@responses.activate
def test_a_service_that_ignores_labels_is_found_out(session):
    responses.get(f"{URL}/jobs", json=ACTIVE)
    with pytest.raises(UnexpectedAnswer, match="cannot list jobs by label"):
        session.jobs(label=("grp", "g1"))


@responses.activate
def test_the_token_is_in_no_file_of_the_cache(session, tmp_path):
    listing(json.loads(json.dumps(ENDED)), completed="true", num=3, detail="true")
    session.completed(3)
    assert TOKEN.encode() not in session.history.cache.path.read_bytes()
