"""`Client`: the jobs API of PROMINENCE, typed. Section 7.1 of its documentation, one method a request."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from prominence_jupyter.client.http.frames import methods_without_frames
from prominence_jupyter.client.http.transport import ATTEMPTS, Transport
from prominence_jupyter.client.known_records import KnownRecords
from prominence_jupyter.client.long_listing import LONGEST_LISTING_BYTES, long_listing
from prominence_jupyter.client.submitting.kind import JOB
from prominence_jupyter.client.submitting.label_search import LabelSearch
from prominence_jupyter.client.submitting.submitter import Submitter
from prominence_jupyter.client.workflow_client import WorkflowClient
from prominence_jupyter.errors import NoSuchJob, UnexpectedAnswer
from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.paths import JobId, Stream
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.redaction import redact


@methods_without_frames
class Client:
    """The jobs API of one service.

    Every method may raise the errors of `prominence_jupyter.errors` below `TokenError`, `ServiceError` and
    `Unreachable`. Requests that only read are repeated when that may help; others are sent once.

    Parameters
    ----------
    transport
        The connection to the service.
    attempts
        How often a request that only reads is tried; 1 for a poller, whose next tick is the next attempt.
    """

    def __init__(self, transport: Transport, *, attempts: int = ATTEMPTS) -> None:
        self.transport = transport
        self.workflows = WorkflowClient(transport, attempts=attempts)
        self._attempts = attempts
        self._active = KnownRecords()
        self._labels = LabelSearch(transport, JOB)
        self._submitter = Submitter(transport, self._labels)

    def submit(self, description: JobDescription) -> JobId:
        """Submit a job under a label of its own and return its id.

        It is sent again where it certainly did not arrive. When the answer is lost, the job is looked for by its label.

        Raises
        ------
        SubmissionUncertain
            The answer was lost and the job was not found, so it may exist.
        """
        return self._submitter.submit(description)

    def clone(self, job_id: JobId) -> JobId:
        """Submit a copy of a job, labels included, and return the id of the copy.

        When the answer is lost, a job is looked for that has the label of the original and was not there before.

        Raises
        ------
        NoSuchJob
            The service knows no such job.
        SubmissionUncertain
            The answer was lost and the copy was not found, so it may exist.
        """
        return self._submitter.copy(paths.clone(job_id), self.job(job_id))

    def active_jobs(self) -> list[JobRecord]:
        """Return the jobs that have not ended, as the plain listing has them: without resources and execution.

        A job that is as it was the last time is the same object again.
        """
        answer = self.transport.get(paths.JOBS, attempts=self._attempts)
        return self._active.read(answer.json_list())

    def completed_jobs(self, num: int = 1) -> list[JobRecord]:
        """Return the last `num` ended jobs, newest first.

        Services that give detail in listings do so here; `JobRecord.has_detail` tells.
        """
        return self._listing({"completed": "true", "num": str(num)})

    def ended_entries(self, num: int, parameters: Mapping[str, str], *, detail: bool) -> list[dict[str, Any]]:
        """Return the last `num` ended jobs as JSON, secrets hidden, newest first.

        Parameters
        ----------
        num
            How many at most; a service may give more where `parameters` are about a workflow.
        parameters
            Which jobs, see `history.Wanted.parameters`. A service may not regard them.
        detail
            Whether all is asked for that the service gives in listings.

        Raises
        ------
        AnswerTooLong
            With detail, it is longer than `LONGEST_LISTING_BYTES`.
        """
        asked = {"completed": "true", "num": str(num), **parameters} | ({"detail": "true"} if detail else {})
        longest = LONGEST_LISTING_BYTES if detail else math.inf
        return [redact(entry) for entry in self._long_listing(asked, longest)]

    def entry(self, job_id: JobId) -> dict[str, Any] | None:
        """Return everything about one job as JSON, secrets hidden; None when the service gives an empty list."""
        jobs = self._described(job_id)
        return redact(jobs[0]) if jobs else None

    def all_jobs(self) -> list[JobRecord]:
        """Return the jobs that have not ended and those that have, with detail.

        Services other than the deployed one give the active ones only, without detail.

        Raises
        ------
        AnswerTooLong
            It is longer than `LONGEST_LISTING_BYTES`.
        """
        asked = {"all": "true", "detail": "true"}
        return [JobRecord.from_json(job) for job in self._long_listing(asked, LONGEST_LISTING_BYTES)]

    def jobs_with_ids(self, job_ids: Iterable[JobId]) -> list[JobRecord]:
        """Return those of some jobs, ended or not, that the service knows; in its order.

        Raises
        ------
        UnexpectedAnswer
            The service does not understand lists of ids: it gave other jobs.
        """
        asked = dict.fromkeys(str(job_id) for job_id in job_ids)
        records = self._listing({"id": ",".join(asked)})
        if any(str(record.id) not in asked for record in records):
            raise UnexpectedAnswer(f"{self.transport.url} cannot list jobs by id: it gave others than were asked for")
        return records

    def jobs_with_label(self, key: str, value: str, *, active: bool = False) -> list[JobRecord]:
        """Return the jobs that carry a label, those that have ended too unless only `active` ones are wanted.

        Raises
        ------
        UnexpectedAnswer
            The service does not understand labels in listings: it gave jobs without that label.
        """
        return self._labels.listed((key, value), active=active, attempts=self._attempts)

    def understands_labels(self) -> bool:
        """Tell whether the service can list jobs by label."""
        return self._labels.understands(attempts=self._attempts)

    def job(self, job_id: JobId) -> JobRecord | None:
        """Return everything about one job; None when the service gives an empty list.

        For an instant between running and finished a service may give an empty list for a job that exists.
        """
        jobs = self._described(job_id)
        return JobRecord.from_json(jobs[0]) if jobs else None

    def output(self, job_id: JobId, stream: Stream, offset: int | None = None) -> bytes:
        """Return the bytes of a job's standard output or error, empty before it starts, however long that takes.

        Parameters
        ----------
        job_id, stream
            Which output.
        offset
            Number of bytes to leave out at the start. Not every service understands it: one that does not
            gives the whole output.
        """
        params = None if offset is None else {"offset": str(offset)}
        path = paths.output(job_id, stream)
        return self.transport.get(path, params, attempts=self._attempts, longest_s=math.inf).body

    def output_pieces(
        self, job_id: JobId, stream: Stream, offset: int | None = None
    ) -> AbstractContextManager[Iterator[bytes]]:
        """Give the same in pieces, however much there is, for a ``with`` block; sent once, see `Transport.stream`."""
        params = None if offset is None else {"offset": str(offset)}
        return self.transport.stream(paths.output(job_id, stream), params)

    def delete(self, job_id: JobId) -> None:
        """Delete a job that has not ended.

        Raises
        ------
        NoSuchJob
            It has ended already, or does not exist.
        """
        try:
            self.transport.send("DELETE", paths.job(job_id))
        except NoSuchJob as error:
            said = f"job {job_id} cannot be deleted: it has ended already, or does not exist ({error})"
            raise NoSuchJob(said, error.status) from None

    def remove(self, job_id: JobId) -> None:
        """Let a job that has ended go, which its policy ``leaveInQueue`` keeps among the active ones.

        Raises
        ------
        RequestRefused
            It is not kept there, or not any more.
        """
        self.transport.send("PUT", paths.remove(job_id))

    def execute(self, job_id: JobId, command: Iterable[str]) -> bytes:
        """Run a command beside a running job, and return what it writes.

        Parameters
        ----------
        job_id
            The job.
        command
            Its words. None may hold a comma: the API has them between commas, and a shell there reads them anew.

        Raises
        ------
        UsageError
            There is no word, or one holds a comma.
        RequestRefused
            The job does not run.
        """
        words = paths.command_parameter(command)
        return self.transport.send("POST", paths.execute(job_id), params={"command": words}).body

    def _described(self, job_id: JobId) -> list[Mapping[str, Any]]:
        return self.transport.get(paths.job(job_id), attempts=self._attempts).json_list()

    def _long_listing(self, params: dict[str, str], longest_bytes: float) -> list[Mapping[str, Any]]:
        return long_listing(self.transport, params, attempts=self._attempts, longest_bytes=longest_bytes)

    def _listing(self, params: dict[str, str]) -> list[JobRecord]:
        """Return the jobs of a listing, with detail where the service gives it there."""
        answer = self.transport.get(paths.JOBS, params | {"detail": "true"}, attempts=self._attempts)
        return [JobRecord.from_json(job) for job in answer.json_list()]
