"""Workflows against a service that is played: what is asked in which tick, what is told, and when it is over."""

from collections import Counter
from itertools import pairwise

import pytest

from prominence_jupyter.errors import NoSuchJob, NoSuchWorkflow, RequestRefused, ServiceFailed, Unreachable
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.watch.judging import absence
from prominence_jupyter.watch.sets.set_change import Entry
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.sets.watched_workflow import WatchedWorkflow
from prominence_jupyter.watch.watcher import Watcher

DONE = {"tasks": [{"exitCode": 0}]}
FASTEST_S = 0.4
PLAIN = ("id", "name", "status", "events")


class Service:
    """Stands in for the client: the jobs of workflow 7, which is called study, and others."""

    def __init__(self):
        self.jobs: dict[int, dict] = {}
        self.active: set[int] = set()
        self.status, self.ended = "running", False
        self.counts: dict | None = None
        self.policies: dict = {}
        self.faults: dict[str, Exception] = {}
        self.asked: list[str] = []
        self.names: set[str | None] = set()
        self.before_own = lambda: None
        self.workflows = self

    def put(self, number, node="a", status="running", *, active=True, workflow="study", **more):
        events = {"createTime": number} | ({} if active else {"endTime": 9})
        job = {
            "id": number,
            "name": f"{workflow}/{node}",
            "status": status,
            "events": events,
            "resources": {},
            "execution": DONE,
        }
        self.jobs[number] = job | more
        (self.active.add if active else self.active.discard)(number)

    def end(self, number, status="completed"):
        job = self.jobs[number]
        workflow, node = job["name"].split("/", 1)
        self.put(number, node, status, active=False, workflow=workflow)

    def finish(self, status="completed"):
        self.status = status

    def active_jobs(self):
        self._ask("plain")
        return [JobRecord.from_json({key: self.jobs[i][key] for key in PLAIN}) for i in sorted(self.active)]

    def workflow(self, workflow_id):
        self._ask("workflow")
        return WorkflowRecord.from_json(self._described(workflow_id)) if self.status else None

    def jobs_of(self, workflow_id, known, *, name):
        self._ask("own")
        self.names.add(name)
        self.before_own()
        mine = [job for job in self.jobs.values() if str(job.get("of", 7)) == str(workflow_id)]
        return known.read(reversed(mine)) if self.status else []

    def _described(self, workflow_id):
        done = [job["name"] for job in self.jobs.values() if job["status"] == "completed"]
        bad = {job["name"] for job in self.jobs.values() if job["status"] in {"failed", "deleted"}} - {*done}
        counts = self.counts or {"total": 9, "done": len(done), "failed": len(bad), "queued": 0, "waiting": 0}
        return {
            "id": workflow_id,
            "name": "study",
            "status": self.status,
            "jobs": [],
            "progress": counts,
            "policies": self.policies,
        }

    def _ask(self, what):
        self.asked.append(what)
        if what in self.faults:
            raise self.faults[what]


class Client:
    """As a client has it."""

    def __init__(self, service):
        self.active_jobs = service.active_jobs  # and nothing that asks for one job
        self.workflows = type("Workflows", (), {"workflow": service.workflow, "jobs": service.jobs_of})


class Play:
    """A watcher whose rounds come when the test says so."""

    def __init__(self, service, *sets):
        self.service, self.now = service, 1000.0
        self.watcher = Watcher(Client(service), clock=lambda: self.now)
        self.watcher._run_thread = lambda: None
        self.changes = []
        self.sets = sets or (of_workflow(),)
        self.watched = self.sets[0]
        for watched in self.sets:
            self.watcher.watch_set(watched, self.changes.append)

    def tick(self, times=1):
        """Do so many intervals; return what the last has asked, by what it was."""
        for _ in range(times):
            self.service.asked.clear()
            due = self.watcher.tick()
            assert self.service.asked.count("plain") + self.service.asked.count("own") <= 1
            self.pause_s = due - self.now
            assert self.pause_s > FASTEST_S  # so that there is no other in this interval
            self.now = max(self.now, due) if due < 1e9 else self.now
        return [*self.service.asked]

    def takes(self, seconds):
        """Return what lets that time pass."""

        def passes():
            self.now += seconds

        return passes

    def status(self):
        return {key: (entry.record.status, entry.ended) for key, entry in self.watched.entries.items()}


def of_workflow(number=7, record=None):
    return WatchedSet(workflow=WatchedWorkflow(number, record))


@pytest.fixture
def service():
    return Service()


def test_at_first_all_is_asked_and_then_the_plain_listing_alone(service):
    service.put(1, "a/0")
    service.put(2, "a/1", "completed", active=False)
    play = Play(service)
    assert play.tick() == ["plain", "workflow"]
    assert play.tick() == ["own"]
    assert service.names == {"study"}
    assert play.status() == {"1": ("running", False), "2": ("completed", True)}
    assert play.tick() == ["plain"]
    assert play.tick() == ["plain"]


def test_the_jobs_that_left_in_one_tick_are_had_by_one_listing(service):
    for number in range(1000):
        service.put(number, f"a/{number}")
    play = Play(service)
    play.tick(3)
    for number in range(990):
        service.end(number)
    assert play.tick() == ["plain"]
    assert play.tick() == ["own"]
    assert Counter(play.status().values()) == {("completed", True): 990, ("running", False): 10}
    assert play.tick() == ["plain"]


def test_it_is_over_when_the_workflow_has_ended_and_its_jobs_have(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.end(1)
    assert play.tick() == ["plain"]
    assert play.tick() == ["own", "workflow"]
    assert not play.watched.finished.is_set()  # the next job may come
    assert play.tick() == ["plain", "workflow"]
    service.put(2, "b")
    assert play.tick() == ["plain"]
    assert play.tick() == ["own"]
    service.end(2)
    service.finish()
    play.tick()
    assert play.tick() == ["own", "workflow"]
    assert play.watched.finished.is_set()
    assert play.changes[-1].workflow.status == "completed"
    assert play.tick() == []


def test_jobs_that_came_and_went_between_two_looks_are_found_by_the_counts(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.end(1)
    play.tick()
    service.put(2, "b", "completed", active=False)  # after the own listing, were it real
    hidden = service.jobs.pop(2)
    service.counts = {"done": 2, "failed": 0}
    service.finish()
    assert play.tick() == ["own", "workflow"]
    assert not play.watched.finished.is_set()
    service.jobs[2] = hidden
    assert play.tick() == ["own"]
    assert play.watched.finished.is_set()
    assert play.status()["2"] == ("completed", True)


def test_that_nothing_more_comes_is_told_when_the_counts_had_hidden_it(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.end(1)
    service.counts = {"done": 3, "failed": 0}
    service.finish()
    play.tick(2)
    assert not play.watched.is_over
    told = len(play.changes)
    play.tick()
    assert len(play.changes) == told + 1
    assert play.watched.is_over


def test_attempts_that_came_and_went_are_found_where_jobs_are_tried_again(service):
    service.policies = {"maximumRetries": 1}
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.end(1, "failed")
    assert play.tick() == ["plain"]
    service.finish("failed")
    assert play.tick() == ["own", "workflow"]
    service.put(2, status="failed", active=False)
    assert play.tick() == ["own"]
    assert play.watched.finished.is_set()
    assert play.status()["2"] == ("failed", True)


def test_counts_that_never_agree_keep_nobody_waiting(service):
    service.put(1, status="deleted", active=False)
    service.counts = {"done": 0, "failed": 0}
    service.finish("deleted")
    play = Play(service)
    play.tick(4)
    assert play.watched.finished.is_set()


def test_an_attempt_that_is_tried_again_is_a_job_more(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.end(1, "failed")
    service.put(2)
    assert play.tick() == ["plain"]
    assert play.tick() == ["own"]
    assert play.status() == {"1": ("failed", True), "2": ("running", False)}


def test_a_failure_is_provisional_while_the_job_is_listed(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.put(1, status="failed")
    assert play.tick() == ["plain"]
    assert play.status() == {"1": ("failed", False)}
    service.put(1)
    play.tick()
    assert play.status() == {"1": ("running", False)}
    assert not play.watched.finished.is_set()


def test_a_job_that_failed_without_an_end_time_is_believed_the_third_time(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.jobs[1] |= {"status": "failed"}
    service.active.clear()
    service.finish("failed")
    for _ in range(2):
        play.tick(2)
        assert not play.watched.finished.is_set()
    play.tick(4)
    assert play.status() == {"1": ("failed", True)}
    assert play.watched.finished.is_set()


def test_jobs_that_stay_listed_after_their_end_are_asked_for_once(service):
    service.put(1, policies={"leaveInQueue": True})
    play = Play(service)
    play.tick(3)
    service.put(1, status="completed", events={"createTime": 1, "endTime": 9}, policies={"leaveInQueue": True})
    service.finish()
    assert play.tick() == ["plain"]
    assert play.tick() == ["own", "workflow"]
    assert play.watched.finished.is_set()


def test_jobs_of_another_workflow_of_the_same_name_are_left_alone(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.put(5, of=8)
    service.put(6, workflow="another", of=9)
    asked = [play.tick() for _ in range(10)]
    assert asked.count(["own"]) == 3  # it may be one that the service has not put there yet
    assert [*play.watched.entries] == ["1"]
    service.put(2, "b")
    play.tick(2)
    assert [*play.watched.entries] == ["1", "2"]


def test_two_who_watch_a_workflow_share_its_listing(service):
    service.put(1)
    first, second = of_workflow(), of_workflow("7")
    play = Play(service, first, second)
    assert play.tick() == ["plain", "workflow", "workflow"]
    assert play.tick() == ["own"]
    assert first.entries == second.entries != {}
    assert play.tick() == ["plain"]


def test_workflows_take_turns_and_the_plain_listing_has_its_own(service):
    service.put(1)
    service.put(2, workflow="study", of=8)
    other = WatchedSet([Entry(3)])
    service.put(3, workflow="lone")
    play = Play(service, of_workflow(), of_workflow(8), other)
    play.tick()
    assert other.entries["3"].record
    assert [play.tick(), play.tick(), play.tick()] == [["own"], ["plain"], ["own"]]
    assert ([*play.sets[0].entries], [*play.sets[1].entries]) == (["1"], ["2"])


def test_a_workflow_whose_jobs_keep_leaving_keeps_no_other_waiting(service):
    for number in range(100):
        service.put(number, f"a/{number}")
    service.put(200, workflow="study", of=8)
    play = Play(service, of_workflow(), of_workflow(8))
    play.tick(20)
    service.put(200, status="completed", active=False, of=8)
    for number in range(5):
        service.end(number)
        play.tick()
    assert play.sets[1].entries["200"].ended
    assert play.sets[0].entries["0"].ended


def test_the_service_has_rest_between_two_listings_of_a_workflow(service):
    for number in range(100):
        service.put(number, f"a/{number}")
    play = Play(service)
    play.tick(4)
    service.before_own = play.takes(0.2)  # so that it may be asked again after 4 s
    asked = []
    for number in range(50):
        service.end(number)
        began = play.now
        asked.extend((what, began) for what in play.tick())
    own = [began for what, began in asked if what == "own"]
    assert len(own) > 3
    assert all(4 < later - sooner < 6 for sooner, later in pairwise(own))


def test_the_rest_is_no_longer_than_the_longest_pause(service):
    for number in range(100):
        service.put(number, f"a/{number}")
    play = Play(service)
    service.before_own = play.takes(30)
    play.tick(3)
    service.end(1)
    began = play.now
    while "own" not in play.tick():
        pass
    assert play.now - began < 30 + 2 * 11 + 1


def test_the_end_of_all_jobs_waits_for_no_rest(service):
    service.put(1)
    service.put(2, "b")
    play = Play(service)
    service.before_own = play.takes(5)
    play.tick(3)
    service.end(1)
    assert [play.tick(), play.tick()] == [["plain"], ["plain"]]
    service.end(2)
    service.finish()
    assert play.tick() == ["plain"]
    assert play.pause_s < 1
    assert play.tick() == ["own", "workflow"]
    assert play.watched.finished.is_set()


def test_where_its_description_is_known_it_is_not_asked_for(service):
    service.put(1)
    play = Play(service, of_workflow(record=service.workflow(7)))
    assert play.tick() == ["plain"]
    assert play.tick() == ["own"]


@pytest.mark.parametrize("what", ["plain", "own", "workflow"])
def test_what_cannot_be_asked_makes_data_old_and_nothing_else(service, what):
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.end(1)
    service.finish()
    service.faults[what] = Unreachable("no connection")
    for _ in range(20):
        play.tick()
        assert not play.watched.finished.is_set()
    assert play.watched.stale_since is not None
    assert play.changes[-1].trouble
    service.faults.clear()
    play.tick(4)
    assert play.watched.finished.is_set()
    assert play.changes[-1].trouble is None


def test_a_refusal_is_counted_as_often_as_it_comes(service):
    play = Play(service)
    service.put(1)
    service.faults["own"] = RequestRefused("not yours", 403)
    play.tick(8)
    assert play.watched.failures >= 3
    assert isinstance(play.watched.trouble, RequestRefused)


def test_a_service_that_wants_rest_has_it(service):
    service.put(1)
    play = Play(service)
    play.tick()
    service.faults["own"] = ServiceFailed("too many", 429, retry_after_s=20)
    assert play.tick() == ["own"]
    until = play.now + 20
    while play.now < until - 1:
        play.tick()
        assert play.now >= until - 1 or not service.asked


def test_a_workflow_that_the_service_knows_no_more_is_gone(service, monkeypatch):
    monkeypatch.setattr(absence, "LEAST_S", 0.0)
    service.put(1)
    play = Play(service)
    play.tick(3)
    service.status = ""
    service.active.clear()
    play.tick(60)
    assert play.watched.workflow.gone
    assert play.watched.entries["1"].gone
    assert play.watched.finished.is_set()


@pytest.mark.parametrize("kind", [NoSuchJob, NoSuchWorkflow])
def test_a_workflow_that_the_service_says_is_none_is_none(service, kind):
    service.faults = {"own": kind("no such workflow", 404), "workflow": kind("no such workflow", 404)}
    play = Play(service)
    play.tick(30)
    assert play.watched.workflow.gone
    assert play.watched.finished.is_set()


def test_jobs_that_are_none_of_it_are_not_taken_for_its_own(service):
    service.put(1)
    service.put(7, workflow="another")  # a service that takes the id for one of a job
    play = Play(service)
    play.tick(3)
    assert [*play.watched.entries] == ["1"]


def test_one_who_comes_late_is_told_all(service):
    service.put(1)
    play = Play(service)
    play.tick(3)
    late = []
    play.watcher.watch_set(play.watched, late.append)
    play.tick()
    assert [*late[0].records] == ["1"]
    assert late[0].workflow.name == "study"
