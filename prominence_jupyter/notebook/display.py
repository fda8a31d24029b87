"""Showing jobs where a shell shows things."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.notebook.many_jobs.set_lines import SetLines
from prominence_jupyter.notebook.one_job.job_display import JobDisplay
from prominence_jupyter.notebook.one_job.job_lines import JobLines
from prominence_jupyter.notebook.workflows.workflow_lines import WorkflowLines
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord


class Shown(Protocol):
    """A job that is on the screen."""

    def wait(self, timeout: float | None) -> JobRecord:
        """Wait until the job has ended, see `Job.wait`."""


class ShownSet(Protocol):
    """Many jobs that are on the screen."""

    def wait(self, timeout: float | None) -> list[JobRecord]:
        """Wait until all have ended, see `JobSet.wait`."""


class ShownWorkflow(Protocol):
    """A workflow that is on the screen."""

    def wait(self, timeout: float | None) -> WorkflowRecord:
        """Wait until the workflow has ended, see `Workflow.wait`."""


def show(job: Job, shell: Any, *, panel: bool, follow: bool = False) -> Shown:
    """Show a job where this shell shows things.

    Parameters
    ----------
    job
        The job to show from now on, until it ends.
    shell
        The IPython shell; one with a kernel has a front end that displays widgets.
    panel
        With the live view; else one line.
    follow
        In a terminal, where nothing can be live beside the prompt: stay until the job has ended. In a notebook the
        panel of a job that has ended already stays too.
    """
    if getattr(shell, "kernel", None) is not None:
        return JobDisplay(job, shell.display_pub, live=panel, stays=follow)
    lines = JobLines(job)
    if follow:
        lines.wait(None)
    else:
        job_id = one_line(job.id)
        print(f"Job {job_id}; follow it with %prominence watch {job_id}")
    return lines


def show_set(jobs: JobSet, shell: Any, *, panel: bool, follow: bool) -> ShownSet:
    """Show many jobs: a live table in a notebook; in a terminal lines, while someone waits for them.

    Parameters
    ----------
    jobs
        The jobs.
    shell, panel, follow
        As for `show`.
    """
    if getattr(shell, "kernel", None) is not None:
        from prominence_jupyter.notebook.many_jobs.set_display import SetDisplay  # noqa: PLC0415 - when one is shown

        return SetDisplay(jobs, shell.display_pub, live=panel, stays=follow)
    lines = SetLines(jobs)
    if follow:
        with interruptible("the jobs go on"):
            lines.follow()
    return lines


def show_workflow(
    workflow: Workflow, shell: Any, *, panel: bool, follow: bool, is_timed: bool = False
) -> ShownWorkflow:
    """Show a workflow: its head and a live table of its jobs in a notebook; in a terminal lines.

    Parameters
    ----------
    workflow
        The workflow.
    shell, panel, follow
        As for `show`.
    is_timed
        Whether someone will wait for a while only, which a service that does not answer must not prolong.
    """
    if follow:
        _ = workflow.jobs.records  # it may have ended: what is shown first is not that nothing is known
    if getattr(shell, "kernel", None) is not None:
        from prominence_jupyter.notebook.workflows.workflow_display import WorkflowDisplay  # noqa: PLC0415 - when one is shown

        return WorkflowDisplay(workflow, shell.display_pub, live=panel, stays=follow, asks=not is_timed)
    lines = WorkflowLines(workflow)
    typed = f"workflow {one_line(workflow.id, 40)}"
    if follow:
        with interruptible(f"{typed} goes on", typed, is_local=workflow.client.transport.is_local):
            lines.follow()
    else:
        print(f"Workflow {one_line(workflow.id, 40)}; follow it with %prominence watch {typed}")
    return lines


@contextmanager
def interruptible(goes_on: str, ids: str = "", *, is_local: bool = False) -> Iterator[None]:
    """Let an interrupt say what goes on, and how to return to it and to end it.

    Parameters
    ----------
    goes_on
        For example "job 12 goes on".
    ids
        Of the jobs, as they are typed after a verb, or "workflow 12".
    is_local
        Whether the service is that of this machine: in a terminal the official CLI would ask another one.
    """
    try:
        yield
    except KeyboardInterrupt:
        one = "ID" if " " in ids.removeprefix("workflow ") else ids
        end = f"%prominence delete {one}" + ("" if is_local else f", or in a terminal prominence delete {one}")
        how = f": return with %prominence watch {ids}, end with {end}"
        raise KeyboardInterrupt(f"the waiting was interrupted, {goes_on}{how if ids else ''}") from None
