"""`WatchedJob`: what is known of one watched job, and the one place where that changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol.paths import STREAMS, JobId, Stream
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.judging.absence import Absence
from prominence_jupyter.watch.judging.certainty import Certainty
from prominence_jupyter.watch.judging.run import Run, has_started
from prominence_jupyter.watch.listener import Listener, Snapshot, tell
from prominence_jupyter.watch.logs.spool import Spool
from prominence_jupyter.watch.logs.watched_log import WatchedLog


class WatchedJob:
    """A job that is watched, with those who listen.

    Parameters
    ----------
    job_id
        The job.
    new_log
        Makes one of its logs, when it is first wanted.
    wake
        Called, from any thread, when the watcher should look at this job.
    """

    def __init__(
        self, job_id: JobId, new_log: Callable[[Stream], WatchedLog], wake: Callable[[WatchedJob], None]
    ) -> None:
        self.job_id = job_id
        self.snapshot = Snapshot()
        self.finished = threading.Event()
        """Set when the end has been told: the job has ended, or is gone."""
        self.listeners: list[Listener] = []
        self.failures = 0
        """How often in a row it could not be asked about, for the same kind of reason."""
        self.listed: JobRecord | None = None
        """The job's entry in the listing to which the last report belongs."""
        self.is_over = False
        """Whether the job has been seen to have ended; that is told when its output has been read."""
        self._new_log = new_log
        self._wake = wake
        self._lock = threading.Lock()
        self._logs: dict[Stream, WatchedLog] = {}
        self._follows: dict[Listener, frozenset[Stream]] = {}
        """What each listener follows, also one that is still joining."""
        self._joining: list[Listener] = []
        self._catching_up: list[tuple[Listener, Stream]] = []
        """Who has begun to follow what, and is to be told what there is of it."""
        self._is_closing = False
        self._absence: Absence | None = None
        self._certainty = Certainty()
        self._run = Run()
        self._heard: float | None = None
        """When there was news of it last (Unix seconds)."""

    @property
    def needs_attention(self) -> bool:
        """Whether there is anything to do for it yet. From any thread."""
        return not self.finished.is_set() or bool(self._joining or self._catching_up or self.wanted())

    def spool(self, stream: Stream) -> Spool:
        """Return what has come of a log; more comes while someone follows it. From any thread."""
        with self._lock:
            return self._log_of(stream).spool

    def follow(self, listener: Listener, streams: Collection[Stream]) -> None:
        """Let a listener follow these logs and no others from now on, also after the end. From any thread.

        It is told when there is something of a log that it has not followed until now.
        """
        with self._lock:
            before = self._follows.get(listener)
            if before is None or listener.output is None:
                return
            self._follows[listener] = frozenset(streams)
            if listener not in self._joining:
                self._catching_up += [(listener, stream) for stream in STREAMS if stream in {*streams} - before]
        self._wake(self)

    def join(self, listener: Listener) -> bool:
        """Let a listener wait for `let_in`; return False if the end is being told. From any thread."""
        with self._lock:
            if self._is_closing:
                return False
            self._joining.append(listener)
            self._follows[listener] = listener.follows if listener.output else frozenset()
            return True

    def leave(self, listener: Listener) -> bool:
        """Drop a listener; return whether none is left. From any thread."""
        with self._lock:
            for group in (self.listeners, self._joining):
                if listener in group:
                    group.remove(listener)
            self._follows.pop(listener, None)
            self._catching_up = [(who, stream) for who, stream in self._catching_up if who is not listener]
            return not self._follows

    def let_in(self) -> bool:
        """Tell new listeners what is known, and new followers that there is output; return whether a listener is new.

        Done by the thread that reads the output: nothing can come in between and be missed.
        """
        with self._lock:
            joining, self._joining = self._joining, []
            catching_up, self._catching_up = self._catching_up, []
            self.listeners += joining
            catching_up += [(new, stream) for new in joining for stream in STREAMS if stream in self._follows[new]]
            new = [(listener, self._log_of(stream)) for listener, stream in catching_up]
        for listener in joining:
            if self.snapshot != Snapshot() and listener in self._follows:
                tell(listener.changed, self.snapshot)
        for listener, log in new:
            log.hurry()
            if listener.output and log.spool.size and listener in self._follows:
                tell(listener.output, log.stream, log.spool)
        return bool(joining)

    def report(self, record: JobRecord | None, *, listed_active: bool) -> bool:
        """Take what the service reported; return whether the job has just been seen to have ended.

        The end itself is told by `finish`, after the last output. Never leaves an ended state.
        """
        if self.is_over or self.finished.is_set():
            return False
        self.failures, self._heard = 0, time.time()
        if record is None:
            self._note_absence(listed_active=listed_active)
            return False
        self._absence = None
        if self._run.begins_again(record):
            for log in list(self._logs.values()):
                log.restart()
        self._change(replace(self.snapshot, record=record, stale_since=None, trouble=None))
        if self._certainty.is_enough(record, listed_active=listed_active):
            self.is_over = True
            for log in list(self._logs.values()):
                if not self._run.is_known:
                    log.doubt()
                log.hurry()
        return self.is_over

    def confirm(self) -> None:
        """Take note that the service still lists the job as it did for the last report: that is not stale."""
        self.failures, self._heard = 0, time.time()
        self._change(replace(self.snapshot, stale_since=None, trouble=None))

    def wanted(self) -> list[WatchedLog]:
        """Return the logs to ask for: those that someone follows and that may have more."""
        if self.snapshot.gone or not (self.is_over or has_started(self.snapshot.record)):
            return []
        with self._lock:
            streams = {stream for followed in self._follows.values() for stream in followed} | self._needed_at_end()
            logs = [self._log_of(stream) for stream in STREAMS if stream in streams]
        return [log for log in logs if not log.is_complete]

    def ask(self, log: WatchedLog, clock: Callable[[], float]) -> None:
        """Ask for more of a log, and tell those who follow it."""
        if log.ask(clock, job_is_over=self.is_over):
            for listener in list(self.listeners):
                if listener.output and log.stream in self._follows.get(listener, ()):
                    tell(listener.output, log.stream, log.spool)
        troubles = {known.stream: known.trouble for known in list(self._logs.values()) if known.trouble}
        self._change(replace(self.snapshot, output_troubles=troubles))
        if self.is_over and not self.finished.is_set():  # nothing else is asked that would tell whether there is news
            if log.trouble and log.is_out_of_reach:
                self.miss(log.trouble)
            else:
                self.confirm()

    def finish(self) -> None:
        """Tell that the job has ended; not before those have been let in who have just come."""
        with self._lock:
            self._is_closing = not self._joining and not self._catching_up
        if self._is_closing:
            self._close(replace(self.snapshot, ended=True, stale_since=None, trouble=None))

    def miss(self, error: ProminenceError) -> None:
        """Note that the service could not be asked: data get stale, a status does not change."""
        known = self.snapshot
        same = type(known.trouble) is type(error)  # its words may name another request each time
        self.failures = self.failures + 1 if same else 1
        now = time.time()
        since = min(now, self._heard or now) if known.stale_since is None else known.stale_since
        self._change(replace(known, stale_since=since, trouble=known.trouble if same else error))

    def _note_absence(self, *, listed_active: bool) -> None:
        """Take note of an empty answer: nothing to think of while the job is listed."""
        if listed_active:
            self._absence = None
            return
        self._absence = self._absence or Absence()
        if self._absence.goes_on(was_there=self.snapshot.record is not None):
            self._close(Snapshot(self.snapshot.record, gone=True))

    def _close(self, last: Snapshot) -> None:
        with self._lock:
            self._is_closing = True
        self.let_in()
        self._change(last)
        self.finished.set()

    def _needed_at_end(self) -> set[Stream]:
        """Return what a record of the ended job is made of, if anyone may want that."""
        if not self.is_over or self.finished.is_set() or not any(listener.output for listener in self._follows):
            return set()
        record = self.snapshot.record
        return {"stdout"} if record is not None and record.succeeded else {"stdout", "stderr"}

    def _log_of(self, stream: Stream) -> WatchedLog:
        """Return one of the logs; only under the lock."""
        if stream not in self._logs:
            self._logs[stream] = self._new_log(stream)
        return self._logs[stream]

    def _change(self, snapshot: Snapshot) -> None:
        if snapshot == self.snapshot:
            return
        self.snapshot = snapshot
        for listener in list(self.listeners):
            if listener in self._follows:  # it may have left while others were told
                tell(listener.changed, snapshot)
