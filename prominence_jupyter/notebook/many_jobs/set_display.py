"""`SetDisplay`: many jobs in a notebook, as a live table and as a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.notebook.many_jobs.table_display import TableDisplay
from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.panel.records.set_record import SetAccount, set_record_html, set_record_text
from prominence_jupyter.panel.views.job_row import job_row, row_id
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord

if TYPE_CHECKING:
    from prominence_jupyter.notebook.many_jobs.live_table import LiveTable

_IDS_NAMED: Final = 20


class SetDisplay(TableDisplay):
    """A set of jobs as two outputs of the cell that runs now, see `TableDisplay`."""

    def __init__(self, jobs: JobSet, publisher: Any, *, live: bool, stays: bool) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self._usage: dict[str, JobUsage] = {}
        super().__init__(jobs, publisher, live=live, stays=stays)

    def wait(self, timeout: float | None) -> list[JobRecord]:
        """Wait until all have ended, see `JobSet.wait`; the record has been told before."""
        return self._jobs.wait(timeout)

    def _new_table(self) -> LiveTable:
        from prominence_jupyter.notebook.many_jobs.live_table import LiveTable  # noqa: PLC0415 - widgets, when one is shown

        def ids() -> dict[str, Any]:
            return {row_id(job_id): job_id for job_id in self._jobs.ids}

        return LiveTable(self._jobs, self._rows.values(), ids=ids, on_shown=self._note_shown)

    def _take(self, keys: Sequence[str]) -> Sequence[dict[str, Any]]:
        entries = self._jobs.watched.entries
        for key in keys:
            entry = entries[key]
            record = entry.record or JobRecord(id=entry.job_id)
            row = self._rows[key] = job_row(record, ended=entry.ended, gone=entry.gone)
            if entry.ended:
                self._usage[row["id"]] = JobUsage.of(record)
        return [self._rows[key] for key in keys]

    def _account(self) -> tuple[str, str]:
        account = SetAccount(
            rows=[*self._rows.values()],
            as_of=self._as_of,
            refresh=_refresh(self._jobs),
            listing=f"%prominence list --completed --last {len(self._rows)}",
            usage=self._usage,
            stale=self._stale,
            more_may_come=not self._jobs.watched.is_over,
        )
        return set_record_html(account), set_record_text(account)


def _refresh(jobs: JobSet) -> str:
    """Return what to type to see these jobs again."""
    if jobs.watched.workflow:
        return f"%prominence watch workflow {one_line(jobs.watched.workflow.id, 40)}"
    if jobs.watched.everything:
        return "%prominence list --live"
    if jobs.watched.label:
        return f"%prominence watch --constraint {'='.join(jobs.watched.label)}"
    more = " …" if len(jobs) > _IDS_NAMED else ""
    return f"%prominence watch {' '.join(map(one_line, jobs.ids[:_IDS_NAMED]))}{more}"
