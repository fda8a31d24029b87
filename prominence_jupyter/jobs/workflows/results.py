"""`Results`: what the jobs of a workflow were given, used and said, as a frame."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.errors import OutputsUnread
from prominence_jupyter.history.ended_jobs import Progress
from prominence_jupyter.jobs.shown_progress import shown_progress
from prominence_jupyter.jobs.workflows.fetched_outputs import FetchedOutputs
from prominence_jupyter.jobs.workflows.parsing import NothingRead, Parse, Reader
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.factories import Node
from prominence_jupyter.protocol.workflows.workflow_nodes import WorkflowNodes
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

if TYPE_CHECKING:
    import pandas as pd


_WORDS: Final = 300
_WAITING: Final = "waiting"
_NOT_RUN: Final = "not run"
_HERE: Final = "it has no job in this workflow"


class Results:
    """The results of one workflow; what was fetched for them stays for the next call.

    Parameters
    ----------
    client
        Asks for outputs.
    """

    def __init__(self, client: Client) -> None:
        self._outputs = FetchedOutputs(client)

    def frame(
        self,
        workflow: WorkflowRecord,
        records: Sequence[JobRecord],
        parse: Parse | None,
        progress: Progress | None,
    ) -> pd.DataFrame:
        """Return a row for each job, see `Workflow.results`.

        Parameters
        ----------
        workflow
            With detail.
        records
            Its jobs, of all attempts.
        parse, progress
            See there.
        """
        reader = None if parse is None else Reader(parse)
        jobs = _jobs(workflow, records)
        read = self._read(jobs, reader, progress) if reader else _Read()

        # After what takes long: an interrupt while NumPy is imported would leave it broken.
        from prominence_jupyter.usage.results_frame import ResultRow, results_frame  # noqa: PLC0415 - pandas, if used

        rows = [
            ResultRow(
                node,
                record,
                record.status if record else (_NOT_RUN if workflow.has_ended else _WAITING),
                read.said.get(place, {}),
                read.problems.get(place) or _what_went_wrong(record, workflow),
            )
            for place, (node, record) in enumerate(jobs)
        ]
        if reader is None:
            return results_frame(rows)
        return results_frame(rows, reader.columns, gives_text=reader.gives_text)

    def _read(self, jobs: Sequence[tuple[Node, JobRecord | None]], reader: Reader, progress: Progress | None) -> _Read:
        """Read what the jobs said that have ended well."""
        read = _Read()
        ended = {place: job.id for place, (_, job) in enumerate(jobs) if job and ended_well(job) and job.id is not None}
        with shown_progress(progress) as tell:
            failures = self._outputs.fetch(ended.values(), tell)
        for place, job_id in ended.items():
            output = self._outputs.text(job_id)
            if output is None:
                read.problems[place] = one_line(failures[str(job_id)], _WORDS)
                continue
            try:
                read.said[place] = reader.read(output)
            except NothingRead as nothing:
                read.problems[place] = str(nothing)
        if read.problems:
            first, why = next(iter(read.problems.items()))
            warnings.warn(
                f"{len(read.problems):,} of {len(ended):,} outputs could not be read, that of "
                f"{one_line(jobs[first][0].name, 60)} for one: {why}; the column problem tells of each",
                OutputsUnread,
                stacklevel=4,
            )
        return read


class _Read:
    """What was read of the jobs, and why of some it was not, by the place of their row."""

    def __init__(self) -> None:
        self.said: dict[int, Mapping[str, Any]] = {}
        self.problems: dict[int, str] = {}


def _jobs(workflow: WorkflowRecord, records: Sequence[JobRecord]) -> list[tuple[Node, JobRecord | None]]:
    """Return each job that the workflow makes with its last attempt, and at the end jobs that are none of these."""
    nodes = WorkflowNodes.of(workflow)
    latest = nodes.latest(records)
    others = [record for record in records if nodes.name_of(record.name) is None]
    return [(node, latest.get(name)) for name, node in nodes.nodes.items()] + [
        (Node(one_line(record.name or record.id)), record) for record in others
    ]


def ended_well(job: JobRecord) -> bool:
    """Tell whether a job has done its work, as far as the service tells."""
    return job.status == status.COMPLETED and job.succeeded is not False


def _what_went_wrong(job: JobRecord | None, workflow: WorkflowRecord) -> str | None:
    """Return why there is nothing to be read of a job; None while it goes on, and when all is well."""
    if job is None:
        if not workflow.has_ended:
            return None
        return f"{_HERE}: the one that this reruns has done it" if workflow.succeeded else _HERE
    if not status.is_final(job.status) or ended_well(job):
        return None
    if job.status == status.COMPLETED:
        return f"exit code {next(code for code in job.exit_codes if code)}"
    reason = one_line(job.status_reason, _WORDS)
    return f"{job.status}: {reason}" if reason else job.status
