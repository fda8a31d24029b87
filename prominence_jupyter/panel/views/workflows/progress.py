"""How far a workflow is, in words: "178 of 200 done, 1 failed, 21 not run"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from prominence_jupyter.panel.views.tone import Tone
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

ORDER: Final[Mapping[Tone, int]] = MappingProxyType({"good": 0, "bad": 1, "neutral": 2, "running": 3, "waiting": 4})
"""Of counts: from what is done to what is to come."""

_SHOWN: Final = 4

Counted = tuple[str, str, Tone]
"""The status of a job in words, the shorter words under which it is counted, and its tone (`NodeState.counted`)."""


def progress_text(record: WorkflowRecord, counted: Sequence[Counted]) -> str:
    """Return how many jobs of a workflow are done, and what became of the others.

    The jobs are counted as they are known one by one; where none is known, it is what the service counts.
    """
    if counted:
        return counts_text(counted)
    progress = record.progress
    if not progress.total:
        return ""
    known = [("failed", progress.failed), ("queued or running", progress.queued), ("waiting", progress.waiting)]
    return ", ".join([_done(progress.done or 0, progress.total), *(f"{n:,} {word}" for word, n in known if n)])


def counts_text(counted: Sequence[Counted]) -> str:
    """Return the same of some jobs: "7 of 8 done, 1 running"."""
    done = sum(tone == "good" for _, _, tone in counted)
    groups = Counter(("failed" if tone == "bad" else group, tone) for _, group, tone in counted if tone != "good")
    most = sorted(groups.most_common(_SHOWN), key=lambda group: ORDER[group[0][1]])
    others = len(counted) - done - sum(count for _, count in most)
    told = [f"{count:,} {group}" for (group, _), count in most]
    return ", ".join([_done(done, len(counted)), *told, *([f"{others:,} others"] if others else [])])


def _done(done: int, total: int) -> str:
    return f"{done:,} of {total:,} done"
