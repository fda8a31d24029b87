"""The rules a job description must keep, checked before anything is sent.

Every problem is found in one go, each with its path. The client and the local service share these rules.
Source: `tests/contract/rejected-descriptions.json`, which holds the deployed service's own refusals.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

JOB_KEYS: Final = (
    "name", "resources", "tasks", "labels", "inputs", "artifacts", "outputFiles", "outputDirs", "policies",
    "notifications", "storage",
)  # fmt: skip
RESOURCE_KEYS: Final = (
    "nodes", "cpus", "cpusRange", "cpusOptions", "totalCpusRange", "memory", "memoryPerCpu", "disk", "walltime",
)  # fmt: skip
TASK_KEYS: Final = (
    "image", "runtime", "cmd", "env", "workdir", "type", "procsPerNode", "imagePullCredential",
)  # fmt: skip
RUNTIMES: Final = ("singularity", "udocker")

_NAME: Final = re.compile(r"[A-Za-z0-9\-_./ ]{0,512}")
_LABEL_KEY: Final = re.compile(r"[A-Za-z0-9]+")
_LABEL_VALUE: Final = re.compile(r"[A-Za-z0-9\-_./]+")
_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule.

    Attributes
    ----------
    path
        Keys and indexes from the description to the place, for example ``("tasks", 0, "image")``.
    message
        What is wrong there and what is allowed.
    """

    path: tuple[str | int, ...]
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"

    @property
    def where(self) -> str:
        """The path as one writes it: ``tasks[0].image``."""
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}"
        return text.lstrip(".") or "the description"


def job_problems(description: Any) -> list[Problem]:
    """Return every problem of a job description, in the order of its keys; an empty list means it may be sent."""
    if not isinstance(description, Mapping):
        return [Problem((), f"must be a JSON object {{...}}, not {_kind(description)}")]
    return [
        *_unknown_keys(description, JOB_KEYS, ()),
        *_name(description),
        *_resources(description),
        *_tasks(description),
        *_labels(description),
        *_inputs(description),
    ]


def _name(job: Mapping[str, Any]) -> Iterator[Problem]:
    if "name" in job and not (isinstance(job["name"], str) and _NAME.fullmatch(job["name"])):
        rule = "must be text of at most 512 letters, digits, spaces and - _ . /"
        yield Problem(("name",), f"{rule}, not {_show(job['name'])}")


def _resources(job: Mapping[str, Any]) -> Iterator[Problem]:
    path = ("resources",)
    if "resources" not in job:
        yield Problem(path, 'is missing; for example {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10}')
        return
    resources = job["resources"]
    if not isinstance(resources, Mapping):
        yield Problem(path, f"must be a JSON object, not {_kind(resources)}")
        return
    yield from _unknown_keys(resources, RESOURCE_KEYS, path)
    if not any(key in resources for key in ("cpus", "cpusRange", "cpusOptions")):
        yield Problem((*path, "cpus"), "is missing; one of cpus, cpusRange, cpusOptions must say how many CPUs")
    if not any(key in resources for key in ("memory", "memoryPerCpu")):
        yield Problem((*path, "memory"), "is missing; memory or memoryPerCpu must say how many GB")
    if "disk" not in resources:
        yield Problem((*path, "disk"), "is missing; it says how many GB of disk")
    for key in ("nodes", "cpus", "memory", "memoryPerCpu", "disk", "walltime"):
        if key in resources and not _is_count(resources[key]):
            unit = {"memory": " (GB)", "memoryPerCpu": " (GB)", "disk": " (GB)", "walltime": " (minutes)"}.get(key, "")
            yield Problem((*path, key), f"must be a whole number of at least 1{unit}, not {_show(resources[key])}")
    for key in ("cpusRange", "cpusOptions", "totalCpusRange"):
        if key in resources and not _is_pair(resources[key]):
            yield Problem((*path, key), f"must be a list of two whole numbers, not {_show(resources[key])}")


def _tasks(job: Mapping[str, Any]) -> Iterator[Problem]:
    if "tasks" not in job:
        yield Problem(("tasks",), 'is missing; for example [{"image": "busybox", "cmd": "echo hello"}]')
        return
    tasks = job["tasks"]
    if not isinstance(tasks, list):
        yield Problem(("tasks",), f"must be a list of tasks [{{...}}], not {_kind(tasks)}")
        return
    if not any(not isinstance(task, Mapping) or task.get("type") != "sidecar" for task in tasks):
        yield Problem(("tasks",), "must hold at least one task that is not a sidecar")
    for index, task in enumerate(tasks):
        yield from _task(task, ("tasks", index))


def _task(task: Any, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if not isinstance(task, Mapping):
        yield Problem(path, f"must be a JSON object, not {_kind(task)}")
        return
    yield from _unknown_keys(task, TASK_KEYS, path)
    if "image" not in task:
        yield Problem((*path, "image"), 'is missing; it names the container image, for example "busybox"')
    elif not (isinstance(task["image"], str) and task["image"].strip()):
        yield Problem((*path, "image"), f"must be the name of a container image, not {_show(task['image'])}")
    if "runtime" in task and task["runtime"] not in RUNTIMES:
        yield Problem((*path, "runtime"), f"must be singularity or udocker, not {_show(task['runtime'])}")
    for key in ("cmd", "workdir"):
        if key in task and not isinstance(task[key], str):
            yield Problem((*path, key), f"must be text, not {_show(task[key])}")
    env = task.get("env", {})
    if not isinstance(env, Mapping):
        yield Problem((*path, "env"), f"must be a JSON object of names and values, not {_kind(env)}")
        return
    for key, value in env.items():
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            yield Problem((*path, "env", key), f"must be text or a number, not {_show(value)}")


def _labels(job: Mapping[str, Any]) -> Iterator[Problem]:
    labels = job.get("labels", {})
    if not isinstance(labels, Mapping):
        yield Problem(("labels",), f"must be a JSON object of names and values, not {_kind(labels)}")
        return
    for key, value in labels.items():
        if not (isinstance(key, str) and _LABEL_KEY.fullmatch(key)):
            yield Problem(("labels", key), "the name of a label may hold letters and digits only")
        if not (isinstance(value, str) and _LABEL_VALUE.fullmatch(value)):
            rule = "the value of a label must be text of letters, digits and - _ . /"
            yield Problem(("labels", key), f"{rule}, not {_show(value)}")


def _inputs(job: Mapping[str, Any]) -> Iterator[Problem]:
    inputs = job.get("inputs", [])
    if not isinstance(inputs, list):
        yield Problem(("inputs",), f"must be a list of files, not {_kind(inputs)}")
        return
    for index, file in enumerate(inputs):
        path = ("inputs", index)
        if not isinstance(file, Mapping):
            yield Problem(path, f"must be a JSON object with filename and content, not {_kind(file)}")
            continue
        for key in ("filename", "content"):
            if not isinstance(file.get(key), str):  # what it holds instead is not shown: it may be a secret
                yield Problem((*path, key), "must be text" if key in file else "is missing")


def _unknown_keys(value: Mapping[str, Any], known: Collection[str], path: tuple[str | int, ...]) -> Iterator[Problem]:
    for key in value:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            yield Problem((*path, key), f"is not a known key; {hint}")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_count(item) for item in value)  # noqa: PLR2004


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _show(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
