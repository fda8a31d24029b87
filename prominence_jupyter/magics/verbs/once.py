"""What ``--once`` and ``--force`` mean: join a job or workflow that is there already, or submit it even so."""

from __future__ import annotations

import time

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.once import content_label
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.panel.views.words import ago_text
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.plain_text import one_line


def submitted(session: Session, description: JobDescription, *, once: bool, force: bool) -> Job:
    """Submit a job, or join one and say so. What is forced can be joined by the next one."""
    if once and not force:
        job = session.submit(description, once=True)
        if job.joined:
            print(_joined(job, "job"))
        return job
    return session.submit(description.labelled(content_label(description)) if once or force else description)


def submitted_workflow(session: Session, description: WorkflowDescription, *, once: bool, force: bool) -> Workflow:
    """Submit a workflow that has been asked about already, or join one and say so."""
    if once and not force:
        workflow = session.submit_workflow(description, once=True, sure=True)
        if workflow.joined:
            print(_joined(workflow, "workflow"))
        return workflow
    described = description.labelled(content_label(description)) if once or force else description
    return session.submit_workflow(described, sure=True)


def _joined(joined: Job | Workflow, kind: str) -> str:
    created = joined.latest.created if joined.latest else None
    when = "" if created is None else f", submitted {ago_text(time.time() - created)}"
    return f"Joined {kind} {one_line(joined.id)}{when}: the same description; --force submits anew."
