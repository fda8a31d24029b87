"""How long jobs waited and ran."""

import numpy as np
import pytest

from prominence_jupyter.usage.plots import PLOTS
from prominence_jupyter.usage.plots.waiting_plot import duration
from tests.usage.plots.made import MONDAY, frame, job, many, words


def ticks(axes):
    return [label.get_text() for label in axes.get_xticklabels()]


def counts(axes):
    (patch,) = axes.patches
    return patch.get_data().values


def test_each_job_is_counted_in_each_distribution():
    jobs = many(700)

    top, bottom = PLOTS["waiting"](jobs).axes

    assert (counts(top).sum(), counts(bottom).sum()) == (700, 700)
    assert [axes.get_ylabel() for axes in (top, bottom)] == ["jobs", "jobs"]
    for axes, column in ((top, "queued"), (bottom, "run_time")):
        (line,) = axes.lines
        assert line.get_xdata()[0] == pytest.approx(jobs[column].median().total_seconds())


def test_medians_are_marked_and_said():
    jobs = [job(i, queued=queued, ran=ran) for i, (queued, ran) in enumerate([(5, 60), (90, 7200), (7200, 3 * 86400)])]

    top, bottom = PLOTS["waiting"](frame(*jobs)).axes

    assert top.get_title("left") == "queued: median 1.5 min (dashed), longest 2.0 h"
    assert bottom.get_title("left") == "run time: median 2.0 h (dashed), longest 3.0 d"
    assert ticks(bottom) == ["10 s", "1 min", "10 min", "1 h", "6 h", "1 d"]
    assert bottom.get_xlabel() == "time, logarithmic"


def test_no_time_at_all_is_less_than_a_second():
    top, bottom = PLOTS["waiting"](frame(job(1, queued=0, ran=100.0), job(2, queued=0.4, ran=1000.0))).axes

    assert counts(top)[0] == 2
    assert top.get_title("left") == "queued: median under 1 s (dashed), longest under 1 s"
    assert ticks(bottom)[:2] == ["<1 s", "1 s"]


def test_what_is_left_out_is_said():
    jobs = [job(1), job(2, queued=-5.0), job(3, events={"createTime": MONDAY})]

    said = " ".join(words(PLOTS["waiting"](frame(*jobs))))

    assert (
        "Left out: 1 job without a queue time, 1 job with a negative queue time (clocks disagree), "
        "1 job without a run time." in " ".join(said.split())
    )


def test_one_distribution_may_have_nothing():
    top, bottom = PLOTS["waiting"](frame({"events": {"createTime": MONDAY, "startTime": MONDAY + 9}})).axes

    assert counts(top).sum() == 1
    assert not np.any(counts(bottom))
    assert bottom.get_title("left") == "run time: not known of any job"


def test_durations_are_said_as_people_do():
    assert [duration(seconds) for seconds in (0.5, 1, 45, 90, 5400, 100_000)] == [
        "under 1 s",
        "1 s",
        "45 s",
        "1.5 min",
        "1.5 h",
        "1.2 d",
    ]
