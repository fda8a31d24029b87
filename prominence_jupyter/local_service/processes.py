"""`ProcessTable`: which processes belong to which job, also those that left its session or lost their parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
"""From <linux/prctl.h>."""
_ALL_OURS: Final = sys.platform == "linux"
"""Whether orphans come back to this process, so that every process that is looked at descends from it."""
_TOKEN: Final = "PROMINENCE_TOKEN"  # noqa: S105 - the name of a variable
_JOB_ID: Final = "PROMINENCE_JOB_ID"
_TRIES: Final = 200
_PAUSE_S: Final = 0.005


@dataclass(slots=True)
class Family:
    """The processes of one job, as far as they are known."""

    token: str = field(repr=False)
    folder: str | None = None
    """The job's own, where only its processes have business."""
    main: int | None = None
    """Main process of the task that runs."""
    sessions: set[int] = field(default_factory=set)
    """Every main process so far: each leads a session, which may outlive it."""
    born: dict[int, float] = field(default_factory=dict)
    """Process id to its time of birth, which tells apart two owners of a number."""
    alive: list[psutil.Process] = field(default_factory=list)
    rss_bytes: int = 0
    """Resident sizes added up, as of the last look."""

    def send(self, number: signal.Signals) -> None:
        """Send a signal to every process seen at the last look."""
        for process in self.alive:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)

    def shared_once_bytes(self) -> int:
        """Return what the processes use together, counting once what they share; resident sizes count it each time.

        This costs more than a look at resident sizes.
        """
        return sum(_own_share_bytes(process) for process in self.alive)


class ProcessTable:
    """Looks at the processes of this machine and sorts them into families.

    A process is a job's by descent from a task's main process; else by having been seen as such before, by the
    session, by the job's token in its environment, or by being or writing in the job's folder. Where all descend from
    this process, that last is no accident; else it could be a person who looks around there.
    """

    def __init__(self) -> None:
        self._me = psutil.Process()
        self._strangers: set[tuple[int, float]] = set()

    def kill_all(self) -> None:
        """Kill all that descends from this process: what is left when there is no job it could belong to."""
        self._strangers = set()
        for process in self._me.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()

    def look(self, families: Iterable[Family]) -> None:
        """Bring `alive` and `rss_bytes` of each family up to date."""
        families = list(families)
        owners = {family.main: family for family in families if family.main is not None}
        for family in families:
            family.alive, family.rss_bytes = [], 0
        strangers = set()
        for process, born, parent, rss in _candidates(self._me):
            key = (process.pid, born)
            owner = owners.get(process.pid) or owners.get(parent)
            if owner is None and (_ALL_OURS or key not in self._strangers):  # else they are the whole machine's
                owner = _orphan_of(process, born, families)
            if owner is None and _ALL_OURS and len(families) == 1 and not self._strangers:
                owner = families[0]  # it hid well, but whose else can it be: no ended job left anything
            if owner is None:
                strangers.add(key)
                continue
            owners[process.pid] = owner
            owner.born[process.pid] = born
            owner.alive.append(process)
            owner.rss_bytes += rss
        self._strangers = strangers


def become_subreaper(*, on: bool = True) -> None:
    """On Linux, make orphaned descendants of this process its children, so that none gets away."""
    if _ALL_OURS:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)


def end_children() -> None:
    """Kill and reap all that descends from this process: what a runner that died has left to it."""
    me = psutil.Process()
    for _ in range(_TRIES):
        for process in me.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not me.children():
            return
        time.sleep(_PAUSE_S)


def end_with_parent() -> None:
    """On Linux, let this process and what it becomes be killed when the thread that started it ends."""
    if _ALL_OURS:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class Orphans:
    """Zombies that have come to a subreaper, and which nothing in it waits for."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def reap(self) -> None:
        """Reap those that were there at the last call too: what is waited for would be gone by now."""
        zombies = set()
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                if child.status() == psutil.STATUS_ZOMBIE:
                    zombies.add(child.pid)
        for pid in zombies & self._seen:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        self._seen = zombies - self._seen


def end_strays(token_of: Callable[[int], str | None]) -> None:
    """Kill processes of jobs that a crash of the runner left behind; `token_of` gives a job's token by its id.

    They are known by the token in their environment, so one that has emptied its environment is not found.
    """
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ValueError, OverflowError):  # the last two: an id that is none of ours
            if process.uids().real != os.getuid():
                continue
            environment = process.environ()
            token = environment.get(_TOKEN)
            if token and token == token_of(int(environment.get(_JOB_ID, ""))):
                process.kill()


def _own_share_bytes(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        memory = process.memory_full_info()
        return int(getattr(memory, "pss", memory.rss))  # macOS has none
    return 0


def _candidates(me: psutil.Process) -> Iterator[tuple[psutil.Process, float, int, int]]:
    """Yield process, birth, parent and resident size, parents before children.

    Zombies are left out, but for those that wait for this process: what they used is not counted yet.
    """
    if _ALL_OURS:
        processes = me.children(recursive=True)  # orphans come back here: see become_subreaper
    else:
        processes = [process for process in psutil.process_iter() if process.pid != me.pid]
    found = []
    for process in processes:
        with contextlib.suppress(psutil.Error), process.oneshot():
            if process.status() != psutil.STATUS_ZOMBIE or process.ppid() == me.pid:
                found.append((process, process.create_time(), process.ppid(), process.memory_info().rss))
    yield from sorted(found, key=lambda candidate: candidate[1])


def _orphan_of(process: psutil.Process, born: float, families: Iterable[Family]) -> Family | None:
    session: int | None = None
    environment: dict[str, str] = {}
    with contextlib.suppress(OSError):
        session = os.getsid(process.pid)
    with contextlib.suppress(psutil.Error):
        environment = process.environ()
    for family in families:
        if (
            family.born.get(process.pid) == born
            or session in family.sessions
            or environment.get(_TOKEN) == family.token
        ):
            return family
    return _in_whose_folder(process, families) if _ALL_OURS else None


def _in_whose_folder(process: psutil.Process, families: Iterable[Family]) -> Family | None:
    """Return the job in whose folder a process is, or writes its standard output or error."""
    places = []
    for name in ("cwd", "fd/1", "fd/2"):
        with contextlib.suppress(OSError):
            places.append(str(Path(f"/proc/{process.pid}/{name}").readlink()))
    for family in families:
        if family.folder and any(f"{place}/".startswith(f"{family.folder}/") for place in places):
            return family
    return None
