"""`JobLines`: a job as plain lines in a terminal, printed by the thread that waits for it."""

from __future__ import annotations

import codecs
import queue
import time
from typing import Final

from prominence_jupyter.errors import WaitTimeout
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.notebook.one_job.views import view_of
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import Stream
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.listener import Listener, Snapshot
from prominence_jupyter.watch.logs.spool import Spool

_LOOK_S: Final = 0.2
_PIECE: Final = 256 * 1024


class JobLines:
    """A job whose status and standard output are printed while someone waits for it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._news: queue.SimpleQueue[Snapshot | Spool] = queue.SimpleQueue()
        self._name = one_line(job.id)
        self._printed = self._trouble = ""
        self._run = self._position = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def wait(self, timeout: float | None) -> JobRecord:
        """Wait until the job has ended, see `Job.wait`."""
        deadline = None if timeout is None else time.monotonic() + timeout
        listener = Listener(self._news.put, self._grown)
        with self._job.watcher.watching(self._job.id, listener) as watched:
            while not watched.finished.is_set() or not self._news.empty():
                self._job.give_up_if_hopeless(watched)
                if deadline is not None and time.monotonic() >= deadline:
                    raise WaitTimeout(f"job {self._name} had not ended after {timeout:g} s; it goes on")
                self._print_next()
            return self._job.wait_for(watched, None)

    def _grown(self, stream: Stream, spool: Spool) -> None:
        if stream == "stdout":
            self._news.put(spool)

    def _print_next(self) -> None:
        try:
            news = self._news.get(timeout=_LOOK_S)
        except queue.Empty:
            return
        if isinstance(news, Spool):
            self._print_log(news)
            return
        trouble = one_line(news.output_trouble)
        if trouble and trouble != self._trouble:
            self._trouble = trouble
            self._say(f"no more of its output: {trouble}")
        if news.record and news.record.status == status.COMPLETED and not news.ended:
            return  # its last output is still to come
        view = view_of(self._job, news)
        line = view.stale or view.headline
        if line != self._printed:
            self._printed = line
            self._say(line)

    def _print_log(self, spool: Spool) -> None:
        """Print what has come since the last time."""
        while True:
            piece = spool.piece(self._position, self._position + _PIECE)
            if piece.run != self._run:
                self._run, self._position = piece.run, 0
                self._decoder.reset()
                self._say("it was started again, its output begins afresh")
            elif not piece.data:
                return
            else:
                self._position += len(piece.data)
                print(self._decoder.decode(piece.data), end="", flush=True)

    def _say(self, words: str) -> None:
        print(f"[job {self._name}: {words}]", flush=True)
