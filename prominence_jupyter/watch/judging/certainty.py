"""`Certainty`: whether a job has ended for good, when its reports say so."""

from __future__ import annotations

from typing import Final

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord, has_ended

_LOOKS: Final = 3
"""How often in a row a job that failed must be missing from the listing where nothing else tells that it has ended."""


class Certainty:
    """What the reports of one job say together.

    ``failed`` is provisional while a job is listed, and for an instant a listing may lack a job: the two together look
    like an end. An end time makes it one.
    """

    def __init__(self) -> None:
        self._looks = 0

    def is_enough(self, record: JobRecord, *, listed_active: bool) -> bool:
        """Take a report; return whether the job has ended for good."""
        if not has_ended(record, listed_active=listed_active):
            self._looks = 0
            return False
        self._looks += 1
        return record.status != status.FAILED or record.ended is not None or self._looks >= _LOOKS
