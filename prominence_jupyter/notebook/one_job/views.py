"""What is shown of a job that is watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.listener import Snapshot

if TYPE_CHECKING:
    from prominence_jupyter.panel.views.view import JobView


def view_of(job: Job, snapshot: Snapshot) -> JobView:
    """Return what is to be shown of a job."""
    from prominence_jupyter.panel.views.view import job_view  # noqa: PLC0415 - when the first is shown

    record = snapshot.record or job.latest or JobRecord(id=job.id)
    stale = "the service knows this job no more" if snapshot.gone else snapshot.trouble
    return job_view(
        record,
        url=job.url,
        ended=snapshot.ended,
        stale=stale,
        as_of=snapshot.stale_since,
        awaits_token=job.client.transport.source.can_change,
    )
