"""`SetLines`: many jobs in a terminal, as a line whenever their counts change."""

from __future__ import annotations

import queue
import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from prominence_jupyter.errors import WaitTimeout
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.panel.views.job_row import job_row
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.sets.set_change import SetChange

_LOOK_S: Final = 0.2


class SetLines:
    """Jobs whose counts by status are printed while someone waits for them.

    Parameters
    ----------
    jobs
        The jobs.
    counts
        Says how far they are; by default how many there are of each status.
    """

    def __init__(self, jobs: JobSet, counts: Callable[[], str] | None = None) -> None:
        self._jobs = jobs
        self._counts = counts or self._count_jobs
        self._news: queue.SimpleQueue[SetChange] = queue.SimpleQueue()
        self._printed = ""

    def wait(self, timeout: float | None) -> list[JobRecord]:
        """Wait until all have ended, see `JobSet.wait`."""
        deadline = None if timeout is None else time.monotonic() + timeout
        self.follow(deadline)
        if timeout is None or self._jobs.watched.finished.is_set():
            return self._jobs.wait()
        left = sum(not entry.is_closed for entry in self._jobs.watched.entries.values())
        raise WaitTimeout(f"{left} of {len(self._jobs)} jobs had not ended after {timeout:g} s; they go on")

    def follow(self, deadline: float | None = None) -> None:
        """Print until all have ended; of all active jobs, until an interrupt."""
        self._jobs.watch(self._news.put)
        try:
            while not self._jobs.watched.finished.is_set() or not self._news.empty():
                self._jobs.give_up_if_hopeless()
                if deadline is not None and time.monotonic() >= deadline:
                    return
                self._print_next()
        finally:
            self._jobs.unwatch(self._news.put)
        self._say(self._counts())  # also where all had ended before

    def _count_jobs(self) -> str:
        """Return how many jobs there are, and of each status, where a non-zero exit code is one of its own."""
        rows = [
            job_row(entry.record or JobRecord(id=entry.job_id), ended=entry.ended, gone=entry.gone)
            for entry in self._jobs.watched.entries.values()
        ]
        counts = Counter(row["group"] for row in rows)
        told = ", ".join(f"{count} {group}" for group, count in counts.items())
        return f"{len(rows)} {'job' if len(rows) == 1 else 'jobs'}: {told}" if told else "no jobs"

    def _print_next(self) -> None:
        try:
            change = self._news.get(timeout=_LOOK_S)
        except queue.Empty:
            return
        self._say(one_line(change.trouble, 500) if change.trouble else self._counts())

    def _say(self, line: str) -> None:
        if line != self._printed:
            self._printed = line
            print(f"[{line}]", flush=True)
