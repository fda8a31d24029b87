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
from prominence_jupyter.protocol.record import JobRecord, has_ended, whole
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
    stale_since, trouble
        Since when (Unix seconds) and why there is no news; None while there is.
    output_trouble
        Why the end of the output could not be had, None if it was.
    """

    record: JobRecord | None = None
    ended: bool = False
    gone: bool = False
    stale_since: float | None = None
    trouble: ProminenceError | None = None
    output_trouble: ProminenceError | None = None


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
        """The job's entry in the listing to which the last report belongs."""
        self.last_looks = 0
        """How often the end of the output was asked for."""
        self._misses = 0
        self._run: tuple[float | None, int | None] = (None, None)
        """Start time and retries of the run that is followed."""

    @property
    def is_followed(self) -> bool:
        """Whether someone wants the output."""
        return any(listener.output for listener in self.listeners)

    def join(self, listener: Listener) -> bool:
        """Let a listener wait for `let_in`; return False if nothing more will come. From any thread."""
        with self._lock:
            if self.finished.is_set():
                return False
            self._joining.append(listener)
            return True

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
                self._tell_output_so_far(listener.output)
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
                self._close()
            return False
        self._misses = 0
        if self._was_started_again(record):
            self.follower.restart()
        self._change(replace(self.snapshot, record=record, stale_since=None, trouble=None))
        return has_ended(record, listed_active=listed_active)

    def finish(self, output_trouble: ProminenceError | None = None) -> None:
        """Tell that the job has ended, and all of its output has come that could be had."""
        snapshot = replace(self.snapshot, ended=True, stale_since=None, trouble=None, output_trouble=output_trouble)
        self._change(snapshot)
        self._close()

    def miss(self, error: ProminenceError) -> None:
        """Note that the service could not be asked: data get stale, a status does not change."""
        known = self.snapshot
        same = type(known.trouble) is type(error)  # its words may name another request each time
        since = time.time() if known.stale_since is None else known.stale_since
        self._change(replace(known, stale_since=since, trouble=known.trouble if same else error))

    def tell_output(self, delta: Delta) -> None:
        """Hand on new output."""
        if delta.data or delta.restarted:
            for listener in list(self.listeners):
                if listener.output:
                    _isolated(listener.output, delta)

    def _close(self) -> None:
        """Set `finished` when everyone has been told, also who has just come."""
        while True:
            self.let_in()
            with self._lock:
                if not self._joining:
                    self.finished.set()
                    return

    def _tell_output_so_far(self, output: Callable[[Delta], None]) -> None:
        try:
            _isolated(output, Delta(self.follower.spool.read(), restarted=True))
        except OSError:
            _log.exception("the output so far of job %s cannot be read", self.job_id)

    def _was_started_again(self, record: JobRecord) -> bool:
        """Compare with the run known so far, also one from before the job was idle again and had no start time."""
        started, retries = self._run
        now = (record.started, whole(record.execution.get("retries")))
        self._run = (now[0] or started, retries if now[1] is None else now[1])
        return (started is not None and self._run[0] != started) or (retries is not None and self._run[1] != retries)

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
