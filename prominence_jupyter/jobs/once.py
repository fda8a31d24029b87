"""Jobs and workflows that are to be there once: what makes two descriptions the same, and what stands for one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.client.submitting.kind import Record, order_of_submission
from prominence_jupyter.client.workflow_client import WorkflowClient
from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.labels import CONTENT, Label, without_ours
from prominence_jupyter.protocol.record import JobRecord, has_ended
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

_ENDING_S: Final = 0.5
"""For an instant what ends may be in no listing."""


def content_label(description: JobDescription | WorkflowDescription) -> Label:
    """Return the label that holds the hash of a description.

    The order of keys does not matter, nor do our own labels, nor the tokens of pull credentials: they say who may have
    the image, not what is to be done, and are new ones each day at some registries.
    """
    body = dict(description.body)
    labels = without_ours(body.pop("labels", {}))
    content = _without_pull_tokens(body) | ({"labels": labels} if labels else {})
    if "jobs" in content:
        content["jobs"] = [_without_pull_tokens(job) for job in content["jobs"]]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return CONTENT, hashlib.sha256(text.encode()).hexdigest()


def _without_pull_tokens(job: dict[str, Any]) -> dict[str, Any]:
    return {**job, "tasks": [_without_pull_token(task) for task in job["tasks"]]} if "tasks" in job else dict(job)


def _without_pull_token(task: dict[str, Any]) -> dict[str, Any]:
    if "imagePullCredential" not in task:
        return task
    return task | {"imagePullCredential": {"username": task["imagePullCredential"].get("username")}}


def job_with_content(client: Client, label: Label) -> JobRecord | None:
    """Return the newest job that does, or did well, what a description asks for; None when there is none.

    That is one that has not ended or, where all have, one that is completed with all exit codes 0.

    Raises
    ------
    UnexpectedAnswer
        The service cannot list jobs by label.
    """
    if not client.understands_labels():
        raise _cannot_tell(client.transport.url, "job")
    return _looked_twice(client.transport, lambda: _active_or_done(client, label))


def workflow_with_content(client: WorkflowClient, label: Label) -> WorkflowRecord | None:
    """Return the newest workflow that does, or did well, what a description asks for; None when there is none.

    That is one that has not ended or, where all have, one that is completed.

    Raises
    ------
    UnexpectedAnswer
        The service cannot list workflows by label.
    """
    if not client.understands_labels():
        raise _cannot_tell(client.transport.url, "workflow")

    def look() -> WorkflowRecord | None:
        active = client.workflows_with_label(*label, active=True)
        if going := [workflow for workflow in active if not workflow.has_ended]:
            return _newest(going)
        return _newest(workflow for workflow in client.workflows_with_label(*label) if workflow.succeeded)

    return _looked_twice(client.transport, look)


def _cannot_tell(url: str, noun: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"{url} cannot list {noun}s by label, so it cannot be told whether this {noun} is there: "
        "nothing was submitted. --force submits it, as does once=False from Python"
    )


def _looked_twice(transport: Transport, look: Callable[[], Record | None]) -> Record | None:
    if (found := look()) is not None or transport.is_local:  # which has everything in one listing at any time
        return found
    transport.pause(_ENDING_S)
    return look()


def _active_or_done(client: Client, label: Label) -> JobRecord | None:
    active = client.jobs_with_label(*label, active=True)
    if going := [job for job in active if not has_ended(job, listed_active=True) and not _is_lost(job)]:
        return _newest(going)
    return _newest(job for job in client.jobs_with_label(*label) if job.succeeded)


def _is_lost(job: JobRecord) -> bool:
    """Tell whether a job that is still listed as active did not do its work and will not: of failures, some pass."""
    return job.succeeded is False and job.status != status.FAILED


def _newest(records: Iterable[Record]) -> Record | None:
    return max(records, key=order_of_submission, default=None)
