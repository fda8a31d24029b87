"""A watch keeps to what a service asks for, and to the truth about how old its news is."""

import pytest

from prominence_jupyter.errors import ServiceFailed, Unreachable
from prominence_jupyter.watch import patient_client, watched_job
from prominence_jupyter.watch.listener import Listener
from prominence_jupyter.watch.patient_client import PatientClient
from prominence_jupyter.watch.watcher import Watcher
from tests.watch.model import Model

ASK = {
    "active_jobs": lambda client: client.active_jobs(),
    "job": lambda client: client.job(1),
    "completed_jobs": lambda client: client.completed_jobs(5),
    "jobs_with_ids": lambda client: client.jobs_with_ids([1]),
    "output_pieces": lambda client: client.output_pieces(1, "stdout").__enter__(),
}


@pytest.mark.parametrize("refused", ASK)
def test_a_service_that_asks_for_rest_is_asked_nothing_until_then(refused):
    model = Model()
    client = PatientClient(model, model.clock)
    model.fault = "429"
    with pytest.raises(ServiceFailed):
        ASK[refused](client)
    model.fault = None
    for ask in ASK.values():
        model.pass_time(3)
        with pytest.raises(ServiceFailed) as caught:
            ask(client)
        assert 0 < caught.value.retry_after_s <= 22
    assert len(model.requests) == 1
    model.pass_time(22)
    ASK["active_jobs"](client)
    assert not model.violations


def test_a_day_of_rest_is_a_minute():
    model = Model()
    patient_client._spread.seed(1)
    client = PatientClient(model, model.clock)
    model.active_jobs = lambda: (_ for _ in ()).throw(ServiceFailed("too many", 429, retry_after_s=86400))
    with pytest.raises(ServiceFailed):
        client.active_jobs()
    with pytest.raises(ServiceFailed) as caught:
        client.job(1)
    assert caught.value.retry_after_s <= 66


class Watch:
    """A watcher that is driven, and what it tells of one job."""

    def __init__(self, model):
        self.model = model
        self.watcher = Watcher(model, clock=model.clock)
        self.watcher._run_thread = lambda: None
        self.watched = self.watcher.watch(1, Listener(lambda _: None))
        for job in model.jobs.values():
            model.start(job)

    def drive(self, seconds):
        until = self.model.now + seconds
        while (due := self.watcher.tick()) <= until:
            self.model.pass_time(max(0.0, due - self.model.now))
        self.model.pass_time(until - self.model.now)


@pytest.fixture
def watch(monkeypatch):
    model = Model(jobs=3)
    monkeypatch.setattr(watched_job, "time", type("Wall", (), {"time": lambda: model.wall}))
    return Watch(model)


def test_one_who_joins_while_the_service_wants_rest_waits_too(watch):
    watch.drive(5)
    watch.model.fault = "429"
    watch.drive(10)
    requests = len(watch.model.requests)
    other = watch.watcher.watch(2, Listener(lambda _: None))
    watch.watcher.tick()
    assert len(watch.model.requests) == requests
    assert isinstance(other.snapshot.trouble, ServiceFailed)
    watch.model.fault = None
    watch.drive(30)
    assert other.snapshot.record.status == "running"
    assert not watch.model.violations


def test_news_is_as_old_as_the_last_answer_also_after_an_hour_asleep(watch):
    watch.drive(60)
    before = watch.model.wall
    watch.model.fault = "no connection"
    watch.model.pass_time(3600)
    watch.watcher.tick()
    assert isinstance(watch.watched.snapshot.trouble, Unreachable)
    assert before - 12 <= watch.watched.snapshot.stale_since <= before
    watch.model.fault = None
    watch.drive(2)
    assert watch.watched.snapshot.stale_since is None


def test_a_clock_that_was_set_back_puts_no_news_into_the_future(watch):
    watch.drive(60)
    watch.model.fault = "no connection"
    watch.model.pass_time(20, wall=-7200)
    watch.watcher.tick()
    assert watch.watched.snapshot.stale_since <= watch.model.wall


def test_one_job_that_hangs_keeps_the_others_waiting_once(watch):
    for number in (2, 3):
        watch.watcher.watch(number, Listener(lambda _: None))
    told, ask = [], watch.model.job

    def hang(job_id):
        if job_id == 1:
            watch.model.fault = "hangs"
        told.append(job_id)
        try:
            return ask(job_id)
        finally:
            watch.model.fault = None

    watch.model.job = hang
    watch.watcher.tick()
    watch.watcher.tick()
    watch.drive(20)
    assert told[:4] == [1, 2, 3, 1]
