"""What came of jobs that one has waited for, as errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from prominence_jupyter.errors import JobFailed
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.absent_jobs import ended_well
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

_IDS_NAMED: Final = 20


def raise_unless_all_succeeded(records: Sequence[JobRecord]) -> None:
    """Raise an error that names the jobs that did not succeed, if there are any."""
    failed = [one_line(record.id, 40) for record in records if record.succeeded is False]
    if failed:
        more = " …" if len(failed) > _IDS_NAMED else ""
        raise JobFailed(
            f"{len(failed)} of {len(records)} jobs did not succeed: {' '.join(failed[:_IDS_NAMED])}{more}; "
            f"errors of one: %prominence stderr {failed[0]}"
        )


def raise_unless_succeeded(job: Job, record: JobRecord) -> None:
    """Raise an error that says why a job that has ended did not succeed, if it did not."""
    if record.succeeded is not False:
        return
    codes = ", ".join(str(code) for code in record.exit_codes)
    reasons = [one_line(record.status_reason), f"exit code {codes}" if any(record.exit_codes) else ""]
    why = "; ".join(reason for reason in reasons if reason) or "no reason given"
    status = one_line(record.status)
    name = one_line(job.id)
    raise JobFailed(f"job {name} ended as {status} ({why}); its errors: %prominence stderr {name}")


def raise_unless_workflow_succeeded(workflow: Workflow, record: WorkflowRecord) -> None:
    """Raise an error that names the jobs of a workflow that did not succeed, if there are any."""
    nodes = workflow.nodes
    latest = nodes.latest(workflow.job_records())
    failed = [name for name in nodes.nodes if name in latest and latest[name].succeeded is False]
    if not failed and record.succeeded is not False:
        return
    typed = one_line(workflow.id, 40)
    if not failed:
        why = one_line(record.status_reason or "no reason given")
        raise JobFailed(f"workflow {typed} ended as {one_line(record.status)} ({why})")
    shown = " ".join(one_line(name, 60) for name in failed[:_IDS_NAMED])
    more = " …" if len(failed) > _IDS_NAMED else ""
    others = _others(record, latest, len(nodes.nodes))
    first = nodes.nodes[failed[0]]
    number = "" if first.number is None else f" {first.number}"
    raise JobFailed(
        f"{len(failed)} of {len(nodes.nodes)} jobs of workflow {typed} did not succeed{others}: {shown}{more}; "
        f"errors of one: %prominence stderr {typed} {one_line(first.job, 60)}{number}"
    )


def _others(record: WorkflowRecord, latest: Mapping[str, JobRecord], total: int) -> str:
    """Return what to say where no job is known: none ran, or it is in a workflow that this one reruns."""
    count = total - len(latest)
    if count <= 0:
        return ""
    done, seen = record.progress.done, sum(map(ended_well, latest.values()))
    if done is not None and done <= seen:
        return f", and {count} did not run"
    return f", and {count} {'has' if count == 1 else 'have'} no job in this workflow"
