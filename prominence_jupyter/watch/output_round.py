"""One round of asking for the output of watched jobs: each log at its own pace, what is over is brought to its end."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence

from prominence_jupyter.watch.logs.watched_log import WatchedLog
from prominence_jupyter.watch.watched_job import WatchedJob

_log = logging.getLogger(__name__)


def ask_for_output(jobs: Sequence[WatchedJob], clock: Callable[[], float], until: float) -> float:
    """Ask for the logs that are due, the longest overdue first, and tell the end of jobs whose output is all there.

    Parameters
    ----------
    jobs
        The jobs that are watched.
    clock
        Monotonic seconds.
    until
        When something else is to be done: what is left then is left to the next round.

    Returns
    -------
    float
        When to begin the next round; infinite when nothing is to be asked for.
    """
    now = clock()
    due = [(job, log) for job in jobs for log in job.wanted() if log.due <= now]
    for job, log in sorted(due, key=lambda pair: pair[1].due):
        _ask(job, log, clock)
        if clock() >= until:
            break
    for job in jobs:
        if job.is_over and not job.finished.is_set() and not job.wanted():
            job.finish()
    return min((log.due for job in jobs for log in job.wanted()), default=math.inf)


def _ask(job: WatchedJob, log: WatchedLog, clock: Callable[[], float]) -> None:
    try:
        job.ask(log, clock)
    except Exception:  # a defect of ours must end neither the watch of other jobs nor that of this one
        _log.exception("an error while following the %s of job %s; it is followed no more", log.stream, job.job_id)
        log.is_complete = True
