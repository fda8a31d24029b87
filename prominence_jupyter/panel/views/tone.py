"""Status and tone: what a status is called, and what it means to the eye. Never by colour alone: each has a glyph."""

from __future__ import annotations

from typing import Final, Literal

from prominence_jupyter.panel.views.words import exit_code_text
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord

Tone = Literal["waiting", "running", "good", "bad", "neutral"]

SHAPES: Final[dict[Tone, str]] = {"waiting": "○", "running": "◐", "good": "✓", "bad": "✗", "neutral": "\N{EN DASH}"}
"""A glyph for each tone."""


WORST_FIRST: Final[tuple[Tone, ...]] = ("bad", "neutral", "running", "waiting", "good")
"""What asks for attention comes first."""

NON_ZERO_EXIT: Final = "non-zero exit"
"""The group of the jobs that the service calls completed, and that did not do their work."""

_GONE: Final = "gone"


def counted_status(record: JobRecord, *, ended: bool, gone: bool = False) -> tuple[str, str, Tone]:
    """Return the status of a job in words, the shorter words under which it is counted among others, and its tone."""
    if gone:
        return _GONE, _GONE, "neutral"
    word, tone = status_words(record, ended=ended)
    return word, NON_ZERO_EXIT if record.status == status.COMPLETED and tone == "bad" else word, tone


def status_words(record: JobRecord, *, ended: bool) -> tuple[str, Tone]:
    """Return the status of a job in words, and its tone.

    A non-zero exit code is a failure to the eye, though the service says completed; ``failed`` is provisional until
    the job has ended for good (`protocol.record.has_ended`); a word that is not known here stays as it is.
    """
    word = one_line(record.status, 60) or "unknown"
    if record.status == status.COMPLETED:
        code = next((code for code in record.exit_codes if code), 0)
        return (f"{word}, exit code {exit_code_text(code)}", "bad") if code else (word, "good")
    if record.status == status.FAILED and not ended:
        return "failed for now", "waiting"
    if record.status == status.RUNNING:
        return word, "running"
    if record.status in status.WAITING:
        return word, "waiting"
    return word, "bad" if record.status in {status.FAILED, status.KILLED} else "neutral"
