"""`Jobs`: the table of jobs."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection
from typing import Any, Final

from prominence_jupyter.local_service.job_row import JobRow
from prominence_jupyter.local_service.store.database import MINUTES_IN_QUEUE, new_id
from prominence_jupyter.protocol import status

_COLUMNS: Final = "id, description, status, reason, created, started, finished, execution, token"
_LARGEST: Final = 2**63 - 1
"""The largest integer of SQLite."""
_LIMITED: Final = f"jobs INDEXED BY jobs_by_queue WHERE status = '{status.PENDING}' AND {MINUTES_IN_QUEUE} > 0"
_UNTIL: Final = f"created + 60 * ({MINUTES_IN_QUEUE})"
"""As in the index of the table."""


class Jobs:
    """The jobs. Every change of a status goes through `_change`, so a final one is never left."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def add(self, description: dict[str, Any], mint: Callable[[int], str]) -> int:
        """Add a pending job and return its id. `mint` makes the job's token from its id."""
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            job_id = new_id(self._db)
            name, priority = description.get("name", ""), description.get("policies", {}).get("priority", 0)
            query = "INSERT INTO jobs (id, description, status, created, token, name, priority) VALUES (?,?,?,?,?,?,?)"
            described = (job_id, json.dumps(description), status.PENDING, time.time(), mint(job_id), name)
            self._db.execute(query, (*described, min(priority, _LARGEST)))
        return job_id

    def get(self, job_id: int) -> JobRow | None:
        """Return one job, or None."""
        rows = self._select("WHERE id = ?", job_id)
        return rows[0] if rows else None

    def token_of(self, job_id: int) -> str | None:
        """Return the access token of one job, or None."""
        row = self.get(job_id)
        return row.token if row else None

    def active(self, holding: str = "") -> list[JobRow]:
        """Return the jobs that have not ended, in the order of submission; those whose description holds some JSON."""
        return self._select(
            "WHERE status IN (?, ?) AND instr(description, ?) ORDER BY id", status.PENDING, status.RUNNING, holding
        )

    def completed(self, num: int, holding: str = "") -> list[JobRow]:
        """Return up to `num` such ended jobs, the newest end first; 0 or less means all."""
        return self._select(
            "WHERE finished IS NOT NULL AND instr(description, ?) ORDER BY finished DESC, id DESC LIMIT ?",
            *(holding, num if num > 0 else -1),
        )

    def with_ids(self, job_ids: Collection[int]) -> list[JobRow]:
        """Return those of some jobs that exist, in the order of submission."""
        marks = ",".join("?" * len(job_ids))
        return self._select(f"WHERE id IN ({marks}) ORDER BY id", *job_ids)

    def next_pending(self) -> JobRow | None:
        """Return the job that is to start next, or None."""
        rows = self._select("WHERE status = ? ORDER BY priority DESC, id LIMIT 1", status.PENDING)
        return rows[0] if rows else None

    def queued_too_long(self, now: float) -> list[int]:
        """Return the pending jobs that may wait no longer."""
        query = f"SELECT id FROM {_LIMITED} AND {_UNTIL} <= ?"  # noqa: S608 - constants
        return [row[0] for row in self._db.execute(query, (now,))]

    def next_too_long(self) -> float | None:
        """Return when the first of the pending jobs may wait no longer, in Unix seconds, or None."""
        query = f"SELECT {_UNTIL} FROM {_LIMITED} ORDER BY {_UNTIL} LIMIT 1"  # noqa: S608 - constants
        return next((row[0] for row in self._db.execute(query)), None)

    def count(self, wanted: str) -> int:
        """Return how many jobs have a status."""
        return int(self._db.execute("SELECT count(*) FROM jobs WHERE status = ?", (wanted,)).fetchone()[0])

    def ended_among(self, job_ids: Collection[int]) -> set[int]:
        """Return those of the jobs that have a final status."""
        marks = ",".join("?" * len(job_ids))
        query = f"SELECT id FROM jobs WHERE finished IS NOT NULL AND id IN ({marks})"  # noqa: S608 - only "?" marks
        return {row[0] for row in self._db.execute(query, tuple(job_ids))}

    def start(self, job_id: int, execution: dict[str, Any]) -> bool:
        """Turn a pending job into a running one; False if it is not pending any more."""
        changes = {"status": status.RUNNING, "started": time.time(), "execution": json.dumps(execution)}
        return self._change(job_id, {status.PENDING}, changes)

    def finish(self, job_id: int, final: str, reason: str | None, execution: dict[str, Any] | None = None) -> bool:
        """Give a job its final status; False if it has one already (then nothing changes)."""
        changes: dict[str, Any] = {"status": final, "reason": reason, "finished": time.time()}
        if execution is not None:
            changes["execution"] = json.dumps(execution)
        return self._change(job_id, {status.PENDING, status.RUNNING}, changes)

    def finish_running(self, final: str, reason: str) -> None:
        """Give every running job a final status: those that a crash of the service left behind."""
        for row in self._select("WHERE status = ?", status.RUNNING):
            self.finish(row.id, final, reason)

    def _change(self, job_id: int, before: Collection[str], changes: dict[str, Any]) -> bool:
        sets = ", ".join(f"{column} = ?" for column in changes)
        marks = ",".join("?" * len(before))
        query = f"UPDATE jobs SET {sets} WHERE id = ? AND status IN ({marks})"  # noqa: S608 - names of our own columns
        return self._db.execute(query, (*changes.values(), job_id, *before)).rowcount == 1

    def _select(self, condition: str, *values: Any) -> list[JobRow]:
        query = f"SELECT {_COLUMNS} FROM jobs {condition}"  # noqa: S608 - conditions are constants of this module
        return [_job_row(columns) for columns in self._db.execute(query, values)]


def _job_row(columns: sqlite3.Row) -> JobRow:
    fields: dict[str, Any] = dict(columns)
    fields["description"] = json.loads(fields["description"])
    fields["execution"] = json.loads(fields["execution"] or "null")
    return JobRow(**fields)
