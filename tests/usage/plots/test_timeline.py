"""Jobs over time by status."""

import time

import numpy as np
import pytest
from matplotlib.dates import date2num
from matplotlib.patches import Rectangle, StepPatch

from prominence_jupyter.usage.plots import PLOTS
from tests.usage.plots.made import MONDAY, frame, job, legend, many, words

DAY = 86400


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """A clock that stands at an hour past midnight, and says so."""
    monkeypatch.setattr(time, "time", lambda: MONDAY + 3600.0)
    return MONDAY + 3600.0


def bars(axes, *, thick):
    """Line, start and end in seconds after Monday's midnight, of the bars of those that ran or of those that waited."""
    origin = date2num(np.datetime64(MONDAY, "s"))
    return sorted(
        (
            round(bar.get_y() + bar.get_height() / 2),
            round((bar.get_x() - origin) * DAY),
            round((bar.get_x() + bar.get_width() - origin) * DAY),
        )
        for bar in axes.patches
        if isinstance(bar, Rectangle) and (bar.get_height() > 0.5) == thick
    )


def rows(axes):
    return [label.get_text() for label in axes.get_yticklabels()]


def steps(axes):
    drawn = [patch.get_data() for patch in axes.patches if isinstance(patch, StepPatch)]
    return [data.values - data.baseline for data in drawn]


def test_few_jobs_have_a_line_each_oldest_first():
    second = job(1, created=MONDAY + 50, queued=10, ran=100.0)

    (axes,) = PLOTS["timeline"](frame(second, job(2, name="first", queued=5, ran=20.0, status="failed"))).axes

    assert rows(axes) == ["first", "scan/point-0001"]
    assert bars(axes, thick=False) == [(0, 0, 5), (1, 50, 60)]
    assert bars(axes, thick=True) == [(0, 5, 25), (1, 60, 160)]
    assert legend(axes) == ["queued", "completed", "failed"]
    assert axes.get_xlabel() == "time (UTC)"


def test_a_job_that_goes_on_is_drawn_up_to_now():
    running = job(1, status="running", events={"createTime": MONDAY, "startTime": MONDAY + 60})
    pending = job(2, status="pending", events={"createTime": MONDAY + 30})

    figure = PLOTS["timeline"](frame(running, pending))

    (axes,) = figure.axes
    assert bars(axes, thick=False) == [(0, 0, 60), (1, 30, 3600)]
    assert bars(axes, thick=True) == [(0, 60, 3600)]
    assert legend(axes) == ["queued", "running"]
    assert "2 jobs not ended: drawn up to now." in words(figure)


def test_jobs_without_times_are_marked_where_last_seen_or_left_out():
    deleted = job(1, status="deleted", events={"createTime": MONDAY})

    figure = PLOTS["timeline"](frame(deleted, {"id": 7, "status": "failed"}))

    (axes,) = figure.axes
    (mark,) = axes.lines
    assert mark.get_xdata() == pytest.approx([date2num(np.datetime64(MONDAY, "s"))])
    assert not bars(axes, thick=True)
    assert (
        "Left out: 1 job with no time at all. 1 job ended at a time that is not known: marked where last seen."
        in words(figure)
    )


def test_a_clock_that_disagrees_draws_nothing_backwards():
    (axes,) = PLOTS["timeline"](frame(job(1, queued=-100.0, ran=10.0))).axes

    assert bars(axes, thick=False) == [(0, 0, 0)]
    assert bars(axes, thick=True) == [(0, -100, -90)]


def test_a_job_without_a_name_has_its_id():
    (axes,) = PLOTS["timeline"](frame(job(1, name=None), job(2, id=None, name=" "))).axes

    assert rows(axes) == ["job 1", "no name"]


@pytest.mark.parametrize(("number", "panels"), [(60, 1), (61, 2)])
def test_a_line_each_ends_at_sixty_jobs(number, panels):
    assert len(PLOTS["timeline"](many(number)).axes) == panels


def test_many_jobs_are_counted_as_they_queue_run_and_end():
    # 100 jobs together: queued for 30 of the first 60 minutes, then running for 30
    jobs = [job(i, queued=1800, ran=1800.0, status="failed" if i < 20 else "completed") for i in range(100)]

    top, bottom = PLOTS["timeline"](frame(*jobs)).axes

    running, queued = steps(top)
    assert top.get_ylabel() == "jobs at a time\n(mean over each 30 s)"
    assert queued[:60].tolist() == pytest.approx([100] * 60)
    assert running[60:120].tolist() == pytest.approx([100] * 60)
    assert queued[60:].sum() == running[:60].sum() == 0
    completed, failed = steps(bottom)
    assert (completed.sum(), failed.sum()) == (80, 20)
    assert legend(top) == ["running", "queued"]
    assert legend(bottom) == ["completed: 80", "failed: 20"]


def test_every_job_of_many_is_counted():
    jobs = many(5000)

    top, bottom = PLOTS["timeline"](jobs).axes

    assert sum(kind.sum() for kind in steps(bottom)) == 5000
    (running, queued), bounds = steps(top), top.patches[0].get_data().edges
    assert len(bounds) < 200
    lengths = np.diff(bounds) * DAY
    seen = np.array([jobs["created"].min().timestamp(), jobs["ended"].max().timestamp()])
    lengths[0] -= seen[0] - (MONDAY + (bounds[0] - date2num(np.datetime64(MONDAY, "s"))) * DAY)
    lengths[-1] -= MONDAY + (bounds[-1] - date2num(np.datetime64(MONDAY, "s"))) * DAY - seen[1]
    assert (running * lengths).sum() == pytest.approx(jobs["run_time"].dt.total_seconds().sum(), rel=1e-5)
    assert (queued * lengths).sum() == pytest.approx(jobs["queued"].dt.total_seconds().sum(), rel=1e-5)


def test_many_with_unknown_ends_say_so():
    jobs = [job(i, status="deleted", events={"createTime": MONDAY + i}) for i in range(70)] + [job(100)]

    said = words(PLOTS["timeline"](frame(*jobs)))

    assert "70 jobs ended at a time that is not known: not among those that ended." in said
