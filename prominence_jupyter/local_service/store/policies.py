"""Policies of a job that the table of jobs has columns for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_LARGEST: Final = 2**63 - 1
"""What SQLite takes as an integer."""


def policy_columns(description: Mapping[str, Any], now: float) -> dict[str, Any]:
    """Return priority, whether it stays in the queue, and until when it may wait, of a job that waits from now on."""
    policies = description.get("policies") or {}
    minutes = policies.get("maximumTimeInQueue", 0)
    return {
        "priority": min(int(policies.get("priority", 0)), _LARGEST),
        "stays": int(policies.get("leaveInQueue") is True),
        "queue_until": now + 60 * minutes if minutes > 0 else None,
    }
