"""A whole log as a file beside the notebook."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import BinaryIO, Final

from prominence_jupyter.watch.spool import Spool

_PIECE: Final = 1024 * 1024
_UNWANTED: Final = re.compile(r"[^A-Za-z0-9._-]+")


def save_log(spool: Spool, name: str) -> str:
    """Write a log into a new file of the working folder, and say which.

    Parameters
    ----------
    spool
        The log.
    name
        Of the file, without its suffix; what does not belong in a file's name is replaced.

    Raises
    ------
    OSError
        It cannot be written there.
    """
    with _new_file(_UNWANTED.sub("_", name)[:80]) as file:
        position = 0
        while data := spool.piece(position, position + _PIECE).data:
            file.write(data)
            position += len(data)
    return f"Saved as {Path(file.name).name}, in {Path.cwd()}"


def _new_file(stem: str) -> BinaryIO:
    """Return a file that was not there before: nothing of the user's is written over."""
    for number in itertools.count(1):
        try:
            return Path(f"{stem}.log" if number == 1 else f"{stem}-{number}.log").open("xb")
        except FileExistsError:
            continue
    raise AssertionError("unreachable")  # pragma: no cover
