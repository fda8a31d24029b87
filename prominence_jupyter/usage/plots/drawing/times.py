"""Times of jobs as numbers, their steps, and axes of time. All in seconds since 1970, in UTC; missing is NaN."""

from __future__ import annotations

from typing import Final, NamedTuple

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import MINUTELY, SECONDLY, AutoDateLocator, ConciseDateFormatter, date2num

from prominence_jupyter.usage.plots.drawing.labels import PLAIN

Numbers = npt.NDArray[np.float64]

_LAST: Final = 253_000_000_000.0  # in the year 9987: an axis needs room after the last instant that a calendar has
_SHORTEST_S: Final = 1.0
"""The clocks of services tell whole seconds."""
_SECONDS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "D": 86400.0, "W": 604800.0, "M": 2_629_746.0, "Y": 31_556_952.0}
_WORDS: Final = {"s": "s", "m": "min", "h": "h", "D": "day", "W": "week", "M": "month", "Y": "year"}
_MONDAY: Final = 4 * 86400.0  # 5 January 1970


_FORMATS: Final = (
    ["%Y", "%b", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"],
    ["", "%Y", "%Y", "%d %b %Y", "%d %b %Y", "%d %b %Y"],
    ["%Y", "%Y", "%d %b", "%d %b", "%H:%M", "%H:%M:%S"],
)
"""Of ticks a year to a second apart; of what all ticks share; of those where the next larger unit begins."""


class Step(NamedTuple):
    """A stretch of the calendar, such as 5 min or a month."""

    number: int
    unit: str

    @property
    def seconds(self) -> float:
        """How long it is; months and years on average."""
        return self.number * _SECONDS[self.unit]

    @property
    def words(self) -> str:
        """How it is called: ``5 min``, ``day``, ``10 year``."""
        word = _WORDS[self.unit]
        return word if self.number == 1 and self.unit in "DWMY" else f"{self.number} {word}"


_SHORT: Final = tuple(Step(number, unit) for unit in ("s", "m") for number in (1, 5, 10, 30))
_LONG: Final = (*(Step(1, unit) for unit in ("D", "W", "M")), *(Step(10**power, "Y") for power in range(5)))
DAYS: Final = (*_SHORT, Step(1, "h"), *_LONG)
"""Steps in which people count: a stretch of a few days is counted by day."""
FINE: Final = (*_SHORT, *(Step(number, "h") for number in (1, 3, 6)), *_LONG)
"""Steps in which a change during the day is seen in a stretch of weeks."""


def instants(column: pd.Series) -> Numbers:
    """Return times of day as seconds since 1970; missing too are those in the last years of the calendar."""
    seconds = _seconds(column.dt.tz_convert(None).to_numpy(dtype="datetime64[us]"))
    return np.where(seconds < _LAST, seconds, np.nan)


def edges(first: float, last: float, steps: tuple[Step, ...], most: int) -> tuple[Numbers, Step]:
    """Return the bounds of the steps from `first` to `last`, by the finest steps of which there are at most `most`.

    They begin where the clock or the calendar does: at full minutes, at midnight, on Mondays, on the first of a month.
    """
    last = max(last, first)
    step = next((step for step in steps if (last - first) / step.seconds <= most), steps[-1])
    if step.unit in {"M", "Y"}:
        ends = np.array([first, last]).astype("datetime64[s]").astype(f"datetime64[{step.unit}]").astype(np.int64)
        calendar = np.arange(ends[0] // step.number, ends[1] // step.number + 2) * step.number
        return _seconds(calendar.astype(f"datetime64[{step.unit}]").astype("datetime64[us]")), step
    origin = _MONDAY if step.unit == "W" else 0.0
    low, high = ((end - origin) // step.seconds for end in (first, last))
    return np.asarray(origin + np.arange(low, high + 2) * step.seconds, dtype=np.float64), step


def spread(start: Numbers, end: Numbers, weights: Numbers, bounds: Numbers) -> Numbers:
    """Return how much of the weights falls into each step, when each is spread evenly from its start to its end.

    Parameters
    ----------
    start, end
        Of each job. What lasts less than a second is spread over the second before its end.
    weights
        What is spread, a row a job, a column a kind.
    bounds
        Of the steps. Sums over all steps are those over all jobs when the steps cover them.

    Returns
    -------
    ndarray
        A row a step, a column a kind.
    """
    begin = end - np.maximum(end - start, _SHORTEST_S)
    rates = weights / (end - begin)[:, None]
    until = _grown(begin, rates, bounds) - _grown(end, rates, bounds)
    return np.maximum(np.diff(until, axis=0), 0)  # rounding may leave less than nothing


def _grown(since: Numbers, rates: Numbers, until: Numbers) -> Numbers:
    """Return what has come together at some times, when each job adds its rates a second without an end."""
    order = np.argsort(since)
    since, rates, until = since[order] - until[0], rates[order], until - until[0]  # small numbers are exact ones
    begun = np.searchsorted(since, until, side="right")
    nothing = np.zeros((1, rates.shape[1]))
    rate = np.vstack([nothing, np.cumsum(rates, axis=0)])[begun]
    missed = np.vstack([nothing, np.cumsum(rates * since[:, None], axis=0)])[begun]
    return np.asarray(rate * until[:, None] - missed)


def dates(seconds: Numbers) -> Numbers:
    """Return instants in the numbers that matplotlib's axes of dates are made of."""
    moments = (np.minimum(seconds, _LAST) * 1e6).astype("datetime64[us]")
    numbers: Numbers = date2num(moments)  # type: ignore[no-untyped-call]  # matplotlib types its dates in part
    return numbers


def date_axis(axes: Axes, first: float, last: float, words: str = "time (UTC)") -> None:
    """Make the horizontal axis one of dates, from `first` to `last` and a little more."""
    room = max(0.02 * (last - first), 2)  # so that ticks are no closer than full seconds
    low, high = dates(np.array([first - room, last + room]))
    axes.set_xlim(low, high)
    # with 4 and more it warns of some ranges, as of those from 3:30 to 4 hours, that none of its steps fits
    locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]  # as above
    for unit in (MINUTELY, SECONDLY):
        locator.intervald[unit] = [1, 2, 5, 10, 15, 30]  # without the 2, ten minutes would have a tick or two
    axes.xaxis.set_major_locator(locator)
    formatter = ConciseDateFormatter(locator, None, *_FORMATS, usetex=False)  # type: ignore[no-untyped-call]  # as above
    axes.xaxis.set_major_formatter(formatter)
    axes.xaxis.get_offset_text().set(color=mpl.rcParams["axes.labelcolor"], size="small", **PLAIN)
    axes.set_xlabel(words)


def _seconds(moments: npt.NDArray[np.datetime64]) -> Numbers:
    known = ~np.isnat(moments)
    return np.where(known, moments.astype(np.int64) / 1e6, np.nan)
