"""Core-hours over days."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.plots.drawing.figure import UsageFigure
from prominence_jupyter.usage.plots.drawing.labels import count
from prominence_jupyter.usage.plots.drawing.palette import USES
from prominence_jupyter.usage.plots.drawing.stacks import stack
from prominence_jupyter.usage.plots.drawing.times import DAYS, Numbers, date_axis, edges, instants, spread
from prominence_jupyter.usage.plots.drawing.uses import left_out, numbers, on_several_nodes, uses, words_of

_MOST_STEPS: Final = 62
"""Two months of days."""


def core_hours(jobs: pd.DataFrame) -> UsageFigure:
    """Return core-hours over days: used, held without use, and held by jobs whose use is not known.

    The core-hours of a job (`usage.efficiency`) are spread evenly over the time it ran, so that a job of three days
    counts on each of them. Days begin at midnight UTC. What lasted no longer than a few days is counted by hours,
    minutes or seconds, and what lasted longer than two months by weeks, months or years: the axis says which.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    """
    figure = UsageFigure("Core-hours over time", len(jobs))
    start, end = _held(jobs)
    parts = uses(jobs)
    known = ~np.isnan(parts[:, 0]) & ~np.isnan(end)
    if not known.any():
        return figure.say("of no job here are the end, the time it ran and its cores all known.")
    bounds, step = edges(start[known].min(), end[known].max(), DAYS, _MOST_STEPS)
    values = spread(start[known], end[known], parts[known], bounds)
    (axes,) = figure.panels()
    stack(axes, values, bounds, USES, words_of(parts[known].sum(axis=0)))
    date_axis(axes, bounds[0], bounds[-1], "day (UTC)" if step.unit == "D" else "time (UTC)")
    axes.set_ylabel(f"core-hours in each {step.words}")
    figure.note(f"{count(int(known.sum()), 'job')} shown.", *left_out(int((~known).sum()), on_several_nodes(jobs)))
    return figure


def _held(jobs: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """Return from when to when each job held its cores."""
    held, ended = numbers(efficiency(jobs)["held_s"]), instants(jobs["ended"])
    end = np.where(np.isnan(ended), instants(jobs["started"]) + held, ended)
    return end - held, end
