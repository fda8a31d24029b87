"""`WorkflowVerbs`: the verbs about one workflow."""

from __future__ import annotations

import difflib
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from prominence_jupyter.errors import UsageError
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.magics.verbs.results import Described, Output
from prominence_jupyter.magics.verbs.workflow_cells import WorkflowCells
from prominence_jupyter.protocol.plain_text import one_line


class WorkflowVerbs(WorkflowCells):
    """The verbs about a workflow, each called after what is typed: ``%prominence watch workflow 12``."""

    def verb_of_workflow(self, options: Namespace) -> Callable[[Namespace], Any] | None:
        """Return what a line asks for if it is about a workflow, else None.

        Raises
        ------
        UsageError
            The verb is about jobs only, or several workflows are named.
        """
        typed = [options.id] if "id" in options else [*getattr(options, "ids", ())]
        held = [words for words in typed if words in self.named.workflows_in_use()]
        names_job = getattr(options, "job", None) is not None
        if options.verb == "list" or not (options.kind == "workflow" or held or options.verb == "rerun" or names_job):
            return None
        if typed[0] in self.named.jobs_in_use():
            raise UsageError(f"%prominence {options.verb}: {typed[0]} is a job, and no workflow")
        if len(typed) != 1 or getattr(options, "constraint", None):
            raise UsageError(f"%prominence {options.verb}: name one workflow, and nothing else")
        verb = getattr(self, f"workflow_{options.verb}", None)
        if verb is None:
            raise UsageError(f"%prominence {options.verb}: {held[0]} is a workflow; name one of its jobs")
        options.workflow = self.named.workflow(typed[0])
        return verb  # type: ignore[no-any-return] # one of those below

    def workflow_watch(self, options: Namespace) -> None:
        """Show a workflow; in a terminal, follow it until it has ended."""
        _ = options.workflow.record
        self.show_workflow(options.workflow, follow=True)

    def workflow_wait(self, options: Namespace) -> None:
        """Wait for a workflow, showing it meanwhile."""
        if options.timeout is None:  # a service that does not answer would keep one longer than that
            _ = options.workflow.record
        self.show_workflow(options.workflow, wait=True, timeout=options.timeout)

    def workflow_describe(self, options: Namespace) -> Described:
        """Return what the service knows of a workflow."""
        return Described(options.workflow.record.raw)

    def workflow_delete(self, options: Namespace) -> None:
        """Delete a workflow."""
        options.workflow.delete()
        print(f"Workflow {one_line(options.workflow.id, 40)} has been deleted, with its jobs.")

    def workflow_remove(self, options: Namespace) -> None:
        """Let an ended workflow go from the active ones."""
        options.workflow.remove()
        print(f"Workflow {one_line(options.workflow.id, 40)} has been removed from the queue.")

    def workflow_clone(self, options: Namespace) -> None:
        """Submit a copy of a workflow and show it."""
        self._show_new(options.workflow.clone(), "Submitted again as")

    def workflow_rerun(self, options: Namespace) -> None:
        """Run what failed in a workflow, in a new one, and show that."""
        self._show_new(options.workflow.rerun(), "What failed runs again in")

    def workflow_download(self, options: Namespace) -> list[Path]:
        """Fetch the outputs of the jobs of a workflow, and return where they are."""
        paths: list[Path] = options.workflow.download(options.dir, force=options.force)
        if not paths:
            print(f"The jobs of workflow {one_line(options.workflow.id, 40)} have left no output files.")
        return paths

    def workflow_stdout(self, options: Namespace) -> Output:
        """Return the standard output of a job of a workflow."""
        return Output(self._job(options).stdout())

    def workflow_stderr(self, options: Namespace) -> Output:
        """Return the standard error of a job of a workflow."""
        return Output(self._job(options).stderr())

    def _show_new(self, workflow: Workflow, said: str) -> None:
        self.named.saw_workflows([workflow.id])
        print(f"{said} workflow {one_line(workflow.id, 40)}.")
        self.show_workflow(workflow)

    def _job(self, options: Namespace) -> Job:
        """Return the last attempt of the job that is named within a workflow."""
        workflow: Workflow = options.workflow
        shown = f"%prominence {options.verb}: workflow {one_line(workflow.id, 40)}"
        if not options.job:
            raise UsageError(f"{shown}: name one of its jobs: {options.verb} ID JOB, or ID JOB NUMBER of a factory")
        name = options.job if options.number is None else f"{options.job}/{options.number}"
        nodes = workflow.nodes
        if name not in nodes.nodes:
            raise UsageError(f"{shown} has no job {one_line(name, 60)}{_meant(name, nodes.nodes)}")
        record = nodes.latest(workflow.job_records()).get(name)
        if record is None or record.id is None:
            yet = "" if workflow.done() else " yet"
            raise UsageError(f"{shown}: {one_line(name, 60)} has no job in this workflow{yet}")
        return Job(workflow.client, workflow.watcher, record.id, record)


def _meant(name: str, known: Mapping[str, Any]) -> str:
    if f"{name}/0" in known:
        return "; name its number too, from 0"
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {one_line(near[0].replace('/', ' '), 60)}?" if near else ""
