"""The chore "stage-out": keep the files and folders that a job was to make."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
from pathlib import Path
from typing import Any

from prominence_jupyter.local_service import reasons
from prominence_jupyter.local_service.places.scratch import Scratch


class _Missing(Exception):
    """There is no such file or folder of the job's own."""


def run(wanted: dict[str, Any]) -> dict[str, Any]:
    """Keep what is there; return the reason why something is not kept, or none."""
    scratch = Scratch(Path(wanted["scratch"]))
    scratch.outputs.mkdir(mode=0o700, exist_ok=True)
    reason = {}
    for names, keep in ((wanted["files"], _keep_file), (wanted["folders"], _keep_folder)):
        for name in names:
            try:
                keep(scratch, name)
            except _Missing as error:
                sys.stderr.write(f"prominence: {error}\n")
                reason = {"reason": reasons.NO_OUTPUT}
            except OSError as error:
                sys.stderr.write(f"prominence: {name!r} cannot be kept: {error.strerror}\n")
                reason = {"reason": reasons.OUTPUT_LOST}
    return reason


def _found(scratch: Scratch, name: str) -> Path:
    """Return the path behind links; one that leads out of the folder is none of the job's outputs."""
    if scratch.holds(scratch.work / name):
        path = Path(os.path.realpath(scratch.work / name))
        if path.exists():
            return path
        raise _Missing(f"there is no output {name!r}")
    raise _Missing(f"the output {name!r} leads out of the folder of the job")


def _keep_file(scratch: Scratch, name: str) -> None:
    path = _found(scratch, name)
    if not path.is_file():
        raise _Missing(f"the output {name!r} is no file")
    with path.open("rb") as source:
        draft = scratch.outputs / f".draft-{os.getpid()}"
        with draft.open("wb") as file:
            shutil.copyfileobj(source, file)
        draft.replace(scratch.staged(name))


def _keep_folder(scratch: Scratch, name: str) -> None:
    path = _found(scratch, name)
    if not path.is_dir():
        raise _Missing(f"the output {name!r} is no folder")
    draft = scratch.outputs / f".draft-{os.getpid()}"
    with tarfile.open(draft, "w:gz") as archive:
        archive.add(path, arcname=name.strip("/"))
    draft.replace(scratch.staged(name, folder=True))
