"""Where the time of a job went: only what the service told, and what follows from it."""

import pytest

from prominence_jupyter.panel.views.phases import phases
from prominence_jupyter.panel.views.tone import status_words
from prominence_jupyter.protocol.record import JobRecord


def told(*, status="completed", ended=True, events=(100, 110, 150), execution=None, tasks=1):
    names = ("createTime", "startTime", "endTime")
    answer = {
        "status": status,
        "events": {name: value for name, value in zip(names, events, strict=True) if value is not None},
        "tasks": [{}] * tasks,
        "execution": execution or {},
    }
    record = JobRecord.from_json(answer)
    return phases(record, status_words(record, ended=ended)[1], ended=ended)


def shown(found):
    return [(phase.name, phase.tone, phase.seconds) for phase in found]


def ran(wall_s, pull_s=None, code=0):
    return {"wallTimeUsage": wall_s, "imagePullTime": pull_s, "exitCode": code}


def test_a_job_that_waits_queues_since_its_creation():
    [queued] = told(status="idle", ended=False, events=(100, None, None))
    assert (queued.name, queued.tone, queued.seconds, queued.since) == ("queued", "waiting", 0, 100)
    assert queued.to_json()["text"] == ""


def test_a_job_that_failed_for_now_goes_on_queueing():
    [queued] = told(status="failed", ended=False, events=(100, None, None))
    assert (queued.name, queued.since) == ("queued", 100)


def test_an_evicted_job_waits_again():
    [queued] = told(status="idle", ended=False, events=(100, 110, None))
    assert (queued.name, queued.since) == ("queued", 100)


def test_a_job_that_runs():
    queued, running = told(status="running", ended=False, events=(100, 110, None))
    assert (queued.seconds, queued.since) == (10, None)
    assert (running.name, running.tone, running.since) == ("running", "running", 110)


def test_what_a_running_job_has_done_comes_before_what_it_does():
    *_, task, running = told(
        status="running", ended=False, events=(100, 110, None), execution={"tasks": [ran(7)]}, tasks=2
    )
    assert (task.name, task.seconds) == ("task 1", 7)
    assert running.since == 117


def test_every_part_that_the_service_told():
    execution = {"stageInTime": 2, "stageOutTime": 3, "tasks": [ran(20, 5), ran(4, -1, code=1)]}
    assert shown(told(execution=execution, tasks=2)) == [
        ("queued", "waiting", 10),
        ("stage-in", "neutral", 2),
        ("image pull", "neutral", 5),
        ("task 1", "good", 20),
        ("task 2", "bad", 4),
        ("stage-out", "neutral", 3),
        ("other", "neutral", 6),
    ]


def test_times_in_whole_seconds_have_no_decimals():
    execution = {"stageInTime": 3.2, "tasks": [ran(20.05)]}
    assert [phase.text for phase in told(execution=execution)] == ["10 s", "3.20 s", "20 s", "17 s"]
    assert told(events=(100, 110, 170), execution={"tasks": [ran(59.7)]})[1].text == "1 min 00 s"
    assert told(events=(100, 225, 300))[0].text == "2 min 05 s"


def test_a_rest_within_the_resolution_of_the_times_is_none():
    assert shown(told(execution={"tasks": [ran(38.5)]})) == [("queued", "waiting", 10), ("task", "good", 38.5)]


def test_tasks_side_by_side_may_take_longer_than_the_job():
    assert [phase.name for phase in told(execution={"tasks": [ran(40), ran(40)]})] == ["queued", "task 1", "task 2"]


def test_many_tasks_are_one_phase():
    execution = {"tasks": [ran(1, 0.5) for _ in range(39)] + [ran(1, code=2)]}
    assert shown(told(execution=execution))[1:] == [("image pulls", "neutral", 19.5), ("40 tasks", "bad", 40)]
    assert shown(told(execution={"tasks": [ran(5)] * 7}))[1] == ("7 tasks", "good", 35)


def test_without_times_of_tasks_the_job_just_ran():
    assert shown(told(status="killed"))[1:] == [("ran", "neutral", 40)]


def test_a_job_that_ended_in_the_queue():
    assert shown(told(status="deleted", events=(100, None, 130))) == [("queued", "waiting", 30)]
    assert told(status="deleted", events=(100, None, None)) == ()


def test_a_job_whose_last_output_is_still_to_come_stands_still():
    assert shown(told(ended=False)) == shown(told())


def test_an_unknown_status_goes_on_since_its_start():
    *_, last = told(status="hibernating", ended=False, events=(100, 110, None))
    assert (last.name, last.since) == ("since its start", 110)


@pytest.mark.parametrize("events", [(150, 110, 100), (-5, 110, None), (1e300, 1e300, 1e300), (None, None, None)])
def test_times_that_cannot_be_are_not_shown(events):
    assert all(0 <= phase.seconds < 1e9 for phase in told(events=events, execution={"tasks": [ran(-3), ran(1e12)]}))
