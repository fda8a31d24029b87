"""`Workflows`: the part of a `Session` that is about workflows and sweeps."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.frames import without_frames
from prominence_jupyter.errors import DescriptionError, UsageError
from prominence_jupyter.history.wanted import Wanted
from prominence_jupyter.jobs.once import content_label, workflow_with_content
from prominence_jupyter.jobs.workflows.swept_values import NoValues, values_of
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.validation import Problem
from prominence_jupyter.protocol.validation.job_count import MOST_JOBS
from prominence_jupyter.protocol.workflows.factories import Value
from prominence_jupyter.protocol.workflows.questions import questions
from prominence_jupyter.protocol.workflows.ranges import values
from prominence_jupyter.protocol.workflows.sweep import grid, swept
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.watch.watcher import Watcher

_QUESTIONS_SHOWN: Final = 20


class Workflows:
    """Workflows at one service."""

    client: Client
    watcher: Watcher

    @without_frames  # they hold the description as it was given
    def submit_workflow(
        self,
        description: WorkflowDescription | Mapping[str, Any],
        *,
        labels: Mapping[str, str] | None = None,
        once: bool = False,
        sure: bool = False,
    ) -> Workflow:
        """Submit a workflow, so that there is one at most, whatever happens on the way.

        Parameters
        ----------
        description
            The workflow as PROMINENCE describes it, see `WorkflowDescription.prepare`. It is not changed.
        labels
            Added to its labels.
        once
            Join the workflow that was submitted so with the same description, from wherever, if it goes on or is
            completed; `Workflow.joined` tells. Two who submit at the very same moment both do.
        sure
            Submit also what is probably a mistake: see `protocol.questions`.

        Raises
        ------
        DescriptionError
            It breaks a rule, or is probably a mistake; nothing was sent.
        SubmissionUncertain
            The answer was lost and the workflow was not found: it may exist.
        """
        if labels or not isinstance(description, WorkflowDescription):
            description = WorkflowDescription.prepare(getattr(description, "body", description), labels=labels)
        if asked := [] if sure else questions(description.body):
            raise _doubt(asked)
        if once:
            description = description.labelled(label := content_label(description))
            record = workflow_with_content(self.client.workflows, label)
            if record is not None and record.id is not None:
                return Workflow(self.client, self.watcher, record.id, record, joined=True)
        workflow_id = self.client.workflows.submit(description)
        return Workflow.submitted(self.client, self.watcher, workflow_id, description.name)

    @without_frames
    def sweep(
        self,
        description: Mapping[str, Any],
        parameters: Mapping[str, Iterable[Any]],
        *,
        labels: Mapping[str, str] | None = None,
        once: bool = False,
        sure: bool = False,
    ) -> Workflow:
        """Run a job for each combination of values of parameters, as one workflow (one request).

        Parameters
        ----------
        description
            A job as PROMINENCE describes it, with ``$name`` where the value of a parameter belongs.
        parameters
            The values of each: a list, a range, a NumPy array, a Series, or text such as ``"0:1:0.1"``, all read as
            behind ``--sweep``. The last parameter varies fastest.
        labels, once, sure
            As for `submit_workflow`.

        Raises
        ------
        DescriptionError, SubmissionUncertain
            As for `submit_workflow`.
        UsageError
            A parameter has no values, or one that is neither a number nor text, or there are far too many jobs.
        """
        job = getattr(description, "body", description)
        if not isinstance(job, Mapping):
            job = JobDescription.prepare(job).body  # which says what is wrong
        columns = grid({name: _values(name, given) for name, given in parameters.items()})
        return self.submit_workflow(swept(job, columns, labels), once=once, sure=sure)

    def workflow(self, workflow_id: JobId, *, reruns: JobId | None = None) -> Workflow:
        """Return the workflow with that id.

        Parameters
        ----------
        workflow_id
            Its id.
        reruns
            The workflow of which it runs again what failed, so that the results of both come together. The session
            knows it of those that it has rerun itself.

        Raises
        ------
        NoSuchWorkflow
            The service gave no such workflow, twice.
        """
        if reruns is not None:
            self.client.workflows.remember_rerun(workflow_id, of=reruns)
        workflow = Workflow(self.client, self.watcher, workflow_id)
        _ = workflow.record
        return workflow

    def workflows(
        self,
        all: bool = False,  # noqa: A002 - as the API has it
        *,
        name: str | None = None,
        label: tuple[str, str] | None = None,
    ) -> list[WorkflowRecord]:
        """Return the workflows that have not ended, in the service's order.

        Parameters
        ----------
        all
            Those too that have ended.
        name
            Only those of this name, exactly, or with ``*`` and ``?`` as in names of files.
        label
            Key and value: only those that carry this label. (Deployed service only.)

        Raises
        ------
        UnexpectedAnswer
            The service cannot list workflows by label.
        """
        wanted = Wanted(name=name, label=label)
        if wanted.label is not None:
            records = self.client.workflows.workflows_with_label(*wanted.label, active=not all)
        else:
            records = self.client.workflows.workflows(all_of_them=all)
        return [record for record in records if wanted.matches_name(record.name)]


def _doubt(asked: Sequence[Problem]) -> DescriptionError:
    lines = [f"  {problem}" for problem in asked[:_QUESTIONS_SHOWN]]
    head = "the description probably has a mistake; nothing was submitted:"
    return DescriptionError(asked, "\n".join([head, *lines, "if all of it is meant so, submit it with sure=True"]))


def _values(name: str, given: Any) -> Sequence[Value]:
    """Return the values of a parameter, read as those behind ``--sweep`` are."""
    if isinstance(given, Iterator):  # which may have no end
        given = [*itertools.islice(given, MOST_JOBS + 1)]
    try:
        return values(given) if isinstance(given, str) else values_of(given)
    except (NoValues, ValueError) as error:
        raise UsageError(f"the parameter {one_line(name, 60)}: {error}") from None
