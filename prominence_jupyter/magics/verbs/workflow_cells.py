"""`WorkflowCells`: the cells that make workflows, described whole or as the sweep of one job."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from prominence_jupyter.errors import UsageError
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.magics.cell.description import read_workflow
from prominence_jupyter.magics.cell.sweep import read_sweep
from prominence_jupyter.magics.cell.swept_columns import SweptColumns
from prominence_jupyter.magics.named_jobs import NamedJobs
from prominence_jupyter.magics.verbs.once import submitted_workflow
from prominence_jupyter.magics.verbs.outcomes import raise_unless_workflow_succeeded
from prominence_jupyter.magics.verbs.results import WorkflowDryRun
from prominence_jupyter.notebook.display import interruptible, show_workflow
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.hints import hints
from prominence_jupyter.protocol.labels import misused
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.validation import job_problems


class WorkflowCells:
    """What cells ask for that make workflows."""

    named: NamedJobs
    _shell: Any
    _settings: Any

    def _session(self) -> Session:
        raise NotImplementedError

    def submit_workflow(self, options: Namespace, cell: str) -> WorkflowDryRun | None:
        """Do what a ``%%prominence_workflow`` cell asks for."""
        labels = checked_labels(options, "%%prominence_workflow")
        description = read_workflow(cell, self._shell.user_ns, labels=labels, sure=options.yes)
        return self._submitted(options, description, "jobs[{}].")

    def submit_sweep(self, options: Namespace, cell: str) -> WorkflowDryRun | None:
        """Do what a ``%%prominence_job`` cell asks for that has ``--sweep`` or ``--table``."""
        names = self._shell.user_ns
        if options.sweep and options.table is not None:
            raise UsageError("%%prominence_job: a table holds all parameters: keep one of --sweep and --table")
        labels = checked_labels(options, "%%prominence_job")
        if options.table is None:
            columns = SweptColumns.of_sweeps(options.sweep, names)
        else:
            columns = SweptColumns.of_table(options.table, names)
        return self._submitted(options, read_sweep(cell, names, columns, labels=labels, sure=options.yes), "")

    def _submitted(self, options: Namespace, description: WorkflowDescription, where: str) -> WorkflowDryRun | None:
        if options.dry_run:
            return WorkflowDryRun(description)
        for index, job in enumerate(description.body["jobs"]):
            for hint in hints(JobDescription(job), where.format(index)):
                print(hint)
        once = options.once or self._settings.once
        workflow = submitted_workflow(self._session(), description, once=once, force=options.force)
        self.named.saw_workflows([workflow.id])
        if options.name:
            self._shell.user_ns[options.name] = workflow
        self.show_workflow(workflow, panel=options.panel, wait=options.wait, timeout=options.timeout)
        return None

    def show_workflow(
        self,
        workflow: Workflow,
        *,
        panel: bool = True,
        follow: bool = False,
        wait: bool = False,
        timeout: float | None = None,
    ) -> None:
        """Show a workflow; wait for it, and raise unless all its jobs succeeded, if that is wanted."""
        typed = f"workflow {one_line(workflow.id, 40)}"
        with interruptible(f"{typed} goes on", typed, is_local=workflow.client.transport.is_local):
            panel, is_timed = panel and self._settings.panel, timeout is not None
            shown = show_workflow(workflow, self._shell, panel=panel, follow=follow, is_timed=is_timed)
            if wait:
                raise_unless_workflow_succeeded(workflow, shown.wait(timeout))


def checked_labels(options: Namespace, magic: str) -> Mapping[str, str]:
    """Return the labels of the option line of a cell.

    Raises
    ------
    UsageError
        One breaks a rule, or there is a time limit without waiting.
    """
    if options.timeout is not None and not options.wait:
        raise UsageError(f"{magic}: --timeout goes with --wait")
    labels = dict(options.label)
    for problem in [*job_problems({"labels": labels}), *misused(labels)]:
        if problem.path[:1] == ("labels",):
            raise UsageError(f"{magic}: --label {problem.path[-1]}=…: {problem.message}")
    return labels
