"""What a person asks of the service's folder, whether the service runs or not: how it is, clean it, begin anew."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import control, disk, lock, trouble
from prominence_jupyter.local_service.live import live_dir
from prominence_jupyter.local_service.service_info import ServiceInfo
from prominence_jupyter.local_service.state import StateDir, state_dir
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status


@dataclass(frozen=True, slots=True)
class Report:
    """How the local service is."""

    info: ServiceInfo | None
    """None if it does not run."""
    running: int
    """Jobs."""
    pending: int
    disk_bytes: int
    folder: Path

    def lines(self) -> list[str]:
        """Return it in words, a line each."""
        lines = [] if self.info is None else [self.info.words()]
        if self.info or self.disk_bytes:
            size = size_text(self.disk_bytes)
            lines.append(f"Jobs: {self.running} running, {self.pending} pending; {size} in {self.folder}.")
        return lines


def report() -> Report:
    """Return how the local service is. Nothing is started.

    Raises
    ------
    LocalServiceError
        A folder or the database cannot be used, or this is Windows.
    """
    info = control.running()
    state = state_dir()
    running = pending = 0
    if state.database.exists():
        with _store(state) as store:
            running, pending = store.jobs.count(status.RUNNING), store.jobs.count(status.PENDING)
    return Report(info, running, pending, disk.used_bytes(state.path), state.path)


def clean() -> tuple[int, int]:
    """Remove the files of jobs that have ended, and what crashes left; return the bytes in use before and after.

    What the service knows of its jobs stays, but not their output. Jobs that run or wait are not touched.

    Raises
    ------
    LocalServiceError
        As `report`.
    """
    control.running()  # refuses a folder that is not ours
    state = state_dir()
    before = disk.used_bytes(state.path)
    if state.database.exists():
        with _store(state) as store:
            disk.clean(state, store)
    return before, disk.used_bytes(state.path)


def set_aside() -> Path:
    """Move the database and the files of its jobs into a folder of their own, and return it. Nothing is deleted.

    Raises
    ------
    LocalServiceError
        The service runs, there is nothing to move or it cannot be moved, or this is Windows.
    """
    control.running()
    state = state_dir()
    live = live_dir(state)
    if lock.is_held(live.front_lock) or lock.is_held(live.runner_lock):
        raise LocalServiceError("The local service runs. Stop it first: prominence-jupyter serve --stop.")
    if not state.database.exists():
        raise LocalServiceError(f"There is no database in {state.path}.")
    with trouble.told_plainly(state):
        return disk.set_aside(state, time.strftime("aside-%Y%m%d-%H%M%S"))


def size_text(count: int) -> str:
    """Return a number of bytes in MB or GB."""
    return f"{count / 1e6:.1f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"  # noqa: PLR2004 - bytes a GB


@contextlib.contextmanager
def _store(state: StateDir) -> Iterator[Store]:
    with trouble.told_plainly(state), Store(state.database) as store:
        yield store
