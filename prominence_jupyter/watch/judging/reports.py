"""What two reports of a job say of each other: the entry of the plain listing, and the record with detail."""

from __future__ import annotations

from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord


def best(known: JobRecord | None, listed: JobRecord | None) -> JobRecord | None:
    """Return the newest report where there is no answer: the entry of the listing, unless more is known that agrees."""
    return known if listed is None or _says_it_all(known, listed) else listed


def may_have_ended(listed: JobRecord) -> bool:
    """Tell whether a listed job may be one that stays listed after its end; the listing does not say that."""
    return status.is_final(listed.status) and listed.ended is not None


def is_settled(record: JobRecord | None) -> bool:
    """Tell whether a record is the last one of a job that is listed no more: ``failed`` was perhaps provisional."""
    return (
        record is not None and record.has_detail and status.is_final(record.status) and record.status != status.FAILED
    )


def _says_it_all(known: JobRecord | None, listed: JobRecord) -> bool:
    """Tell whether a record with detail says the same as an entry of the listing, which has none."""
    return (
        known is not None
        and known.has_detail
        and (known.status, known.status_reason, known.created, known.started, known.ended, known.name)
        == (listed.status, listed.status_reason, listed.created, listed.started, listed.ended, listed.name)
    )
