"""What a job description must be.

Sources: API.md's words on job descriptions, the refusals recorded in `tests/contract`, and for what these do not say
the rules of the deployed service (github.com/prominence-eosc/prominence).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report, Rule
from prominence_jupyter.protocol.validation.shapes import ListOf, NamesAndValues, Object, Required
from prominence_jupyter.protocol.validation.tasks import TASK
from prominence_jupyter.protocol.validation.values import Flag, OneOf, Pair, Text, Whole
from prominence_jupyter.protocol.validation.words import kind, whole

INPUT_LIMIT: Final = 1_000_000
"""Bytes of one input file, before base64."""
MINUTES_A_MONTH: Final = 44640

RESOURCES: Final = Object(
    "resources",
    {
        "nodes": Whole(),
        "cpus": Whole(),
        "cpusRange": Pair(),
        "cpusOptions": Pair(),
        "totalCpusRange": Pair(),
        "memory": Whole("GB"),
        "memoryPerCpu": Whole("GB"),
        "disk": Whole("GB"),
        "walltime": Whole("minutes"),
    },
    required=(
        Required(("cpus", "cpusRange", "cpusOptions"), "it says how many CPUs (cpusRange and cpusOptions do too)"),
        Required(("memory", "memoryPerCpu"), "it says how many GB of memory (memoryPerCpu does too)"),
        Required(("disk",), "it says how many GB of disk"),
    ),
    exclusive=(("cpus", "cpusRange", "cpusOptions"), ("memory", "memoryPerCpu")),
)

LABELS: Final = NamesAndValues(
    Text("text of 1 to 512 letters, digits and - _ . /", re.compile(r"[\w\-./]{1,512}")),
    re.compile(r"[A-Za-z0-9]{1,512}"),
    "of a label may hold letters and digits only, at most 512",
)


@dataclass(frozen=True)
class Base64(Rule):
    """The content of an input file. What it holds is never shown."""

    def check(self, value: Any, path: Path, report: Report) -> None:
        """Report what is no base64, or too long."""
        if not isinstance(value, str):
            report.add(path, f"must be text in base64, not {kind(value)}")
            return
        try:
            content = base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError):
            report.add(path, "must be base64; from Python: base64.b64encode(data).decode()")
            return
        if len(content) > INPUT_LIMIT:
            limit = f"{len(content):,} bytes are more than the {INPUT_LIMIT:,} of an input"
            report.add(path, f"{limit}; upload the file and name it in artifacts")


_WHERE: Final = Object(
    "requirements or preferences",
    {"sites": ListOf(Text(), "names"), "regions": ListOf(Text(), "names")},
)
PLACEMENT: Final = Object("placement", {"requirements": _WHERE, "preferences": _WHERE})

POLICIES: Final = Object(
    "policies",
    {
        "maximumRetries": Whole(most=6),
        "maximumTaskRetries": Whole(most=6),
        "maximumTimeInQueue": Whole("minutes", least=0, most=MINUTES_A_MONTH),
        "maximumIdleTimePerResource": Whole("minutes", most=MINUTES_A_MONTH),
        "leaveInQueue": Flag(),
        "ignoreTaskFailures": Flag(),
        "reportJobSuccessOnTaskFailure": Flag(),
        "runSerialTasksOnAllNodes": Flag(),
        "preemptible": Flag(),
        "priority": Whole(least=0),
        "autoScalingType": OneOf(("none", "dedicated", "shared", None)),
        "placement": PLACEMENT,
    },
)

_FILENAME: Final = re.compile(r"(?:[^\0]*/)?(?!\.{1,2}\Z)[^/\0\ud800-\udfff]+")

INPUTS: Final = ListOf(
    Object(
        "an input",
        {
            "filename": Text("the name of a file", _FILENAME),
            "content": Base64(),
            "executable": Flag(),
        },
        required=(
            Required(("filename",), "it says how the file is called in the job"),
            Required(("content",), "it holds the file in base64"),
        ),
    ),
    "files [{filename, content}]",
)

ARTIFACTS: Final = ListOf(
    Object(
        "an artifact",
        {
            "url": Text("the URL or the name of an uploaded file", re.compile(r".*\S.*", re.DOTALL), secret=True),
            "mountpoint": Text('text like "folder:/where/it/appears"', re.compile(r"[^/:]*:/[^:]*(:.*)?", re.DOTALL)),
            "executable": Flag(),
        },
        required=(Required(("url",), "it says what is fetched"),),
    ),
    "files to fetch [{url}]",
)

STORAGE: Final = Object(
    "storage",
    {
        "type": OneOf(("onedata",), secret=True),
        "mountpoint": Text("an absolute path", re.compile(r"/.*", re.DOTALL), secret=True, or_null=True),
        "default": Flag(secret=True),
        "directory": Text(secret=True),
        "onedata": Object(
            "onedata",
            {"provider": Text(secret=True), "token": Text(secret=True), "options": Text(secret=True)},
            required=(Required(("provider",), "it names the host"), Required(("token",), "it gives access")),
        ),
    },
    required=(
        Required(("type",), 'write "onedata", the one kind that the service mounts'),
        Required(("mountpoint",), "it says where the storage appears, for example /data"),
        Required(("onedata",), "it holds provider and token"),
    ),
)


def notifications(event: str) -> Rule:
    """Return the rule for notifications of one event."""
    return ListOf(
        Object(
            "a notification",
            {"event": OneOf((event,)), "type": OneOf(("email",))},
            required=(
                Required(("event",), f'write "event": "{event}"'),
                Required(("type",), 'write "type": "email"'),
            ),
        ),
        f'notifications [{{"event": "{event}", "type": "email"}}]',
    )


def _between(job: Mapping[str, Any], path: Path, report: Report) -> None:
    tasks = job.get("tasks")
    if not isinstance(tasks, list):
        return
    if all(isinstance(task, Mapping) and task.get("type") == "sidecar" for task in tasks):
        report.add((*path, "tasks"), "must hold at least one task that is not a sidecar")
    resources = job.get("resources")
    cpus = resources.get("cpus") if isinstance(resources, Mapping) else None
    if not whole(cpus) or cpus < 1:
        return
    for index, task in enumerate(tasks):
        processes = task.get("procsPerNode") if isinstance(task, Mapping) else None
        if whole(processes) and processes > cpus:
            report.add((*path, "tasks", index, "procsPerNode"), f"must not be more than the {cpus} cpus of a node")


JOB: Final = Object(
    "a job",
    {
        "name": Text(
            "text of at most 512 letters, digits, spaces and - _ . /", re.compile(r"[\w\-./ ]{0,512}", re.ASCII)
        ),
        "resources": RESOURCES,
        "tasks": ListOf(TASK, "tasks [{...}]"),
        "labels": LABELS,
        "inputs": INPUTS,
        "artifacts": ARTIFACTS,
        "outputFiles": ListOf(Text(), "names of files"),
        "outputDirs": ListOf(Text(), "names of folders"),
        "policies": POLICIES,
        "notifications": notifications("jobFinished"),
        "storage": STORAGE,
    },
    required=(
        Required(("resources",), 'for example {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10}'),
        Required(("tasks",), 'for example [{"image": "busybox", "cmd": "echo hello"}]'),
    ),
    also=_between,
)
