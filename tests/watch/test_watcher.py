"""The watcher against a service that is played: what it asks, what it tells, and what it never believes."""

import queue
import threading
from collections import Counter

import pytest

from prominence_jupyter.errors import (
    AuthenticationFailed,
    FunctionalityDisabled,
    NoSuchJob,
    RequestRefused,
    ServiceFailed,
    Unreachable,
)
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
        self.output_fault: Exception | None = None
        self.before_answer = lambda: None
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
        self.before_answer()
        with self.lock:
            if job_id in self.hidden or job_id not in self.jobs:
                return None
            return record(self.jobs[job_id], *self.jobs[job_id])

    def output(self, job_id, _stream, offset):
        self.asked["output"] += 1
        if self.output_fault:
            raise self.output_fault
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
    watcher = Watcher(service, longest_pause_s=0.05)
    yield watcher
    for job in watcher._current():
        for listener in [*job.listeners]:
            watcher.unwatch(job, listener)


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
    assert watched.snapshot.trouble is fault
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


@pytest.mark.parametrize(
    "fault",
    [FunctionalityDisabled("off", 401), RequestRefused("no", 403), NoSuchJob("?", 400), ServiceFailed("oh", 500)],
    ids=lambda fault: type(fault).__name__,
)
def test_output_that_cannot_be_had_does_not_keep_a_job_from_ending(service, watcher, fault):
    service.put(1, "completed", active=False, started=2)
    service.output_fault = fault
    watched = watcher.watch(1, Seen().listener)
    assert watched.finished.wait(PATIENCE_S)
    assert watched.snapshot.ended
    assert watched.snapshot.output_trouble is fault


def test_output_that_is_gone_for_a_moment_at_the_end_is_kept_and_completed(service, watcher):
    service.put(1, "running", started=2)
    service.outputs[1] = b"one\n"
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(5)
    service.outputs[1] = b""
    service.put(1, "completed", active=False, started=2)
    service.await_listings(3)
    service.outputs[1] = b"one\ntwo\n"
    assert watched.finished.wait(PATIENCE_S)
    assert seen.received.startswith(b"one\n")


@pytest.mark.parametrize("status", ["running", "completed"])
def test_one_empty_answer_does_not_freeze_the_watch(service, watcher, status):
    service.put(1, "pending", policies={"leaveInQueue": True})
    watched = watcher.watch(1, Seen().listener)
    service.await_listings(2)
    hide_once(service)
    events = {"createTime": 1, "startTime": 2} | ({"endTime": 3} if status == "completed" else {})
    service.put(1, status, policies={"leaveInQueue": True}, events=events)
    if status == "completed":
        assert watched.finished.wait(PATIENCE_S)
    else:
        service.await_listings(4)
    assert watched.snapshot.record.status == status


def hide_once(service):
    """Answer the next request for a job with an empty list."""
    service.hidden.add(1)

    def show_again():
        asked = service.asked["job"]
        service.before_answer = lambda: service.hidden.clear() if service.asked["job"] > asked + 1 else None

    show_again()


def test_one_who_comes_in_the_moment_of_the_end_is_told(service, watcher):
    service.put(1, "completed", active=False, started=2)
    service.outputs[1] = b"all\n"
    late = queue.Queue()

    def join_late():
        service.before_answer = lambda: None
        watcher.watch(1, Listener(late.put, late.put))

    service.before_answer = join_late
    assert watcher.watch(1, Seen().listener).finished.wait(PATIENCE_S)
    assert late.get(timeout=PATIENCE_S).ended
    assert late.get(timeout=PATIENCE_S).data == b"all\n"


def test_a_restart_by_way_of_idle_is_seen(service, watcher):
    same_end = b"x" * 300
    service.put(1, "running", started=100)
    service.outputs[1] = b"run 1\n" + same_end
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(5)
    service.put(1, "idle")
    service.await_listings(3)
    service.outputs[1] = b"run 2\n" + same_end + b"and more"
    service.put(1, "running", started=200)
    service.await_listings(5)
    service.put(1, "completed", active=False, started=200)
    assert watched.finished.wait(PATIENCE_S)
    assert seen.received == service.outputs[1]


def test_a_running_job_without_a_start_time_is_followed(service, watcher):
    service.put(1, "running")
    service.outputs[1] = b"one\n"
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(5)
    assert seen.received == b"one\n"
    watcher.unwatch(watched, seen.listener)


def test_a_service_that_asks_for_a_days_patience_gets_a_minute(service):
    waits = []

    class Recording(threading.Event):
        def wait(self, timeout=None):
            waits.append(timeout)
            return super().wait(0.01)

    watcher = Watcher(service)
    watcher._wake = Recording()
    service.put(1, "running", started=2)
    service.fault = ServiceFailed("too many", 429, retry_after_s=86400)
    seen = Seen(output=False)
    watched = watcher.watch(1, seen.listener)
    service.await_listings(1)
    watcher.unwatch(watched, seen.listener)
    assert max(waits, default=0) <= 61


def test_trouble_of_two_kinds_of_request_is_told_once(service, watcher):
    service.put(1, "running", started=2)
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(3)
    before = len(seen.snapshots)
    service.fault, service.output_fault = Unreachable("no listing"), Unreachable("no output")
    service.await_listings(8)
    assert len(seen.snapshots) == before + 1
    watcher.unwatch(watched, seen.listener)


def test_a_job_that_stays_listed_ends_though_its_output_was_gone_for_a_moment(service, watcher):
    policies = {"leaveInQueue": True}
    service.put(1, "running", started=2, policies=policies)
    service.outputs[1] = b"one\n"
    watched = watcher.watch(1, Seen().listener)
    service.await_listings(5)
    service.outputs[1] = b""
    service.put(1, "completed", policies=policies, events={"createTime": 1, "startTime": 2, "endTime": 3})
    assert watched.finished.wait(PATIENCE_S)
    assert watched.snapshot.ended
    assert watched.snapshot.output_trouble is not None
