"""`WatchedJob`: what is known of one watched job, and the one place where that changes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord, has_ended
from prominence_jupyter.watch.follower import Delta, Follower

_log = logging.getLogger(__name__)

T = TypeVar("T")

_MISSES_BEFORE_GONE: Final = 10
"""Listings and answers in a row without the job before it counts as gone: it may be in neither for an instant."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a job at one moment.

    Attributes
    ----------
    record
        The last report, None before the first.
    ended
        The job has ended for good, and all of its followed output has arrived.
    gone
        The service knows nothing of the job any more.
    stale_since, stale_reason
        Since when (Unix seconds) and why there is no news; None while there is.
    """

    record: JobRecord | None = None
    ended: bool = False
    gone: bool = False
    stale_since: float | None = None
    stale_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Listener:
    """Callbacks of one who watches; they are called from the watcher's thread.

    Attributes
    ----------
    changed
        Called with the new snapshot whenever it differs from the one before.
    output
        Called with each new piece of standard output; None if it is not wanted, then it is not asked for.
    """

    changed: Callable[[Snapshot], None]
    output: Callable[[Delta], None] | None = None


class WatchedJob:
    """A job that is watched, with those who listen."""

    def __init__(self, job_id: JobId, follower: Follower) -> None:
        self.job_id = job_id
        self.follower = follower
        self.snapshot = Snapshot()
        self.finished = threading.Event()
        """Set when nothing more will come: the job has ended, or is gone."""
        self.listeners: list[Listener] = []
        self._joining: list[Listener] = []
        self._lock = threading.Lock()
        self.listed: JobRecord | None = None
        """The job's entry in the last listing."""
        self._misses = 0

    @property
    def is_followed(self) -> bool:
        """Whether someone wants the output."""
        return any(listener.output for listener in self.listeners)

    def join(self, listener: Listener) -> None:
        """Let a listener wait for `let_in`. From any thread."""
        with self._lock:
            self._joining.append(listener)

    def leave(self, listener: Listener) -> bool:
        """Drop a listener; return whether none is left. From any thread."""
        with self._lock:
            for group in (self.listeners, self._joining):
                if listener in group:
                    group.remove(listener)
            return not self.listeners and not self._joining

    def let_in(self) -> bool:
        """Tell new listeners what is known, so that they are up to date; return whether there were any.

        Done by the thread that reads the output: nothing can come in between and be missed or told twice.
        """
        with self._lock:
            joining, self._joining = self._joining, []
            self.listeners += joining
        for listener in joining:
            if self.snapshot != Snapshot():
                _isolated(listener.changed, self.snapshot)
            if listener.output and self.follower.spool.size:
                _isolated(listener.output, Delta(self.follower.spool.read(), restarted=True))
        return bool(joining)

    def report(self, record: JobRecord | None, *, listed_active: bool) -> bool:
        """Take what the service reported; return whether the job has just been seen to have ended.

        The end itself is told by `finish`, after the last output. Never leaves an ended state.
        """
        if self.finished.is_set():
            return False
        if record is None:
            self._misses = 0 if listed_active else self._misses + 1
            if self._misses >= _MISSES_BEFORE_GONE:
                self._change(Snapshot(self.snapshot.record, gone=True))
                self.finished.set()
            return False
        self._misses = 0
        if self._was_started_again(record):
            self.follower.restart()
        self._change(replace(self.snapshot, record=record, stale_since=None, stale_reason=None))
        return has_ended(record, listed_active=listed_active)

    def finish(self) -> None:
        """Tell that the job has ended and all of its output has come."""
        self._change(replace(self.snapshot, ended=True, stale_since=None, stale_reason=None))
        self.finished.set()

    def miss(self, error: ProminenceError) -> None:
        """Note that the service could not be asked: data get stale, a status does not change."""
        since = self.snapshot.stale_since or time.time()
        self._change(replace(self.snapshot, stale_since=since, stale_reason=str(error)))

    def tell_output(self, delta: Delta) -> None:
        """Hand on new output."""
        if delta.data or delta.restarted:
            for listener in list(self.listeners):
                if listener.output:
                    _isolated(listener.output, delta)

    def _was_started_again(self, record: JobRecord) -> bool:
        before = self.snapshot.record
        return before is not None and before.started is not None and record.started not in {None, before.started}

    def _change(self, snapshot: Snapshot) -> None:
        if snapshot == self.snapshot:
            return
        self.snapshot = snapshot
        for listener in list(self.listeners):
            _isolated(listener.changed, snapshot)


def _isolated(callback: Callable[[T], None], value: T) -> None:
    """Call back; an error there is the listener's own and must not stop the watch."""
    try:
        callback(value)
    except Exception:  # whatever a listener does wrong
        _log.exception("an error in a callback of a watched job")
