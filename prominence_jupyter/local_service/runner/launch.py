"""Start processes: those of tasks, and those of chores."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import IO, Any, Final

from prominence_jupyter.local_service import environment
from prominence_jupyter.local_service.capacity import Need
from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.runner.runtimes.runtime import Start
from prominence_jupyter.local_service.scratch import Scratch

NOT_FOUND: Final = 127
CANNOT_RUN: Final = 126
"""Exit codes a shell gives to a command that is not there, and to one that it cannot start."""


def launch(start: Start, scratch: Scratch) -> subprocess.Popen[bytes] | int:
    """Start a task in a session of its own; return its process, or an exit code if it cannot be started.

    No shell has a part in it. The reason of a failure is written to the job's standard error.

    Raises
    ------
    OSError
        The files of its output cannot be opened.
    """
    with scratch.append("stdout") as stdout, scratch.append("stderr") as stderr:
        try:
            return subprocess.Popen(  # noqa: S603 - running what users ask for is what this service is for
                start.arguments,
                cwd=scratch.enter(start.folder),
                env=start.variables,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:  # ValueError: a NUL or half a character in an argument
            reason = error.strerror if isinstance(error, OSError) else str(error)
            with contextlib.suppress(OSError):  # the disk may be full
                stderr.write(f"prominence: cannot run {start.arguments[0]!r}: {reason}\n".encode(errors="replace"))
            is_missing = isinstance(error, FileNotFoundError)
            return NOT_FOUND if is_missing else CANNOT_RUN


def launch_chore(
    name: str, wanted: Mapping[str, Any], row: JobRow, scratch: Scratch
) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    """Start a chore; return its process and the file in which its result will be.

    What it needs may hold secrets, so it is no argument and has no name.

    Raises
    ------
    OSError
        The disk is full, say.
    """
    result = tempfile.TemporaryFile()  # noqa: SIM115 - whoever waits for it closes it
    try:
        with tempfile.TemporaryFile() as told, scratch.append("stderr") as stderr:
            told.write(json.dumps(wanted).encode())
            told.seek(0)
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", "-m", "prominence_jupyter.local_service.runner.chores", name],
                env=environment.for_chores(os.environ | _marks(row)),
                stdin=told,
                stdout=result,
                stderr=stderr,
                start_new_session=True,
            )
    except OSError:
        result.close()
        raise
    return process, result


def job_variables(row: JobRow, task: Mapping[str, Any], url: str) -> dict[str, str]:
    """Return what a task finds in its environment whatever runs it."""
    need = Need.of(row.description["resources"])
    asked = {str(key): str(value) for key, value in task.get("env", {}).items()}
    return {
        **asked,
        "PROMINENCE_CPUS": f"{need.cpus:g}",
        "PROMINENCE_MEMORY": f"{need.memory_gb:g}",
        "PROMINENCE_CONTAINER_RUNTIME": str(task["runtime"]),
        "PROMINENCE_URL": url,
        **_of_workflow(row),
        **_marks(row),
    }


def _marks(row: JobRow) -> dict[str, str]:
    """Return the variables by which a process is known as a job's, also after a crash of the service."""
    return {"PROMINENCE_JOB_ID": str(row.id), "PROMINENCE_TOKEN": row.token}


def _of_workflow(row: JobRow) -> dict[str, str]:
    named = {f"PROMINENCE_PARAMETER_{name}": str(value) for name, value in (row.parameters or {}).items()}
    return named if row.workflow is None else {**named, "PROMINENCE_WORKFLOW_ID": str(row.workflow)}
