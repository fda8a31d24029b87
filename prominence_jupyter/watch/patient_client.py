"""`PatientClient`: the requests of a watch, of which none is made while the service wants to be left alone."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.known_records import KnownRecords
from prominence_jupyter.errors import ServiceFailed
from prominence_jupyter.protocol.paths import JobId, Stream
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.watch.pace import asked_pause_s

_spread = random.Random()  # noqa: S311 - keeps no secret; its own, so that a user's seeded numbers stay as they are


class PatientClient:
    """What a watcher asks of a client. Where an answer says ``Retry-After``, all requests keep to it.

    While that lasts each fails as the one did that was answered so, and nothing is sent. May be used from several
    threads.

    Parameters
    ----------
    client
        Makes the requests.
    clock
        Monotonic seconds.
    """

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._until = -math.inf
        self._error = ServiceFailed("")

    def active_jobs(self) -> list[JobRecord]:
        """See `Client.active_jobs`."""
        with self._restrained():
            return self._client.active_jobs()

    def completed_jobs(self, num: int) -> list[JobRecord]:
        """See `Client.completed_jobs`."""
        with self._restrained():
            return self._client.completed_jobs(num)

    def jobs_with_ids(self, job_ids: Iterable[JobId]) -> list[JobRecord]:
        """See `Client.jobs_with_ids`."""
        with self._restrained():
            return self._client.jobs_with_ids(job_ids)

    def jobs_with_label(self, key: str, value: str, *, active: bool = False) -> list[JobRecord]:
        """See `Client.jobs_with_label`."""
        with self._restrained():
            return self._client.jobs_with_label(key, value, active=active)

    def job(self, job_id: JobId) -> JobRecord | None:
        """See `Client.job`."""
        with self._restrained():
            return self._client.job(job_id)

    def workflow(self, workflow_id: JobId) -> WorkflowRecord | None:
        """See `WorkflowClient.workflow`."""
        with self._restrained():
            return self._client.workflows.workflow(workflow_id)

    def workflow_jobs(self, workflow_id: JobId, known: KnownRecords, *, name: str | None) -> list[JobRecord]:
        """See `WorkflowClient.jobs`."""
        with self._restrained():
            return self._client.workflows.jobs(workflow_id, known, name=name)

    @contextmanager
    def output_pieces(self, job_id: JobId, stream: Stream, offset: int | None = None) -> Iterator[Iterator[bytes]]:
        """See `Client.output_pieces`."""
        with self._restrained(), self._client.output_pieces(job_id, stream, offset) as pieces:
            yield pieces

    @contextmanager
    def _restrained(self) -> Iterator[None]:
        if (left_s := self._until - self._clock()) > 0:
            raise ServiceFailed(str(self._error), self._error.status, left_s)
        try:
            yield
        except ServiceFailed as error:
            if asked_s := asked_pause_s(error):
                self._error, spread = error.with_traceback(None), _spread.uniform(1.0, 1.1)
                self._until = max(self._until, self._clock() + asked_s * spread)
            raise
