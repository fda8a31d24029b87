"""Listings and copies of the local service, beside what the deployed service was recorded to answer."""

import uuid

import pytest

from tests.local_service.conftest import recorded, shape, until


@pytest.fixture
def group(api):
    """The label of three jobs that have ended and one that runs, and their ids."""
    label = uuid.uuid4().hex
    ended = [api.run("true", name="batch", labels={"grp": label, "idx": str(index)})["id"] for index in range(3)]
    running = api.submit("sleep 60", name="Batch", labels={"grp": label})
    until(lambda: api.describe(running)["status"] == "running")
    yield label, ended, running
    api.delete(running)


def listed(api, query):
    return [job["id"] for job in api("GET", f"/jobs?{query}").json()]


def test_by_label(api, group):
    label, ended, running = group
    newest_first = ended[::-1]
    assert listed(api, f"constraint=grp={label}") == [running]
    assert listed(api, f"constraint=grp={label}&all=true") == [*newest_first, running]
    assert listed(api, f"constraint=grp={label}&completed=true&num=2") == newest_first[:2]
    assert listed(api, f"constraint=grp={label}&completed=true&num=0") == newest_first
    assert listed(api, f"constraint=grp={label}x&all=true") == []
    refused = api("GET", "/jobs?constraint=grp")
    assert (refused.status_code, refused.json()) == (400, recorded("list-by-label"))


def test_a_label_that_json_escapes(api):
    label = f"é{uuid.uuid4().hex}"
    job_id = api.run("true", labels={"grp": label})["id"]
    assert listed(api, f"constraint=grp={label}&all=true") == [job_id]
    assert listed(api, f"constraint=other={label}&all=true") == []


def test_by_id_ended_or_not(api, group):
    _, ended, running = group
    assert listed(api, f"id={running},{ended[0]},999999&detail=true") == [ended[0], running]
    assert listed(api, "id=999999") == recorded("list-by-id")
    assert listed(api, f"id=-1,{2**63 - 1}") == []
    for ids in ("x", "", "1,", "9" * 5000, "1.5"):
        assert api("GET", f"/jobs?id={ids}").json() == {"error": "id must be a whole number"}


def test_by_name_exactly(api, group):
    label, ended, running = group
    assert listed(api, f"name=batch&all=true&constraint=grp={label}") == ended[::-1]
    assert listed(api, f"name=Batch&constraint=grp={label}") == [running]


def test_by_status(api, group):
    label, _, running = group
    assert listed(api, f"status=running&constraint=grp={label}") == [running]
    assert listed(api, f"status=idle&constraint=grp={label}") == []
    refused = api("GET", "/jobs?status=completed")
    assert (refused.status_code, refused.json()) == (200, recorded("list-bad-status"))


def test_detail_is_what_a_request_for_one_job_gives(api, group):
    _, ended, _ = group
    (whole,) = api("GET", f"/jobs?id={ended[0]}&detail=true").json()
    assert whole == api.describe(ended[0])
    (plain,) = api("GET", f"/jobs?id={ended[0]}").json()
    assert shape(plain) == shape(recorded("list-completed", 0)[0])


def test_a_copy_has_the_description_and_the_labels_and_an_id_of_its_own(api):
    original = api.run("echo hello", name="original", labels={"grp": "g1"})
    answer = api("PUT", f"/jobs/{original['id']}/clone")
    assert (answer.status_code, shape(answer.json())) == (201, shape(recorded("clone", 0)))
    copy = api.ended(answer.json()["id"])
    assert copy["id"] != original["id"]
    for key in ("name", "labels", "tasks", "resources"):
        assert copy[key] == original[key]
    assert api.output(copy["id"]) == "hello\n"


def test_what_does_not_exist_has_no_copy(api):
    answer = api("PUT", "/jobs/999999/clone")
    assert (answer.status_code, answer.json()) == (400, recorded("no-such-job", 4))
