"""What a task of a job must be."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report
from prominence_jupyter.protocol.validation.shapes import ByType, NamesAndValues, Object, Required
from prominence_jupyter.protocol.validation.values import OneOf, Text, TextOrNumber, Whole

MPI: Final = ("openmpi", "mpich", "intelmpi")
RUNTIMES: Final = ("singularity", "udocker")
_SPLITS: Final = re.compile(r"""(?>[^"'\\]+|\\.|'[^']*'|"(?>[^"\\]+|\\.)*")*""", re.DOTALL)
"""What `shlex` can split, found without its cost."""


_MPI_CMD: Final = "a task of an MPI type must say what to run"


def default_runtime(image: str) -> str:
    """Return the container runtime the official client picks: udocker for an image archive."""
    return "udocker" if ".tar" in image or ".tgz" in image else "singularity"


def _between(task: Mapping[str, Any], path: Path, report: Report) -> None:
    cmd = task.get("cmd")
    if isinstance(cmd, str) and not _SPLITS.fullmatch(cmd):
        try:
            shlex.split(cmd)
        except ValueError as error:
            report.add((*path, "cmd"), f"cannot be split into words: {error}")
    if task.get("type") in MPI and isinstance(cmd, str):
        if cmd.startswith("mpirun "):
            report.add((*path, "cmd"), "must not begin with mpirun: the service adds it to a task of an MPI type")
        elif not cmd.strip():
            report.add((*path, "cmd"), f"is empty; {_MPI_CMD}")
    image = task.get("image")
    runtime = task.get("runtime", default_runtime(image) if isinstance(image, str) else None)
    if "app" in task and runtime == "udocker":
        report.add((*path, "app"), "needs the runtime singularity: udocker has no apps", at_key=True)


_PLAIN: Final = Object(
    "a task",
    {
        "image": Text('the name of a container image, for example "busybox"', re.compile(r".*\S.*", re.DOTALL)),
        "runtime": OneOf(RUNTIMES),
        "cmd": Text("text, the command as one would type it"),
        "env": NamesAndValues(TextOrNumber(), re.compile(r"[^=\0]+"), "of a variable must not be empty or hold ="),
        "workdir": Text("the path of a folder"),
        "type": OneOf(("basic", "sidecar", *MPI)),
        "procsPerNode": Whole(),
        "imagePullCredential": Object(
            "imagePullCredential",
            {"username": Text(secret=True), "token": Text(secret=True)},
            required=(Required(("username",), "it goes with token"), Required(("token",), "it goes with username")),
        ),
        "app": Text("the name of an app in the image"),
        "stdout": Text("the name of a file"),
        "imageSha256": Text(),
    },
    required=(Required(("image",), 'it names the container image, for example "busybox"'),),
    also=_between,
)
_MPI: Final = dataclasses.replace(_PLAIN, required=(*_PLAIN.required, Required(("cmd",), _MPI_CMD)))

TASK: Final = ByType({"basic": _PLAIN, "sidecar": _PLAIN, **dict.fromkeys(MPI, _MPI)}, otherwise=_PLAIN)
