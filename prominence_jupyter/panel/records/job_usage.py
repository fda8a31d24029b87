"""`JobUsage`: what a job used in all, as a record of many jobs tells it."""

from __future__ import annotations

from dataclasses import dataclass

from prominence_jupyter.panel.views.task_view import peak_memory_mb
from prominence_jupyter.protocol.record import JobRecord

_KB_PER_MB = 1000


@dataclass(frozen=True, slots=True)
class JobUsage:
    """What a job used. None where the service does not say."""

    cpu_time_s: float | None = None
    """Of all its tasks, over all CPUs."""
    peak_memory_mb: float | None = None
    """Of all its processes together, else of the largest one, in units of 10**6 bytes."""

    @classmethod
    def of(cls, record: JobRecord) -> JobUsage:
        """Sum up what a service told; a record without detail tells nothing."""
        times = [task.cpu_time_s for task in record.tasks if task.cpu_time_s is not None]
        peaks = [peak for task in record.tasks if (peak := peak_memory_mb(task)) is not None]
        if record.max_memory_kb is not None:
            peaks = [record.max_memory_kb / _KB_PER_MB]
        return cls(cpu_time_s=sum(times) if times else None, peak_memory_mb=max(peaks, default=None))
