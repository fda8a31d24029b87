"""`LabelSearch`: the jobs or workflows that carry a label, also at services that cannot list them by label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Generic

from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.client.submitting.kind import Kind, Listed, Record, order_of_submission
from prominence_jupyter.errors import ProminenceError, RequestRefused, UnexpectedAnswer
from prominence_jupyter.protocol.labels import Label

_ENDED: Final = 20
"""How many of the newest ended jobs are looked at where a service gives no choice."""
_DESCRIBED: Final = 10
"""How many jobs are asked for one by one at each look."""
_NO_LABEL: Final = "label"
"""A constraint without a value: a service that understands constraints refuses it (``list-by-label.json``)."""


class LabelSearch(Generic[Record]):
    """Looks for labels at one service.

    Attributes
    ----------
    kind
        What is looked for: jobs or workflows.
    is_understood
        Whether the service can list them by label; None while that is not known.
    """

    def __init__(self, transport: Transport, kind: Kind[Record]) -> None:
        self._transport = transport
        self.kind = kind
        self.is_understood: bool | None = None

    def listed(self, label: Label, *, active: bool, attempts: int) -> list[Record]:
        """Return those that carry a label, with detail; those that have ended too unless only `active` are wanted.

        Raises
        ------
        UnexpectedAnswer
            The service does not understand labels in listings: it gave others without that label.
        """
        records = self._asked(label, active=active, attempts=attempts)
        if any(not _has(record, label) for record in records):
            self.is_understood = False
            noun, (key, value) = self.kind.noun, label
            raise UnexpectedAnswer(
                f"{self._transport.url} cannot list {noun}s by label: it gave {noun}s without {key}={value}"
            )
        return records

    def understands(self, *, attempts: int) -> bool:
        """Tell whether the service can list by label; it is asked only until that is known."""
        if self.is_understood is None:
            try:
                self._transport.get(self.kind.listing, {"constraint": _NO_LABEL}, attempts=attempts).json_list()
            except RequestRefused as refusal:
                if "constraint" not in str(refusal):  # it was for something else
                    raise
                self.is_understood = True
            else:
                self.is_understood = False
        return self.is_understood

    def how_to_look(self, label: Label | None) -> str:
        """Return what one types to look for what was submitted, as far as is known by now."""
        can_list = self.is_understood or self._transport.is_local
        return " ".join([self.kind.all_typed, *(["--constraint", "=".join(label)] if label and can_list else [])])

    def found(self, label: Label, name: str, known: dict[str, Record]) -> list[Record]:
        """Return those that carry a label, the oldest first, sending each request once.

        Where they cannot be listed by it, the newest of their name are asked for one by one.

        Parameters
        ----------
        label, name
            Those of what is looked for.
        known
            What need not be asked for again, by id, whatever their labels. More are added.
        """
        records = self._asked(label, active=False, attempts=1)
        found = [record for record in records if _has(record, label)]
        if not found and self._gives_others(records):
            found = self._described(records, label, name, known)
        return sorted(found, key=order_of_submission)

    def _gives_others(self, records: list[Record]) -> bool:
        """Tell whether an answer without the label shows nothing, since the service gives whatever it has."""
        if records:
            self.is_understood = False
        return not self.understands(attempts=1)

    def _asked(self, label: Label, *, active: bool, attempts: int) -> list[Record]:
        params = {"constraint": "=".join(label)} | ({} if active else {"all": "true"}) | {"detail": "true"}
        records = self._records(self._transport.get(self.kind.listing, params, attempts=attempts).json_list())
        if records and all(_has(record, label) for record in records):
            self.is_understood = True
        return records

    def _described(self, listed: list[Record], label: Label, name: str, known: dict[str, Record]) -> list[Record]:
        params = {"completed": "true", "num": str(_ENDED)}
        ended = self._records(self._transport.get(self.kind.listing, params, attempts=1).json_list())
        new = {str(job.id): job for job in [*listed, *ended] if str(job.id) not in known and (job.name or "") == name}
        newest = sorted(new.values(), key=order_of_submission, reverse=True)[:_DESCRIBED]
        trouble = None
        for job_id in [job.id for job in newest if job.id is not None]:
            try:
                described = self._records(self._transport.get(self.kind.one(job_id), attempts=1).json_list())
            except ProminenceError as error:
                if trouble is not None:
                    raise
                trouble = error  # the others will not have to be asked for at the next look
            else:  # for an instant an ending job may be none
                known |= {str(job_id): record for record in described}
        if trouble is not None:  # that one may be the oldest
            raise trouble
        return [record for record in known.values() if _has(record, label)]

    def _records(self, entries: Iterable[Mapping[str, Any]]) -> list[Record]:
        return [self.kind.read(entry) for entry in entries]


def _has(record: Listed, label: Label) -> bool:
    key, value = label
    return record.labels.get(key) == value
