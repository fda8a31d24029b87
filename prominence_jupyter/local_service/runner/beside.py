"""Run a command beside a job that runs: a program that becomes the command. The front starts it, and ends it."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from prominence_jupyter.local_service import processes
from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.runner.launch import CANNOT_RUN, task_environment
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store


def become(command: str, row: JobRow, scratch: Scratch, url: str) -> NoReturn:
    """Turn into a shell that runs a command where the first task of a job runs, and with its environment.

    Raises
    ------
    OSError
        The folder is gone.
    """
    task = row.description["tasks"][0]
    os.chdir(scratch.workdir(task))
    os.execve("/bin/sh", ["sh", "-c", command], task_environment(row, task, scratch, url))  # noqa: S606 - as asked


def main() -> int:
    """Run the program."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--job", type=int, required=True)
    parser.add_argument("command")
    options = parser.parse_args()
    processes.end_with_parent()
    state = StateDir(options.state)
    with Store(state.database) as store:
        row = store.jobs.get(options.job)
    try:
        if row is not None:
            become(options.command, row, Scratch(state.job(row.id)), options.url)
    except (OSError, ValueError) as error:
        sys.stdout.write(f"{error}\n")
    return CANNOT_RUN


if __name__ == "__main__":
    sys.exit(main())
