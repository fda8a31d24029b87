"""The status of a job, as a word.

A status is plain text: newer services may send words that are not known here, and those are kept as they are.
"""

from __future__ import annotations

from typing import Final

SUBMITTED: Final = "submitted"
"""Ours, of a job that a service has taken and not reported yet."""
PENDING: Final = "pending"
RUNNING: Final = "running"
COMPLETED: Final = "completed"
FAILED: Final = "failed"
DELETED: Final = "deleted"
KILLED: Final = "killed"

FINAL: Final = frozenset({COMPLETED, FAILED, DELETED, KILLED})
"""Statuses that a job keeps. In the *active* listing ``failed`` is provisional: see `record.has_ended`."""

WAITING: Final = frozenset({SUBMITTED, PENDING, "idle", "waiting", "deploying"})
"""Statuses before the start; which of them are used depends on the deployment."""


def is_final(status: str | None) -> bool:
    """Tell whether a job can keep this status for good. Unknown words are not final."""
    return status in FINAL
