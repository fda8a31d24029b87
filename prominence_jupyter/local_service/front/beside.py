"""A command beside a job: started for a request, and ended with it. It may take a while, and write a megabyte."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psutil

from prominence_jupyter.local_service import environment
from prominence_jupyter.local_service.front.refused import Refused

LONGEST_S: Final = 60.0
MOST_BYTES: Final = 1024 * 1024
_LOOK_S: Final = 0.5
_PAUSE_S: Final = 0.01
_MOST_PAUSES: Final = 100
"""What was killed ends at once."""
_MOST_TOLD: Final = 2000
"""Characters of the output of a command that failed."""


async def output_beside(state: Path, url: str, job_id: int, command: str, is_running: Callable[[], bool]) -> bytes:
    """Return what a command writes to standard output and error.

    Parameters
    ----------
    command
        For a shell, as the deployed service has it.
    is_running
        Tells whether the job still runs; the command ends with it.

    Raises
    ------
    Refused
        It fails, takes too long or writes too much, or the job has ended.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "prominence_jupyter.local_service.runner.beside"),
        *("--state", str(state), "--url", url, "--job", str(job_id), "--", command),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
        env=environment.for_the_service(os.environ),
    )
    ending = asyncio.ensure_future(_end(process))
    try:
        for _ in range(int(LONGEST_S / _LOOK_S)):
            if (await asyncio.wait({ending}, timeout=_LOOK_S))[0]:
                return ending.result()
            if not is_running():
                raise Refused("Job is not running")
        raise Refused(f"Unable to execute command: it takes longer than {LONGEST_S:g} s")
    finally:
        ending.cancel()
        left = _kill(process)
        with contextlib.suppress(TimeoutError):  # something that got away holds its output open
            await asyncio.wait_for(process.communicate(), _LOOK_S)
        for _ in range(_MOST_PAUSES):
            if not (left := [one for one in left if not _is_reaped(one)]):
                break
            await asyncio.sleep(_PAUSE_S)


async def _end(process: Process) -> bytes:
    output = b""
    while process.stdout is not None and (piece := await process.stdout.read(MOST_BYTES)):
        output += piece
        if len(output) > MOST_BYTES:
            raise Refused(f"Unable to execute command: it writes more than {MOST_BYTES:,} bytes")
    if code := await process.wait():
        told = output.decode(errors="replace").strip()[-_MOST_TOLD:]
        raise Refused(f"Unable to execute command: exit code {code}: {told}")
    return output


def _kill(process: Process) -> list[psutil.Process]:
    """Kill it with all that descends from it; return these: they come to this process, to be reaped."""
    found = []
    with contextlib.suppress(psutil.Error):
        found += psutil.Process(process.pid).children(recursive=True)
    for child in psutil.Process().children():  # what it left behind has come here already
        with contextlib.suppress(ProcessLookupError):
            if child.pid != process.pid and os.getpgid(child.pid) == process.pid:
                found.append(child)
    for one in found:
        with contextlib.suppress(psutil.Error):
            one.kill()
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies may not be signalled
        os.killpg(process.pid, signal.SIGKILL)
    return found


def _is_reaped(one: psutil.Process) -> bool:
    with contextlib.suppress(ChildProcessError):  # its parent has not ended yet, or has reaped it
        os.waitpid(one.pid, os.WNOHANG)
    return not one.is_running()
