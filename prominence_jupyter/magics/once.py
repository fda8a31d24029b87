"""What ``--once`` and ``--force`` mean: join a job that is there already, or submit it even so."""

from __future__ import annotations

import time

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.once import content_label
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.panel.views.words import ago_text
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.plain_text import one_line


def submitted(session: Session, description: JobDescription, *, once: bool, force: bool) -> Job:
    """Submit a job, or join one and say so. What is forced can be joined by the next one."""
    if once and not force:
        job = session.submit(description, once=True)
        if job.joined:
            print(_joined(job))
        return job
    return session.submit(description.labelled(content_label(description)) if once or force else description)


def _joined(job: Job) -> str:
    created = job.latest.created if job.latest else None
    when = "" if created is None else f", submitted {ago_text(time.time() - created)}"
    return f"Joined job {one_line(job.id)}{when}: the same description; --force submits anew."
