"""Listings in SQL beside the same in plain Python."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.local_service.store import jobs
from prominence_jupyter.local_service.store.database import open_database
from prominence_jupyter.local_service.store.wanted import Wanted
from prominence_jupyter.protocol import status

NAMES, VALUES, WORKFLOWS = ["", "one", "One"], ["a", "b"], [None, 100, 200]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """All kinds of jobs, and how each was made: a name, a label, a status, a workflow, and whether it stays."""
    database = open_database(tmp_path_factory.mktemp("wanted") / "jobs.sqlite")
    made = []
    kinds = itertools.product(NAMES, VALUES, [status.PENDING, status.RUNNING, status.COMPLETED], WORKFLOWS, [0, 1])
    for number, (name, value, state, workflow, stays) in enumerate(kinds):
        description = {"name": name, "labels": {"key": value, "Key": "a"}, "tasks": []}
        finished = 1000.0 - number // 2 if state == status.COMPLETED else None  # pairs end at the same time
        more = {"status": state, "finished": finished, "workflow": workflow, "stays": stays}
        job_id = jobs.insert_job(database, description, str, more)
        made.append({"id": job_id, "name": name, "label": ("key", value), **more})
    database.commit()
    yield jobs.Jobs(database), made
    database.close()


def expected(made, wanted):
    """The ids that are wanted, found by looking at each job."""

    def fits(job):
        asked = {name: getattr(wanted, name) for name in ("label", "name", "status", "workflow")}
        named = wanted.ids is None or job["id"] in wanted.ids
        return named and all(value is None or job[name] == value for name, value in asked.items())

    found = [job for job in made if fits(job)]
    active = [job for job in found if job["finished"] is None or job["stays"]]
    ended = sorted(
        (job for job in found if job["finished"] is not None and not job["stays"]),
        key=lambda job: (job["finished"], job["id"]),
        reverse=True,
    )
    chosen = (ended[: wanted.num] if wanted.num > 0 else ended) if wanted.ended else []
    return [job["id"] for job in chosen + (active if wanted.active else [])]


@given(
    st.builds(
        Wanted,
        active=st.booleans(),
        ended=st.booleans(),
        num=st.integers(-1, 5),
        ids=st.none() | st.lists(st.integers(-1, 120), max_size=20),
        workflow=st.sampled_from(WORKFLOWS),
        label=st.none() | st.sampled_from([("key", "a"), ("key", "none"), ("none", "a")]),
        name=st.none() | st.sampled_from([*NAMES, "two"]),
        status=st.none() | st.sampled_from([status.PENDING, status.RUNNING]),
    ),
    st.sampled_from([1, 10_000]),
)
def test_a_listing_has_what_is_wanted(table, wanted, few):
    rows, made = table
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "_FEW", few)
        assert [row.id for row in rows.listed(wanted)] == expected(made, wanted)


def test_what_insert_takes_from_a_description(table):
    rows, _ = table
    description = {"name": "n", "tasks": [], "policies": {"priority": 10**400, "leaveInQueue": True}}
    row = rows.get(rows.add(description, str))
    assert (row.name, row.stays, row.workflow, row.parameters) == ("n", True, None, None)
    assert rows.remove(row.id)
    assert rows.remove(row.id)  # it may be said again as long as it has not ended
    rows.finish(row.id, status.DELETED, None)
    assert not rows.remove(row.id)
