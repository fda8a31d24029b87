"""`LabelSearch`: the jobs that carry a label, also at services that cannot list jobs by label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import ProminenceError, RequestRefused, UnexpectedAnswer
from prominence_jupyter.protocol import paths
from prominence_jupyter.protocol.labels import Label
from prominence_jupyter.protocol.record import JobRecord

_ENDED: Final = 20
"""How many of the newest ended jobs are looked at where a service gives no choice."""
_DESCRIBED: Final = 10
"""How many jobs are asked for one by one at each look."""
_NO_LABEL: Final = "label"
"""A constraint without a value: a service that understands constraints refuses it (``list-by-label.json``)."""


class LabelSearch:
    """Looks for labels at one service.

    Attributes
    ----------
    is_understood
        Whether the service can list jobs by label; None while that is not known.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.is_understood: bool | None = None

    def listed(self, label: Label, *, active: bool, attempts: int) -> list[JobRecord]:
        """Return the jobs that carry a label, with detail; those that have ended too unless only `active` are wanted.

        Raises
        ------
        UnexpectedAnswer
            The service does not understand labels in listings: it gave jobs without that label.
        """
        records = self._asked(label, active=active, attempts=attempts)
        if any(not _has(record, label) for record in records):
            self.is_understood = False
            key, value = label
            raise UnexpectedAnswer(
                f"{self._transport.url} cannot list jobs by label: it gave jobs without {key}={value}"
            )
        return records

    def understands(self, *, attempts: int) -> bool:
        """Tell whether the service can list jobs by label; it is asked only until that is known."""
        if self.is_understood is None:
            try:
                self._transport.get(paths.JOBS, {"constraint": _NO_LABEL}, attempts=attempts).json_list()
            except RequestRefused as refusal:
                if "constraint" not in str(refusal):  # it was for something else
                    raise
                self.is_understood = True
            else:
                self.is_understood = False
        return self.is_understood

    def how_to_look(self, label: Label | None) -> str:
        """Return what one types to look for a job, as far as is known by now."""
        can_list = self.is_understood or self._transport.is_local
        return " ".join(["%prominence list --all", *(["--constraint", "=".join(label)] if label and can_list else [])])

    def found(self, label: Label, name: str, known: dict[str, JobRecord]) -> list[JobRecord]:
        """Return the jobs that carry a label, the oldest first, sending each request once.

        Where they cannot be listed by it, the newest jobs of their name are asked for one by one.

        Parameters
        ----------
        label, name
            Those of the jobs.
        known
            Jobs that need not be asked for again, by id, whatever their labels. More are added.
        """
        records = self._asked(label, active=False, attempts=1)
        found = [record for record in records if _has(record, label)]
        if not found and self._gives_others(records):
            found = self._described(records, label, name, known)
        return sorted(found, key=order_of_submission)

    def _gives_others(self, records: list[JobRecord]) -> bool:
        """Tell whether an answer without the label shows nothing, since the service gives whatever jobs it has."""
        if records:
            self.is_understood = False
        return not self.understands(attempts=1)

    def _asked(self, label: Label, *, active: bool, attempts: int) -> list[JobRecord]:
        params = {"constraint": "=".join(label)} | ({} if active else {"all": "true"}) | {"detail": "true"}
        records = _records(self._transport.get(paths.JOBS, params, attempts=attempts).json_list())
        if records and all(_has(record, label) for record in records):
            self.is_understood = True
        return records

    def _described(
        self, listed: list[JobRecord], label: Label, name: str, known: dict[str, JobRecord]
    ) -> list[JobRecord]:
        params = {"completed": "true", "num": str(_ENDED)}
        ended = _records(self._transport.get(paths.JOBS, params, attempts=1).json_list())
        new = {str(job.id): job for job in [*listed, *ended] if str(job.id) not in known and (job.name or "") == name}
        newest = sorted(new.values(), key=order_of_submission, reverse=True)[:_DESCRIBED]
        trouble = None
        for job_id in [job.id for job in newest if job.id is not None]:
            try:
                described = _records(self._transport.get(paths.job(job_id), attempts=1).json_list())
            except ProminenceError as error:
                if trouble is not None:
                    raise
                trouble = error  # the others will not have to be asked for at the next look
            else:  # for an instant an ending job may be none
                known |= {str(job_id): record for record in described}
        if trouble is not None:  # that one may be the oldest
            raise trouble
        return [record for record in known.values() if _has(record, label)]


def _records(entries: Iterable[Mapping[str, Any]]) -> list[JobRecord]:
    return [JobRecord.from_json(entry) for entry in entries]


def _has(record: JobRecord, label: Label) -> bool:
    key, value = label
    return record.labels.get(key) == value


def order_of_submission(record: JobRecord) -> tuple[float, tuple[int, int | str]]:
    """Return what sorts jobs by the time of their submission, and by id where that was in the same second."""
    job_id = record.id
    return record.created or 0.0, (0, job_id) if isinstance(job_id, int) else (1, str(job_id))
