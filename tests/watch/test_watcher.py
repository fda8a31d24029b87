"""The watcher against a service that is played: what it asks, what it tells, and what it never believes."""

import threading
from collections import Counter

import pytest

from prominence_jupyter.errors import AuthenticationFailed, Unreachable
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.watched_job import Listener
from prominence_jupyter.watch.watcher import Watcher

PATIENCE_S = 20


class Service:
    """Stands in for the client: jobs with a status, an output, and faults on demand."""

    def __init__(self) -> None:
        self.jobs: dict[int, dict] = {}
        self.outputs: dict[int, bytes] = {}
        self.hidden: set[int] = set()
        self.fault: Exception | None = None
        self.asked: Counter[str] = Counter()
        self.listings = threading.Semaphore(0)
        self.lock = threading.Lock()

    def put(self, job_id: int, status: str, *, active: bool = True, started: int | None = None, **more) -> None:
        with self.lock:
            events = {"createTime": 1} | ({"startTime": started} if started else {})
            self.jobs[job_id] = {"id": job_id, "status": status, "events": events, "active": active, **more}

    def active_jobs(self):
        self.asked["listing"] += 1
        self.listings.release()
        if self.fault:
            raise self.fault
        with self.lock:
            return [record(job, "id", "status", "events") for job in self.jobs.values() if job["active"]]

    def job(self, job_id):
        self.asked["job"] += 1
        with self.lock:
            if job_id in self.hidden or job_id not in self.jobs:
                return None
            return record(self.jobs[job_id], *self.jobs[job_id])

    def output(self, job_id, _stream, offset):
        self.asked["output"] += 1
        return self.outputs.get(job_id, b"")[offset or 0 :]

    def await_listings(self, count: int) -> None:
        for _ in range(count):
            assert self.listings.acquire(timeout=PATIENCE_S)


def record(job, *keys):
    return JobRecord.from_json({key: job[key] for key in keys if key != "active"})


class Seen:
    """A listener that keeps what it is told."""

    def __init__(self, *, output: bool = True) -> None:
        self.snapshots = []
        self.received = b""
        self.listener = Listener(self.snapshots.append, self._output if output else None)

    def _output(self, delta):
        self.received = delta.data if delta.restarted else self.received + delta.data

    @property
    def statuses(self):
        found = [snapshot.record.status for snapshot in self.snapshots if snapshot.record]
        return [status for i, status in enumerate(found) if i == 0 or status != found[i - 1]]


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def watcher(service):
    return Watcher(service, longest_pause_s=0.05)


def test_a_job_from_start_to_end_with_all_of_its_output(service, watcher):
    service.put(1, "pending")
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(2)
    service.put(1, "running", started=2)
    service.outputs[1] = b"one\n"
    service.await_listings(3)
    service.outputs[1] += b"two\n"
    service.put(1, "completed", active=False, started=2)
    assert watched.finished.wait(PATIENCE_S)

    assert seen.statuses == ["pending", "running", "completed"]
    assert seen.snapshots[-1].ended
    assert not any(snapshot.ended for snapshot in seen.snapshots[:-1])
    assert seen.received == b"one\ntwo\n"


def test_one_listing_a_tick_however_many_jobs(service, watcher):
    for number in range(100):
        service.put(number, "running", started=2)
    seen = [Seen(output=False) for _ in range(100)]
    watched = [watcher.watch(number, seen[number].listener) for number in range(100)]
    service.await_listings(20)
    assert service.asked["job"] <= 100 + 1  # each once; one may be in flight
    assert service.asked["output"] == 0
    for job, one in zip(watched, seen, strict=True):
        watcher.unwatch(job, one.listener)


def test_failed_is_provisional_while_the_listing_has_the_job(service, watcher):
    service.put(1, "failed")
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(4)
    assert not watched.finished.is_set()
    assert seen.statuses == ["failed"]
    service.put(1, "running", started=2)
    service.await_listings(3)
    service.put(1, "completed", active=False, started=2)
    assert watched.finished.wait(PATIENCE_S)
    assert seen.statuses == ["failed", "running", "completed"]


def test_a_job_in_neither_list_for_an_instant_is_not_lost(service, watcher):
    service.put(1, "running", started=2)
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(2)
    service.hidden.add(1)
    service.put(1, "completed", active=False, started=2)
    service.await_listings(3)
    assert not watched.finished.is_set()
    service.hidden.clear()
    assert watched.finished.wait(PATIENCE_S)
    assert watched.snapshot.ended
    assert not watched.snapshot.gone


def test_a_job_that_never_comes_back_is_gone_and_has_no_made_up_status(service, watcher):
    service.put(1, "running", started=2)
    watched = watcher.watch(1, Seen().listener)
    service.await_listings(2)
    del service.jobs[1]
    assert watched.finished.wait(PATIENCE_S)
    assert watched.snapshot.gone
    assert not watched.snapshot.ended
    assert watched.snapshot.record.status == "running"


@pytest.mark.parametrize("fault", [Unreachable("no connection"), AuthenticationFailed("no", 401)])
def test_trouble_makes_data_stale_and_never_a_status(service, watcher, fault):
    service.put(1, "running", started=2)
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(2)
    service.fault = fault
    service.await_listings(3)
    assert watched.snapshot.stale_reason == str(fault)
    since = watched.snapshot.stale_since
    service.await_listings(3)
    assert watched.snapshot.stale_since == since
    assert watched.snapshot.record.status == "running"
    service.fault = None
    service.put(1, "completed", active=False, started=2)
    assert watched.finished.wait(PATIENCE_S)
    assert watched.snapshot.stale_since is None
    assert seen.statuses == ["running", "completed"]


def test_an_evicted_job_starts_again_and_so_does_its_output(service, watcher):
    service.put(1, "running", started=2)
    service.outputs[1] = b"same\nsame\n"
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(5)
    service.outputs[1] = b""
    service.put(1, "idle")
    service.await_listings(2)
    service.outputs[1] = b"same\nsame\nand more\n"
    service.put(1, "running", started=9)
    service.await_listings(2)
    service.put(1, "completed", active=False, started=9)
    assert watched.finished.wait(PATIENCE_S)
    assert seen.statuses == ["running", "idle", "running", "completed"]
    assert seen.received == b"same\nsame\nand more\n"


def test_one_who_comes_later_is_told_all_so_far(service, watcher):
    service.put(1, "running", started=2)
    service.outputs[1] = b"one\n"
    first = Seen()
    watched = watcher.watch(1, first.listener)
    service.await_listings(5)
    second = Seen()
    assert watcher.watch(1, second.listener) is watched
    service.await_listings(2)
    service.outputs[1] += b"two\n"
    service.put(1, "completed", active=False, started=2)
    assert watched.finished.wait(PATIENCE_S)
    assert first.received == second.received == b"one\ntwo\n"
    assert second.statuses == ["running", "completed"]


def test_an_error_of_a_listener_is_its_own(service, watcher, caplog):
    def break_down(_):
        raise RuntimeError("a listener's defect")

    service.put(1, "completed", active=False, started=2)
    seen = Seen()
    watcher.watch(1, Listener(break_down, break_down))
    watched = watcher.watch(1, seen.listener)
    assert watched.finished.wait(PATIENCE_S)
    assert seen.statuses == ["completed"]
    assert "a listener's defect" in caplog.text


def test_the_thread_ends_when_nothing_is_watched_and_comes_back(service, watcher):
    service.put(1, "running", started=2)
    with watcher.watching(1, Seen().listener):
        service.await_listings(1)
        thread = watcher._thread
        assert thread.is_alive()
        assert thread.daemon
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    service.put(1, "completed", active=False, started=2)
    with watcher.watching(1, Seen().listener) as watched:
        assert watched.finished.wait(PATIENCE_S)


def test_a_status_never_leaves_an_ended_state(service, watcher):
    service.put(1, "completed", active=False, started=2)
    watched = watcher.watch(1, Seen().listener)
    assert watched.finished.wait(PATIENCE_S)
    watched.report(JobRecord.from_json({"id": 1, "status": "running"}), listed_active=True)
    assert watched.snapshot.record.status == "completed"
    assert watched.snapshot.ended
