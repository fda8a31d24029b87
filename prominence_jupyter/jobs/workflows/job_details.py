"""`JobDetails`: what a listing without detail leaves out of jobs that have ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.history.details import described
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord

_AT_ONCE: Final = 16
_LARGE: Final = "inputs"
"""What makes a listing too long: up to a megabyte each, and of no use here."""

_Key = tuple[str, str | None, float | None]
"""Id, status and end: what is the same as long as a job is as it was."""


class JobDetails:
    """Asks for jobs one by one, several at a time; what has come stays.

    Parameters
    ----------
    client
        Asks for them.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: dict[_Key, JobRecord] = {}

    def added(self, records: Iterable[JobRecord]) -> list[JobRecord]:
        """Return the jobs, those that have ended with detail as far as it can be had.

        Raises
        ------
        ProminenceError
            The service would not answer for any of them.
        """
        listed = [*records]
        lacking = {str(job.id): job for job in listed if _lacks_detail(job) and _key(job) not in self._known}
        with described(self._client, [*lacking], _AT_ONCE) as answers:
            for answer in answers:
                if answer and (entry := answer[1]) is not None:
                    plain = {key: value for key, value in entry.items() if key != _LARGE}
                    self._known[_key(lacking[answer[0]])] = JobRecord.from_json(plain)
        return [self._known.get(_key(job), job) if _lacks_detail(job) else job for job in listed]


def _lacks_detail(job: JobRecord) -> bool:
    return status.is_final(job.status) and not job.has_detail and job.id is not None


def _key(job: JobRecord) -> _Key:
    return str(job.id), job.status, job.ended
