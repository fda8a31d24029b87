"""Jobs on the screen: the record and the live panel in a notebook, plain lines in a terminal.

A job has two outputs in a notebook. The *live view* is a widget. The *record* is HTML and text that says the same
in a saved notebook; it is dated while the job goes on and complete at the end, when it takes the place of the live
view. Both are updated from the watcher's thread, which may only update displays, never make new ones.
"""

from __future__ import annotations

import codecs
import queue
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from prominence_jupyter.errors import ProminenceError, WaitTimeout
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.follower import Delta
from prominence_jupyter.watch.watched_job import Listener, Snapshot

if TYPE_CHECKING:
    from prominence_jupyter.panel.job_panel import JobPanel
    from prominence_jupyter.panel.view import JobView

_TAIL: Final = 64 * 1024
"""Bytes of output kept in a record."""
_LOOK_S: Final = 0.2


class Shown(Protocol):
    """A job that is on the screen."""

    def wait(self, timeout: float | None) -> JobRecord:
        """Wait until the job has ended, see `Job.wait`."""


def show(job: Job, shell: Any, *, panel: bool, follow: bool = False) -> Shown:
    """Show a job where this shell shows things.

    Parameters
    ----------
    job
        The job to show from now on, until it ends.
    shell
        The IPython shell; one with a kernel has a front end that displays widgets.
    panel
        With the live view; else one line.
    follow
        In a terminal, where nothing can be live beside the prompt: stay until the job has ended.
    """
    if getattr(shell, "kernel", None) is not None:
        return _Notebook(job, shell.display_pub, live=panel)
    terminal = _Terminal(job)
    if follow:
        terminal.wait(None)
    else:
        print(f"Job {job.id}; follow it with %prominence watch {job.id}")
    return terminal


@contextmanager
def interruptible(job: Job) -> Iterator[None]:
    """Let an interrupt say that the job goes on, and how to return to it."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"the waiting was interrupted, job {job.id} goes on: "
            f"return to it with %prominence watch {job.id}, end it with %prominence delete {job.id}"
        ) from None


class _Notebook:
    """A job as two outputs of a cell: the live view and the record.

    The publisher is that of the cell: a later cell may capture what the shell publishes meanwhile.
    """

    def __init__(self, job: Job, publisher: Any, *, live: bool) -> None:
        self._job = job
        self._publisher = publisher
        self._live_id, self._record_id = f"prominence-live-{uuid.uuid4()}", f"prominence-record-{uuid.uuid4()}"
        self._tail = self._errors = b""
        self._total = 0
        self._panel: JobPanel | None = None
        self._recorded: object = None
        first = _view(job, Snapshot())
        if live:
            self._panel = self._new_panel(first)
        self._display_record(first, "", update=False)
        self._watched = job.watcher.watch(job.id, Listener(self._changed, self._output))

    def wait(self, timeout: float | None) -> JobRecord:
        return self._job.wait_for(self._watched, timeout)

    def _new_panel(self, view: JobView) -> JobPanel:
        from IPython.display import display  # noqa: PLC0415 - widgets, when the first is shown

        from prominence_jupyter.panel.job_panel import JobPanel  # noqa: PLC0415 - as above

        panel = JobPanel(view, on_cancel=self._job.delete, read_output=self._read_output)
        display(panel, display_id=self._live_id)
        return panel

    def _read_output(self, offset: int) -> bytes:
        return self._watched.follower.spool.read(offset)

    def _changed(self, snapshot: Snapshot) -> None:
        """Show what is new of the job; called in the watcher's thread."""
        self._job.note(snapshot)
        view = _view(self._job, snapshot)
        if snapshot.ended and view.tone == "bad":
            self._errors = self._end_of_errors()
        if self._panel:
            self._panel.update(view)
        state = (view.status, snapshot.ended, snapshot.gone)
        if state != self._recorded:
            self._recorded = state
            self._display_record(view, str(snapshot.output_trouble or ""), update=True)
        if snapshot.ended and self._panel:
            self._display({"text/plain": ""}, self._live_id, update=True)

    def _end_of_errors(self) -> bytes:
        try:
            return self._job.output("stderr")[-_TAIL:]
        except ProminenceError:
            return b""  # the record does without

    def _output(self, delta: Delta) -> None:
        """Show new output; called in the watcher's thread."""
        if delta.restarted:
            self._tail, self._total = b"", 0
            if self._panel:
                self._panel.restart_output("the job was started again: its output begins afresh")
        self._tail = (self._tail + delta.data)[-_TAIL:]
        self._total += len(delta.data)
        if self._panel:
            self._panel.append(delta.data)

    def _display_record(self, view: JobView, output_trouble: str, *, update: bool) -> None:
        from prominence_jupyter.panel.record import record_html, record_text  # noqa: PLC0415 - as above

        refresh = f"%prominence watch {self._job.id}"
        account = {
            mime: record(
                view,
                self._tail,
                total_bytes=self._total,
                refresh=refresh,
                output_trouble=output_trouble,
                errors=self._errors,
            )
            for mime, record in (("text/html", record_html), ("text/plain", record_text))
        }
        self._display(account, self._record_id, update=update)

    def _display(self, bundle: dict[str, str], display_id: str, *, update: bool) -> None:
        self._publisher.publish(data=bundle, metadata={}, transient={"display_id": display_id}, update=update)


class _Terminal:
    """A job as plain lines, printed by the thread that waits for it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._news: queue.SimpleQueue[Snapshot | Delta] = queue.SimpleQueue()
        self._printed = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def wait(self, timeout: float | None) -> JobRecord:
        deadline = None if timeout is None else time.monotonic() + timeout
        listener = Listener(self._news.put, self._news.put)
        with self._job.watcher.watching(self._job.id, listener) as watched:
            while not watched.finished.is_set() or not self._news.empty():
                self._job.give_up_if_hopeless(watched)
                if deadline is not None and time.monotonic() >= deadline:
                    raise WaitTimeout(f"job {self._job.id} had not ended after {timeout:g} s; it goes on")
                self._print_next()
            return self._job.wait_for(watched, None)

    def _print_next(self) -> None:
        try:
            news = self._news.get(timeout=_LOOK_S)
        except queue.Empty:
            return
        if isinstance(news, Delta):
            print(self._decoder.decode(news.data), end="", flush=True)
            return
        if news.record and news.record.status == status.COMPLETED and not news.ended:
            return  # its last output is still to come
        view = _view(self._job, news)
        line = view.stale or view.headline
        if line != self._printed:
            self._printed = line
            print(f"[job {self._job.id}: {line}]", flush=True)


def _view(job: Job, snapshot: Snapshot) -> JobView:
    from prominence_jupyter.panel.view import job_view  # noqa: PLC0415 - widgets, when the first is shown

    record = snapshot.record or job.latest or JobRecord(id=job.id)
    trouble = None if snapshot.trouble is None else str(snapshot.trouble)
    stale = "the service knows this job no more" if snapshot.gone else trouble
    return job_view(record, url=job.url, ended=snapshot.ended, stale=stale, as_of=snapshot.stale_since)
