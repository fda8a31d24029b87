"""Files below a folder, by names that others have chosen: none leads out of it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from prominence_jupyter.local_service.front.refused import Refused

_MOST_BYTES: Final = 1024
_MOST_BYTES_A_STEP: Final = 255


def name_problem(name: str) -> str | None:
    """Say what is wrong with the name of a file below a folder, or None."""
    steps = name.split("/")
    if not name.isprintable() or any(step in {"", ".", ".."} for step in steps):
        return "the name must lead to a file inside its folder: printable characters, no empty step, no '.' or '..'"
    if len(name.encode()) > _MOST_BYTES or any(len(step.encode()) > _MOST_BYTES_A_STEP for step in steps):
        return f"the name is longer than {_MOST_BYTES} bytes, or a step of it than {_MOST_BYTES_A_STEP}"
    return None


def path_inside(folder: Path, name: str) -> Path:
    """Return where a file is or would be.

    Raises
    ------
    Refused
        The name is none, or a link on the way leads out of the folder.
    """
    if problem := name_problem(name):
        raise Refused(problem)
    path = folder / name
    if not path.parent.resolve().is_relative_to(folder.resolve()):
        raise Refused("the name leads out of its folder")
    return path


def open_inside(folder: Path, name: str) -> BinaryIO:
    """Open a file to read it.

    Raises
    ------
    Refused
        It is not there, is no file, or as `path_inside`.
    """
    try:
        descriptor = os.open(path_inside(folder, name), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise Refused("No such file") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise Refused("No such file")
    return os.fdopen(descriptor, "rb")
