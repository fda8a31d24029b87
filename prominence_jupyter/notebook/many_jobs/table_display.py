"""`TableDisplay`: many jobs in a notebook, as a live table and as a record; what jobs and workflows have in common."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.notebook.outputs import LiveAndRecord
from prominence_jupyter.panel.views.words import clock_time
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.watch.sets.set_change import SetChange

if TYPE_CHECKING:
    from prominence_jupyter.notebook.many_jobs.live_table import LiveTable


class TableDisplay(ABC):
    """Jobs as two outputs of the cell that runs now; the watcher's thread keeps them up to date.

    Parameters
    ----------
    jobs
        The jobs.
    publisher
        The display publisher of the shell.
    live
        With the table, or the record alone.
    stays
        Leave the table of jobs that have ended already: it is there to read their logs.
    """

    def __init__(self, jobs: JobSet, publisher: Any, *, live: bool, stays: bool) -> None:
        self._jobs = jobs
        self._outputs = LiveAndRecord(publisher)
        self._as_of = time.time()
        self._stale = ""
        self._table: LiveTable | None = None
        self._lock = threading.Lock()  # the first record comes first
        self._take([*jobs.watched.entries])
        self._stays = stays and jobs.watched.is_over
        if live:
            self._table = self._new_table()
            self._outputs.show_live(self._table.widget, self._table.close)
        with self._lock:
            jobs.watch(self._changed)
            self._record()

    @abstractmethod
    def _take(self, keys: Sequence[str]) -> Sequence[dict[str, Any]]:
        """Take what is new of some jobs; return the rows that may have changed."""

    @abstractmethod
    def _new_table(self) -> LiveTable:
        """Return the live table of what has been taken."""

    @abstractmethod
    def _account(self) -> tuple[str, str]:
        """Return the record as HTML and as text."""

    def _note_shown(self, is_shown: bool) -> None:
        """Watch the jobs while a page shows the table: a cell that runs again leaves a table that nobody sees."""
        (self._jobs.watch if is_shown else self._jobs.unwatch)(self._changed)

    def _changed(self, change: SetChange) -> None:
        """Show what a tick has changed."""
        with self._lock:
            changed = self._take([*dict.fromkeys([*change.records, *change.ended, *change.gone])])
            if change.stale_since is None:
                self._as_of = time.time()
            before, self._stale = self._stale, _why_stale(change)
            if self._table:
                self._table.show(changed, self._stale)
            if changed or change.workflow or self._stale != before:
                self._record()
            if self._jobs.watched.is_over and not self._stays:
                self._end_table()

    def _end_table(self) -> None:
        """Leave the record alone, once nobody reads a log below the table."""
        if self._table:
            self._table.when_unused(self._outputs.end_live)
        else:
            self._outputs.end_live()

    def _record(self) -> None:
        html, text = self._account()
        self._outputs.record(html=html, text=text)


def _why_stale(change: SetChange) -> str:
    if change.stale_since is None:
        return ""
    return one_line(f"no news since {clock_time(change.stale_since)} UTC: {change.trouble}")
