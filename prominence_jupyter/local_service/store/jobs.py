"""`Jobs`: the table of jobs."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

from prominence_jupyter.local_service.store import nodes
from prominence_jupyter.local_service.store.database import MINUTES_IN_QUEUE, new_id
from prominence_jupyter.local_service.store.job_row import JobRow
from prominence_jupyter.local_service.store.policies import policy_columns
from prominence_jupyter.local_service.store.wanted import ACTIVE, ENDED, Wanted
from prominence_jupyter.protocol import status

_COLUMNS: Final = (
    "id, description, status, reason, created, started, finished, execution, token, "
    "name, stays, workflow, node, parameters"
)
_FEW: Final = 3000
"""Jobs that are found and sorted within some ten milliseconds."""
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
            return insert_job(self._db, description, mint)

    def get(self, job_id: int) -> JobRow | None:
        """Return one job, or None."""
        rows = self._select("WHERE id = ?", job_id)
        return rows[0] if rows else None

    def token_of(self, job_id: int) -> str | None:
        """Return the access token of one job, or None."""
        row = self.get(job_id)
        return row.token if row else None

    def listed(self, wanted: Wanted) -> list[JobRow]:
        """Return the jobs that a listing is about: the ended, newest end first; then the active, as submitted."""
        rows: list[JobRow] = []
        with self._db:
            self._db.execute("BEGIN")  # one look: a job that ends between two is in none of them
            if wanted.ended:
                condition, values = wanted.condition(few_have_the_label=self._is_rare(wanted.label))
                ended = f"WHERE {ENDED} AND {condition} ORDER BY finished DESC, id DESC LIMIT ?"
                rows += self._select(ended, *values, wanted.num if wanted.num > 0 else -1)
            if wanted.active:
                condition, values = wanted.condition(few_have_the_label=False)
                rows += self._select(f"WHERE {ACTIVE} AND {condition} ORDER BY id", *values)
        return rows

    def active(self) -> list[JobRow]:
        """Return the jobs that the plain listing has, in the order of submission."""
        return self.listed(Wanted())

    def next_pending(self) -> JobRow | None:
        """Return the job that is to start next, or None."""
        rows = self._select("WHERE status = ? ORDER BY priority DESC, id LIMIT 1", status.PENDING)
        return rows[0].filled() if rows else None

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
        now = time.time()
        changes = {"status": status.RUNNING, "started": now, "execution": json.dumps(execution)}
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            started = self._change(job_id, {status.PENDING}, changes)
            if started:
                nodes.job_started(self._db, job_id, now)
        return started

    def finish(self, job_id: int, final: str, reason: str | None, execution: dict[str, Any] | None = None) -> bool:
        """Give a job its final status; False if it has one already (then nothing changes).

        Its workflow goes on at the same moment: whatever is killed next, no job is lost or made twice.
        """
        now = time.time()
        changes: dict[str, Any] = {"status": final, "reason": reason, "finished": now}
        if execution is not None:
            changes["execution"] = json.dumps(execution)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            ended = self._change(job_id, {status.PENDING, status.RUNNING}, changes)
            if ended:
                nodes.job_ended(self._db, job_id, now)
        return ended

    def retry(self, job_id: int, execution: dict[str, Any]) -> bool:
        """Turn a running job into a pending one, to be run again; False if it is not running any more."""
        changes = {"status": status.PENDING, "started": None, "execution": json.dumps(execution)}
        return self._change(job_id, {status.RUNNING}, changes | {"retries": execution["retries"]})

    def finish_running(self, final: str, reason: str) -> None:
        """Give every running job a final status: those that a crash of the service left behind."""
        for row in self._select("WHERE status = ?", status.RUNNING):
            self.finish(row.id, final, reason)

    def remove(self, job_id: int) -> bool:
        """Let a job leave the active listing at its end, or now if it has ended; False if it has left already."""
        query = f"UPDATE jobs SET stays = 0 WHERE id = ? AND {ACTIVE}"  # noqa: S608 - a constant
        with self._db:
            return self._db.execute(query, (job_id,)).rowcount == 1

    def _is_rare(self, label: tuple[str, str] | None) -> bool:
        query = "SELECT count(*) FROM (SELECT 1 FROM labels WHERE key = ? AND value = ? LIMIT ?)"
        return label is None or self._db.execute(query, (*label, _FEW)).fetchone()[0] < _FEW

    def _change(self, job_id: int, before: Collection[str], changes: dict[str, Any]) -> bool:
        sets = ", ".join(f"{column} = ?" for column in changes)
        marks = ",".join("?" * len(before))
        query = f"UPDATE jobs SET {sets} WHERE id = ? AND status IN ({marks})"  # noqa: S608 - names of our own columns
        return self._db.execute(query, (*changes.values(), job_id, *before)).rowcount == 1

    def _select(self, condition: str, *values: Any) -> list[JobRow]:
        query = f"SELECT {_COLUMNS} FROM jobs {condition}"  # noqa: S608 - conditions are constants of this module
        return [_job_row(columns) for columns in self._db.execute(query, values)]


def insert_job(
    database: sqlite3.Connection,
    description: dict[str, Any],
    mint: Callable[[int], str],
    more: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """Insert a pending job with its labels, within the transaction of the caller, and return its id.

    Parameters
    ----------
    description
        As accepted; name, labels and policies are taken from it.
    mint
        Makes the job's token from its id.
    more
        Values of columns that the description does not tell, or tells otherwise: of a job of a workflow, say.
    """
    job_id = new_id(database)
    now = time.time()
    columns: dict[str, Any] = {
        "id": job_id,
        "description": json.dumps(description),
        "status": status.PENDING,
        "created": now,
        "token": mint(job_id),
        "name": description.get("name", ""),
        **policy_columns(description),
        **more,
    }
    marks = ",".join("?" * len(columns))
    query = f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of our own columns
    database.execute(query, tuple(columns.values()))
    labels = [(job_id, key, str(value)) for key, value in (description.get("labels") or {}).items()]
    database.executemany("INSERT INTO labels (job, key, value) VALUES (?, ?, ?)", labels)
    return job_id


def _job_row(columns: sqlite3.Row) -> JobRow:
    fields: dict[str, Any] = dict(columns)
    fields["description"] = json.loads(fields["description"])
    for name in ("execution", "parameters"):
        fields[name] = json.loads(fields[name] or "null")
    fields["stays"] = bool(fields["stays"])
    return JobRow(**fields)
