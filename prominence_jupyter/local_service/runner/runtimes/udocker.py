"""`Udocker`: tasks run in a container that needs neither root nor namespaces: udocker starts it by way of PRoot."""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from prominence_jupyter.local_service import environment, images
from prominence_jupyter.local_service.runner.image import CONTAINER_HOME, Image, Order
from prominence_jupyter.local_service.runner.runtimes.runtime import Errand, Start

_TOOLS: Final = "1.2.11"
"""The release of its tools that udocker wants to see before it does anything; of these it needs PRoot alone."""
_PROOT: Final = """#!/bin/sh
# Older releases of PRoot can open no folder when they are told a kernel version (-k), which udocker always does.
state=
for argument do
    shift
    if [ "$state" = drop ]; then state=done; continue; fi
    if [ "$argument" = -k ] && [ -z "$state" ]; then state=drop; continue; fi
    set -- "$@" "$argument"
done
exec "$PROMINENCE_PROOT" "$@"
"""
_SAY_SIGNALS: Final = '; exit "$?"'
"""PRoot ends with 0 or 255 when its command is killed; a shell in between says 128 and the signal. It also keeps empty
arguments, which udocker drops."""


@dataclass(frozen=True, slots=True)
class Udocker:
    """The program ``udocker``."""

    name: ClassVar[str] = "udocker"
    program: str
    number: str
    """Its version."""
    proot: str
    home: Path
    """Where it keeps layers of images."""

    def version(self, tasks: Sequence[Mapping[str, Any]]) -> dict[str, str]:  # noqa: ARG002 - as Runtime has it
        """Return what it is."""
        return {"udocker": self.number}

    @staticmethod
    def wants(task: Mapping[str, Any]) -> bool:  # noqa: ARG004 - as Runtime has it
        """Tell that there is no container without an image."""
        return True

    def fetch(self, order: Order) -> Image:
        """Make a root file system of the job's own, which it may change, of an archive or of a registry's layers."""
        from prominence_jupyter.local_service.runner.archives import image_files  # noqa: PLC0415 - see Runtime.fetch

        self._make_home()
        if images.kind(order.image) != "name":
            return image_files.own(order)
        image = self._pull(order)
        image_files.make_mountpoints(image.root, order.mountpoints)
        return image

    def start(self, errand: Errand, image: Image | None) -> Start:
        """Return the command within ``udocker run``; the environment goes on by being there, not as arguments."""
        if image is None or not (command := image.command(images.words(errand.task))):
            raise images.PullFailed("the image has no entry point; give the task a cmd")
        if (image.root / "bin/sh").is_symlink() or (image.root / "bin/sh").exists():
            command = ["/bin/sh", "-c", f"{shlex.join(command)}{_SAY_SIGNALS}"]
        arguments = [self.program, "--allow-root", "-q", "run", "--nobanner", "--nometa", "--hostenv"]
        arguments += ["--containerauth", f"--workdir={errand.container_folder()}"]
        arguments += [f"--volume={outer}:{inner}" for outer, inner in errand.binds()]
        variables = errand.container_variables(image) | self._variables(errand.scratch.folder)
        arguments += [f"--env=HOME={CONTAINER_HOME}", f"--env=PATH={variables['PATH']}"]  # else it has its own
        return Start([*arguments, f"--location={image.root}", "image", *command], variables, errand.scratch.work)

    def _variables(self, tmp: Path) -> dict[str, str]:
        return {
            "UDOCKER_DIR": str(self.home),
            "UDOCKER_TMP": str(tmp),
            "UDOCKER_USE_PROOT_EXECUTABLE": str(self.home / "bin" / "proot-without-k"),
            "PROMINENCE_PROOT": self.proot,
        }

    def _make_home(self) -> None:
        """Lay out what ``udocker install`` would download."""
        for folder in ("bin", "lib"):
            (self.home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.home / "lib" / "VERSION").write_text(_TOOLS)
        script = self.home / "bin" / "proot-without-k"
        draft = script.with_name(f".{script.name}.{os.getpid()}")
        draft.write_text(_PROOT)
        draft.chmod(0o700)
        draft.replace(script)

    def _pull(self, order: Order) -> Image:
        name = images.registry_name(order.image)
        name = name if ":" in name.rpartition("/")[2] else f"{name}:latest"
        variables = self._variables(order.folder) | {
            "UDOCKER_KEYSTORE": str(order.folder / "keystore"),
            "UDOCKER_CONTAINERS": str(order.folder / "containers"),
        }
        self._log_in(order, variables)
        cached = self._run(["inspect", name], variables) is not None
        if not cached and self._run(["pull", f"--platform=linux/{_architecture()}", name], variables) is None:
            raise images.PullFailed("udocker cannot pull the image")
        made = self._run(["create", name], variables)
        if made is None:
            raise images.PullFailed("udocker cannot make a container of the image")
        folder = order.folder / "containers" / made.split()[-1]
        config = json.loads((folder / "container.json").read_text()).get("config") or {}
        return Image(folder / "ROOT", config, cached=cached)

    def _log_in(self, order: Order, variables: Mapping[str, str]) -> None:
        if not order.credential:
            return
        host = images.registry_name(order.image).partition("/")[0]
        arguments = ["login", f"--username={order.credential['username']}", "--password-stdin"]
        arguments += [f"--registry=https://{host}"] if "." in host or ":" in host else []
        if self._run(arguments, variables, order.credential["token"] + "\n") is None:
            raise images.PullFailed("udocker cannot log in to the registry")

    def _run(self, arguments: list[str], variables: Mapping[str, str], told: str = "") -> str | None:
        """Return what a command of udocker prints, or None when it fails."""
        done = subprocess.run(  # noqa: S603 - what the machine has
            [self.program, "--allow-root", "-q", *arguments],
            env=environment.for_chores(os.environ) | dict(variables),
            input=told,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else None


def _architecture() -> str:
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def probe(program: str, proot: str | None, home: Path) -> Udocker | None:
    """Return the runtime, or None where it does not run or has no PRoot."""
    if proot is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - what the machine has
            [program, "--allow-root", "-q", "--version"],
            env=environment.for_the_service(os.environ) | {"UDOCKER_DIR": str(home)},
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    lines = dict(line.partition(":")[::2] for line in told.splitlines())
    return Udocker(program, lines.get("version", "unknown").strip(), proot, home)
