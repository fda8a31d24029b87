"""What the service keeps on disk: how much, and away with what nobody needs to go on."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store

_BLOCK_BYTES: Final = 512
"""Unit of ``st_blocks``, whatever the file system's own is."""


def used_bytes(folder: Path) -> int:
    """Return what a folder and all in it take on disk. What goes meanwhile counts nothing; links are not followed."""
    total = 0
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(parent, name)).st_blocks * _BLOCK_BYTES  # noqa: PTH118 - many files
    return total


def clean(state: StateDir, store: Store) -> None:
    """Remove the folders of jobs, but for those of jobs that run or wait; also what belongs to no job."""
    for folder in state.jobs.iterdir() if state.jobs.is_dir() else ():
        row = store.jobs.get(int(folder.name)) if folder.name.isdecimal() else None
        if row is None or row.finished is not None:
            _remove(folder)


def set_aside(state: StateDir, name: str) -> Path:
    """Move the database and the folders of its jobs to a new folder within the state folder, and return that one.

    Raises
    ------
    OSError
        Something cannot be moved; what has been moved stays where it is then.
    """
    aside = state.path / name
    aside.mkdir(mode=0o700)
    for path in (state.jobs, *state.path.glob(f"{state.database.name}*")):  # SQLite keeps more than one file
        if path.exists():
            path.rename(aside / path.name)
    return aside


def _remove(path: Path) -> None:
    """Remove a folder as far as that goes: a job may have closed folders of its own."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for parent, folders, _ in os.walk(path):
        for folder in map(Path(parent).joinpath, folders):
            with contextlib.suppress(OSError):
                if not folder.is_symlink():
                    folder.chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)
