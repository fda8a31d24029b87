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
from prominence_jupyter.protocol.workflows.absent_jobs import DONE_BEFORE, NOT_LISTED, NOT_RUN, absent_jobs, ended_well
from prominence_jupyter.protocol.workflows.factories import Node
from prominence_jupyter.protocol.workflows.workflow_nodes import WorkflowNodes
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

if TYPE_CHECKING:
    import pandas as pd


_WORDS: Final = 300
_WAITING: Final = "waiting"
_FOR_NOW: Final = "failed for now"
"""It waits for resources, or is held."""
_HERE: Final = "it has no job in this workflow"
_WHY_ABSENT: Final = {
    NOT_RUN: _HERE,
    DONE_BEFORE: f"{_HERE}: the one that this reruns has done it",
    NOT_LISTED: "the service does not list this job; if it was done in a workflow that this one reruns, "
    "session.workflow(ID, reruns=THAT) has it",
}


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
        *,
        is_rerun: bool = False,
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
        is_rerun
            Whether it is known to run what failed in another one.
        """
        reader = None if parse is None else Reader(parse)
        nodes = WorkflowNodes.of(workflow)
        latest = nodes.latest(records)
        jobs = _jobs(nodes, latest, records)
        absent = absent_jobs(workflow, nodes.nodes, latest, is_rerun=is_rerun) if workflow.has_ended else {}
        read = self._read(jobs, reader, progress) if reader else _Read()

        # After what takes long: an interrupt while NumPy is imported would leave it broken.
        from prominence_jupyter.usage.results_frame import ResultRow, results_frame  # noqa: PLC0415 - pandas, if used

        rows = [
            ResultRow(
                node,
                record,
                _status(record, workflow) if record else absent.get(node.name, _WAITING),
                read.said.get(place, {}),
                read.problems.get(place)
                or (_what_went_wrong(record, workflow) if record else _WHY_ABSENT.get(absent.get(node.name, ""))),
            )
            for place, (node, record) in enumerate(jobs)
        ]
        going = sum(record is None or not is_settled(record, workflow) for _, record in jobs)
        if reader and going and not workflow.has_ended:
            said = f"{going:,} of {len(jobs):,} jobs have not ended: nothing can be read of them yet"
            warnings.warn(said, OutputsUnread, stacklevel=3)
        if missing := sum(why == NOT_LISTED for why in absent.values()):
            warnings.warn(
                f"the service does not list {missing:,} of {len(nodes.nodes):,} jobs, of which nothing can be said; "
                "their status is: not listed",
                OutputsUnread,
                stacklevel=3,
            )
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


def _jobs(
    nodes: WorkflowNodes, latest: Mapping[str, JobRecord], records: Sequence[JobRecord]
) -> list[tuple[Node, JobRecord | None]]:
    """Return each job that the workflow makes with its last attempt, and at the end jobs that are none of these."""
    others = [record for record in records if nodes.name_of(record.name) is None]
    return [(node, latest.get(name)) for name, node in nodes.nodes.items()] + [
        (Node(one_line(record.name or record.id)), record) for record in others
    ]


def is_settled(job: JobRecord, workflow: WorkflowRecord) -> bool:
    """Tell whether a job has ended for good: ``failed`` without an end may change while its workflow goes on."""
    is_provisional = job.status == status.FAILED and job.ended is None and not workflow.has_ended
    return status.is_final(job.status) and not is_provisional


def _status(job: JobRecord, workflow: WorkflowRecord) -> str | None:
    return _FOR_NOW if job.status == status.FAILED and not is_settled(job, workflow) else job.status


def _what_went_wrong(job: JobRecord, workflow: WorkflowRecord) -> str | None:
    """Return why there is nothing to be read of a job; None while it goes on, and when all is well."""
    if not is_settled(job, workflow) or ended_well(job):
        return None
    if job.status == status.COMPLETED:
        return f"exit code {next(code for code in job.exit_codes if code)}"
    reason = one_line(job.status_reason, _WORDS)
    return f"{job.status}: {reason}" if reason else job.status
