"""What the client does beyond what was recorded: services without a parameter, entries seen before."""

import copy

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.known_records import KnownRecords
from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.redaction import HIDDEN
from tests.conftest import URL, exchanges, replay


@pytest.fixture
def client(transport):
    return Client(transport)


@responses.activate
@pytest.mark.parametrize("labels", [{}, {"labels": {"grp": "g2"}}])
def test_a_service_that_ignores_labels_is_found_out(client, labels):
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running", **labels}])
    with pytest.raises(UnexpectedAnswer, match="cannot list jobs by label: it gave jobs without grp=g1"):
        client.jobs_with_label("grp", "g1")


@responses.activate
def test_a_service_that_ignores_ids_is_found_out(client):
    responses.get(f"{URL}/jobs", json=[{"id": 1, "status": "running"}])
    with pytest.raises(UnexpectedAnswer, match="cannot list jobs by id"):
        client.jobs_with_ids([2, 3])


@responses.activate
def test_a_job_that_is_as_it_was_is_the_same_record(client):
    first = exchanges("list-active.json")[0]["response"]["json"]
    second = copy.deepcopy(first)
    second[1]["status"] = "completed"
    for answer in (first, first, second):
        responses.get(f"{URL}/jobs", json=answer)
    one, two, three = (client.active_jobs() for _ in range(3))
    assert [a is b for a, b in zip(one, two, strict=True)] == [True, True]
    assert [a is b for a, b in zip(two, three, strict=True)] == [True, False]
    assert three[1].status == "completed"


def test_ended_jobs_as_they_were_recorded(client, mock):
    plain, whole = exchanges("list-completed.json")[1:3]
    replay(mock, [plain, whole])
    assert client.ended_entries(3, {}, detail=False) == plain["response"]["json"]
    assert client.ended_entries(3, {}, detail=True) == whole["response"]["json"]


def test_an_entry_comes_without_its_secrets(client, mock):
    described = exchanges("secrets-come-back.json")[1]
    replay(mock, [described])
    entry = client.entry(2)
    assert entry["tasks"][0]["imagePullCredential"] == {"username": "user", "token": HIDDEN}
    assert entry["inputs"] == [{"filename": "a.txt", "content": HIDDEN}]
    mock.get(f"{URL}/jobs/3", json=[])
    assert client.entry(3) is None


ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 3) | st.text(max_size=2) | st.none(), "status": st.sampled_from(["a", "b", 1, True])},
        optional={"name": st.text(max_size=2), "tasks": st.lists(st.dictionaries(st.text(max_size=1), st.floats()))},
    ),
    max_size=5,
)


@given(st.lists(ENTRIES, max_size=5))
def test_what_is_known_already_is_read_as_if_it_were_not(listings):
    known = KnownRecords()
    for listing in listings:
        assert [repr(record) for record in known.read(listing)] == [repr(JobRecord.from_json(e)) for e in listing]


def test_a_secret_in_an_entry_is_not_kept():
    known = KnownRecords()
    known.read([{"id": 1, "tasks": [{"imagePullCredential": {"username": "u", "token": "SECRET"}}]}])
    assert "SECRET" not in repr([(mark, record.raw) for mark, record in known._known.values()])


def test_an_entry_that_is_nested_too_deep_is_read_all_the_same():
    deep = []
    for _ in range(5000):
        deep = [deep]
    known = KnownRecords()
    entry = {"id": 1, "status": "running", "tasks": deep}
    assert [known.read([entry])[0].status for _ in range(2)] == ["running", "running"]
