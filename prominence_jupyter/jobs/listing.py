"""Lists of jobs, active and ended, by name and label, from whatever service."""

from __future__ import annotations

from typing import Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.errors import AnswerTooLong
from prominence_jupyter.history.wanted import Wanted
from prominence_jupyter.protocol.record import JobRecord

_FIRST_WINDOW: Final = 500
_GROWTH: Final = 4


def listed(client: Client, *, all_of_them: bool, name: str | None, label: tuple[str, str] | None) -> list[JobRecord]:
    """Return the jobs that have not ended and, if all are wanted, those that have; in the service's order.

    With detail where the service gives it in listings of this kind.

    Raises
    ------
    UsageError
        A filter makes no sense.
    UnexpectedAnswer
        The service cannot list jobs by label.
    """
    wanted = Wanted(name=name, label=label)
    if wanted.label is not None:
        records = client.jobs_with_label(*wanted.label, active=not all_of_them)
    else:
        records = _all_jobs(client) if all_of_them else client.active_jobs()
    return [record for record in records if wanted.matches_name(record.name)]


def _all_jobs(client: Client) -> list[JobRecord]:
    """Return active and ended jobs, in one listing or, where the service has none with both, in two."""
    try:
        records = client.all_jobs()
    except AnswerTooLong:
        records = []
    if any(record.has_detail for record in records):
        return records
    active, window = client.active_jobs(), _FIRST_WINDOW
    while len(ended := client.ended_entries(window, {}, detail=False)) > window // 2:  # see `history.ended_jobs`
        window *= _GROWTH
    seen = {str(record.id) for record in active}
    return active + [JobRecord.from_json(entry) for entry in ended if str(entry.get("id")) not in seen]
