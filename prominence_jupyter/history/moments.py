"""A moment as a person gives it: "7d" (ago), an ISO date or time, or a value of Python's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.plain_text import one_line

Moment = str | date | timedelta
"""What `moment` understands; a datetime is a date."""

_AGO: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*([mhdw])", re.ASCII)
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(value: Moment, *, now: datetime | None = None) -> datetime:
    """Return a moment in UTC.

    Parameters
    ----------
    value
        A time ago, as text ("30m", "12h", "7d", "2w": minutes, hours, days, weeks) or as a timedelta; or a date or
        time, as ISO text ("2026-11-01", "2026-11-01T14:30") or as a value of Python's. One that names no time zone
        is in the zone of this machine, and a date is its first instant.
    now
        What "ago" is counted from; default: the time it is.

    Raises
    ------
    UsageError
        It is none of these, or a time that no calendar has.
    """
    try:
        found = _read(value, now or datetime.now(UTC))
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None:
        shown = one_line(value, 40)
        raise UsageError(f'{shown!r} is no moment; it looks like "7d", "12h", "2026-11-01" or "2026-11-01T14:30"')
    return found


def _read(value: object, now: datetime) -> datetime | None:
    if isinstance(value, str):
        text = value.strip()
        if ago := _AGO.fullmatch(text):
            return now - timedelta(**{_UNITS[ago[2]]: float(ago[1])})
        return _in_utc(datetime.fromisoformat(text))
    if isinstance(value, timedelta):
        return now - value if value >= timedelta() else None
    if isinstance(value, datetime):
        return _in_utc(datetime.combine(value.date(), value.timetz()))  # not as pandas sees it: its local time is UTC
    if isinstance(value, date):
        return _in_utc(datetime.combine(value, time()))
    return None


def _in_utc(value: datetime) -> datetime:
    """Return the same moment in UTC.

    By its seconds: where the clocks are put forward at midnight, `astimezone` takes the hour before for that midnight.
    """
    return datetime.fromtimestamp(value.timestamp(), UTC)
