"""`LivePanel`: a panel that is kept up to date while someone may look at it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.notebook.one_job.saved_log import save_log
from prominence_jupyter.notebook.one_job.views import view_of
from prominence_jupyter.panel.job_panel import JobPanel, PanelActions
from prominence_jupyter.panel.views.description import description_json
from prominence_jupyter.protocol.paths import STREAMS, Stream
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.watch.listener import Listener, Snapshot
from prominence_jupyter.watch.logs.spool import Spool


class LivePanel:
    """A job's panel; it follows the logs that someone looks at.

    Parameters
    ----------
    job
        The job.
    read
        Called whenever someone begins to read in the panel, and when nobody does any more.

    Attributes
    ----------
    panel
        The widget.
    """

    def __init__(self, job: Job, read: Callable[[bool], None] | None = None) -> None:
        self._job = job
        self._read = read
        self._listener = Listener(self._changed, self._grown)
        self._lock = threading.Lock()  # nothing is told before the panel is there
        self._is_there = False
        with self._lock:
            self._watched = job.watcher.watch(job.id, self._listener)
            try:
                self.panel = self._new_panel()
            except BaseException:  # an interrupt, say: nobody would ever close what is not there
                job.watcher.unwatch(self._watched, self._listener)
                raise
            self._is_there = True

    def close(self) -> None:
        """Stop: nobody looks any more."""
        self._job.watcher.unwatch(self._watched, self._listener)
        self.panel.layout.close()
        self.panel.close()

    def _new_panel(self) -> JobPanel:
        return JobPanel(
            view_of(self._job, self._watched.snapshot),
            logs={stream: self._watched.spool(stream) for stream in STREAMS},
            description=self._description(),
            actions=PanelActions(
                cancel=self._cancel, clone=self._clone, save=self._save, show=self._follow, read=self._read
            ),
        )

    def _changed(self, snapshot: Snapshot) -> None:
        with self._lock:
            if not self._is_there:
                return
            self._job.note(snapshot)
            self.panel.update(view_of(self._job, snapshot), self._description())
            for stream in STREAMS:
                self.panel.set_notice(stream, _notice(snapshot, stream))
            if snapshot.ended:  # logs have been read to their end, those too that nobody looks at
                for stream in STREAMS:
                    self.panel.grown(stream)

    def _grown(self, stream: Stream, _spool: Spool) -> None:
        with self._lock:
            if self._is_there:
                self.panel.grown(stream)

    def _description(self) -> str:
        record = self._job.latest
        return description_json(record) if record and record.has_detail else ""

    def _follow(self, streams: frozenset[Stream]) -> None:
        self._watched.follow(self._listener, streams)

    def _cancel(self) -> str:
        self._job.delete()
        return ""

    def _clone(self) -> str:
        clone = self._job.clone()
        clone_id = one_line(clone.id)
        return f"Submitted again as job {clone_id}: %prominence watch {clone_id}"

    def _save(self, stream: Stream) -> str:
        snapshot = self._watched.snapshot
        is_read = snapshot.ended and all(log.stream != stream for log in self._watched.wanted())
        return save_log(
            self._watched.spool(stream),
            f"job-{self._job.id}-{stream}",
            grows=not is_read,
            trouble=one_line(snapshot.output_troubles.get(stream)),
        )


def _notice(snapshot: Snapshot, stream: Stream) -> str:
    """Return why a log may not be whole, in words; empty if it is."""
    trouble = snapshot.output_troubles.get(stream)
    return f"As far as it could be had: {one_line(trouble)}" if trouble else ""
