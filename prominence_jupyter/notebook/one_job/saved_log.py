"""A whole log as a file beside the notebook."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import BinaryIO, Final

from prominence_jupyter.watch.logs.spool import Spool

_PIECE: Final = 1024 * 1024
_UNWANTED: Final = re.compile(r"[^A-Za-z0-9._-]+")


def save_log(spool: Spool, name: str, *, grows: bool = False, trouble: str = "") -> str:
    """Write a log into a new file of the working folder, and say which.

    Parameters
    ----------
    spool
        The log.
    name
        Of the file, without its suffix; what does not belong in a file's name is replaced.
    grows
        Whether more of the log may come.
    trouble
        Why it is not whole; empty when it is.

    Raises
    ------
    OSError
        It cannot be written there; no part of it is left.
    """
    with _new_file(_UNWANTED.sub("_", name)[:80]) as file:
        path = Path(file.name)
        try:
            size = _copy(spool, file)
            file.close()  # what fails as it is closed leaves nothing either
        except BaseException:
            path.unlink()
            raise
    part = f": the first {size:,} bytes, not the whole: {trouble}" if trouble else f": {size:,} bytes so far"
    return f"Saved as {path.name}, in {Path.cwd()}{part if trouble or grows else ''}"


def _copy(spool: Spool, file: BinaryIO) -> int:
    """Copy one run of a log: when it begins afresh meanwhile, so does the file. Return its size."""
    run, position = spool.run, 0
    while True:
        piece = spool.piece(position, position + _PIECE)
        if piece.run != run:
            run, position = piece.run, 0
            file.seek(0)
            file.truncate()
        elif piece.data:
            position += file.write(piece.data)
        else:
            return position


def _new_file(stem: str) -> BinaryIO:
    """Return a file that was not there before: nothing of the user's is written over."""
    for number in itertools.count(1):
        try:
            return Path(f"{stem}.log" if number == 1 else f"{stem}-{number}.log").open("xb")
        except FileExistsError:
            continue
    raise AssertionError("unreachable")  # pragma: no cover
