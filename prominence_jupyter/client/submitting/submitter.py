"""`Submitter`: submits jobs, and copies of jobs, once at most."""

from __future__ import annotations

from prominence_jupyter.client.http.transport import ATTEMPTS, Transport
from prominence_jupyter.client.submitting.label_search import LabelSearch
from prominence_jupyter.client.submitting.submission import Submission
from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.labels import Label, new_submission, submission_of
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord


class Submitter:
    """Submits at one service, and looks by labels for what was submitted."""

    def __init__(self, transport: Transport, labels: LabelSearch) -> None:
        self._transport = transport
        self._labels = labels

    def submit(self, description: JobDescription) -> JobId:
        """Submit a job, see `Client.submit`."""
        label, known = new_submission(), dict[str, JobRecord]()
        sent = description.labelled(label)

        def find() -> JobId | None:
            oldest_first = self._labels.found(label, description.name, known)
            return next((job.id for job in oldest_first), None)  # the others are its clones

        return Submission(
            lambda: self._transport.send("POST", paths.JOBS, json=sent.body),
            find,
            label,
            lambda: self._labels.how_to_look(label),
            self._transport.pause,
        ).job_id()

    def clone(self, job_id: JobId, original: JobRecord | None) -> JobId:
        """Submit a copy of a job, see `Client.clone`; `original` is what the service says of the job."""
        label, before = self._copies(original)

        def find() -> JobId | None:
            jobs = self._labels.listed(label, active=False, attempts=1) if label else []
            new = [job.id for job in jobs if str(job.id) not in before]
            return new[0] if len(new) == 1 else None

        return Submission(
            lambda: self._transport.send("PUT", paths.clone(job_id)),
            find,
            label,
            lambda: self._labels.how_to_look(label),
            self._transport.pause,
        ).job_id()

    def _copies(self, original: JobRecord | None) -> tuple[Label | None, set[str]]:
        """Return the label of a job's submission and the ids of the jobs that carry it; None if that tells nothing."""
        label = submission_of(original.labels) if original else None
        try:
            listed = self._labels.listed(label, active=False, attempts=ATTEMPTS) if label else []
        except UnexpectedAnswer:
            return None, set()
        return label, {str(job.id) for job in listed}
