"""How a workflow goes on: which of its nodes become jobs, and what the end of a job means for the others.

A *step* is a job of the description, a *node* one of the jobs that it makes. A node is no job before all steps that its
own waits for are done; its id is kept for it. Tried again, it becomes a job of another id. Counters say how many are
left, so that the end of a job costs the same in a workflow of ten and of ten thousand. All of this happens within the
transaction of who calls.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Final

from prominence_jupyter.local_service.store.database import new_id
from prominence_jupyter.local_service.store.policies import policy_columns
from prominence_jupyter.local_service.workflow_row import IDLE
from prominence_jupyter.protocol import status

_MAKE_JOBS: Final = """
INSERT INTO jobs
(id, description, status, created, token, name, priority, stays, workflow, node, parameters)
SELECT id, :description, :status, :now, token, :prefix || name, :priority, :stays, workflow, name, parameters
FROM nodes WHERE workflow = :workflow AND step = :step AND NOT done ORDER BY id
"""
_MAKE_LABELS: Final = """
INSERT INTO labels (job, key, value)
SELECT id, :key, :value FROM nodes WHERE workflow = :workflow AND step = :step AND NOT done
"""
_TOLERANT: Final = ("ignoreTaskFailures", "reportJobSuccessOnTaskFailure")
"""Policies of a job with which the exit codes of its tasks do not make it fail."""


def job_started(database: sqlite3.Connection, job_id: int, now: float) -> None:
    """Note that the workflow of a job runs, if it has one."""
    database.execute(
        "UPDATE workflows SET status = ?, started = ? "
        "WHERE id = (SELECT workflow FROM jobs WHERE id = ?) AND status = ?",
        (status.RUNNING, now, job_id, IDLE),
    )


def job_ended(database: sqlite3.Connection, job_id: int, now: float) -> None:
    """Go on with the workflow of a job that has just got its final status, if it has one that goes on."""
    job = database.execute(
        "SELECT jobs.workflow, node, jobs.status, execution, jobs.description, workflows.retries "
        "FROM jobs JOIN workflows ON workflows.id = jobs.workflow WHERE jobs.id = ? AND workflows.finished IS NULL",
        (job_id,),
    ).fetchone()
    if job is None:
        return
    workflow, node = job["workflow"], job["node"]
    if _succeeded(job):
        database.execute("UPDATE workflows SET done = done + 1, queued = queued - 1 WHERE id = ?", (workflow,))
        _node_done(database, workflow, node, now)
    elif job["status"] != status.DELETED and _may_retry(database, workflow, node, job["retries"]):
        _retry(database, job_id, now)
    else:
        database.execute("UPDATE workflows SET failed = failed + 1, queued = queued - 1 WHERE id = ?", (workflow,))
    end_if_over(database, workflow, now)


def end_if_over(database: sqlite3.Connection, workflow: int, now: float) -> None:
    """End a workflow of which nothing can run any more."""
    database.execute(
        "UPDATE workflows SET status = CASE WHEN done = total THEN ? ELSE ? END, finished = ? "
        "WHERE id = ? AND queued = 0 AND finished IS NULL",
        (status.COMPLETED, status.FAILED, now, workflow),
    )


def release(database: sqlite3.Connection, workflow: int, step: str, now: float) -> None:
    """Make jobs of all nodes of a step that are not done."""
    query = "SELECT steps.description, workflows.name FROM steps JOIN workflows ON workflows.id = steps.workflow "
    found = database.execute(query + "WHERE workflow = ? AND steps.name = ?", (workflow, step)).fetchone()
    description = json.loads(found["description"])
    values: dict[str, Any] = {
        "workflow": workflow,
        "step": step,
        "status": status.PENDING,
        "now": now,
        "description": found["description"],
        "prefix": f"{found['name']}/",
        **policy_columns(description) | {"stays": 0},  # only the workflow stays, as on the deployed service
    }
    made = database.execute(_MAKE_JOBS, values).rowcount
    database.execute("UPDATE nodes SET job = id WHERE workflow = :workflow AND step = :step AND NOT done", values)
    for key, value in description.get("labels", {}).items():
        database.execute(_MAKE_LABELS, values | {"key": key, "value": str(value)})
    database.execute("UPDATE workflows SET queued = queued + ? WHERE id = ?", (made, workflow))


def _succeeded(job: sqlite3.Row) -> bool:
    """Tell whether a job is good enough for those that wait for it (``promlet.py`` of the service, at its end)."""
    if job["status"] != status.COMPLETED:
        return False
    tasks = json.loads(job["execution"] or "{}").get("tasks", [])
    if not any(task.get("exitCode", 0) for task in tasks):
        return True
    policies = json.loads(job["description"]).get("policies", {})
    return any(policies.get(name) is True for name in _TOLERANT)


def _node_done(database: sqlite3.Connection, workflow: int, node: str, now: float) -> None:
    (step,) = database.execute(
        "UPDATE nodes SET done = 1 WHERE workflow = ? AND name = ? RETURNING step", (workflow, node)
    ).fetchone()
    (left,) = database.execute(
        "UPDATE steps SET nodes_left = nodes_left - 1 WHERE workflow = ? AND name = ? RETURNING nodes_left",
        (workflow, step),
    ).fetchone()
    if left:
        return
    children = database.execute(
        "UPDATE steps SET parents_left = parents_left - 1 WHERE workflow = ? AND name IN "
        "(SELECT child FROM dependencies WHERE workflow = ? AND parent = ?) RETURNING name, parents_left",
        (workflow, workflow, step),
    ).fetchall()
    for child, parents_left in children:
        if not parents_left:
            release(database, workflow, child, now)


def _may_retry(database: sqlite3.Connection, workflow: int, node: str, most: int) -> bool:
    return bool(
        database.execute(
            "UPDATE nodes SET retried = retried + 1 WHERE workflow = ? AND name = ? AND retried < ?",
            (workflow, node, most),
        ).rowcount
    )


def _retry(database: sqlite3.Connection, job_id: int, now: float) -> None:
    """Make another job of the node of a job that failed. It gets the same token: here nobody can make a new one."""
    again = new_id(database)
    database.execute(
        "INSERT INTO jobs "
        "(id, description, status, created, token, name, priority, stays, workflow, node, parameters) "
        "SELECT :again, description, :status, :now, token, name, priority, stays, workflow, node, parameters FROM jobs WHERE id = :job",
        {"again": again, "status": status.PENDING, "now": now, "job": job_id},
    )
    query = "INSERT INTO labels (job, key, value) SELECT ?, key, value FROM labels WHERE job = ?"
    database.execute(query, (again, job_id))
    database.execute(
        "UPDATE nodes SET job = ? WHERE (workflow, name) = (SELECT workflow, node FROM jobs WHERE id = ?)",
        (again, job_id),
    )
