"""Core-hours over time."""

import numpy as np
import pytest
from matplotlib.patches import StepPatch

from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.plots import PLOTS
from tests.usage.plots.made import MONDAY, frame, job, legend, many, recorded, words

DAY = 86400


def heights(axes):
    """What is drawn of each use, by the first words of its legend: an array with one number a step."""
    patches = [patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)]
    names = [text.partition(":")[0] for text in legend(axes)]
    return {name: data.values - data.baseline for name, data in zip(names, patches, strict=True)}


def test_a_job_of_three_days_counts_on_each_of_them():
    # 2 cores for 48 h from noon on Monday: 96 core-hours, of which 48 were used
    made = job(created=MONDAY + DAY / 2, queued=0, ran=2 * DAY)

    (axes,) = PLOTS["core_hours"](frame(made)).axes
    # two days are 48 steps of an hour
    assert axes.get_ylabel() == "core-hours in each 1 h"
    drawn = heights(axes)
    assert drawn["used"][:48] == pytest.approx(np.full(48, 1))
    assert drawn["held, not used"][:48] == pytest.approx(np.full(48, 1))
    assert legend(axes) == ["used: 48", "held, not used: 48"]


def test_days_begin_at_midnight_utc():
    jobs = [job(i, created=MONDAY + i * DAY + 6 * 3600, queued=0, ran=3600.0) for i in range(10)]

    (axes,) = PLOTS["core_hours"](frame(*jobs)).axes

    assert axes.get_ylabel() == "core-hours in each day"
    assert axes.get_xlabel() == "day (UTC)"
    assert heights(axes)["used"] == pytest.approx(np.ones(10))


def test_a_demonstration_of_minutes_has_steps_of_seconds():
    (axes,) = PLOTS["core_hours"](frame(*(job(i, created=MONDAY + 60 * i, ran=30.0) for i in range(4)))).axes

    assert axes.get_ylabel() == "core-hours in each 5 s"
    assert axes.get_xlabel() == "time (UTC)"


@pytest.mark.parametrize("jobs", [recorded(), many(500), many(500, days=2000)])
def test_the_steps_sum_to_what_the_frame_says(jobs):
    measured = efficiency(jobs)
    known = measured["core_hours"].notna() & jobs["ended"].notna()
    measured = measured[known]
    without_use = measured["core_hours_used"].isna()

    (axes,) = PLOTS["core_hours"](jobs).axes

    drawn = {name: steps.sum() for name, steps in heights(axes).items()}
    assert drawn["used"] + drawn.get("used beyond what was held", 0) == pytest.approx(measured["core_hours_used"].sum())
    held = measured["core_hours"].sum()
    assert sum(drawn.values()) - drawn.get("used beyond what was held", 0) == pytest.approx(held)
    assert drawn.get("held, use not known", 0) == pytest.approx(measured["core_hours"][without_use].sum())


def test_jobs_that_used_more_than_they_held_are_told_apart():
    made = job(created=MONDAY, queued=0, ran=3600.0)
    made["execution"]["tasks"][0]["cpuTimeUsage"] = 3 * 3600  # of 2 core-hours

    (axes,) = PLOTS["core_hours"](frame(made)).axes

    assert legend(axes) == ["used: 2", "used beyond what was held: 1"]


def test_what_is_left_out_is_said():
    running = job(2, status="running", execution={}, events={"createTime": MONDAY, "startTime": MONDAY})
    several = job(3, resources={"nodes": 3, "cpus": 2, "memory": 4})

    said = " ".join(" ".join(words(PLOTS["core_hours"](frame(job(), running, several)))).split())

    assert "2 jobs shown." in said
    assert "Left out: 1 job with no known time, end or cores" in said
    assert "1 job on several nodes: only the first node's use is known." in said
