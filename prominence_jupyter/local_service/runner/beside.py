"""Run a command beside a job that runs: a program that becomes the command. The front starts it, and ends it."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import NoReturn

from prominence_jupyter.local_service import processes
from prominence_jupyter.local_service.images import PullFailed
from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.runner.course import Premises, mounts_of
from prominence_jupyter.local_service.runner.image import Order
from prominence_jupyter.local_service.runner.launch import CANNOT_RUN, job_variables
from prominence_jupyter.local_service.runner.runtimes import choice
from prominence_jupyter.local_service.runner.runtimes.runtime import Errand, Impossible
from prominence_jupyter.local_service.scratch import Scratch
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store


def become(command: str, row: JobRow, premises: Premises) -> NoReturn:
    """Turn into a shell that runs a command as the first task of a job runs: its image, folder and environment.

    Raises
    ------
    PullFailed, Impossible, OSError
        The image or the folder is gone.
    """
    scratch, runtime = Scratch(premises.state.job(row.id)), premises.runtime
    task = row.description["tasks"][0] | {"cmd": shlex.join(["/bin/sh", "-c", command])}
    mounts = mounts_of(row.description)
    folder = scratch.images / f"beside-{os.getpid()}"
    order = Order(task["image"], scratch, folder, list(mounts), task.get("imagePullCredential", {}))
    image = runtime.fetch(order) if runtime.wants(task) else None
    start = runtime.start(Errand(task, scratch, job_variables(row, task, premises.url), mounts), image)
    os.chdir(scratch.enter(start.folder))
    os.execvpe(start.arguments[0], [*start.arguments], start.variables)  # noqa: S606 - as asked


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
            become(options.command, row.filled(), Premises(state, options.url, choice.chosen(os.environ, state)))
    except (OSError, ValueError, PullFailed, Impossible) as error:
        sys.stdout.write(f"{error}\n")
    return CANNOT_RUN


if __name__ == "__main__":
    sys.exit(main())
