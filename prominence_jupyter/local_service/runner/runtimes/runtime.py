"""`Runtime`: what all ways to run a task have in common."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from prominence_jupyter.local_service.scratch import Scratch

CONTAINER_HOME: Final = "/home/user"
"""HOME within a container, as on the deployed service."""
CONTAINER_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Impossible(Exception):  # becomes a statusReason; never seen by users
    """The runtime cannot run the task; the text says why."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image on this machine, ready to run."""

    root: Path
    """Its root file system as a folder; of Apptainer a file."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """As Docker has it: Entrypoint, Cmd, Env."""
    cached: bool = False
    """Whether it was here before."""
    sha256: str | None = None
    """Of the archive that it came in."""

    def command(self, arguments: Sequence[str]) -> list[str]:
        """Return what runs: the arguments, or without any what the image has for that case."""
        if arguments:
            return list(arguments)
        return [*(self.config.get("Entrypoint") or []), *(self.config.get("Cmd") or [])]

    def variables(self) -> dict[str, str]:
        """Return the environment that the image comes with; a PATH is always in it."""
        pairs = (text.partition("=") for text in self.config.get("Env") or [])
        return {"PATH": CONTAINER_PATH} | {key: value for key, _, value in pairs if key}


@dataclass(frozen=True, slots=True)
class Order:
    """An image to fetch, and where."""

    image: str
    scratch: Scratch
    folder: Path
    """A new folder of the job's for this image."""
    mountpoints: Sequence[str]
    """Paths that are to be there in a container."""
    credential: Mapping[str, str] = field(default_factory=dict, repr=False)
    """``username`` and ``token`` for the registry."""


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

    @property
    def version(self) -> dict[str, str]:
        """What ``execution.runtimeVersion`` says: its name and version, and what it cannot do."""

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
