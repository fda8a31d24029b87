"""What status and reason of a job leave unsaid. Facts only: what the service told, and how it compares."""

from __future__ import annotations

from typing import Final

from prominence_jupyter.panel.views.task_view import peak_memory_mb
from prominence_jupyter.panel.views.words import amount_text, exit_code_text, memory_text
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.record import JobRecord, number

_KILLED: Final = {-9, 137}
"""Exit codes of what SIGKILL ended; a shell reports that of its child as 128 + 9."""
_NEAR: Final = 0.9
"""Share of the memory asked for from which on a peak is near it."""
_MB_PER_GB: Final = 1000
_KB_PER_MB: Final = 1000


def explanation(record: JobRecord, *, ended: bool) -> str:
    """Say in words what there is to know beyond status and reason; empty where that is nothing."""
    if record.status == status.FAILED and not ended:
        return "The service still lists it as active: it may yet run."
    if not ended:
        return ""
    if record.status == status.COMPLETED and record.tasks and not record.exit_codes:
        return "The service told no exit code."
    return " ".join(part for part in (_which_task(record), _memory(record)) if part)


def _which_task(record: JobRecord) -> str:
    count = len(record.tasks)
    for position, task in enumerate(record.tasks, 1):
        if task.exit_code and count > 1:
            return f"Task {position} of {count} ended with exit code {exit_code_text(task.exit_code)}."
    return ""


def _memory(record: JobRecord) -> str:
    asked_gb, nodes = number(record.resources.get("memory")), number(record.resources.get("nodes"))
    if not asked_gb or (nodes or 1) > 1 or not _KILLED.intersection(record.exit_codes):
        return ""
    peaks = [peak_memory_mb(task) or 0 for task in record.tasks] + [(record.max_memory_kb or 0) / _KB_PER_MB]
    peak_mb = max(peaks)
    if peak_mb < _NEAR * asked_gb * _MB_PER_GB:
        return ""
    return f"Its memory peaked at {memory_text(peak_mb)}, of {amount_text(asked_gb)} GB asked for."
