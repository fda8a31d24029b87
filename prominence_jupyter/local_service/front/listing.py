"""Which jobs a request for a list wants, and how much of each: the query of ``GET /jobs``.

Parameters and what they do are those of the deployed service; see ``list-by-*.json`` of the recorded answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status

_STATUSES: Final = {"idle": status.PENDING, "running": status.RUNNING}
"""What ``status`` may be, and what it is called here."""
_ID: Final = re.compile("[0-9]{1,18}")
_LARGEST: Final = 2**63
"""More than SQLite takes as an integer."""


class Refused(Exception):  # becomes an error object; never seen by users
    """The query cannot be understood; the text says why."""

    def __init__(self, words: str, code: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True, slots=True)
class Listing:
    """What one request wants. ``None`` is no condition."""

    completed: bool
    everything: bool
    num: int
    detail: bool
    ids: frozenset[int] | None
    label: tuple[str, str] | None
    name: str | None
    status: str | None
    workflow: bool
    """Whether the first of the ids is that of a workflow, whose jobs are wanted."""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Listing:
        """Read the parameters of a query.

        Raises
        ------
        Refused
            One of them has no value that it may have.
        """
        completed = query.get("completed", "").lower() == "true"
        label = query.get("constraint")
        key, separator, value = (label or "").partition("=")
        if label is not None and not (key and separator):
            raise Refused("Invalid constraint")
        if query.get("status") not in {None, *_STATUSES}:
            raise Refused("invalid status specified", HTTPStatus.OK)  # list-bad-status.json
        return cls(
            completed=completed,
            everything=query.get("all", "").lower() == "true",
            num=_whole_number(query.get("num", "1") if completed else "1"),
            detail="detail" in query,
            ids=_ids(query["id"]) if "id" in query else None,
            label=(key, value) if label is not None else None,
            name=query.get("name"),
            status=_STATUSES.get(query.get("status", "")),
            workflow=query.get("workflow", "").lower() == "true",
        )

    def answer(self, store: Store) -> list[dict[str, Any]]:
        """Return the jobs as JSON: those that have ended first, the newest end before the others."""
        return [row.to_json(detail=self.detail) for row in self._rows(store)]

    def _rows(self, store: Store) -> Iterable[JobRow]:
        if self.workflow and self.ids:
            ended, active = self.everything or self.completed, self.everything or not self.completed
            rows = store.jobs.of_workflow(min(self.ids))
            return filter(self._wants, [row for row in rows if (active if row.finished is None else ended)])
        if self.ids is not None:
            return filter(self._wants, store.jobs.with_ids(self.ids))
        holding = json.dumps(self.label[1]) if self.label else ""  # so that of thousands a few are read
        if self.everything:
            return filter(self._wants, [*store.jobs.completed(0, holding), *store.jobs.active(holding)])
        if not self.completed:
            return filter(self._wants, store.jobs.active(holding))
        if self.label is None and self.name is None and self.status is None:
            return store.jobs.completed(self.num)
        return islice(filter(self._wants, store.jobs.completed(0, holding)), self.num if self.num > 0 else None)

    def _wants(self, row: JobRow) -> bool:
        labels = row.description.get("labels") or {}
        return (
            (self.label is None or labels.get(self.label[0]) == self.label[1])
            and (self.name is None or row.description.get("name") == self.name)
            and (self.status is None or row.status == self.status)
        )


def _whole_number(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = _LARGEST
    if abs(value) >= _LARGEST:
        raise Refused("num must be a whole number")
    return value


def _ids(text: str) -> frozenset[int]:
    """Read ids between commas; what is none is the id of no job."""
    return frozenset(int(word) for word in text.split(",") if _ID.fullmatch(word))
