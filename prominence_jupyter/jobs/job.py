"""`Job`: the handle of a submitted job."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from pathlib import Path

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.output_files import output_files
from prominence_jupyter.errors import NoSuchJob, UsageError, WaitTimeout
from prominence_jupyter.jobs.outputs import Outputs
from prominence_jupyter.jobs.patience import as_far_as_known, next_look_s, raise_if_hopeless
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import JobId, Stream
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.judging.certainty import Certainty
from prominence_jupyter.watch.listener import Listener, Snapshot
from prominence_jupyter.watch.watched_job import WatchedJob
from prominence_jupyter.watch.watcher import Watcher


class Job:
    """A job at a service. Get one from `Session.submit` or `Session.job`.

    Attributes
    ----------
    id
        The id the service gave it.
    client, watcher
        Those of the session it belongs to.
    joined
        Whether it was there already when it was to be submitted once, see `Session.submit`.
    """

    def __init__(
        self,
        client: Client,
        watcher: Watcher,
        job_id: JobId,
        record: JobRecord | None = None,
        *,
        joined: bool = False,
    ) -> None:
        self.id = job_id
        self.joined = joined
        self.client = client
        self.watcher = watcher
        self._record = record
        self._ended = False
        self._certainty = Certainty()

    @classmethod
    def submitted(cls, client: Client, watcher: Watcher, job_id: JobId, name: str | None) -> Job:
        """Return the handle of a job that a service has just taken."""
        return cls(client, watcher, job_id, JobRecord(id=job_id, name=name, status=status.SUBMITTED))

    def __repr__(self) -> str:
        known = self._record
        name = f" {one_line(repr(known.name), 60)}" if known and known.name else ""
        word = known.status if known else status.SUBMITTED
        return f"<Job {one_line(self.id, 40)}{name}: {one_line(word, 40)}>"

    @property
    def latest(self) -> JobRecord | None:
        """The last record that this handle has seen, None before the first; nothing is asked."""
        return self._record

    def note(self, snapshot: Snapshot) -> None:
        """Take what a watch has told of this job, so that nothing need be asked for it again."""
        self._record = snapshot.record or self._record
        self._ended = self._ended or snapshot.ended

    @property
    def url(self) -> str:
        """Base URL of the service that has the job."""
        return self.client.transport.url

    @property
    def record(self) -> JobRecord:
        """The job as the service reports it now (one request, none once it has ended).

        Raises
        ------
        NoSuchJob
            The service knows no such job, and never did as far as this handle has seen.
        """
        if self._ended and self._record is not None:
            return self._record
        # One empty answer is not a lost job: a service may give it for an instant when a job ends.
        record = self.client.job(self.id) or self._record or self.client.job(self.id)
        if record is None:
            raise NoSuchJob(f"there is no job {one_line(self.id, 40)} at {self.url}")
        self._record = record
        return record

    @property
    def status(self) -> str | None:
        """The status as the service reports it now, such as ``running``. ``completed`` does not mean exit code 0."""
        return self.record.status

    def done(self) -> bool:
        """Tell whether the job has ended for good: its status is final and the active listing has it no more.

        One that ``failed`` and has no end time is believed the third time in a row: it may be missing for an instant.
        """
        if not self._ended:
            record = self.record
            active = self.client.active_jobs() if status.is_final(record.status) else []
            is_listed = str(self.id) in {str(listed.id) for listed in active}
            self._ended = self._certainty.is_enough(record, listed_active=is_listed)
        return self._ended

    def wait(self, timeout: float | None = None) -> JobRecord:
        """Wait until the job has ended and return its record. An interrupt ends the waiting, not the job.

        Nothing is asked where this handle has seen the end.

        Parameters
        ----------
        timeout
            Seconds to wait at most, not counting those that the machine sleeps (on Windows it does); None waits as
            long as it takes.

        Raises
        ------
        WaitTimeout
            The job had not ended by then; it goes on.
        NoSuchJob
            The service knows the job no more.
        ServiceError, TokenError
            The service refuses to tell of it, again and again, or does not accept the token, and ten minutes have
            brought no new one.
        UsageError
            This is a callback of a watch.
        """
        if self._ended and self._record is not None:
            return self._record
        with self.watcher.watching(self.id, Listener(changed=lambda _: None)) as watched:
            return self.wait_for(watched, timeout)

    def wait_for(self, watched: WatchedJob, timeout: float | None) -> JobRecord:
        """Wait, as `wait` does, for a job that is being watched already."""
        if not watched.finished.is_set():
            self.watcher.refuse_callbacks()
        deadline = None if timeout is None else time.monotonic() + timeout
        while not watched.finished.wait(next_look_s(deadline)):
            self.give_up_if_hopeless(watched)
            if deadline is not None and time.monotonic() >= deadline:
                known = as_far_as_known(watched.snapshot.trouble, is_heard_of=watched.snapshot.record is not None)
                raise WaitTimeout(f"job {one_line(self.id, 40)} had not ended after {timeout:g} s{known}; it goes on")
        snapshot = watched.snapshot
        if snapshot.gone or snapshot.record is None:
            raise NoSuchJob(f"{self.url} knows no job {one_line(self.id, 40)} any more")
        self.note(snapshot)
        return snapshot.record

    def give_up_if_hopeless(self, watched: WatchedJob) -> None:
        """Raise the trouble that keeps news from coming, if it will not pass by itself.

        See `patience.raise_if_hopeless`.
        """
        snapshot, transport = watched.snapshot, self.client.transport
        raise_if_hopeless(
            snapshot.trouble,
            snapshot.stale_since,
            watched.failures,
            is_local=transport.is_local,
            awaits_token=transport.source.can_change and snapshot.record is not None,
        )

    def stdout(self) -> str:
        """Return the standard output so far, decoded as UTF-8; bytes that are not become U+FFFD."""
        return self.output("stdout").decode("utf-8", "replace")

    def stderr(self) -> str:
        """Return the standard error so far, decoded as UTF-8; bytes that are not become U+FFFD."""
        return self.output("stderr").decode("utf-8", "replace")

    def output(self, stream: Stream) -> bytes:
        """Return one of the outputs so far, as bytes."""
        return self.client.output(self.id, stream)

    @property
    def outputs(self) -> Outputs:
        """The files that the job has left, by name (one request); none before its end.

        ``job.outputs["plot.png"]`` displays a picture, ``.read()`` gives bytes, ``.save(folder)`` a file.
        """
        return Outputs(output_files(self.client.transport, self.id))

    def download(self, folder: str | Path = ".", *, force: bool = False) -> list[Path]:
        """Fetch all output files and folders (packed) into a folder, see `Output.save`; return their paths."""
        return self.outputs.save(folder, force=force)

    def execute(self, command: str | Sequence[str]) -> str:
        """Run a command beside the job while it runs, and return what it writes.

        Parameters
        ----------
        command
            Its words, or text that is split into them. The service puts blanks between them, and a shell reads that.

        Raises
        ------
        RequestRefused
            The job does not run.
        UsageError
            There is no word, one holds a comma, or a quotation is not closed.
        """
        try:
            words = shlex.split(command) if isinstance(command, str) else list(command)
        except ValueError as error:
            raise UsageError(f"the command cannot be split into words: {error}") from None
        return self.client.execute(self.id, words).decode("utf-8", "replace")

    def remove(self) -> None:
        """Let the job go from the active ones, where its policy ``leaveInQueue`` has kept it after its end.

        Raises
        ------
        RequestRefused
            It is not kept there.
        """
        self.client.remove(self.id)

    def delete(self) -> None:
        """Delete the job: it is ended if it runs.

        Raises
        ------
        NoSuchJob
            It has ended already, or does not exist.
        """
        self.client.delete(self.id)

    def clone(self) -> Job:
        """Submit a copy of the job, labels included, and return the copy.

        Raises
        ------
        NoSuchJob
            The service knows this job no more.
        SubmissionUncertain
            The answer was lost and the copy was not found, so it may exist.
        """
        name = self._record.name if self._record else None
        return Job.submitted(self.client, self.watcher, self.client.clone(self.id), name)
