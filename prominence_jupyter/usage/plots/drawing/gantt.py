"""A line for each job: queued thin and light, running solid, a mark for how it ended."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2DBase, ScaledTranslation

from prominence_jupyter.usage.plots.drawing.figure import UsageFigure, legend_above
from prominence_jupyter.usage.plots.drawing.labels import PLAIN, shown
from prominence_jupyter.usage.plots.drawing.lives import Lives
from prominence_jupyter.usage.plots.drawing.palette import ENDS, QUEUED, RUNNING, Look
from prominence_jupyter.usage.plots.drawing.times import Numbers, date_axis, dates

_LONG: Final = 18
"""Names of more characters leave the legend too little room for one line."""


def gantt(jobs: pd.DataFrame, known: Lives) -> UsageFigure:
    """Return a figure with a line for each job that has a place in time, the oldest at the top."""
    order = np.argsort(known.first, kind="stable")
    order = order[known.placed[order]]
    lines = known.of(order)
    figure = UsageFigure("Jobs over time", len(jobs), height=1.7 + 0.17 * max(len(order), 6))
    (axes,) = figure.panels()
    date_axis(axes, lines.first.min(), lines.seen.max())
    names = [_name(jobs, row) for row in order]
    _rows(axes, names)
    axes.grid(visible=True, axis="x")
    _bars(axes, lines.queued, np.ones(len(order), dtype=bool), QUEUED, height=0.28)
    _bars(axes, lines.ran, lines.going, RUNNING, height=0.72)
    handles: dict[str, Any] = {QUEUED.words: QUEUED.patch}
    if (lines.going & ~np.isnan(lines.started)).any():
        handles[RUNNING.words] = RUNNING.patch
    for kind, look in enumerate(ENDS):
        which = lines.outcome == kind
        if which.any():
            _bars(axes, lines.ran, which, look, height=0.72)
            _marks(axes, lines.seen, which, look, figure.dpi_scale_trans)
            handles[look.words] = (look.patch, Line2D([], [], ls="", marker=look.marker, color=look.colour, ms=5))
    narrow = max(len(name) for name in names) > _LONG
    legend_above(axes, list(handles.values()), list(handles), columns=4 if narrow else 7)
    return figure


def _bars(
    axes: Axes, spans: tuple[Numbers, Numbers], which: npt.NDArray[np.bool_], look: Look, *, height: float
) -> None:
    """Draw bars for some lines, where both ends are known."""
    start, end = spans
    (rows,) = np.nonzero(which & ~np.isnan(start) & ~np.isnan(end))
    left, right = dates(start[rows]), dates(end[rows])
    axes.barh(rows, right - left, height, left, **look.area)


def _marks(axes: Axes, places: Numbers, which: npt.NDArray[np.bool_], look: Look, inches: Affine2DBase) -> None:
    """Mark the ends of jobs, a little to the right: the shortest is seen too, and no bar hides its mark."""
    (rows,) = np.nonzero(which)
    beside = axes.transData + ScaledTranslation(5 / 72, 0, inches)
    axes.plot(dates(places[rows]), rows, look.marker, color=look.colour, markersize=5, clip_on=False, transform=beside)


def _rows(axes: Axes, names: list[str]) -> None:
    axes.set_yticks(range(len(names)), names, **PLAIN)
    axes.set_ylim(max(len(names), 3) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _name(jobs: pd.DataFrame, place: int) -> str:
    """Return the name of a job, its id where it has none."""
    for column, prefix in (("name", ""), ("id", "job ")):
        value = jobs[column].iloc[place]
        if not pd.isna(value) and str(value).strip():
            return shown(f"{prefix}{value}")
    return "no name"
