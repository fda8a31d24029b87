"""Policies of a job that the table of jobs has columns for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_LARGEST: Final = 2**63 - 1
"""What SQLite takes as an integer."""


def policy_columns(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the priority of a job, and whether it stays in the queue when it has ended."""
    policies = description.get("policies") or {}
    return {
        "priority": min(int(policies.get("priority", 0)), _LARGEST),
        "stays": int(policies.get("leaveInQueue") is True),
    }
