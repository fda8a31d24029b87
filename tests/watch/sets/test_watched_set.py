"""Sets of jobs against a service that is played: what is asked, what is told, and what is never believed."""

import threading
from collections import Counter

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from prominence_jupyter.errors import NoSuchJob, RequestRefused, ServiceFailed, UnexpectedAnswer, Unreachable
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.judging import absence
from prominence_jupyter.watch.sets.set_change import Entry
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_sets import WatchedSets
from prominence_jupyter.watch.watcher import Watcher

PATIENCE_S = 20
PLAIN = ("id", "name", "status", "events")


class Service:
    """Stands in for the client."""

    def __init__(self, *, detail=True, ids=True) -> None:
        self.jobs: dict[int, dict] = {}
        self.active: set[int] = set()
        self.hidden: set[int] = set()
        self.detail, self.ids = detail, ids
        self.fault: Exception | None = None
        self.job_faults: dict[int, Exception] = {}
        self.asked: Counter[str] = Counter()

    def put(self, job_id, status="running", *, active=True, label=None, **more):
        ended = {} if active else {"endTime": 9}
        labels = {"study": label} if label else {}
        job = {"id": job_id, "status": status, "events": {"createTime": 1, **ended}, "labels": labels, "resources": {}}
        self.jobs[job_id] = job | more
        (self.active.add if active else self.active.discard)(job_id)

    def end(self, job_id, status="completed"):
        self.put(job_id, status, active=False, label=self.jobs[job_id]["labels"].get("study"))

    def active_jobs(self):
        return self._give("listing", self.active, detail=False)

    def completed_jobs(self, num):
        self.asked["most completed"] = max(num, self.asked["most completed"])
        newest = [job_id for job_id in reversed(self.jobs) if job_id not in self.active]
        return self._give("completed", newest[:num], detail=self.detail)

    def jobs_with_ids(self, ids):
        records = self._give("ids", set(ids) if self.ids else self.active)
        if not self.ids and records:
            raise UnexpectedAnswer("others than were asked for")
        return records

    def jobs_with_label(self, key, value, *, active=False):
        chosen = self.active if active else self.jobs
        return self._give("label", [i for i in chosen if self.jobs[i]["labels"].get(key) == value])

    def job(self, job_id):
        if fault := self.job_faults.get(job_id):
            self.asked["job"] += 1
            raise fault
        return next(iter(self._give("job", [job_id])), None)

    def _give(self, what, ids, *, detail=True):
        self.asked[what] += 1
        if self.fault:
            raise self.fault
        found = [self.jobs[i] for i in sorted(ids) if i in self.jobs and (what == "listing" or i not in self.hidden)]
        return [JobRecord.from_json(job if detail else {k: job[k] for k in PLAIN if k in job}) for job in found]


class Play:
    """One set at a service, told of a tick when the test says so."""

    def __init__(self, service, watched) -> None:
        self.service, self.watched = service, watched
        self.sets = WatchedSets(service, longest_pause_s=10, clock=lambda: 0.0)
        self.changes = []
        watched.join(self.changes.append)
        watched.let_in()

    def tick(self):
        """Return what the tick has told, None if nothing."""
        self.changes.clear()
        try:
            listing = {str(record.id): record for record in self.service.active_jobs()}
        except Unreachable as error:
            self.watched.miss(error)
        else:
            self.sets.report([self.watched], listing)
        assert len(self.changes) <= 1
        return self.changes[0] if self.changes else None


def ids(*numbers):
    return [Entry(number) for number in numbers]


@pytest.fixture
def service():
    return Service()


def test_the_listing_is_all_that_active_jobs_need(service):
    for number in range(100):
        service.put(number)
    play = Play(service, WatchedSet(ids(*range(100))))
    assert len(play.tick().records) == 100
    assert play.tick() is None
    service.put(7, "deploying")
    change = play.tick()
    assert {key: record.status for key, record in change.records.items()} == {"7": "deploying"}
    assert set(service.asked) == {"listing"}


def test_many_that_leave_are_asked_for_in_one_request(service):
    for number in range(100):
        service.put(number)
    play = Play(service, WatchedSet(ids(*range(100))))
    play.tick()
    for number in range(50):
        service.end(number)
    change = play.tick()
    assert change.ended == {str(number) for number in range(50)} == set(change.records)
    assert service.asked == {"listing": 2, "completed": 1, "most completed": 50}
    for number in range(50, 100):
        service.end(number)
    play.tick()
    assert play.watched.finished.is_set()


def test_few_are_asked_for_one_by_one(service):
    service.put(1)
    play = Play(service, WatchedSet(ids(1)))
    play.tick()
    service.end(1)
    assert play.tick().ended == {"1"}
    assert service.asked == {"listing": 2, "job": 1}


@pytest.mark.parametrize(("understands", "single"), [(True, 0), (False, 1000)])
def test_old_ones_are_asked_for_by_lists_of_ids_where_the_service_understands(understands, single):
    service = Service(ids=understands)
    service.put(5000)
    for number in range(1200):
        service.put(number, "completed", active=False)
    play = Play(service, WatchedSet(ids(*range(1200))))
    play.tick()
    assert play.watched.finished.is_set()
    assert service.asked["job"] == single
    assert service.asked["ids"] == (5 if understands else 1)


def test_without_detail_in_listings_each_is_asked_for(service):
    service.detail = False
    for number in range(20):
        service.put(number, "completed", active=False)
    service.ids = False
    service.put(5000)
    play = Play(service, WatchedSet(ids(*range(20))))
    assert len(play.tick().ended) == 20
    assert all(entry.record.has_detail for entry in play.watched.entries.values())
    assert service.asked["job"] == 20


def test_a_tick_never_takes_long_and_the_rest_comes_in_the_next(service):
    now = iter(range(1000))
    service.ids = False
    service.put(5000)
    play = Play(service, WatchedSet(ids(*range(40))))
    play.sets = WatchedSets(service, longest_pause_s=10, clock=lambda: next(now))
    for number in range(40):
        service.put(number, "completed", active=False, resources=None)
        del service.jobs[number]["resources"]
    ended = 0
    for _ in range(40):
        before = service.asked["job"]
        change = play.tick()
        assert service.asked["job"] - before <= 16
        ended += len(change.ended) if change else 0
        if play.watched.finished.is_set():
            break
    assert ended == 40


def test_all_active_jobs_come_and_it_never_finishes(service):
    play = Play(service, WatchedSet(everything=True))
    assert play.tick().records == {}  # also that there is none is news
    service.put(1)
    assert set(play.tick().records) == {"1"}
    service.end(1)
    assert play.tick().ended == {"1"}
    assert play.tick() is None
    assert not play.watched.finished.is_set()
    assert play.watched.entries["1"].ended


def test_the_label_is_asked_for_only_when_a_job_is_new(service):
    service.put(1, label="a")
    service.put(2, label="b")
    play = Play(service, WatchedSet(ids(1), label=("study", "a")))
    play.tick()
    play.tick()
    assert service.asked["label"] == 1
    service.put(3, label="a")
    service.put(4)
    assert set(play.tick().records) == {"3"}
    assert service.asked["label"] == 2
    service.fault = None
    for number in (1, 3):
        service.end(number)
    play.tick()
    assert play.watched.finished.is_set()
    assert set(play.watched.entries) == {"1", "3"}


def test_a_label_that_cannot_be_asked_for_makes_stale_and_is_asked_for_again(service):
    service.put(1, label="a")
    play = Play(service, WatchedSet(ids(1), label=("study", "a")))
    whole, service.jobs_with_label = service.jobs_with_label, raising(ServiceFailed("busy", 503))
    assert isinstance(play.tick().trouble, ServiceFailed)
    service.jobs_with_label = whole
    assert play.tick().trouble is None


def raising(error):
    def fail(*_args, **_named):
        raise error

    return fail


def test_failed_is_provisional_while_it_is_listed(service):
    service.put(1, "failed")
    play = Play(service, WatchedSet(ids(1)))
    assert play.tick().records["1"].status == "failed"
    assert not play.tick()
    assert not play.watched.entries["1"].ended
    service.put(1, "running")
    assert play.tick().records["1"].status == "running"


def test_a_known_failure_is_not_the_last_word_when_the_job_left(service):
    held = JobRecord.from_json({"id": 1, "status": "failed", "resources": {}})
    service.put(1, "completed", active=False)
    play = Play(service, WatchedSet([Entry(1, held)]))
    play.tick()
    assert play.watched.entries["1"].record.status == "completed"


def test_known_ends_need_no_request(service):
    done = JobRecord.from_json({"id": 1, "status": "completed", "resources": {}})
    play = Play(service, WatchedSet([Entry(1, done)]))
    assert play.tick().ended == {"1"}
    assert play.watched.finished.is_set()
    assert service.asked == {"listing": 1}


def test_one_that_stays_listed_after_its_end_has_ended_and_is_asked_for_once(service):
    stays = {"events": {"createTime": 1, "endTime": 2}}
    service.put(1, "completed", policies={"leaveInQueue": True}, **stays)
    service.put(2, "completed", **stays)  # listed twice, for a moment
    play = Play(service, WatchedSet(ids(1, 2)))
    assert play.tick().ended == {"1"}
    assert play.tick() is None
    assert service.asked["job"] == 2
    service.end(2)
    assert play.tick().ended == {"2"}


def test_one_that_is_nowhere_for_a_moment_is_not_gone(service, monkeypatch):
    monkeypatch.setattr(absence, "LEAST_S", 0)
    service.put(1)
    play = Play(service, WatchedSet(ids(1)))
    play.tick()
    service.active.clear()
    service.hidden.add(1)
    for _ in range(9):
        assert play.tick() is None
    service.hidden.clear()
    service.active.add(1)
    play.tick()
    service.active.clear()
    service.hidden.add(1)
    changes = [play.tick() for _ in range(10)]
    assert changes[:9] == [None] * 9
    assert changes[9].gone == {"1"}
    assert not changes[9].ended
    assert play.watched.finished.is_set()
    assert play.watched.entries["1"].record.status == "running"


def test_trouble_makes_the_set_stale_and_no_status(service):
    service.put(1)
    play = Play(service, WatchedSet(ids(1)))
    play.tick()
    service.fault = Unreachable("no connection")
    change = play.tick()
    assert change.trouble is service.fault
    assert change.records == {}
    since = change.stale_since
    assert play.tick() is None
    assert play.watched.stale_since == since
    service.fault = None
    assert play.tick().stale_since is None
    assert play.watched.entries["1"].record.status == "running"


def test_one_that_was_there_is_missed_for_two_minutes_one_that_never_was_is_not(service, monkeypatch):
    monkeypatch.setattr(absence, "passed_s", lambda: now)
    now = 0.0
    service.put(1)
    play = Play(service, WatchedSet(ids(1, 2)))
    play.tick()
    service.active.clear()
    service.hidden.add(1)
    for _ in range(50):
        play.tick()
    assert [entry.gone for entry in play.watched.entries.values()] == [False, True]
    now = 10.0
    play.tick()
    now += 3600.0  # asleep: that is no time in which it was missed
    play.tick()
    assert not play.watched.entries["1"].gone
    now = 3631.0
    assert play.tick().gone == {"1"}
    assert play.watched.finished.is_set()


def test_a_refused_id_keeps_no_set_open_for_ever(service):
    service.put(1, "completed", active=False)
    service.job_faults[2] = UnexpectedAnswer("HTML", 404)
    play = Play(service, WatchedSet(ids(1, 2)))
    for number in range(11):
        assert not play.watched.finished.is_set()
        play.tick()
        assert play.watched.failures == 0, number
    assert play.watched.finished.is_set()
    assert play.watched.entries["2"].gone
    assert play.watched.trouble is None


def test_a_list_that_is_cut_short_loses_no_job(service):
    for number in range(30):
        service.put(number, "completed", active=False)
    service.detail = False
    bulk = service.jobs_with_ids
    service.jobs_with_ids = lambda wanted: bulk([*wanted][:5])
    play = Play(service, WatchedSet(ids(*range(30))))
    assert play.tick().ended == {str(number) for number in range(30)}


def test_a_service_that_lists_no_ended_jobs_is_asked_for_each(service, monkeypatch):
    def refuse(_):
        raise RequestRefused("no", 403)

    monkeypatch.setattr(service, "completed_jobs", refuse)
    service.ids = False
    for number in range(20):
        service.put(number, "completed", active=False)
    play = Play(service, WatchedSet(ids(*range(20))))
    assert len(play.tick().ended) == 20


def test_an_answer_under_another_id_is_none(service):
    service.put(1, "completed", active=False)
    job = service.job
    service.job = lambda job_id: job(int(job_id))
    play = Play(service, WatchedSet(ids("01", 1)))
    play.tick()
    assert [(entry.job_id, entry.record is not None) for entry in play.watched.entries.values()] == [
        ("01", False),
        (1, True),
    ]


def test_one_who_has_left_while_others_were_told_is_not_told(service):
    service.put(1)
    told = []

    def later(change):
        told.append(change)

    watched = WatchedSet(ids(1))
    watched.join(lambda _: watched.leave(later))
    watched.join(later)
    Play(service, watched).tick()
    assert told == []


def test_one_job_that_cannot_be_asked_for_does_not_hold_up_the_others(service):
    for number in range(3):
        service.put(number, "completed", active=False)
    service.job_faults[0] = RequestRefused("not yours", 403)
    service.job_faults[1] = NoSuchJob("?", 400)
    play = Play(service, WatchedSet(ids(*range(3))))
    change = play.tick()
    assert change.ended == {"2"}
    assert change.trouble is service.job_faults[0]
    assert not play.watched.finished.is_set()


def test_one_who_comes_later_is_told_everything(service):
    service.put(1)
    service.put(2)
    play = Play(service, WatchedSet(ids(1, 2)))
    play.tick()
    service.end(1)
    play.tick()
    seen = []
    play.watched.join(seen.append)
    assert play.watched.let_in()
    assert set(seen[0].records) == {"1", "2"}
    assert seen[0].ended == {"1"}


def test_an_error_of_a_listener_is_its_own(service, caplog):
    service.put(1)
    play = Play(service, WatchedSet(ids(1)))
    play.watched.join(raising(RuntimeError("a listener's defect")))
    play.watched.let_in()
    assert play.tick().records
    assert "a listener's defect" in caplog.text


def test_three_ticks_of_a_thousand_jobs_are_three_listings(service):
    """In the watcher's own thread, beside a job that is watched alone in two sets."""
    for number in range(1000):
        service.put(number)
    watcher = Watcher(service, longest_pause_s=0.01)
    watched = [WatchedSet(ids(*range(1000))), WatchedSet(everything=True)]
    for one in watched:
        watcher.watch_set(one, listener)
    assert watched[0].await_tick(2, PATIENCE_S)
    for one in watched:
        watcher.unwatch_set(one, listener)
    while thread := watcher._thread:
        thread.join(PATIENCE_S)
    assert service.asked == {"listing": watched[0].ticks}
    assert watched[0].ticks >= 3


def listener(_change):
    """Want nothing."""


def test_the_thread_ends_with_the_last_job_and_a_finished_set_still_tells(service):
    service.put(1, "completed", active=False)
    watcher = Watcher(service, longest_pause_s=0.01)
    watched, told = WatchedSet(ids(1)), threading.Event()
    watcher.watch_set(watched, listener)
    assert watched.finished.wait(PATIENCE_S)
    watcher.watch_set(watched, lambda change: told.set() if change.ended else None)
    assert told.wait(PATIENCE_S)
    while thread := watcher._thread:
        thread.join(PATIENCE_S)
    assert service.asked["job"] == 1


class Sets(RuleBasedStateMachine):
    """Any order of events: no ended state is left, each end is told once, and only what changed."""

    numbers = st.integers(0, 11)

    def __init__(self) -> None:
        super().__init__()
        self.service = Service()
        self.plays = [
            Play(self.service, WatchedSet(ids(*range(12)))),
            Play(self.service, WatchedSet(everything=True)),
            Play(self.service, WatchedSet(label=("study", "a"))),
        ]
        self.closed = [{} for _ in self.plays]
        self.shown = [{} for _ in self.plays]

    @rule(number=numbers, status=st.sampled_from(["pending", "running", "failed"]), label=st.sampled_from(["a", "b"]))
    def goes_on(self, number, status, label):
        if number not in self.service.jobs or number in self.service.active:
            self.service.put(number, status, label=label)

    @rule(number=numbers, status=st.sampled_from(["completed", "failed", "deleted", "killed"]))
    def ends(self, number, status):
        if number in self.service.active:
            self.service.end(number, status)

    @rule(number=numbers)
    def hides_or_comes_back(self, number):
        self.service.hidden ^= {number}

    @rule(number=numbers)
    def is_listed_once_more(self, number):
        if number in self.service.jobs:
            self.service.active.add(number)
            self.tick()
            if self.service.jobs[number]["events"].get("endTime"):
                self.service.active.discard(number)

    @rule(is_broken=st.booleans())
    def connection(self, is_broken):
        self.service.fault = Unreachable("no connection") if is_broken else None

    @rule(detail=st.booleans(), understands=st.booleans())
    def another_service(self, detail, understands):
        self.service.detail, self.service.ids = detail, understands

    @rule()
    def tick(self):
        for play, closed, shown in zip(self.plays, self.closed, self.shown, strict=True):
            before = play.watched.entries
            change = play.tick()
            after = play.watched.entries
            if change is None:
                assert after == before
                continue
            for key, record in change.records.items():
                assert shown.get(key) != record
                shown[key] = record
            for key in change.ended | change.gone:
                assert key not in closed
                closed[key] = after[key]
            assert (change.stale_since is not None) == (change.trouble is not None)
            if self.service.fault:
                assert {*change.records, *change.ended, *change.gone} == set()

    @invariant()
    def the_entries_are_what_was_told(self):
        for play, closed, shown in zip(self.plays, self.closed, self.shown, strict=True):
            entries = play.watched.entries
            assert {key: entry.record for key, entry in entries.items() if entry.record} == shown
            assert {key: entry for key, entry in entries.items() if entry.is_closed} == closed
            for entry in closed.values():
                assert entry.gone or entry.record.status in {"completed", "failed", "deleted", "killed"}


TestSets = Sets.TestCase
TestSets.settings = settings(max_examples=60, stateful_step_count=40)
