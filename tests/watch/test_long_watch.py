"""A day of watching, by a clock that is moved: what is asked, and that nothing piles up."""

import gc
import threading

import pytest

from prominence_jupyter.watch import pace
from prominence_jupyter.watch.listener import Listener
from prominence_jupyter.watch.sets.set_change import Entry
from prominence_jupyter.watch.sets.watched_set import WatchedSet
from prominence_jupyter.watch.watcher import Watcher
from tests.watch.model import Model

DAY_S = 24 * 3600
HOUR_S = 3600


class Day:
    """A watcher, a service and a clock."""

    def __init__(self, jobs):
        pace._spread.seed(1)
        self.model = Model(jobs=jobs)
        self.watcher = Watcher(self.model, clock=self.model.clock)
        self.watcher._run_thread = lambda: None
        for job in self.model.jobs.values():
            self.model.start(job)

    def pass_time(self, seconds, *, each_hour=lambda: None):
        until, next_hour = self.model.now + seconds, self.model.now + HOUR_S
        while self.model.now < until:
            due = min(self.watcher.tick(), until)
            self.model.pass_time(max(0.0, due - self.model.now))
            if self.model.now >= next_hour:
                next_hour += HOUR_S
                each_hour()


def heard(_):
    """Want no more than that it is asked."""


def watch_alone(day):
    for number in day.model.jobs:
        day.watcher.watch(number, Listener(heard))


def watch_set(day):
    day.watcher.watch_set(WatchedSet([Entry(number) for number in day.model.jobs]), heard)


def watch_label(day):
    day.model.jobs_with_label = lambda *_, **__: [job.record(detail=True) for job in day.model.jobs.values()]
    day.watcher.watch_set(WatchedSet(label=("study", "a")), heard)


@pytest.mark.parametrize("watch", [watch_alone, watch_set, watch_label])
def test_a_day_of_watching_is_as_much_asking_as_promised_and_nothing_piles_up(watch):
    day = Day(jobs=5)
    watch(day)
    day.pass_time(HOUR_S)
    asked, listings, objects = len(day.model.requests), len(day.model.listings), []

    def count():
        gc.collect()
        objects.append(len(gc.get_objects()))

    threads = threading.active_count()
    count()
    day.model.requests[:], day.model.listings[:] = [None] * asked, [None] * listings
    for _ in range(4):
        day.pass_time(DAY_S / 4)
        count()
    assert threading.active_count() == threads
    assert max(objects) - objects[0] < 100
    assert DAY_S / 11.1 <= len(day.model.listings) - listings <= DAY_S / 8.9
    assert len(day.model.requests) - asked == len(day.model.listings) - listings


def test_a_log_that_is_followed_for_a_day():
    day = Day(jobs=1)
    job = day.model.jobs[1]
    watched = day.watcher.watch(1, Listener(heard, lambda *_: None))

    def write():
        job.log += b"another hour\n"

    day.pass_time(HOUR_S)
    gc.collect()
    objects, asked, listings = len(gc.get_objects()), len(day.model.requests), len(day.model.listings)
    day.pass_time(DAY_S, each_hour=write)
    gc.collect()
    logs = len(day.model.requests) - asked - (len(day.model.listings) - listings)
    day.pass_time(60)
    assert DAY_S / 5.6 <= logs <= DAY_S / 4.4 + 24 * 30  # it is asked for more often after each news
    assert len(gc.get_objects()) - objects < 100
    assert watched.spool("stdout").size == len(job.log)
    assert job.log.count(b"\n") >= 23


def test_a_service_that_fails_for_a_day_is_asked_no_more_often():
    day = Day(jobs=5)
    watch_alone(day)
    day.pass_time(60)
    day.model.fault = "no connection"
    asked, listings = len(day.model.requests), len(day.model.listings)
    day.pass_time(DAY_S)
    assert len(day.model.listings) - listings == len(day.model.requests) - asked <= DAY_S / 8.9
    day.model.fault = None
    asked = len(day.model.requests)
    day.pass_time(60)
    assert len(day.model.requests) - asked < 12 + 5
