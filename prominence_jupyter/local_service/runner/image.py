"""`Image`: the image of a container on this machine; `Order`: one that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from prominence_jupyter.local_service.scratch import Scratch

CONTAINER_HOME: Final = "/home/user"
"""HOME within a container, as on the deployed service."""
CONTAINER_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


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
