"""`TaskView`: what is shown of one task of a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from prominence_jupyter.panel.views.tone import Tone
from prominence_jupyter.panel.views.words import duration_text, exit_code_text, memory_text
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import TaskRecord

_BYTES_PER_KIB: Final = 1024
_BYTES_PER_MB: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class TaskView:
    """One task: what it was and what it used. None where the service does not say."""

    image: str
    cmd: str
    exit_code: int | None
    tone: Tone
    cpu_time_s: float | None
    """Over all CPUs."""
    wall_time_s: float | None
    peak_memory_mb: float | None
    """Of its largest process, in units of 10**6 bytes."""

    @classmethod
    def of(cls, task: TaskRecord) -> TaskView:
        """Decide what is shown of a task."""
        return cls(
            image=one_line(task.image, 120),
            cmd=one_line(task.cmd),
            exit_code=task.exit_code,
            tone=task_tone(task),
            cpu_time_s=task.cpu_time_s,
            wall_time_s=task.wall_time_s,
            peak_memory_mb=peak_memory_mb(task),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it for the browser, all numbers in words."""
        return {
            "image": self.image,
            "cmd": self.cmd,
            "tone": self.tone,
            "exit_code": exit_code_text(self.exit_code),
            "cpu_time": duration_text(self.cpu_time_s),
            "wall_time": duration_text(self.wall_time_s),
            "peak_memory": memory_text(self.peak_memory_mb),
        }


def task_tone(task: TaskRecord) -> Tone:
    """Return "good" for exit code 0, "bad" for another one and for an image that could not be had."""
    if task.exit_code is None:
        return "bad" if task.image_pull_status == "failed" else "neutral"
    return "bad" if task.exit_code else "good"


def peak_memory_mb(task: TaskRecord) -> float | None:
    """Return the peak of the largest process of a task, in units of 10**6 bytes."""
    kib = task.max_resident_set_kib
    return None if kib is None else kib * _BYTES_PER_KIB / _BYTES_PER_MB
