"""`SetDisplay`: many jobs in a notebook, as a live table and as a record."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.notebook.outputs import LiveAndRecord
from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.set_record import SetAccount, set_record_html, set_record_text
from prominence_jupyter.panel.views.job_row import job_row
from prominence_jupyter.panel.views.words import clock_time
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.sets.set_change import Entry, SetChange

if TYPE_CHECKING:
    from prominence_jupyter.notebook.live_table import LiveTable

_IDS_NAMED: Final = 20


class SetDisplay:
    """A set of jobs as two outputs of the cell that runs now; the watcher's thread keeps them up to date.

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
        self._rows: dict[str, dict[str, Any]] = {}
        self._usage: dict[str, JobUsage] = {}
        self._as_of = time.time()
        self._stale = ""
        self._table: LiveTable | None = None
        self._lock = threading.Lock()  # the first record comes first
        for entry in jobs.watched.entries.values():
            self._take(entry)
        self._stays = stays and self._has_ended
        if live:
            self._show_table()
        with self._lock:
            jobs.watch(self._changed)
            self._record("")

    def wait(self, timeout: float | None) -> list[JobRecord]:
        """Wait until all have ended, see `JobSet.wait`; the record has been told before."""
        return self._jobs.wait(timeout)

    def _show_table(self) -> None:
        from prominence_jupyter.notebook.live_table import LiveTable  # noqa: PLC0415 - widgets, when one is shown

        self._table = LiveTable(self._jobs, self._rows.values(), self._note_shown)
        self._outputs.show_live(self._table.widget, self._table.close)

    def _note_shown(self, is_shown: bool) -> None:
        """Watch the jobs while a page shows the table: a cell that runs again leaves a table that nobody sees."""
        (self._jobs.watch if is_shown else self._jobs.unwatch)(self._changed)

    def _take(self, entry: Entry) -> dict[str, Any]:
        record = entry.record or JobRecord(id=entry.job_id)
        row = self._rows[str(entry.job_id)] = job_row(record, ended=entry.ended, gone=entry.gone)
        if entry.ended:
            self._usage[row["id"]] = JobUsage.of(record)
        return row

    def _changed(self, change: SetChange) -> None:
        """Show what a tick has changed."""
        with self._lock:
            entries = self._jobs.watched.entries
            keys = dict.fromkeys([*change.records, *change.ended, *change.gone])
            changed = [self._take(entries[key]) for key in keys]
            if change.stale_since is None:
                self._as_of = time.time()
            stale = _why_stale(change)
            if self._table:
                self._table.show(changed, stale)
            if changed or stale != self._stale:
                self._record(stale)
            if self._has_ended and not self._stays:
                self._end_table()

    def _end_table(self) -> None:
        """Leave the record alone, once nobody reads a log below the table."""
        if self._table:
            self._table.when_unused(self._outputs.end_live)
        else:
            self._outputs.end_live()

    @property
    def _has_ended(self) -> bool:
        return self._jobs.watched.is_over

    def _record(self, stale: str) -> None:
        self._stale = stale
        account = SetAccount(
            rows=[*self._rows.values()],
            as_of=self._as_of,
            refresh=_refresh(self._jobs),
            listing=f"%prominence list --completed --last {len(self._rows)}",
            usage=self._usage,
            stale=stale,
            more_may_come=not self._has_ended,
        )
        self._outputs.record(html=set_record_html(account), text=set_record_text(account))


def _refresh(jobs: JobSet) -> str:
    """Return what to type to see these jobs again."""
    if jobs.watched.everything:
        return "%prominence list --live"
    if jobs.watched.label:
        return f"%prominence watch --constraint {'='.join(jobs.watched.label)}"
    more = " …" if len(jobs) > _IDS_NAMED else ""
    return f"%prominence watch {' '.join(map(one_line, jobs.ids[:_IDS_NAMED]))}{more}"


def _why_stale(change: SetChange) -> str:
    if change.stale_since is None:
        return ""
    return one_line(f"no news since {clock_time(change.stale_since)} UTC: {change.trouble}")
