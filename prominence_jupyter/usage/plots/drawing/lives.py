"""When each job was created, started and ended, ready to draw."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from prominence_jupyter.usage.plots.drawing.outcomes import outcomes
from prominence_jupyter.usage.plots.drawing.times import Numbers, instants


class Lives(NamedTuple):
    """Of each job, in seconds since 1970; NaN where it is not known."""

    created: Numbers
    started: Numbers
    end: Numbers
    """Of the last thing known: the end of an ended job, now for another."""
    outcome: npt.NDArray[np.intp]
    """Place in `palette.ENDS`, -1 for a job that goes on."""

    @property
    def going(self) -> npt.NDArray[np.bool_]:
        """Which jobs have not ended."""
        return self.outcome < 0

    @property
    def placed(self) -> npt.NDArray[np.bool_]:
        """Which jobs have a place in time."""
        return ~np.isnan(self.seen)

    @property
    def seen(self) -> Numbers:
        """When a job was last heard of: its end, else its start, else its creation."""
        begun = np.where(np.isnan(self.started), self.created, self.started)
        return np.where(np.isnan(self.end) | (self.going & np.isnan(begun)), begun, self.end)

    @property
    def first(self) -> Numbers:
        """The first that is known of a job."""
        return np.fmin(np.fmin(self.created, self.started), self.seen)

    @property
    def queued(self) -> tuple[Numbers, Numbers]:
        """From when to when each job was queued."""
        until = np.where(np.isnan(self.started), self.end, self.started)
        return self.created, np.maximum(until, self.created)

    @property
    def endless(self) -> npt.NDArray[np.bool_]:
        """Which jobs ended at a time that is not known."""
        return ~self.going & np.isnan(self.end) & self.placed

    def of(self, rows: npt.NDArray[np.intp]) -> Lives:
        """Return the lives of some jobs, in the order asked for."""
        return Lives(self.created[rows], self.started[rows], self.end[rows], self.outcome[rows])

    @property
    def ran(self) -> tuple[Numbers, Numbers]:
        """From when to when each job ran."""
        return self.started, np.maximum(self.end, self.started)


def lives(jobs: pd.DataFrame, now: float) -> Lives:
    """Return the times of jobs; those that have not ended go on until `now`, in seconds since 1970."""
    outcome = outcomes(jobs)
    ended = instants(jobs["ended"])
    return Lives(instants(jobs["created"]), instants(jobs["started"]), np.where(outcome < 0, now, ended), outcome)
