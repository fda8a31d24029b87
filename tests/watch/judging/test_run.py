"""Which run of a job reports are about, and whether it has ended."""

import pytest

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.judging.certainty import Certainty
from prominence_jupyter.watch.judging.run import Run


def record(status, *, retries=None, **events):
    execution = {} if retries is None else {"retries": retries}
    return JobRecord.from_json({"id": 1, "status": status, "events": events, "execution": execution})


@pytest.mark.parametrize(
    ("reports", "again"),
    [
        ([record("pending"), record("running", startTime=2), record("running", startTime=2)], [False] * 3),
        ([record("running", startTime=2), record("running", startTime=3)], [False, True]),
        ([record("running", startTime=2), record("idle"), record("running", startTime=3)], [False, False, True]),
        ([record("running"), record("idle"), record("running"), record("running")], [False, False, True, False]),
        ([record("running", retries=0), record("running", retries=1)], [False, True]),
        ([record("pending"), record("failed"), record("pending"), record("running", startTime=2)], [False] * 4),
        ([record("running", startTime=2), record("running"), record("completed", startTime=2)], [False] * 3),
    ],
)
def test_a_run_that_begins_again_is_seen(reports, again):
    run = Run()
    assert [run.begins_again(report) for report in reports] == again


def test_runs_that_nothing_tells_apart_are_not_known():
    run = Run()
    run.begins_again(record("running"))
    assert not run.is_known
    run.begins_again(record("running", startTime=2))
    assert run.is_known


def ends(reports):
    certainty = Certainty()
    return [certainty.is_enough(report, listed_active=listed) for report, listed in reports]


def test_a_job_that_failed_for_now_and_is_missed_in_a_listing_has_not_ended():
    failed = record("failed")
    assert ends([(failed, True), (failed, False), (failed, True), (failed, False), (failed, False)]) == [False] * 5
    assert ends([(failed, False)] * 3) == [False, False, True]


@pytest.mark.parametrize(
    "last", [record("failed", endTime=9), record("completed"), record("killed"), record("deleted")]
)
def test_other_ends_are_believed_at_once(last):
    assert ends([(last, True), (last, False)]) == [False, True]
