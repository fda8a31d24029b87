"""`Host`: tasks run on this machine itself, as whoever runs the service. Nothing is isolated."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from prominence_jupyter.local_service import environment, images
from prominence_jupyter.local_service.runner.image import Image, Order
from prominence_jupyter.local_service.runner.runtimes.runtime import Errand, Impossible, Start


def host_variables(errand: Errand) -> dict[str, str]:
    """Return the environment of a task that sees the files of this machine."""
    places = {"HOME": str(errand.scratch.work), "TMPDIR": str(errand.scratch.tmp)}
    return environment.for_jobs(os.environ) | places | dict(errand.variables)


@dataclass(frozen=True, slots=True)
class Host:
    """The plain command."""

    name: ClassVar[str] = "host"
    remark: str = ""
    """Why it is nothing better."""

    def version(self, tasks: Sequence[Mapping[str, Any]]) -> dict[str, str]:  # noqa: ARG002 - as Runtime has it
        """Return what it is."""
        remark = f"; {self.remark}" if self.remark else ""
        return {"host": f"{platform.system()} {platform.machine()}, no isolation{remark}"}

    @staticmethod
    def wants(task: Mapping[str, Any]) -> bool:  # noqa: ARG004 - as Runtime has it
        """Tell that no image is needed."""
        return False

    @staticmethod
    def fetch(order: Order) -> Image:  # noqa: ARG004 - as Runtime has it
        """Refuse: there is nothing that it could be used for."""
        raise images.PullFailed(images.NO_ENTRY_POINT)

    @staticmethod
    def start(errand: Errand, image: Image | None) -> Start:  # noqa: ARG004 - as Runtime has it
        """Return the command itself."""
        if errand.mounts:
            raise Impossible("Artifacts cannot be mounted without a container; leave out their mountpoint")
        return Start(images.host_command(errand.task), host_variables(errand), errand.folder())
