"""How long jobs waited and ran."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator, FuncFormatter, MaxNLocator

from prominence_jupyter.usage.plots.drawing.figure import UsageFigure
from prominence_jupyter.usage.plots.drawing.labels import PLAIN, count, tick
from prominence_jupyter.usage.plots.drawing.palette import QUEUED, RUNNING, Look
from prominence_jupyter.usage.plots.drawing.times import Numbers

_SHORTEST_S: Final = 0.5
"""The clocks of services tell whole seconds; what took less than one is drawn as half of one."""
_TICKS: Final = (
    *(
        (_SHORTEST_S, "<1 s"),
        (1, "1 s"),
        (10, "10 s"),
        (60, "1 min"),
        (600, "10 min"),
        (3600, "1 h"),
        (6 * 3600, "6 h"),
    ),
    *((86400, "1 d"), (7 * 86400, "7 d"), (30 * 86400, "30 d")),
    *((365 * 86400, "1 year"), (3650 * 86400, "10 years"), (36500 * 86400, "100 years")),
)
_MOST_BINS: Final = 40
_ROOM: Final = 1.5


def waiting(jobs: pd.DataFrame) -> UsageFigure:
    """Return how long jobs were queued and how long they ran, as two distributions with their medians.

    Queued is from creation to (last) start, run time from there to the end. The axis of time is logarithmic; what
    took less than a second stands at its left end.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    """
    figure = UsageFigure("Queue time and run time", len(jobs))
    times = [_seconds(jobs[column]) for column in ("queued", "run_time")]
    known = np.concatenate([values[values >= 0] for values in times])
    if not len(known):
        return figure.say("no job here has a queue time or a run time.")
    bins = _bins(np.maximum(known, _SHORTEST_S))
    top, bottom = figure.panels(2, 1, sharex=True)
    _distribution(top, times[0], bins, QUEUED, "queued")
    _distribution(bottom, times[1], bins, RUNNING, "run time")
    _time_axis(bottom, bins)
    left_out = [*_left_out(times[0], "queue time"), *_left_out(times[1], "run time")]
    figure.note(f"Left out: {', '.join(left_out)}." if left_out else "")
    return figure


def _seconds(durations: pd.Series) -> Numbers:
    return np.asarray(durations.dt.total_seconds().to_numpy(dtype="float64", na_value=np.nan))


def _bins(known: Numbers) -> Numbers:
    """Return bounds from the shortest to the longest and a little more, each a constant times the one before."""
    first, last = float(known.min()), float(known.max())
    number = min(_MOST_BINS, 12 + len(known) // 10)
    first = first if first < 1 else max(first / _ROOM, _SHORTEST_S)
    return np.geomspace(first, max(last * _ROOM, 100 * first), number + 1)


def _distribution(axes: Axes, values: Numbers, bins: Numbers, look: Look, words: str) -> None:
    known = np.maximum(values[values >= 0], _SHORTEST_S)
    heights, _ = np.histogram(known, bins)
    axes.stairs(heights, bins, fill=True, **look.area)
    axes.set_xscale("log")
    axes.set_ylabel("jobs")
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(FuncFormatter(tick))
    axes.set_ylim(0, 1.12 * heights.max() if len(known) else 1)
    axes.grid(visible=True)
    said = f"{words}: not known of any job"
    if len(known):
        median = float(np.median(known))
        axes.axvline(median, color=axes.yaxis.label.get_color(), linestyle="--", linewidth=1.4)
        said = f"{words}: median {duration(median)} (dashed), longest {duration(float(known.max()))}"
    axes.set_title(said, loc="left", size="medium", **PLAIN)


def _time_axis(axes: Axes, bins: Numbers) -> None:
    axes.set_xlim(bins[0], bins[-1])
    inside = [place for place in _TICKS if bins[0] <= place[0] <= bins[-1]]
    axes.xaxis.set_major_locator(FixedLocator([seconds for seconds, _ in inside]))
    axes.xaxis.set_major_formatter(FixedFormatter([words for _, words in inside]))
    axes.minorticks_off()
    axes.set_xlabel("time, logarithmic")


def duration(seconds: float) -> str:
    """Return a duration in the unit that people would use: ``45 s``, ``3.2 min``, ``1.5 h``, ``2.1 d``."""
    if seconds < 1:
        return "under 1 s"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:,.1f} {unit}"
    return f"{seconds:.0f} s"


def _left_out(values: Numbers, words: str) -> list[str]:
    unknown, negative = int(np.isnan(values).sum()), int((values < 0).sum())
    return [
        *([f"{count(unknown, 'job')} without a {words}"] if unknown else []),
        *([f"{count(negative, 'job')} with a negative {words} (clocks disagree)"] if negative else []),
    ]
