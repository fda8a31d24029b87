import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.local_service.store.wanted import Wanted
from prominence_jupyter.protocol import status

DESCRIPTION = {"tasks": [{"image": "x", "cmd": "half a character: \ud800"}], "resources": {}, "name": "one"}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "jobs.sqlite") as opened:
        yield opened


def mint(job_id):
    return f"token of {job_id}"


def test_a_job_comes_back_as_it_was_put(store):
    job_id = store.jobs.add(DESCRIPTION, mint)
    row = store.jobs.get(job_id)
    assert (row.description, row.status, row.token) == (DESCRIPTION, status.PENDING, mint(job_id))
    assert row.execution is row.started is row.finished is row.reason is None
    assert mint(job_id) not in repr(row)
    assert mint(job_id) not in str(row.to_json(detail=True))
    assert store.jobs.get(job_id + 1) is None


def test_two_connections_see_the_same(store, tmp_path):
    with Store(tmp_path / "jobs.sqlite") as other:
        job_id = store.jobs.add(DESCRIPTION, mint)
        assert other.jobs.start(job_id, {})
        assert not store.jobs.start(job_id, {})
        assert store.jobs.finish(job_id, status.DELETED, "by the front")
        assert not other.jobs.finish(job_id, status.COMPLETED, None, {"tasks": []})
        assert other.jobs.get(job_id).status == status.DELETED


def test_a_job_that_ends_amid_a_listing_is_in_it(store, tmp_path):
    job_id = store.jobs.add(DESCRIPTION, mint)
    with Store(tmp_path / "jobs.sqlite") as other:

        def end_before_the_active_are_read(statement):
            if statement.endswith("ORDER BY id"):
                store._database.set_trace_callback(None)
                assert other.jobs.finish(job_id, status.COMPLETED, None)

        store._database.set_trace_callback(end_before_the_active_are_read)
        assert [row.id for row in store.jobs.listed(Wanted(ended=True))] == [job_id]
        assert store.jobs.get(job_id).status == status.COMPLETED


def test_ids_are_never_used_again(tmp_path):
    path = tmp_path / "jobs.sqlite"
    with Store(path) as store:
        last = [store.jobs.add(DESCRIPTION, mint) for _ in range(3)][-1]
    with Store(path) as store:
        assert store.jobs.add(DESCRIPTION, mint) == last + 1


def test_an_id_is_not_lost_to_a_token_that_cannot_be_made(store):
    def fail(_):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.jobs.add(DESCRIPTION, fail)
    assert store.jobs.active() == []
    assert store.jobs.get(store.jobs.add(DESCRIPTION, mint)).token


STEPS = st.lists(
    st.tuples(st.sampled_from(["start", "delete", "complete", "fail", "crash"]), st.integers(1, 3)), max_size=12
)


@given(STEPS)
def test_no_order_of_events_leaves_a_final_status(tmp_path_factory, steps):
    with contextlib.closing(Store(tmp_path_factory.mktemp("store") / "jobs.sqlite")) as store:
        for _ in range(3):
            store.jobs.add(DESCRIPTION, mint)
        for step, job_id in steps:
            before = {row.id: row for row in map(store.jobs.get, (1, 2, 3))}
            {
                "start": lambda job_id=job_id: store.jobs.start(job_id, {"site": "local"}),
                "delete": lambda job_id=job_id: store.jobs.finish(job_id, status.DELETED, "x"),
                "complete": lambda job_id=job_id: store.jobs.finish(job_id, status.COMPLETED, None, {}),
                "fail": lambda job_id=job_id: store.jobs.finish(job_id, status.FAILED, "x"),
                "crash": lambda: store.jobs.finish_running(status.FAILED, "x"),
            }[step]()
            for row in before.values():
                if status.is_final(row.status):
                    assert store.jobs.get(row.id) == row
        active, ended = store.jobs.active(), store.jobs.listed(Wanted(active=False, ended=True))
        assert sorted(row.id for row in active + ended) == [1, 2, 3]
        assert all((row.finished is not None) == status.is_final(row.status) for row in active + ended)
        assert [row.finished for row in ended] == sorted((row.finished for row in ended), reverse=True)
        assert store.jobs.ended_among([1, 2, 3]) == {row.id for row in ended}
        assert store.jobs.next_pending() == next((row for row in active if row.status == status.PENDING), None)
