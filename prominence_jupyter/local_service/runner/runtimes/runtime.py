"""`Runtime`: what all ways to run a task have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from prominence_jupyter.local_service.runner.image import CONTAINER_HOME, Image, Order
from prominence_jupyter.local_service.scratch import Scratch


class Impossible(Exception):  # becomes a statusReason; never seen by users
    """The runtime cannot run the task; the text says why."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a task is to run, in words that no runtime has touched yet."""

    task: Mapping[str, Any]
    scratch: Scratch
    variables: Mapping[str, str] = field(repr=False)
    """What the job adds to the environment."""
    mounts: Mapping[str, str] = field(default_factory=dict)
    """Absolute path in the container to a folder within the job's."""

    def folder(self) -> Path:
        """Return where the task starts as seen from outside; it need not be there."""
        return self.scratch.work / str(self.task.get("workdir", "."))

    def container_folder(self) -> str:
        """Return where the task starts as seen in a container; a folder of the job's is made."""
        folder = self.folder()
        if not folder.is_relative_to(self.scratch.work):
            return str(folder)
        if self.scratch.holds(folder):
            folder.mkdir(parents=True, exist_ok=True)
        return str(Path(CONTAINER_HOME) / folder.relative_to(self.scratch.work))

    def binds(self) -> list[tuple[str, str]]:
        """Return outer and inner paths of what a container shares with this machine.

        Raises
        ------
        Impossible
            A task has put a link that leaves the job's folder in the place of one to mount.
        """
        pairs = [(str(self.scratch.tmp), "/tmp"), (str(self.scratch.work), CONTAINER_HOME)]  # noqa: S108 - inside
        for inner, name in self.mounts.items():
            outer = os.path.realpath(self.scratch.work / name)
            if not self.scratch.holds(Path(outer)):
                raise Impossible(f"Cannot mount {name}: it leads out of the folder of the job")
            Path(outer).mkdir(parents=True, exist_ok=True)
            pairs.append((outer, inner))
        return pairs

    def container_variables(self, image: Image) -> dict[str, str]:
        """Return the environment in a container; what the job asks for goes before what the image has."""
        places = {"HOME": CONTAINER_HOME, "TMPDIR": "/tmp", "TMP": "/tmp", "TEMP": "/tmp"}  # noqa: S108 - inside
        return image.variables() | places | dict(self.variables)


@dataclass(frozen=True, slots=True)
class Start:
    """A process to start."""

    arguments: Sequence[str]
    variables: Mapping[str, str] = field(repr=False)
    folder: Path


class Runtime(Protocol):
    """One way to run tasks."""

    name: ClassVar[str]
    """As ``PROMINENCE_LOCAL_RUNTIME`` has it."""

    def version(self, tasks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Return ``execution.runtimeVersion`` of a job: its name and version, and what it cannot do for these tasks."""

    def wants(self, task: Mapping[str, Any]) -> bool:
        """Tell whether it needs the image of a task."""

    def fetch(self, order: Order) -> Image:
        """Get an image. This may take long, so it is done by a process of its own.

        Raises
        ------
        PullFailed, OSError
            It cannot be had.
        """

    def start(self, errand: Errand, image: Image | None) -> Start:
        """Return the process that runs a task; `image` is None unless it is wanted.

        Raises
        ------
        PullFailed
            The task has no ``cmd`` and the image no entry point here.
        Impossible
            This runtime cannot do what the task needs.
        """
