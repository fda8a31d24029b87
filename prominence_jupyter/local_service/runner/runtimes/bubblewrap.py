"""`Bubblewrap`: tasks run in namespaces of their own, over the files of an image archive or those of this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from prominence_jupyter.local_service import images
from prominence_jupyter.local_service.runner.image import Image, Order
from prominence_jupyter.local_service.runner.runtimes.host import host_variables
from prominence_jupyter.local_service.runner.runtimes.runtime import Errand, Impossible, Start

_ISOLATION: Final = ("--unshare-pid", "--unshare-ipc", "--die-with-parent", "--dev", "/dev", "--proc", "/proc")
"""The network stays: jobs fetch what they work on."""
_PACKAGE: Final = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """The program ``bwrap``."""

    name: ClassVar[str] = "bubblewrap"
    program: str
    number: str
    """Its version."""
    state: Path
    """The folder of the service, which no job is to see."""

    def version(self, tasks: Sequence[Mapping[str, Any]]) -> dict[str, str]:
        """Return what it is, and whether the files are not those of the images."""
        remark = "" if all(map(self.wants, tasks)) else ", host files"
        return {"bubblewrap": f"{self.number}{remark}"}

    @staticmethod
    def wants(task: Mapping[str, Any]) -> bool:
        """Tell whether the image is one that it can unpack; a registry it cannot ask."""
        return images.kind(task["image"]) != "name"

    def fetch(self, order: Order) -> Image:
        """Unpack an archive, once for all jobs: they cannot write to it."""
        from prominence_jupyter.local_service.runner.archives import image_files  # noqa: PLC0415 - see Runtime.fetch

        return image_files.shared(order, self.state / "images")

    def start(self, errand: Errand, image: Image | None) -> Start:
        """Return the command within ``bwrap``."""
        if image is None:
            folder = str(errand.folder())
            files, variables = self._host_files(errand), host_variables(errand)
            command = images.host_command(errand.task)
        else:
            folder = errand.container_folder()
            files, variables = _image_files(errand, image), errand.container_variables(image)
            command = image.command(images.words(errand.task))
            if not command:
                raise images.PullFailed("the image has no entry point; give the task a cmd")
        arguments = [self.program, *files, "--chdir", folder, "--", *command]
        return Start(arguments, variables, errand.scratch.work)

    def _host_files(self, errand: Errand) -> list[str]:
        """Show this machine's files read-only, and of the service's folder those of this job alone."""
        work, tmp = str(errand.scratch.work), str(errand.scratch.tmp)
        arguments = ["--ro-bind", "/", "/", *_ISOLATION, "--bind", tmp, "/tmp"]  # noqa: S108 - inside
        arguments += _what_slash_tmp_hides()
        arguments += ["--tmpfs", str(self.state), "--bind", work, work, "--bind", tmp, tmp]
        secrets = Path.home() / ".prominence"
        arguments += ["--tmpfs", str(secrets)] if secrets.is_dir() else []
        for outer, inner in errand.binds()[2:]:
            if not Path(inner).is_dir():
                raise Impossible(f"Cannot mount {inner}: bubblewrap with the host's files needs such a folder there")
            arguments += ["--bind", outer, inner]
        return arguments


def _image_files(errand: Errand, image: Image) -> list[str]:
    arguments = ["--ro-bind", str(image.root), "/", *_ISOLATION]
    for name in ("/etc/resolv.conf", "/etc/hosts"):  # without them there are no names in the network
        if Path(name).is_file() and (image.root / name[1:]).is_file():
            arguments += ["--ro-bind", name, name]
    for outer, inner in errand.binds():
        arguments += ["--bind", outer, inner]
    return arguments


def _what_slash_tmp_hides() -> Iterator[str]:
    """Show this Python and this package also where they are below /tmp."""
    for folder in {Path(sys.prefix), Path(sys.base_prefix), _PACKAGE}:
        if folder.is_relative_to("/tmp"):  # noqa: S108 - nothing is written there
            yield from ("--ro-bind", str(folder), str(folder))


def probe(program: str, state: Path) -> Bubblewrap | None:
    """Return the runtime, or None where it cannot make namespaces: in some containers, say."""
    trial = [program, "--ro-bind", "/", "/", *_ISOLATION, "true"]
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603
        subprocess.run(trial, capture_output=True, check=True, timeout=10)  # noqa: S603 - what the machine has
    except (OSError, subprocess.SubprocessError):
        return None
    return Bubblewrap(program, told.stdout.strip().removeprefix("bubblewrap "), state)
