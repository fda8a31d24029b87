"""The watcher against a service that is played: what it asks, what it tells, and what it never believes."""

import contextlib
import queue
import threading
from collections import Counter

import pytest

from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.errors import (
    AuthenticationFailed,
    FunctionalityDisabled,
    NoSuchJob,
    RequestRefused,
    ServiceFailed,
    Unreachable,
)
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.judging import absence
from prominence_jupyter.watch.listener import Listener
from prominence_jupyter.watch.watcher import Watcher

PATIENCE_S = 20


class Service:
    """Stands in for the client: jobs with a status, an output, and faults on demand."""

    def __init__(self) -> None:
        self.jobs: dict[int, dict] = {}
        self.outputs: dict[int, bytes] = {}
        self.errors: dict[int, bytes] = {}
        self.hidden: set[int] = set()
        self.fault: Exception | None = None
        self.output_fault: Exception | None = None
        self.before_answer = lambda: None
        self.before_output = lambda: None
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

    @contextlib.contextmanager
    def output_pieces(self, job_id, stream, offset):
        self.before_output()
        self.asked["output"] += 1
        self.asked[f"{stream} {job_id}"] += 1
        if self.output_fault:
            raise self.output_fault
        logs = self.outputs if stream == "stdout" else self.errors
        yield iter([logs.get(job_id, b"")[offset or 0 :]])

    def forget_listings(self) -> None:
        """Let `await_listings` count those from now on; else also those that nobody has waited for."""
        self.listings = threading.Semaphore(0)

    def await_listings(self, count: int) -> None:
        for _ in range(count):
            assert self.listings.acquire(timeout=PATIENCE_S)


def record(job, *keys):
    return JobRecord.from_json({key: job[key] for key in keys if key != "active"})


class Seen:
    """A listener that keeps what it is told."""

    def __init__(self, *, output: bool = True, follows: frozenset = frozenset({"stdout"})) -> None:
        self.snapshots = []
        self.logs = {"stdout": b"", "stderr": b""}
        self.runs = {"stdout": 0, "stderr": 0}
        self.told = threading.Condition()
        self.listener = Listener(self.snapshots.append, self._output if output else None, follows)

    def _output(self, stream, spool):
        with self.told:
            if spool.run != self.runs[stream]:
                self.runs[stream], self.logs[stream] = spool.run, b""
            self.logs[stream] += spool.piece(len(self.logs[stream]), spool.size).data
            self.told.notify_all()

    def await_log(self, stream, content):
        with self.told:
            assert self.told.wait_for(lambda: self.logs[stream] == content, PATIENCE_S), self.logs

    @property
    def received(self):
        return self.logs["stdout"]

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
    for job in [*watcher._jobs.values(), *watcher._late]:
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


def test_a_job_that_never_comes_back_is_gone_and_has_no_made_up_status(service, watcher, monkeypatch):
    monkeypatch.setattr(absence, "LEAST_S", 0)
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
    service.forget_listings()
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
    def break_down(*_):
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
    [FunctionalityDisabled("off", 401), RequestRefused("no", 403), NoSuchJob("?", 400)],
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
    looks = []

    def come_back_at_the_third_look():
        if not service.jobs[1]["active"]:
            looks.append(watched.finished.is_set())
        if len(looks) == 3:
            service.outputs[1] = b"one\ntwo\n"

    service.before_output = come_back_at_the_third_look
    service.outputs[1] = b""
    service.put(1, "completed", active=False, started=2)
    assert watched.finished.wait(PATIENCE_S)
    assert looks[:3] == [False] * 3
    assert seen.received == b"one\ntwo\n"
    assert watched.snapshot.output_trouble is None


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
        watcher.watch(1, Listener(late.put, lambda *news: late.put(news)))

    service.before_answer = join_late
    assert watcher.watch(1, Seen().listener).finished.wait(PATIENCE_S)
    assert late.get(timeout=PATIENCE_S).record.status == "completed"
    stream, spool = late.get(timeout=PATIENCE_S)
    assert (stream, spool.tail(10).data) == ("stdout", b"all\n")
    assert late.get(timeout=PATIENCE_S).ended


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


def test_trouble_of_two_kinds_of_request_is_told_once_each(service, watcher):
    service.put(1, "running", started=2)
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(3)
    before = len(seen.snapshots)
    service.fault, service.output_fault = Unreachable("no listing"), Unreachable("no output")
    service.forget_listings()
    service.await_listings(8)
    assert len(seen.snapshots) == before + 2
    assert seen.snapshots[-1].trouble is service.fault
    assert seen.snapshots[-1].output_trouble is service.output_fault
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


def test_a_log_that_cannot_be_had_makes_nothing_else_stale(service, watcher):
    service.put(1, "running", started=2)
    service.output_fault = FunctionalityDisabled("off", 401)
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    service.await_listings(5)
    assert watched.snapshot.output_trouble is service.output_fault
    assert not any(snapshot.stale_since for snapshot in seen.snapshots)
    service.output_fault = None
    service.outputs[1] = b"after all\n"
    seen.await_log("stdout", b"after all\n")
    watcher.unwatch(watched, seen.listener)
    assert watched.snapshot.output_trouble is None


def test_what_nobody_follows_is_not_asked_for_before_the_end(service, watcher):
    service.put(1, "running", started=2)
    service.outputs[1] = b"all\n"
    seen = Seen(follows=frozenset())
    watched = watcher.watch(1, seen.listener)
    service.await_listings(5)
    assert service.asked["output"] == 0
    service.put(1, "completed", active=False, started=2, execution={"tasks": [{"exitCode": 0}]})
    assert watched.finished.wait(PATIENCE_S)
    assert watched.spool("stdout").tail(10).data == b"all\n"
    assert service.asked["stderr 1"] == 0
    assert seen.received == b""


def test_the_errors_of_a_job_that_did_not_succeed_are_there_when_its_end_is_told(service, watcher):
    service.put(1, "running", started=2)
    service.errors[1] = b"oops\n"
    seen, at_the_end = Seen(follows=frozenset()), []
    listener = Listener(
        lambda snapshot: snapshot.ended and at_the_end.append(watched.spool("stderr").tail(10).data),
        lambda *_: None,
        frozenset(),
    )
    watched = watcher.watch(1, seen.listener)
    assert watcher.watch(1, listener) is watched
    service.put(1, "failed", active=False, started=2)
    assert watched.finished.wait(PATIENCE_S)
    assert at_the_end == [b"oops\n"]


def test_a_listener_can_change_what_it_follows(service, watcher):
    service.put(1, "running", started=2)
    service.outputs[1], service.errors[1] = b"out\n", b"err\n"
    seen, other = Seen(follows=frozenset()), Seen()
    watched = watcher.watch(1, seen.listener)
    watcher.watch(1, other.listener)
    other.await_log("stdout", b"out\n")
    watched.follow(seen.listener, {"stderr"})
    seen.await_log("stderr", b"err\n")
    assert seen.received == b""
    watched.follow(seen.listener, {"stdout", "stderr"})
    seen.await_log("stdout", b"out\n")
    watched.follow(seen.listener, ())
    service.forget_listings()
    service.await_listings(2)
    asked = service.asked["stderr 1"]
    service.errors[1] += b"more\n"
    service.forget_listings()
    service.await_listings(3)
    assert service.asked["stderr 1"] == asked
    watched.follow(seen.listener, ["stderr"])
    seen.await_log("stderr", b"err\nmore\n")
    assert other.logs["stderr"] == b""


def test_a_log_of_a_job_that_has_ended_can_be_followed_late(service, watcher):
    service.put(1, "completed", active=False, started=2, execution={"tasks": [{"exitCode": 0}]})
    service.outputs[1], service.errors[1] = b"out\n", b"err\n"
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    assert watched.finished.wait(PATIENCE_S)
    wait_for_the_end_of_the_thread(watcher)
    watched.follow(seen.listener, {"stderr"})
    seen.await_log("stderr", b"err\n")
    wait_for_the_end_of_the_thread(watcher)

    asked, seen.logs["stdout"], snapshots = service.asked.copy(), b"", len(seen.snapshots)
    watched.follow(seen.listener, {"stdout"})  # it is there already
    seen.await_log("stdout", b"out\n")
    wait_for_the_end_of_the_thread(watcher)
    assert service.asked == asked
    assert len(seen.snapshots) == snapshots

    watcher.unwatch(watched, seen.listener)
    watched.follow(seen.listener, {"stderr", "stdout"})  # it has left
    assert watcher._thread is None


def test_a_late_log_that_cannot_be_had_says_why(service, watcher):
    service.put(1, "completed", active=False, started=2, execution={"tasks": [{"exitCode": 0}]})
    seen = Seen()
    watched = watcher.watch(1, seen.listener)
    assert watched.finished.wait(PATIENCE_S)
    service.output_fault = RequestRefused("no", 403)
    watched.follow(seen.listener, {"stderr"})
    wait_for_the_end_of_the_thread(watcher)
    assert seen.snapshots[-1].output_troubles == {"stderr": service.output_fault}
    assert seen.snapshots[-1].ended


def wait_for_the_end_of_the_thread(watcher):
    if thread := watcher._thread:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_what_came_before_the_connection_broke_is_told(service, watcher):
    whole, breaks = service.output_pieces, [True]

    @contextlib.contextmanager
    def break_down_once(job_id, stream, offset):
        def broken(pieces):
            yield next(pieces)[:3]
            raise RequestLost("the connection broke")

        with whole(job_id, stream, offset) as pieces:
            yield broken(pieces) if breaks and breaks.pop() else pieces

    service.put(1, "running", started=2)
    service.outputs[1] = b"onetwo"
    service.output_pieces = break_down_once
    told = queue.Queue()
    listener = Listener(lambda _: None, lambda _, spool: told.put(spool.size))
    watched = watcher.watch(1, listener)
    assert [told.get(timeout=PATIENCE_S), told.get(timeout=PATIENCE_S)] == [3, 6]
    assert watched.spool("stdout").tail(10).data == b"onetwo"
    watcher.unwatch(watched, listener)


def test_two_listeners_with_the_same_callbacks_are_two(service, watcher):
    service.put(1, "running", started=2)
    told = []
    one, other = Listener(told.append), Listener(told.append)
    assert one != other
    watched = watcher.watch(1, one)
    watcher.watch(1, other)
    watcher.unwatch(watched, one)
    service.await_listings(3)
    assert watched.listeners == [other]
    watcher.unwatch(watched, other)


def test_a_thread_that_did_not_start_is_started_the_next_time(service, watcher, monkeypatch):
    def fail(_thread):
        raise RuntimeError("can't start new thread")

    service.put(1, "completed", active=False, started=2)
    seen, late = Seen(), Seen()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        with pytest.raises(RuntimeError):
            watcher.watch(1, late.listener)
    assert watcher.watch(1, seen.listener).finished.wait(PATIENCE_S)
    assert seen.snapshots[-1].ended
    assert late.snapshots == []


def test_a_thread_whose_start_was_interrupted_leaves_the_work_to_the_next(service, watcher, monkeypatch):
    start, started = threading.Thread.start, []

    def start_and_interrupt(thread):
        start(thread)
        started.append(thread)
        raise KeyboardInterrupt

    service.put(1, "completed", active=False, started=2)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start_and_interrupt)
        with pytest.raises(KeyboardInterrupt):
            watcher.watch(1, Seen().listener)
    assert watcher.watch(1, Seen().listener).finished.wait(PATIENCE_S)
    started[0].join(PATIENCE_S)
    assert not started[0].is_alive()


def test_a_thread_that_is_dead_as_after_a_fork_is_replaced(service, watcher):
    watcher._thread = dead = threading.Thread(target=lambda: None)
    dead.start()
    dead.join()
    service.put(1, "completed", active=False, started=2)
    assert watcher.watch(1, Seen().listener).finished.wait(PATIENCE_S)


def test_one_who_leaves_while_others_are_told_is_told_no_more(service, watcher):
    service.put(1, "pending")
    seen, first_told = Seen(), threading.Event()

    def leave(snapshot):
        if snapshot.record.status == "running":
            watcher.unwatch(watched, seen.listener)
            first_told.set()

    watched = watcher.watch(1, Listener(leave))
    watcher.watch(1, seen.listener)
    service.await_listings(3)
    service.put(1, "running", started=2)
    assert first_told.wait(PATIENCE_S)
    service.put(1, "completed", active=False, started=2)
    assert watched.finished.wait(PATIENCE_S)
    assert seen.statuses == ["pending"]
