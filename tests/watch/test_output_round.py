"""Rounds of asking for output, against a clock that stands still until it is moved."""

import contextlib
import errno
import itertools
import math
from collections import defaultdict

import pytest

from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.errors import (
    AuthenticationFailed,
    NoSuchJob,
    ProminenceError,
    ServiceFailed,
    TokenExpired,
    Unreachable,
)
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.listener import Listener
from prominence_jupyter.watch.logs.follower import Follower
from prominence_jupyter.watch.logs.spool import NoRoom, Spool, SpoolFull
from prominence_jupyter.watch.logs.watched_log import WatchedLog
from prominence_jupyter.watch.output_round import ask_for_output
from prominence_jupyter.watch.pace import Pace
from prominence_jupyter.watch.watched_job import WatchedJob


class World:
    """Jobs, their output, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.jobs: dict[int, WatchedJob] = {}
        self.outputs: dict[int, bytes] = defaultdict(bytes)
        self.fault: ProminenceError | None = None
        self.offsets = True
        self.takes_s = 0.0
        self.asked: dict[int, list[float]] = defaultdict(list)
        self.snapshots = []

    def clock(self) -> float:
        return self.now

    def start(self, job_id: int, *, cap: int = 1000, tells_start: bool = True) -> WatchedJob:
        @contextlib.contextmanager
        def read(offset):
            self.asked[job_id].append(self.now)
            self.now += self.takes_s
            if self.fault:
                raise self.fault
            yield iter([self.outputs[job_id][offset or 0 if self.offsets else 0 :]])

        def new_log(stream):
            return WatchedLog(stream, Follower(read, Spool(cap=cap), clock=self.clock), Pace(longest_s=5.0))

        job = self.jobs[job_id] = WatchedJob(job_id, new_log, lambda _: None)
        job.join(Listener(self.snapshots.append, lambda *_: None))
        job.let_in()
        self.events = {"startTime": 2} if tells_start else {}
        job.report(record(job_id, "running", self.events), listed_active=True)
        return job

    def start_again(self, job: WatchedJob) -> None:
        self.events = {"startTime": 3}
        job.report(record(job.job_id, "running", self.events), listed_active=True)

    def end(self, job: WatchedJob) -> None:
        assert job.report(record(job.job_id, "completed", self.events), listed_active=False)

    def round(self, until: float = math.inf) -> float:
        """Ask what is due; return the seconds until the next round."""
        return ask_for_output([*self.jobs.values()], self.clock, until) - self.now


def record(job_id, status, events):
    tasks = {"tasks": [{"exitCode": 0}]} if status == "completed" else {}
    return JobRecord.from_json({"id": job_id, "status": status, "events": events, "execution": tasks})


@pytest.fixture
def world():
    return World()


def gaps(times):
    return [after - before for before, after in itertools.pairwise(times)]


def test_each_log_is_asked_for_at_its_own_pace(world):
    chatty, silent = 0, range(1, 51)
    for number in (chatty, *silent):
        world.start(number)
        world.outputs[number] = b"begun\n"
    while world.now < 160:
        world.outputs[chatty] += b"x"
        world.now += max(world.round(), 0.001)
    chatty_gaps = gaps(world.asked[chatty])[1:]  # one request finds out whether there are offsets
    assert max(chatty_gaps) <= 1
    assert len(chatty_gaps) < 60 / 0.4
    for number in silent:
        assert len(world.asked[number]) < 30
        assert 4 < max(gaps(world.asked[number])) < 6


def test_a_round_stops_for_what_is_more_urgent_and_goes_on_with_who_waited_longest(world):
    for number in range(5):
        world.start(number)
        world.outputs[number] = b"x"
    world.takes_s = 1.0
    assert world.round(until=world.now + 2) < 0
    assert sorted(world.asked) == [0, 1]
    assert world.round(until=world.now + 2) < 0
    assert sorted(world.asked) == [0, 1, 2, 3]


def test_where_each_answer_is_the_whole_log_the_service_gets_a_rest(world):
    world.offsets = False
    world.start(1)
    world.outputs[1] = b"x"
    world.round()
    world.now, world.takes_s = 200.0, 3.0
    world.outputs[1] += b"y"
    assert world.round() == pytest.approx(12)


@pytest.mark.parametrize(("asked_s", "given_s"), [(30, 30), (86400, 60)])
def test_patience_that_a_service_asks_for_is_given_within_reason(world, asked_s, given_s):
    world.start(1)
    world.fault = ServiceFailed("too many", 429, retry_after_s=asked_s)
    assert world.round() == given_s


def test_a_job_ends_when_its_output_has_been_read(world):
    job = world.start(1)
    world.outputs[1] = b"one"
    world.round()
    world.outputs[1] = b"one two"
    world.end(job)
    world.round()
    assert job.spool("stdout").size == 7
    assert not job.finished.is_set()
    assert world.round() == math.inf
    assert job.finished.is_set()
    assert world.snapshots[-1].ended


@pytest.mark.parametrize(
    ("fault", "least_s", "most_s"),
    [(RequestLost("it broke"), 300, 310), (ServiceFailed("oh", 502), 300, 310), (NoSuchJob("?", 400), 1, 2)],
)
def test_an_end_that_cannot_be_had_is_asked_for_some_minutes_and_told(world, fault, least_s, most_s):
    job = world.start(1)
    world.round()
    world.end(job)
    world.fault, began, asked = fault, world.now, len(world.asked[1])
    while (pause := world.round()) < math.inf:
        world.now += pause
    assert job.finished.is_set()
    assert least_s <= world.now - began <= most_s
    assert len(world.asked[1]) - asked < 80
    assert world.snapshots[-1].output_trouble is fault


def test_a_service_that_is_started_again_costs_none_of_the_end(world):
    job = world.start(1)
    world.outputs[1] = b"one"
    world.round()
    world.end(job)
    world.outputs[1] = b"one two"
    world.fault, until = ServiceFailed("bad gateway", 502), world.now + 120
    while (pause := world.round()) < math.inf:
        world.now += pause
        if world.now >= until:
            world.fault = None
    assert job.spool("stdout").tail(10).data == b"one two"
    assert world.snapshots[-1].output_troubles == {}


def test_a_temporary_folder_that_has_room_again_takes_the_rest(world, monkeypatch):
    job = world.start(1)
    world.outputs[1] = b"one"
    world.round()
    spool, is_full = job.spool("stdout"), True
    write = spool._write

    def write_or_not(data):
        if is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(data)

    monkeypatch.setattr(spool, "_write", write_or_not)
    world.outputs[1] = b"one two"
    world.now += 10
    assert 0 < world.round() < 10
    assert isinstance(world.snapshots[-1].output_trouble, NoRoom)
    world.end(job)
    world.now += 60 + world.round()
    assert not job.finished.is_set()
    is_full = False
    while (pause := world.round()) < math.inf:
        world.now += pause
    assert spool.tail(10).data == b"one two"
    assert world.snapshots[-1].output_troubles == {}


class TooSlow:
    """Stands in for a follower whose requests never reach what is new in the time that there is."""

    is_behind = reads_all_again = True
    is_doubtful = False

    def __init__(self) -> None:
        self.spool = Spool()

    def poll(self) -> None:
        """Bring nothing."""


def test_an_end_that_comes_too_slowly_is_given_up_after_minutes_and_told(world):
    log = WatchedLog("stdout", TooSlow(), Pace(longest_s=5.0))
    began = world.now
    log.ask(world.clock, job_is_over=True)
    assert not log.is_complete
    while not log.is_complete:
        world.now = log.due
        log.ask(world.clock, job_is_over=True)
    assert 300 <= world.now - began < 310
    assert "slowly" in str(log.trouble)


def test_an_outage_at_the_end_of_a_job_costs_none_of_its_output(world):
    job = world.start(1)
    world.outputs[1] = b"one"
    world.round()
    world.end(job)
    world.outputs[1] = b"one two"
    world.fault = Unreachable("no connection")
    for _ in range(20):
        world.now += world.round()
    assert not job.finished.is_set()
    assert world.snapshots[-1].trouble is world.fault  # so that who waits can give up
    world.fault = None
    while (pause := world.round()) < math.inf:
        world.now += pause
    assert job.spool("stdout").tail(10).data == b"one two"
    last = world.snapshots[-1]
    assert (last.ended, last.trouble, last.stale_since, last.output_troubles) == (True, None, None, {})


def test_a_log_beyond_its_cap_is_given_up_and_says_so_until_the_job_starts_again(world):
    job = world.start(1, cap=10)
    world.outputs[1] = b"12345"
    world.round()
    world.outputs[1] += bytes(100)
    world.now += 10
    assert world.round() == math.inf
    assert job.spool("stdout").tail(10).data == b"12345"
    assert isinstance(world.snapshots[-1].output_trouble, SpoolFull)
    assert not world.snapshots[-1].ended

    world.outputs[1] = b"new"
    again = {"id": 1, "status": "running", "events": {"startTime": 5}}
    job.report(JobRecord.from_json(again), listed_active=True)
    world.round()
    assert job.spool("stdout").tail(10).data == b"new"
    assert world.snapshots[-1].output_trouble is None

    world.outputs[1] = b"new" + bytes(100)
    world.now += 10
    world.round()
    world.end(job)
    world.round()
    assert world.snapshots[-1].ended
    assert isinstance(world.snapshots[-1].output_trouble, SpoolFull)


def test_a_defect_in_following_keeps_no_job_from_ending(world, caplog):
    job = world.start(1)
    world.fault = RuntimeError("a defect of ours")
    world.round()
    world.end(job)
    world.round()
    assert job.finished.is_set()
    assert "a defect of ours" in caplog.text


@pytest.mark.parametrize("fault", [AuthenticationFailed("no", 401), TokenExpired("it is over")])
def test_a_token_that_ends_with_the_job_costs_none_of_the_output(world, fault):
    job = world.start(1)
    world.outputs[1] = b"one"
    world.round()
    world.end(job)
    world.outputs[1] = b"one two"
    world.fault, until = fault, world.now + 3600
    while world.now < until:
        world.now += max(0.1, world.round())
    assert not job.finished.is_set()
    assert world.snapshots[-1].trouble is fault
    world.fault = None
    run_to_the_end(world)
    assert job.spool("stdout").tail(10).data == b"one two"
    assert world.snapshots[-1].output_troubles == {}


def test_a_job_that_a_service_does_not_know_for_an_instant_keeps_its_last_output(world):
    job = world.start(1)
    world.outputs[1] = b"one"
    world.round()
    world.end(job)
    world.outputs[1] = b"one two"
    world.fault = NoSuchJob("?", 400)
    for _ in range(2):
        world.now += max(0.0, world.round())
    world.fault = None
    run_to_the_end(world)
    assert job.spool("stdout").tail(10).data == b"one two"


def test_an_hour_asleep_is_no_hour_in_which_the_end_could_not_be_had(world):
    job = world.start(1)
    world.outputs[1] = b"one"
    world.round()
    world.end(job)
    world.outputs[1] = b"one two"
    world.fault = RequestLost("it broke")
    world.now += world.round()
    world.now += 3600
    world.now += world.round()
    assert not job.finished.is_set()
    world.fault = None
    run_to_the_end(world)
    assert job.spool("stdout").tail(10).data == b"one two"
    assert world.snapshots[-1].output_troubles == {}


@pytest.mark.parametrize("tells_start", [True, False])
def test_what_may_be_the_output_of_another_run_is_compared_at_the_end(world, tells_start):
    job = world.start(1, tells_start=tells_start)
    same_end = b"x" * 300
    world.outputs[1] = b"run 1\n" + same_end
    for _ in range(3):
        world.now += max(0.1, world.round())
    if tells_start:
        world.start_again(job)
        for _ in range(9):
            world.now += max(0.1, world.round())  # the service still gives that of the run before
    world.outputs[1] = b"run 2\n" + same_end + b"x"
    world.now += max(0.1, world.round())
    world.end(job)
    run_to_the_end(world)
    assert job.spool("stdout").tail(1000).data == world.outputs[1]
    assert world.snapshots[-1].output_troubles == {}


def run_to_the_end(world):
    while (pause := world.round()) < math.inf:
        world.now += pause
    assert world.snapshots[-1].ended
