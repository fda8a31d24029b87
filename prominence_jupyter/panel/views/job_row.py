"""`job_row`: one line of a table of many jobs, as plain data of bounded size.

Pure, and cheap enough for ten thousand jobs a tick.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from prominence_jupyter.panel.views.tone import SHAPES, counted_status
from prominence_jupyter.panel.views.words import exit_code_text
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord

COLUMNS: Final = (
    *("id", "name", "status", "group", "tone", "shape", "reason"),
    *("created", "started", "ended", "site", "exit_codes", "final", "job", "parameters"),
)
"""The keys of a row, in the order in which they cross to the browser."""

_GONE_REASON: Final = "The service does not know this job any more."
_ID_LIMIT: Final = 200
_CODES_SHOWN: Final = 8
_END_OF_TIME_S: Final = 1e11
"""The year 5138: what claims to be later is no time."""


def job_row(record: JobRecord, *, ended: bool, gone: bool = False) -> dict[str, Any]:
    """Return what a table shows of a job, under the keys `COLUMNS`.

    Parameters
    ----------
    record
        What the service said last.
    ended
        Whether the job has ended for good (`protocol.record.has_ended`): until then ``failed`` is provisional.
    gone
        Whether the service does not know the job any more, though it has not been seen to end.

    Returns
    -------
    dict
        ``status`` is the status in words, ``group`` the shorter words under which it is counted and filtered.
        ``created``, ``started`` and ``ended`` are whole Unix seconds or None. ``id`` is that of `row_id`: the key of
        the row, and with a job that belongs to no workflow the same as ``job``, the id that is shown.
    """
    word, group, tone = counted_status(record, ended=ended, gone=gone)
    key = row_id(record.id)
    return {
        "id": key,
        "name": one_line(record.name, 80),
        "status": word,
        "group": group,
        "tone": tone,
        "shape": SHAPES[tone],
        "reason": _GONE_REASON if gone else one_line(record.status_reason),
        "created": _whole(record.created),
        "started": _whole(record.started),
        "ended": _whole(record.ended),
        "site": one_line(record.site, 80),
        "exit_codes": _codes(record.exit_codes),
        "final": ended or gone,
        "job": key,
        "parameters": [],
    }


def row_id(job_id: JobId | None) -> str:
    """Return the text that stands for a job in a table: its id, unless that is too long or is no plain text.

    No two ids have the same: one that is not shown as it is has a digest.
    """
    text = "" if job_id is None else str(job_id)
    if one_line(text, _ID_LIMIT) == text:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{one_line(text, 40)} ({digest[:16]})"


def _codes(codes: tuple[int, ...]) -> str:
    more = [f"and {len(codes) - _CODES_SHOWN} more"] if len(codes) > _CODES_SHOWN else []
    return ", ".join([*map(exit_code_text, codes[:_CODES_SHOWN]), *more])


def _whole(seconds: float | None) -> int | None:
    return round(seconds) if seconds is not None and 0 <= seconds < _END_OF_TIME_S else None
