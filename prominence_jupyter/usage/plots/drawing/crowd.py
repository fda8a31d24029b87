"""Many jobs over time: how many were queued and running, and how many ended."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.ticker import MaxNLocator

from prominence_jupyter.usage.plots.drawing.figure import UsageFigure
from prominence_jupyter.usage.plots.drawing.lives import Lives
from prominence_jupyter.usage.plots.drawing.palette import ENDS, QUEUED, RUNNING
from prominence_jupyter.usage.plots.drawing.stacks import stack
from prominence_jupyter.usage.plots.drawing.times import FINE, Numbers, date_axis, edges, spread

_MOST_STEPS: Final = 150
"""Wide enough to see each, at the width of the figure."""


def crowd(known: Lives) -> UsageFigure:
    """Return a figure of how many jobs were queued and running at a time, and how many ended, by status."""
    figure = UsageFigure("Jobs over time", len(known.end), height=5.4)
    first, last = float(np.nanmin(known.first)), float(np.nanmax(known.seen))
    bounds, step = edges(first, last, FINE, _MOST_STEPS)
    top, bottom = figure.panels(2, 1, sharex=True, height_ratios=[3, 2])

    seen = np.maximum(np.diff(np.clip(bounds, first, last)), 1)  # the first and the last step may be there in part
    at_a_time = np.column_stack([_job_seconds(*known.ran, bounds), _job_seconds(*known.queued, bounds)]) / seen[:, None]
    stack(top, at_a_time, bounds, (RUNNING, QUEUED), (RUNNING.words, QUEUED.words))
    top.set_ylabel(f"jobs at a time\n(mean over each {step.words})")

    ended = ~known.going & ~np.isnan(known.end)
    ends = np.column_stack(
        [np.histogram(known.end[ended & (known.outcome == kind)], bounds)[0] for kind in range(len(ENDS))]
    )
    words = [f"{look.words}: {total:,.0f}" for look, total in zip(ENDS, ends.sum(axis=0), strict=True)]
    stack(bottom, ends.astype(np.float64), bounds, ENDS, words)
    bottom.set_ylabel(f"jobs ended\nin each {step.words}")
    bottom.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    date_axis(bottom, bounds[0], bounds[-1])
    return figure


def _job_seconds(start: Numbers, end: Numbers, bounds: Numbers) -> Numbers:
    """Return how long jobs were between start and end in each step, all together."""
    known = ~np.isnan(start) & ~np.isnan(end)
    first, last = start[known], end[known]
    return spread(first, last, (last - first)[:, None], bounds)[:, 0]
