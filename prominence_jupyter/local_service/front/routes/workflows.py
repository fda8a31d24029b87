"""Workflows: submit, list, describe, delete, rerun, clone and remove them; the output of their jobs."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from prominence_jupyter.local_service.front import tokens
from prominence_jupyter.local_service.front.listing import wanted
from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.front.routes.handler import ServiceHandler
from prominence_jupyter.local_service.front.routes.output import OutputHandler
from prominence_jupyter.local_service.front.workflow_submission import WorkflowSubmission
from prominence_jupyter.local_service.store.workflow_row import IDLE
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import Stream

_UNKNOWN: Final = "Workflow does not exist"


class _WorkflowsHandler(ServiceHandler):
    """What those that make workflows share."""

    def add_workflow(self, body: Any, code: HTTPStatus, *, rerun_of: int | None = None) -> None:
        """Add a workflow and answer with its id, or with what is wrong."""
        key = self.service.key
        accepted = WorkflowSubmission.accept(body)
        workflow = self.service.store.workflows.add(
            accepted.description,
            accepted.jobs,
            accepted.nodes,
            lambda job_id: tokens.mint(key, f"job-{job_id}"),
            rerun_of=rerun_of,
        )
        self.service.wake_runner()
        self.answer({"id": workflow}, code)


class WorkflowsHandler(_WorkflowsHandler):
    """All workflows."""

    def get(self) -> None:
        """List active workflows, or those that the query is about."""
        query = {name: value for name, value in self.query().items() if name != "workflow"}  # which is about jobs
        asked = wanted(query)
        asked = replace(asked, status=IDLE if asked.status == status.PENDING else asked.status)
        rows = self.service.store.workflows.listed(asked, detail="detail" in query)
        self.answer([row.to_json() for row in rows])

    def post(self) -> None:
        """Submit a workflow."""
        self.add_workflow(self.body(), HTTPStatus.CREATED)


class WorkflowHandler(_WorkflowsHandler):
    """One workflow."""

    def get(self, workflow: str) -> None:
        """Describe it: a list of one, or an empty list."""
        row = self.service.store.workflows.get(int(workflow))
        self.answer([row.to_json()] if row else [])

    def delete(self, workflow: str) -> None:
        """End it and its jobs, unless it has ended."""
        if not self.service.store.workflows.delete(int(workflow)):
            raise Refused("No such workflow(s)")
        self.service.wake_runner()
        self.answer({})

    def put(self, workflow: str) -> None:
        """Run what failed, and what therefore did not run, in a new workflow."""
        workflows = self.service.store.workflows
        row = workflows.get(int(workflow))
        if row is None or row.description is None:
            raise Refused(_UNKNOWN)
        most = row.description.get("policies", {}).get("maximumReruns")
        if row.finished is None:
            raise Refused("A workflow can be run again when it has ended")
        if row.done == row.total:
            raise Refused("No job of this workflow failed; clone it to run all of them again")
        if most is not None and workflows.reruns(row.id) >= most:
            raise Refused(f"This workflow was to be run again {most} times at most (maximumReruns)")
        self.add_workflow(row.description, HTTPStatus.OK, rerun_of=row.id)


class WorkflowCloneHandler(_WorkflowsHandler):
    """A copy of one workflow."""

    def put(self, workflow: str) -> None:
        """Submit what was submitted for it, once more."""
        row = self.service.store.workflows.get(int(workflow))
        if row is None:
            raise Refused(_UNKNOWN)
        self.add_workflow(row.description, HTTPStatus.CREATED)


class WorkflowRemoveHandler(ServiceHandler):
    """A workflow with ``leaveInQueue``."""

    def put(self, workflow: str) -> None:
        """Let it leave the queue."""
        workflows = self.service.store.workflows
        if not workflows.remove(int(workflow)):
            raise Refused("Workflow is no longer in the queue" if workflows.get(int(workflow)) else _UNKNOWN)
        self.answer({})


class WorkflowOutputHandler(OutputHandler):
    """Standard output or error of one job of a workflow, by name, and by number where a factory made it."""

    async def get(self, workflow: str, node: str, stream: Stream) -> None:  # type: ignore[override]  # one more in the path
        """Send what its newest job has written; nothing before its turn has come."""
        workflows = self.service.store.workflows
        found = workflows.job_of(int(workflow), node)
        if found is None:
            raise Refused(f"{stream} does not exist" if workflows.get(int(workflow)) else _UNKNOWN)
        if found[0] is None:
            self.set_header("Content-Type", "text/plain; charset=utf-8")
        else:
            await super().get(str(found[0]), stream)
