"""`Run`: which run of a job its reports are about. An evicted job waits and begins again, and its output with it."""

from __future__ import annotations

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord, whole


class Run:
    """What is known of the run of one job."""

    def __init__(self) -> None:
        self._started: float | None = None
        self._retries: int | None = None
        self._has_run = self._has_waited = False

    @property
    def is_known(self) -> bool:
        """Whether the service tells one run from another."""
        return self._started is not None or self._retries is not None

    def begins_again(self, record: JobRecord) -> bool:
        """Take a report; return whether it is about another run than those before.

        The start time or the retries tell, also where the job has waited in between and had none, or the waiting alone.
        """
        if record.status in status.WAITING:
            self._has_waited = self._has_run
            return False
        started, retries = self._started, self._retries
        has_waited, self._has_waited = self._has_waited, False
        self._has_run = self._has_run or has_started(record)
        now = whole(record.execution.get("retries"))
        self._started = started if record.started is None else record.started
        self._retries = retries if now is None else now
        is_other = started not in {None, self._started} or retries not in {None, self._retries}
        return is_other or has_waited


def has_started(record: JobRecord | None) -> bool:
    """Tell whether a job has begun to run, as far as its report says."""
    return record is not None and (record.started is not None or record.status == status.RUNNING)
