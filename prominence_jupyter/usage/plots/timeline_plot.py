"""Jobs over time by status."""

from __future__ import annotations

import time
from typing import Final

import pandas as pd

from prominence_jupyter.usage.plots.drawing.crowd import crowd
from prominence_jupyter.usage.plots.drawing.figure import UsageFigure
from prominence_jupyter.usage.plots.drawing.gantt import gantt
from prominence_jupyter.usage.plots.drawing.labels import count
from prominence_jupyter.usage.plots.drawing.lives import lives

_FEW: Final = 60
"""So many jobs and fewer have a line each."""


def timeline(jobs: pd.DataFrame) -> UsageFigure:
    """Return when jobs were queued and running, and how they ended.

    Up to 60 jobs have a line each, oldest first. Of more, how many were queued and running at a time, on average over
    each step of the axis, and how many ended in each step. Jobs that have not ended are drawn up to this moment.
    A job that began again counts as queued until its last start, for the service tells no other.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    """
    known = lives(jobs, time.time())
    shown = int(known.placed.sum())
    if not shown:
        return UsageFigure("Jobs over time", len(jobs)).say("no job here has a time of creation, start or end.")
    few = shown <= _FEW
    figure = gantt(jobs, known) if few else crowd(known)
    going, endless = int((known.going & known.placed).sum()), int(known.endless.sum())
    where = "marked where last seen" if few else "not among those that ended"
    figure.note(
        f"Left out: {count(len(jobs) - shown, 'job')} with no time at all." if shown < len(jobs) else "",
        f"{count(going, 'job')} not ended: drawn up to now." if going else "",
        f"{count(endless, 'job')} ended at a time that is not known: {where}." if endless else "",
    )
    return figure
