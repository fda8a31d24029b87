"""The files that the jobs of a workflow have left, saved into a folder for each job."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.output_files import OutputFile, output_files, reported_files
from prominence_jupyter.client.side_by_side import side_by_side
from prominence_jupyter.errors import (
    TOKEN_TROUBLES,
    OutputsUnread,
    ServiceError,
    UnexpectedAnswer,
    Unreachable,
    UsageError,
)
from prominence_jupyter.history.ended_jobs import Progress
from prominence_jupyter.jobs.outputs import Output, inside
from prominence_jupyter.jobs.shown_progress import shown_progress
from prominence_jupyter.jobs.workflows.results import is_settled
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_nodes import WorkflowNodes
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

_AT_ONCE: Final = 16
_WORDS: Final = 300
_OF_ONE: Final = (ServiceError, Unreachable, UsageError, OSError)
"""Errors that need not keep other files from coming: they may come from elsewhere."""


def saved(
    client: Client,
    workflow: WorkflowRecord,
    records: Sequence[JobRecord],
    folder: Path,
    *,
    force: bool,
    progress: Progress | None,
) -> list[Path]:
    """Fetch the output files of the jobs that have ended, see `WorkflowResults.download`; return their paths."""
    left = threading.Event()
    jobs = [_JobFolder(name, record, folder, left) for name, record in _ended(workflow, records)]
    if not force:
        for job in jobs:
            job.refuse_others()

    def save(job: _JobFolder) -> str | None:
        try:
            trouble = job.save(client, force=force)
        except TOKEN_TROUBLES:
            raise
        except (ServiceError, UsageError, OSError) as error:
            trouble = error
        return one_line(trouble, _WORDS) or None

    with shown_progress(progress) as tell:
        tell(0, len(jobs), "jobs")
        try:
            failures = side_by_side(save, jobs, at_once=_AT_ONCE, done=lambda count: tell(count, len(jobs), "jobs"))
        finally:
            left.set()
    failed = [(job.name, why) for job, why in zip(jobs, failures, strict=True) if why]
    if failed:
        name, why = failed[0]
        warnings.warn(
            f"the files of {len(failed):,} of {len(jobs):,} jobs could not all be had, those of {one_line(name, 60)} "
            f"for one: {why}",
            OutputsUnread,
            stacklevel=3,
        )
    return [path for job in jobs for path in job.paths]


class _JobFolder:
    """Where the files of one job go, and which of them are there.

    Parameters
    ----------
    name, record
        The job.
    root
        The folder of the workflow.
    left
        Set once nobody waits any more: then no other file is begun.

    Attributes
    ----------
    name
        Of the job within its workflow.
    paths
        The files that are there.
    """

    def __init__(self, name: str, record: JobRecord, root: Path, left: threading.Event) -> None:
        self.name = name
        self.paths: list[Path] = []
        self._record = record
        self._root = root
        self._left = left

    def refuse_others(self) -> None:
        """Raise `UsageError` where a file stands in the place of one of another size."""
        for file in reported_files(self._record.raw):
            with suppress(UnexpectedAnswer):  # told when it is saved
                path = self._root / inside(self.name) / inside(file.name)
                if path.is_file() and not _is_there(path, file):
                    raise UsageError(
                        f"{path} is there already, in another size: choose another folder, "
                        "or write over it with force=True"
                    )

    def save(self, client: Client, *, force: bool) -> Exception | None:
        """Fetch what is not there yet; return what has kept a file from coming."""
        assert self._record.id is not None  # noqa: S101 - those without are left out
        folder = Path(self._root, inside(self.name))
        if not folder.resolve().is_relative_to(self._root.resolve()):
            raise UsageError(f"{folder} is a link that leads out of {self._root}: choose another folder")
        files = reported_files(self._record.raw)
        if not self._record.has_detail or any(force or not _is_there(folder / f.name, f) for f in _made(files)):
            files = output_files(client.transport, self._record.id)  # with links
        trouble: Exception | None = None
        for file in _made(files):
            if self._left.is_set():
                break
            try:
                path = folder / inside(file.name)
                if force or not _is_there(path, file):
                    Output(file).save(folder, force=force)
            except _OF_ONE as error:
                trouble = trouble or error
            else:
                self.paths.append(path)
        return trouble


def _ended(workflow: WorkflowRecord, records: Sequence[JobRecord]) -> list[tuple[str, JobRecord]]:
    """Return the last attempt of each job that has ended, and jobs of no part of the description, by name."""
    nodes = WorkflowNodes.of(workflow)
    latest = nodes.latest(records)
    jobs = [(name, latest[name]) for name in nodes.nodes if name in latest]
    jobs += [(job.name or str(job.id), job) for job in records if nodes.name_of(job.name) is None]
    return [(name, job) for name, job in jobs if is_settled(job, workflow) and job.id is not None]


def _made(files: Sequence[OutputFile]) -> list[OutputFile]:
    return [file for file in files if file.link is not None]


def _is_there(path: Path, file: OutputFile) -> bool:
    return path.is_file() and file.size in {None, path.stat().st_size}
