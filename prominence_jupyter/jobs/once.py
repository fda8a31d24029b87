"""Jobs that are to be there once: what makes two descriptions the same, and which job stands for one of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.submitting.label_search import order_of_submission
from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.labels import CONTENT, Label, without_ours
from prominence_jupyter.protocol.record import JobRecord, has_ended

_ENDING_S: Final = 0.5
"""For an instant a job that ends may be in no listing."""


def content_label(description: JobDescription) -> Label:
    """Return the label that holds the hash of a description.

    The order of keys does not matter, nor do our own labels, nor the token of a pull credential: it says who may have
    the image, not what is to be done, and is a new one each day at some registries.
    """
    body = dict(description.body)
    labels = without_ours(body.pop("labels", {}))
    content = {**body, "tasks": [_without_pull_token(task) for task in body["tasks"]]} | (
        {"labels": labels} if labels else {}
    )
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return CONTENT, hashlib.sha256(text.encode()).hexdigest()


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
        raise UnexpectedAnswer(
            f"{client.transport.url} cannot list jobs by label, so it cannot be told whether this job is there: "
            "nothing was submitted. --force submits it, as does once=False from Python"
        )
    if found := _active_or_done(client, label):
        return found
    if client.transport.is_local:  # it has a job in one listing at any time
        return None
    client.transport.pause(_ENDING_S)
    return _active_or_done(client, label)


def _active_or_done(client: Client, label: Label) -> JobRecord | None:
    active = client.jobs_with_label(*label, active=True)
    if going := [job for job in active if not has_ended(job, listed_active=True) and not _is_lost(job)]:
        return _newest(going)
    return _newest(job for job in client.jobs_with_label(*label) if job.succeeded)


def _is_lost(job: JobRecord) -> bool:
    """Tell whether a job that is still listed as active did not do its work and will not: of failures, some pass."""
    return job.succeeded is False and job.status != status.FAILED


def _newest(jobs: Iterable[JobRecord]) -> JobRecord | None:
    return max(jobs, key=order_of_submission, default=None)
