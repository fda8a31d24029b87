"""`RunningJob`: the tasks of one job, one after the other, and what they used."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Final

from prominence_jupyter.local_service import images, reasons
from prominence_jupyter.local_service.capacity import Need
from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.processes import Family
from prominence_jupyter.local_service.runner import metrics
from prominence_jupyter.local_service.runner.launch import launch, task_environment
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.protocol import status

GRACE_S: Final = 2.0
"""From SIGTERM to SIGKILL."""
_FOREVER_MIN: Final = 10**9
"""Whole numbers may be larger than times can be."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ends."""

    status: str
    reason: str | None = None
    kill_at: float = 0.0
    """Time of `time.monotonic` from which its processes are killed."""


class RunningJob:
    """A job from its start to the end of its last process. The runner calls `step` until `ended` is set."""

    def __init__(self, row: JobRow, scratch: Scratch, url: str) -> None:
        self.id = row.id
        self.need = Need.of(row.description["resources"])
        self.family = Family(row.token)
        self.execution = metrics.beginning(row.description["resources"])
        self.ended: Ending | None = None
        self._row, self._scratch, self._url = row, scratch, url
        self._ending: Ending | None = None
        self._tasks = iter(row.description["tasks"])
        self._images: set[str] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._record: dict[str, Any] = {}
        self._records: list[dict[str, Any]] = []
        self._task_started = time.monotonic()
        self._peak_bytes = 0
        minutes: float = min(row.description["resources"].get("walltime", _FOREVER_MIN), _FOREVER_MIN)
        self._deadline = time.monotonic() + 60 * minutes

    def begin(self) -> None:
        """Write the input files and start the first task."""
        try:
            self._scratch.make(self._row.description.get("inputs", []))
        except OSError as error:
            self.ended = Ending(status.FAILED, f"Input files cannot be written: {error.strerror}")
            return
        self._next_task()

    def end(self, final: str, reason: str, *, grace_s: float = GRACE_S) -> None:
        """Begin to end the job before its time; a second call changes nothing."""
        if self._ending is None:
            self._ending = Ending(final, reason, time.monotonic() + grace_s)
            if grace_s:
                self.family.send(signal.SIGTERM)

    def give_up(self, reason: str) -> None:
        """Kill its processes and let it fail after an error that nobody foresaw; a second one ends it at once."""
        if self._ending is not None:
            self.ended = Ending(status.FAILED, reason)
        self.end(status.FAILED, reason, grace_s=0)
        self.family.send(signal.SIGKILL)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be done before a process ends or the deadline comes."""
        return self.ended is not None or (self._ending is None and self._process is not None)

    @property
    def due(self) -> float:
        """When `step` is needed next if nothing else happens, as `time.monotonic`; never in the past once it ends."""
        if self.ended is not None:
            return float("inf")
        if self._ending is None:
            return self._deadline
        return self._ending.kill_at if self._ending.kill_at > time.monotonic() else float("inf")

    def sample(self) -> None:
        """Note the memory in use, after a look at the processes."""
        self._peak_bytes = max(self._peak_bytes, self.family.rss_bytes)

    def reaped(self, pid: int, wait_status: int, usage: resource.struct_rusage) -> None:
        """Take note that a process of this job ended, and of what it and its waited-for children used."""
        self.family.born.pop(pid, None)
        peak = metrics.max_rss_bytes(usage.ru_maxrss)
        self._peak_bytes = max(self._peak_bytes, peak)
        record = self._record
        record["cpuTimeUsage"] = record.get("cpuTimeUsage", 0.0) + usage.ru_utime + usage.ru_stime
        record["maxResidentSetSizeKB"] = max(record.get("maxResidentSetSizeKB", 0), peak // 1024)
        if self._process is not None and pid == self._process.pid:
            self._process.returncode = os.waitstatus_to_exitcode(wait_status)
            record["exitCode"] = self._process.returncode
            record["wallTimeUsage"] = time.monotonic() - self._task_started
            self._process = self.family.main = None

    def step(self) -> None:
        """Do what is due, after a look at the processes: kill, go on to the next task, or end."""
        if time.monotonic() >= self._deadline:
            self.end(status.KILLED, reasons.WALLTIME, grace_s=0)
        if self._ending is not None and time.monotonic() < self._ending.kill_at and self.family.alive:
            return
        if self._ending is None and self._process is not None:
            return
        if self.family.alive or self._process is not None:  # told to end, or left behind by their task
            self.family.send(signal.SIGKILL)
            return
        self._close_task()
        if self._ending is not None:
            self._finish(self._ending)
        elif self._records[-1]["exitCode"] != 0:
            self._finish(Ending(status.COMPLETED))
        else:
            self._next_task()

    def _next_task(self) -> None:
        task = next(self._tasks, None)
        if task is None:
            self._finish(Ending(status.COMPLETED))
            return
        try:
            arguments = images.command(task)
        except images.PullFailed:
            self._say(images.NO_ENTRY_POINT)
            self._records.append({"imagePullStatus": "failed"})
            self._finish(Ending(status.FAILED, reasons.PULL_FAILED))
            return
        self._record = self._opening_record(task["image"])
        self._task_started = time.monotonic()
        environment = task_environment(self._row, task, self._scratch, self._url)
        try:
            started = launch(arguments, task, environment, self._scratch)
        except OSError as error:  # a task may have removed the folder
            self._finish(Ending(status.FAILED, f"Output cannot be written: {error.strerror}"))
            return
        if isinstance(started, int):
            self._record |= {"exitCode": started, "cpuTimeUsage": 0.0, "wallTimeUsage": 0.0}
            self._close_task()
            self._finish(Ending(status.COMPLETED))
            return
        self._process = started
        self.family.main = started.pid
        self.family.sessions.add(started.pid)

    def _say(self, words: str) -> None:
        """Write a line of ours to the job's standard error, where a person looks for the reason."""
        with contextlib.suppress(OSError), self._scratch.append("stderr") as stderr:
            stderr.write(f"prominence: {words}\n".encode())

    def _opening_record(self, image: str) -> dict[str, Any]:
        """Begin the record of a task. Nothing is fetched; an image counts as fetched at its first use in a job."""
        record: dict[str, Any] = {"retries": 0, "imagePullStatus": "cached"}
        if image not in self._images:
            record |= {"imagePullStatus": "completed", "imagePullTime": 0.0}
        self._images.add(image)
        return record

    def _close_task(self) -> None:
        if self._record:
            self._records.append(self._record)
        self._record = {}

    def _finish(self, ending: Ending) -> None:
        self.execution |= {"tasks": self._records, "cpu": metrics.cpu()}
        if self._peak_bytes:
            self.execution["maxMemoryUsageKB"] = self._peak_bytes / 1000
        self.ended = ending
