"""`Apptainer`: tasks run in containers of Apptainer, or of Singularity as it was called."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from prominence_jupyter.local_service import environment, images
from prominence_jupyter.local_service.runner.image import CONTAINER_HOME, Image, Order
from prominence_jupyter.local_service.runner.runtimes.runtime import Errand, Start

_FAMILIES: Final = ("APPTAINER", "SINGULARITY")


@dataclass(frozen=True, slots=True)
class Apptainer:
    """The program ``apptainer`` or ``singularity``."""

    name: ClassVar[str] = "apptainer"
    program: str
    number: str
    """Its version."""
    cache: Path

    def version(self, tasks: Sequence[Mapping[str, Any]]) -> dict[str, str]:  # noqa: ARG002 - as Runtime has it
        """Return what it is, by the name that it has itself."""
        return {"apptainer" if Path(self.program).name == "apptainer" else "singularity": self.number}

    @staticmethod
    def wants(task: Mapping[str, Any]) -> bool:  # noqa: ARG004 - as Runtime has it
        """Tell that there is no container without an image."""
        return True

    def fetch(self, order: Order) -> Image:
        """Pull an image, or convert an archive; once for all jobs, which cannot write to it."""
        from prominence_jupyter.local_service.runner.archives import image_files  # noqa: PLC0415 - see Runtime.fetch

        if images.kind(order.image) == "name":
            source, key, sha256 = f"docker://{images.registry_name(order.image)}", order.image, None
        else:
            archive = image_files.archive(order)
            sha256 = image_files.sha256(archive)
            if archive.suffix == ".sif":
                return Image(archive, sha256=sha256)
            source, key = f"docker-archive:{archive}", sha256
        made = self.cache / f"{hashlib.sha256(key.encode()).hexdigest()}.sif"
        if made.is_file():
            return Image(made, cached=True, sha256=sha256)
        self.cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = order.folder / "image.sif"
        self._build(source, draft, order)
        shutil.move(draft, made)
        return Image(made, sha256=sha256)

    def start(self, errand: Errand, image: Image | None) -> Start:
        """Return the command within ``apptainer exec``, or ``run`` for the image's own."""
        if image is None:
            raise images.PullFailed("there is no image")
        command = images.words(errand.task)
        arguments = [self.program, "-s", "exec" if command else "run", "--contain", "--pid", "--ipc"]
        (tmp, _), (work, _), *mounts = errand.binds()
        arguments += ["--home", f"{work}:{CONTAINER_HOME}", "--bind", f"{tmp}:/tmp"]
        for outer, inner in mounts:
            arguments += ["--bind", f"{outer}:{inner}"]
        arguments += ["--pwd", errand.container_folder(), str(image.root), *command]
        variables = errand.container_variables(image)
        del variables["PATH"]  # what the image has is not known here, but to Apptainer
        if "PATH" in errand.variables:
            variables |= {f"{family}ENV_PATH": errand.variables["PATH"] for family in _FAMILIES}
        return Start(arguments, environment.for_jobs(os.environ) | variables, errand.scratch.work)

    def _build(self, source: str, target: Path, order: Order) -> None:
        variables = {f"{family}_CACHEDIR": str(self.cache / "layers") for family in _FAMILIES}
        for family in _FAMILIES if order.credential else ():
            variables[f"{family}_DOCKER_USERNAME"] = order.credential["username"]
            variables[f"{family}_DOCKER_PASSWORD"] = order.credential["token"]
        done = subprocess.run(  # noqa: S603 - what the machine has
            [self.program, "-s", "build", str(target), source],
            env=environment.for_chores(os.environ) | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise images.PullFailed(f"{Path(self.program).name} cannot get the image")


def probe(program: str, cache: Path) -> Apptainer | None:
    """Return the runtime, or None where it does not run."""
    try:
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    return Apptainer(program, told.split()[-1] if told.split() else "unknown", cache)
