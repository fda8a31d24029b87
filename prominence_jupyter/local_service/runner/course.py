"""`Course`: the order in which the parts of a job are done, and what follows from how each ended.

It starts nothing itself: it yields what is to be done next and is sent how that ended.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prominence_jupyter.local_service import images, reasons
from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.runner.image import Image
from prominence_jupyter.local_service.runner.launch import job_variables
from prominence_jupyter.local_service.runner.runtimes.runtime import Errand, Impossible, Runtime, Start
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.protocol import status


@dataclass(frozen=True, slots=True)
class Premises:
    """What all jobs of a service share."""

    state: StateDir
    url: str
    runtime: Runtime


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ends."""

    status: str
    reason: str | None = None
    again: bool = False
    """Whether another attempt may mend it."""
    kill_at: float = 0.0
    """Time of `time.monotonic` from which its processes are killed."""


@dataclass(frozen=True, slots=True)
class RunTask:
    """Run a process and wait for it."""

    start: Start
    record: dict[str, Any]
    """Where what it uses is written."""


@dataclass(frozen=True, slots=True)
class StartSidecar:
    """Start a process and do not wait for it."""

    start: Start


@dataclass(frozen=True, slots=True)
class StopSidecars:
    """End all that runs."""


@dataclass(frozen=True, slots=True)
class DoChore:
    """Let a chore be done and wait for it."""

    name: str
    wanted: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How something ended."""

    exit_code: int = 0
    seconds: float = 0.0
    result: Mapping[str, Any] = field(default_factory=dict)
    """Of a chore."""


Step = RunTask | StartSidecar | StopSidecars | DoChore
Steps = Generator[Step, Outcome, Ending]


class Course:
    """One run of one job."""

    def __init__(self, row: JobRow, scratch: Scratch, premises: Premises, execution: dict[str, Any]) -> None:
        self._row, self._scratch, self._premises, self._execution = row, scratch, premises, execution
        self._policies: Mapping[str, Any] = row.description.get("policies", {})
        self._images: dict[str, Image | None] = {}
        self._mounts = mounts_of(row.description)
        self.records: list[dict[str, Any]] = []
        """Of each task but the sidecars, as on the deployed service."""

    def steps(self) -> Steps:
        """Yield what is to be done, one thing after the other; return how the job ends."""
        failure = yield from self._stage_in()
        if failure:
            return failure
        ending = yield from self._tasks()
        if any(task.get("type") == "sidecar" for task in self._row.description["tasks"]):
            yield StopSidecars()
        if ending.reason is None:
            failure = yield from self._stage_out()
        return failure or ending

    def _tasks(self) -> Steps:
        tasks = self._row.description["tasks"]
        sidecars = [task for task in tasks if task.get("type") == "sidecar"]
        try:
            for task in sidecars:
                yield StartSidecar(self._start(task, (yield from self._image(task, {}))))
            succeeded = True
            for task in tasks:
                if task.get("type") != "sidecar":
                    succeeded = (yield from self._task(task)) or bool(self._policies.get("ignoreTaskFailures"))
                    if not succeeded:
                        break
        except images.PullFailed as error:
            self._scratch.say(str(error))
            self.records.append({"imagePullStatus": "failed"})
            return Ending(status.FAILED, reasons.PULL_FAILED, again=True)
        except Impossible as error:
            return Ending(status.FAILED, str(error))
        return Ending(status.COMPLETED, again=not (succeeded or self._policies.get("reportJobSuccessOnTaskFailure")))

    def _task(self, task: Mapping[str, Any]) -> Generator[Step, Outcome, bool]:
        """Run a task, again if it fails and may be; tell whether it succeeded."""
        pulled: dict[str, Any] = {}
        image = yield from self._image(task, pulled)
        start = self._start(task, image)
        for attempt in range(1 + self._policies.get("maximumTaskRetries", 0)):
            record = {"retries": attempt, **pulled}
            self.records[len(self.records) - bool(attempt) :] = [record]
            outcome = yield RunTask(start, record)
            if outcome.exit_code == 0:
                return True
        return False

    def _start(self, task: Mapping[str, Any], image: Image | None) -> Start:
        variables = job_variables(self._row, task, self._premises.url)
        return self._premises.runtime.start(Errand(task, self._scratch, variables, self._mounts), image)

    def _image(self, task: Mapping[str, Any], record: dict[str, Any]) -> Generator[Step, Outcome, Image | None]:
        """Have the image of a task fetched unless this job has it; note that in the record."""
        name = task["image"]
        if name in self._images:
            record["imagePullStatus"] = "cached"
            return self._images[name]
        image, seconds = None, 0.0
        if self._premises.runtime.wants(task):
            outcome = yield DoChore("image", self._order(task))
            if outcome.exit_code != 0:
                raise images.PullFailed(f"the image {name!r} cannot be used")
            result, seconds = outcome.result, outcome.seconds
            image = Image(Path(result["root"]), result["config"], result["cached"], result["sha256"])
        self._images[name] = image
        if image is not None and image.sha256:
            record["imageSha256"] = image.sha256
        if image is not None and image.cached:
            record["imagePullStatus"] = "cached"
        else:
            record |= {"imagePullStatus": "completed", "imagePullTime": seconds}
        return image

    def _order(self, task: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "state": str(self._premises.state.path),
            "scratch": str(self._scratch.folder),
            "folder": str(self._scratch.images / str(len(self._images))),
            "image": task["image"],
            "mountpoints": list(self._mounts),
            "credential": task.get("imagePullCredential", {}),
        }

    def _stage_in(self) -> Generator[Step, Outcome, Ending | None]:
        artifacts = self._row.description.get("artifacts")
        if not artifacts:
            return None
        wanted = {
            "work": str(self._scratch.work),
            "data": str(self._premises.state.data),
            "artifacts": artifacts,
        }
        outcome = yield DoChore("stage-in", wanted)
        self._execution["stageInTime"] = outcome.seconds
        return _failure(outcome, reasons.DOWNLOAD_FAILED)

    def _stage_out(self) -> Generator[Step, Outcome, Ending | None]:
        files = self._row.description.get("outputFiles", [])
        folders = self._row.description.get("outputDirs", [])
        if not files and not folders:
            return None
        wanted = {"scratch": str(self._scratch.folder), "files": files, "folders": folders}
        outcome = yield DoChore("stage-out", wanted)
        self._execution["stageOutTime"] = outcome.seconds
        return _failure(outcome, reasons.OUTPUT_LOST)


def _failure(outcome: Outcome, otherwise: str) -> Ending | None:
    reason = otherwise if outcome.exit_code != 0 else outcome.result.get("reason")
    return Ending(status.FAILED, reason, again=True) if reason else None


def mounts_of(description: Mapping[str, Any]) -> dict[str, str]:
    """Return the folder of the job that each absolute path is to show: ``folder:/where/it/appears``."""
    artifacts = description.get("artifacts", [])
    pairs = (artifact["mountpoint"].split(":") for artifact in artifacts if artifact.get("mountpoint"))
    return {parts[1]: parts[0] for parts in pairs}
