"""Jobs: submit, list, describe, delete, clone and remove them."""

from __future__ import annotations

from typing import Any

from prominence_jupyter.local_service import reasons
from prominence_jupyter.local_service.front import listing, submission
from prominence_jupyter.local_service.front.job_view import job_view
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.store.job_row import JobRow
from prominence_jupyter.protocol import status


class _JobViews(ServiceHandler):
    def view(self, row: JobRow, *, detail: bool) -> dict[str, Any]:
        """Return a job as the API shows it."""
        return job_view(row, Scratch(self.service.state.job(row.id)), self.signed_url, detail=detail)


class JobsHandler(_JobViews):
    """All jobs."""

    def get(self) -> None:
        """List active jobs, or those that the query is about."""
        query = self.query()
        rows = self.service.store.jobs.listed(listing.wanted(query))
        self.answer([self.view(row, detail="detail" in query) for row in rows])

    def post(self) -> None:
        """Submit a job."""
        self.add(submission.accept(self.body()))


class JobHandler(_JobViews):
    """One job."""

    def get(self, job_id: str) -> None:
        """Describe it: a list of one, or an empty list."""
        row = self.service.store.jobs.get(int(job_id))
        self.answer([self.view(row, detail=True)] if row else [])

    def delete(self, job_id: str) -> None:
        """End it, unless it has ended."""
        if not self.service.store.jobs.finish(int(job_id), status.DELETED, reasons.DELETED):
            raise Refused("No such job(s)")
        self.service.wake_runner()
        self.answer({})


class CloneHandler(ServiceHandler):
    """A copy of one job."""

    def put(self, job_id: str) -> None:
        """Submit what was submitted for it, once more."""
        self.add(self.job(job_id).filled().description)


class RemoveHandler(ServiceHandler):
    """A job that stays in the active listing when it has ended (``leaveInQueue``)."""

    def put(self, job_id: str) -> None:
        """Let it leave."""
        self.job(job_id)
        if not self.service.store.jobs.remove(int(job_id)):
            raise Refused("Job is no longer in the queue")
        self.answer({})
