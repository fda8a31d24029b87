"""When a workflow will have ended: told where there is reason to believe it, else not."""

import pytest

from prominence_jupyter.panel.views.workflows.expected_end import expected_end, left_text
from tests.panel.views.workflows.made_up import NOW, node, states, workflow


def runs(*lengths, job="point", first=0, began=NOW - 100):
    """Return jobs that ran so many seconds, one after the other."""
    known, start = [], began
    for number, length in enumerate(lengths, first):
        known.append(node(job, number, "completed", started=start, ended=start + length))
        start += length
    return known


def running(number, since, job="point"):
    return node(job, number, "running", started=NOW - since)


def waiting(*numbers, job="point"):
    return [node(job, number) for number in numbers]


def told(*known, record=None, now=NOW):
    end = expected_end(record or workflow(), states(*known), now=now)
    return "" if end is None else left_text(end - now)


def test_one_at_a_time():
    assert told(*runs(*[10] * 10), running(10, 0), *waiting(*range(11, 50))) == "about 7 min left"  # 400 s


def test_side_by_side_what_runs_counts_as_far_as_it_is():
    """In waves of 16 the pace is the same, just after a wave has ended and just before the next one does."""
    first = [node("p", i, "completed", started=NOW - 119, ended=NOW - 59) for i in range(16)]
    second = [node("p", i, "running", started=NOW - 59) for i in range(16, 32)]
    rest = waiting(*range(32, 160), job="p")
    assert told(*first, *second, *rest) == "about 9 min left"  # 481 s
    assert told(*first, *second, *rest, now=NOW - 58) == "about 9 min left"  # 540 s: one minute before


def test_of_as_many_as_there_are():
    """What is asked of each that runs must not take the longer, the more have run."""
    first = [node("p", i, "completed", started=NOW - 119, ended=NOW - 59 + i / 7) for i in range(4000)]
    assert told(*first, *(node("p", i, "running", started=NOW - 59) for i in range(4000, 8000))) != ""


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (2, "less than a minute left"),
        (20, "about 4 min left"),
        (700, "about 2 h left"),
        (750, "about 2 h 15 min left"),
        (20_000, "about 3 days left"),
    ],
)
def test_as_roughly_as_it_is_known(left, words):
    known = [*runs(*[10] * 10), running(10, 0), *(node("p", i) for i in range(left - 1))]
    assert told(*known) == words


def test_a_job_that_runs_will_not_end_before_its_time():
    began = NOW - 6000
    known = [node("p", i, "completed", started=began, ended=began + 5000) for i in range(5)]
    assert told(*known, running(5, 2)) == "about 1 h 30 min left"


class TestWhereItCannotBeTold:
    def test_few_have_ended(self):
        assert told(*runs(*[10] * 4), running(4, 0), *waiting(5)) == ""
        assert told(*runs(*[10] * 5), running(5, 0), *waiting(6)) != ""

    def test_nothing_runs(self):
        assert told(*runs(*[10] * 8), *waiting(8, 9)) == ""

    @pytest.mark.parametrize("status", ["pending", "completed", "failed", "deleted", None])
    def test_the_workflow_does_not_run(self, status):
        assert told(*runs(*[10] * 8), running(8, 0), record=workflow(status)) == ""

    def test_several_jobs_that_wait_for_each_other(self):
        known = [*runs(*[10] * 8), running(8, 0), *waiting(0, job="summary")]
        assert told(*known, record=workflow(dependencies={"point": ["summary"]})) == ""
        assert told(*known) != ""

    def test_runs_that_differ_widely(self):
        assert told(*runs(1, 1, 1, 1, 90), running(5, 0), *waiting(6)) == ""

    def test_the_last_ones_take_longer_than_any_before(self):
        assert told(*runs(*[10] * 8), running(8, 11)) == ""
        assert told(*runs(*[10] * 8), running(8, 9)) == "less than a minute left"

    def test_the_service_gives_no_times(self):
        assert told(*(node("p", i, "completed") for i in range(8)), node("p", 8, "running")) == ""

    def test_it_is_farther_than_anyone_plans(self):
        assert told(*runs(*[10] * 8, began=NOW - 900_000), running(8, 9), *waiting(*range(9, 100))) == ""

    def test_times_of_another_clock(self):
        assert told(*runs(*[10] * 8, began=NOW + 500), running(8, -300), *waiting(9)) == ""
