"""`RunningJob`: the processes of one job from its start to the end of the last of them, and what they used."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping
from typing import IO, Any, Final

import psutil

from prominence_jupyter.local_service import reasons
from prominence_jupyter.local_service.capacity import BYTES_A_GB, Need
from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.processes import Family
from prominence_jupyter.local_service.runner import metrics
from prominence_jupyter.local_service.runner.course import (
    Course,
    DoChore,
    Ending,
    Outcome,
    Premises,
    RunTask,
    StartSidecar,
    Step,
    StopSidecars,
)
from prominence_jupyter.local_service.runner.launch import launch, launch_chore
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.protocol import status

GRACE_S: Final = 2.0
"""From SIGTERM to SIGKILL."""
_FOREVER_MIN: Final = 10**9
"""Whole numbers may be larger than times can be."""


class RunningJob:
    """One job. The runner calls `step` until `ended` is set."""

    def __init__(self, row: JobRow, premises: Premises) -> None:
        resources = row.description["resources"]
        self.id = row.id
        self.need = Need.of(resources)
        self.family = Family(row.token)
        self.execution = metrics.beginning(resources, premises.runtime.version(row.description["tasks"]))
        self.ended: Ending | None = None
        self._row, self._scratch = row, Scratch(premises.state.job(row.id))
        self._discarded = premises.state.discarded
        self._retries = (row.execution or {}).get("retries", 0)
        if self._retries:
            self.execution["retries"] = self._retries
        self._course = Course(row, self._scratch, premises, self.execution)
        self._steps = self._course.steps()
        self._ending: Ending | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._result: IO[bytes] | None = None
        self._sidecars: dict[int, subprocess.Popen[bytes]] = {}
        self._has_sidecars = False
        self._kill_at = 0.0
        self._record: dict[str, Any] = {}
        self._began = time.monotonic()
        self._outcome = Outcome()
        self._peak_bytes = 0
        minutes: float = min(resources.get("walltime", _FOREVER_MIN), _FOREVER_MIN)
        self._deadline = time.monotonic() + 60 * minutes

    def begin(self) -> None:
        """Write the input files and start what comes first."""
        try:
            self._scratch.make(self._row.description.get("inputs", []), afresh=self._retries > 0)
        except OSError as error:
            self.ended = Ending(status.FAILED, f"Input files cannot be written: {error.strerror}")
            return
        self._go_on(first=True)

    def end(self, final: str, reason: str, *, grace_s: float = GRACE_S, again: bool = False) -> None:
        """Begin to end the job before its time; a second call changes nothing."""
        if self._ending is None:
            self._ending = Ending(final, reason, again, time.monotonic() + grace_s)
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
        """Note the memory in use, after a look at the processes; more than the job may have ends it."""
        if self._result is not None:  # a chore is ours, not the job's
            return
        self._peak_bytes = max(self._peak_bytes, self.family.rss_bytes)
        limit = self.need.memory_gb * BYTES_A_GB
        if self.family.rss_bytes > limit and self.family.shared_once_bytes() > limit:
            self.end(status.KILLED, reasons.MEMORY, grace_s=0)

    def reaped(self, pid: int, wait_status: int, usage: resource.struct_rusage) -> None:
        """Take note that a process of this job ended, and of what it and its waited-for children used."""
        self.family.born.pop(pid, None)
        if sidecar := self._sidecars.pop(pid, None):
            sidecar.returncode = os.waitstatus_to_exitcode(wait_status)
        elif self._result is None:
            peak = metrics.max_rss_bytes(usage.ru_maxrss)
            self._peak_bytes = max(self._peak_bytes, peak)
            record = self._record
            record["cpuTimeUsage"] = record.get("cpuTimeUsage", 0.0) + usage.ru_utime + usage.ru_stime
            record["maxResidentSetSizeKB"] = max(record.get("maxResidentSetSizeKB", 0), peak // 1024)
        if self._process is not None and pid == self._process.pid:
            self._process.returncode = os.waitstatus_to_exitcode(wait_status)
            self._outcome = Outcome(self._process.returncode, time.monotonic() - self._began)
            if self._result is None:
                self._record["exitCode"] = self._outcome.exit_code
                self._record["wallTimeUsage"] = self._outcome.seconds
            self._process = self.family.main = None

    def step(self) -> None:
        """Do what is due, after a look at the processes: kill, go on with the course, or end."""
        now = time.monotonic()
        if now >= self._deadline:
            self.end(status.KILLED, reasons.WALLTIME, grace_s=0, again=True)
        if self._ending is None:
            if self._process is not None:
                return
            if self._has_sidecars:
                self._go_on()  # what a task left behind ends with the sidecars: it may be theirs
                return
        kill_at = self._ending.kill_at if self._ending else self._kill_at
        if self.family.alive or self._process is not None:  # told to end, or left behind by their task
            if now >= kill_at or not self.family.alive:
                self.family.send(signal.SIGKILL)
            return
        if self._ending is not None:
            self._finish(self._ending)
        else:
            self._go_on()

    def _go_on(self, *, first: bool = False) -> None:
        """Tell the course how its last step ended, and begin the next."""
        try:
            step = next(self._steps) if first else self._steps.send(self._taken_outcome())
            while (outcome := self._begin_step(step)) is not None:
                step = self._steps.send(outcome)
        except StopIteration as done:
            self._finish(done.value)
        except OSError as error:  # a task may have removed the folder
            self.end(status.FAILED, f"Output cannot be written: {error.strerror}", grace_s=0)

    def _begin_step(self, step: Step) -> Outcome | None:
        """Begin a step; return how it ended if there is nothing to wait for."""
        self._began = time.monotonic()
        match step:
            case DoChore():
                self._process, self._result = launch_chore(step.name, step.wanted, self._row, self._scratch)
                self._follow(self._process)
                self.family.main = self._process.pid
                return None
            case StopSidecars():
                self.family.send(signal.SIGTERM)
                self._has_sidecars, self._kill_at = False, self._began + GRACE_S
                return None
            case StartSidecar():
                started = launch(step.start, self._scratch)
                if not isinstance(started, int):
                    self._has_sidecars = True
                    self._sidecars[started.pid] = started
                    self._follow(started)
                return Outcome()
            case RunTask():
                return self._run_task(step)

    def _run_task(self, step: RunTask) -> Outcome | None:
        self._record = step.record
        started = launch(step.start, self._scratch)
        if isinstance(started, int):
            self._record |= {"exitCode": started, "cpuTimeUsage": 0.0, "wallTimeUsage": 0.0}
            return Outcome(started)
        self._process = started
        self._follow(started)
        self.family.main = started.pid
        return None

    def _follow(self, process: subprocess.Popen[bytes]) -> None:
        """Know a process as the job's own even if it ends before anybody looks."""
        self.family.sessions.add(process.pid)
        with contextlib.suppress(psutil.Error):
            self.family.born[process.pid] = psutil.Process(process.pid).create_time()

    def _taken_outcome(self) -> Outcome:
        """Return how the last step ended, with the result that a chore has written."""
        outcome, self._outcome = self._outcome, Outcome()
        if self._result is None:
            return outcome
        with self._result as file:
            self._result = None
            file.seek(0)
            text = file.read()
        return Outcome(outcome.exit_code, outcome.seconds, json.loads(text) if outcome.exit_code == 0 else {})

    def _finish(self, ending: Ending) -> None:
        self._steps.close()
        self._scratch.discard_images(self._discarded)
        if self._result is not None:
            self._result.close()
        self.execution |= {"tasks": [*filter(_is_told, self._course.records)], "cpu": metrics.cpu()}
        if self._peak_bytes:
            self.execution["maxMemoryUsageKB"] = self._peak_bytes / 1000
        if ending.again and self._retries < self._row.description.get("policies", {}).get("maximumRetries", 0):
            ending = Ending(status.PENDING)
            self.execution = {"runtimeVersion": {}, "retries": self._retries + 1}
        self.ended = ending


def _is_told(record: Mapping[str, Any]) -> bool:
    """Tell whether there is anything to say of a task: it ran, or its image could not be had."""
    return "exitCode" in record or record["imagePullStatus"] == "failed"
