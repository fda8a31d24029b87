"""Jobs: submit, list, describe, delete and clone them."""

from __future__ import annotations

from prominence_jupyter.local_service import reasons
from prominence_jupyter.local_service.front import submission
from prominence_jupyter.local_service.front.listing import Listing, Refused
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.protocol import status


class JobsHandler(ServiceHandler):
    """All jobs."""

    def get(self) -> None:
        """List active jobs, or those that the query is about."""
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        try:
            self.answer(Listing.from_query(query).answer(self.service.store))
        except Refused as refusal:
            self.refuse(str(refusal), refusal.code)

    def post(self) -> None:
        """Submit a job."""
        try:
            description = submission.accept(self.body())
        except submission.Refused as refusal:
            self.refuse(str(refusal))
            return
        self.add(description)


class JobHandler(ServiceHandler):
    """One job."""

    def get(self, job_id: str) -> None:
        """Describe it: a list of one, or an empty list."""
        row = self.service.store.jobs.get(int(job_id))
        self.answer([row.to_json(detail=True)] if row else [])

    def delete(self, job_id: str) -> None:
        """End it, unless it has ended."""
        if not self.service.store.jobs.finish(int(job_id), status.DELETED, reasons.DELETED):
            self.refuse("No such job(s)")
            return
        self.service.wake_runner()
        self.answer({})


class CloneHandler(ServiceHandler):
    """A copy of one job."""

    def put(self, job_id: str) -> None:
        """Submit what was submitted for it, once more."""
        row = self.service.store.jobs.get(int(job_id))
        if row is None:
            self.refuse("Job does not exist")
        else:
            self.add(row.filled().description)
