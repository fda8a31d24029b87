"""`LivePanel`: a panel that is kept up to date while someone may look at it."""

from __future__ import annotations

import threading
from typing import Final

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.notebook.saved_log import save_log
from prominence_jupyter.notebook.views import view_of
from prominence_jupyter.panel.job_panel import JobPanel, PanelActions
from prominence_jupyter.panel.views.description import description_json
from prominence_jupyter.protocol.paths import Stream
from prominence_jupyter.watch.listener import Listener, Snapshot
from prominence_jupyter.watch.spool import Spool

_STREAMS: Final[tuple[Stream, ...]] = ("stdout", "stderr")


class LivePanel:
    """A job's panel; it follows the logs that someone looks at.

    Attributes
    ----------
    panel
        The widget.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._listener = Listener(self._changed, self._grown)
        self._lock = threading.Lock()  # nothing is told before the panel is there
        with self._lock:
            self._watched = job.watcher.watch(job.id, self._listener)
            self.panel = JobPanel(
                view_of(job, self._watched.snapshot),
                logs={stream: self._watched.spool(stream) for stream in _STREAMS},
                description=self._description(),
                actions=PanelActions(cancel=self._cancel, clone=self._clone, save=self._save, show=self._follow),
            )

    def close(self) -> None:
        """Stop: nobody looks any more."""
        self._job.watcher.unwatch(self._watched, self._listener)
        self.panel.close()

    def _changed(self, snapshot: Snapshot) -> None:
        with self._lock:
            self._job.note(snapshot)
            self.panel.update(view_of(self._job, snapshot), self._description())
            if snapshot.ended:  # logs have been read to their end, those too that nobody looks at
                for stream in _STREAMS:
                    self.panel.grown(stream)

    def _grown(self, stream: Stream, _spool: Spool) -> None:
        with self._lock:
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
        return f"Submitted again as job {clone.id}: %prominence watch {clone.id}"

    def _save(self, stream: Stream) -> str:
        return save_log(self._watched.spool(stream), f"job-{self._job.id}-{stream}")
