"""`JobDisplay`: one job in a notebook, live and as a record."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from prominence_jupyter.errors import TOKEN_TROUBLES
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.notebook.one_job.views import view_of
from prominence_jupyter.notebook.outputs import LiveAndRecord
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import Stream
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.listener import Listener, Snapshot
from prominence_jupyter.watch.logs.spool import Spool

if TYPE_CHECKING:
    from prominence_jupyter.panel.views.view import JobView

_TAIL: Final = 64 * 1024
"""Bytes of a log that a record is made of."""


class JobDisplay:
    """A job as two outputs of the cell that runs now; the watcher's thread keeps them up to date.

    Parameters
    ----------
    job
        The job.
    publisher
        The display publisher of the shell.
    live
        With the panel, or the record alone.
    stays
        Leave the panel of a job that has ended already: it is there to read its logs.
    """

    def __init__(self, job: Job, publisher: Any, *, live: bool, stays: bool) -> None:
        self._job = job
        self._stays = stays and job.latest is not None and status.is_final(job.latest.status)
        self._outputs = LiveAndRecord(publisher)
        self._recorded: object = None
        self._is_over = self._is_read = False
        self._lock = threading.Lock()  # the first record comes first
        if live:
            self._show_panel()
        self._listener = Listener(self._changed, _reads_no_log, follows=frozenset())
        with self._lock:
            self._watched = job.watcher.watch(job.id, self._listener)
            self._record(view_of(job, Snapshot()), "")

    def wait(self, timeout: float | None) -> JobRecord:
        """Wait until the job has ended, see `Job.wait`."""
        return self._job.wait_for(self._watched, timeout)

    def _show_panel(self) -> None:
        from prominence_jupyter.notebook.one_job.live_panel import LivePanel  # noqa: PLC0415 - widgets, when one is shown

        live = LivePanel(self._job, self._read)
        self._outputs.show_live(live.panel, live.close)

    def _read(self, is_read: bool) -> None:
        """Leave the panel while someone reads in it, though its job has ended."""
        with self._lock:
            self._is_read = is_read
            self._end_live()

    def _end_live(self) -> None:
        if self._is_over and not self._stays and not self._is_read:
            self._outputs.end_live()

    def _changed(self, snapshot: Snapshot) -> None:
        """Renew the record if it would say something else."""
        with self._lock:
            self._job.note(snapshot)
            view = view_of(self._job, snapshot)
            lacks_token = isinstance(snapshot.trouble, TOKEN_TROUBLES)  # someone has to do something about it
            state = (view.status, snapshot.ended, snapshot.gone, lacks_token)
            if state != self._recorded:
                self._recorded = state
                self._record(view, str(snapshot.output_trouble or ""))
            self._is_over = snapshot.ended or snapshot.gone
            self._end_live()

    def _record(self, view: JobView, output_trouble: str) -> None:
        from prominence_jupyter.panel.records.record import record_html, record_text  # noqa: PLC0415 - as above

        tail = self._watched.spool("stdout").tail(_TAIL)
        html, text = (
            record(
                view,
                tail.data,
                total_bytes=tail.size,
                refresh=f"%prominence watch {one_line(self._job.id)}",
                output_trouble=output_trouble,
                errors=self._watched.spool("stderr").tail(_TAIL).data if view.tone == "bad" else b"",
            )
            for record in (record_html, record_text)
        )
        self._outputs.record(html=html, text=text)


def _reads_no_log(_stream: Stream, _spool: Spool) -> None:
    """Do nothing with output as it comes: a record has its end, which is in the spool when the job has ended."""
