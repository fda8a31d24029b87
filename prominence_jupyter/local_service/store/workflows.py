"""`Workflows`: the table of workflows, and those of what they are made of."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from prominence_jupyter.local_service import reasons
from prominence_jupyter.local_service.store import nodes
from prominence_jupyter.local_service.store.database import new_ids
from prominence_jupyter.local_service.store.wanted import Wanted
from prominence_jupyter.local_service.store.workflow_row import IDLE, WorkflowRow
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.workflows.factories import Node, Value

_COLUMNS: Final = "id, name, status, reason, created, started, finished, total, done, failed, queued"


class Workflows:
    """The workflows. `nodes` has how they go on when their jobs start and end."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def add(
        self,
        description: Mapping[str, Any],
        jobs: Sequence[Mapping[str, Any]],
        made: Sequence[Node],
        mint: Callable[[int], str],
        *,
        rerun_of: int | None = None,
    ) -> int:
        """Add a workflow with those of its jobs that wait for nothing, and return its id.

        Parameters
        ----------
        description
            What was submitted.
        jobs
            Its jobs, completed.
        made
            What `factories.expand` makes of it.
        mint
            Makes a job's token from its id.
        rerun_of
            A workflow with the same description: what is done there is not done again.
        """
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            workflow, *job_ids = new_ids(self._db, 1 + len(made))
        rows = [  # signing so many tokens takes its time, in which the runner must be able to write
            (job_id, workflow, node.job, node.name, _text(node.parameters), mint(job_id))
            for job_id, node in zip(job_ids, made, strict=True)
        ]
        now = time.time()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            done = self._done(rerun_of)
            reruns = 0 if rerun_of is None else self.reruns(rerun_of) + 1
            self._add_row(workflow, description, now, {"total": len(made), "done": len(done), "reruns": reruns})
            self._add_nodes(workflow, rows, done)
            self._add_steps(workflow, description, jobs, Counter(node.job for node in made if node.name not in done))
            query = "SELECT name FROM steps WHERE workflow = ? AND parents_left = 0 AND nodes_left > 0 ORDER BY rowid"
            for (step,) in self._db.execute(query, (workflow,)).fetchall():
                nodes.release(self._db, workflow, step, now)
            nodes.end_if_over(self._db, workflow, now)
        return workflow

    def get(self, workflow: int) -> WorkflowRow | None:
        """Return one workflow with its description, or None."""
        rows = self.listed(Wanted(ended=True, ids=[workflow]), detail=True)
        return rows[0] if rows else None

    def reruns(self, workflow: int) -> int:
        """Return how many reruns led to a workflow."""
        return int(self._db.execute("SELECT reruns FROM workflows WHERE id = ?", (workflow,)).fetchone()[0])

    def listed(self, wanted: Wanted, *, detail: bool) -> list[WorkflowRow]:
        """Return those that are wanted: those that have left the queue, the newest end first, before the others.

        Without detail their descriptions are not read.
        """
        condition, values = wanted.condition(few_have_the_label=True)
        columns = f"{_COLUMNS}, {'description' if detail else 'NULL AS description'}"
        query = f"SELECT {columns} FROM workflows WHERE {condition} AND "  # noqa: S608 - words of our own and "?" marks
        rows: list[sqlite3.Row] = []
        with self._db:
            self._db.execute("BEGIN")  # one look: a workflow that ends between two is in none of them
            if wanted.ended:
                ended = "finished IS NOT NULL AND NOT stays ORDER BY finished DESC, id DESC LIMIT ?"
                rows += self._db.execute(query + ended, (*values, wanted.num if wanted.num > 0 else -1))
            if wanted.active:
                rows += self._db.execute(query + "(finished IS NULL OR stays) ORDER BY id", values)
        return [_workflow_row(row) for row in rows]

    def job_of(self, workflow: int, node: str) -> tuple[int | None] | None:
        """Return the newest job of a node, which is None before its turn has come; None when there is no such node."""
        row = self._db.execute("SELECT job FROM nodes WHERE workflow = ? AND name = ?", (workflow, node)).fetchone()
        return None if row is None else (row["job"],)

    def delete(self, workflow: int) -> bool:
        """End a workflow and its jobs; False if there is none or it has ended."""
        now = time.time()
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            ended = self._db.execute(
                "UPDATE workflows SET status = ?, reason = ?, finished = ? WHERE id = ? AND finished IS NULL",
                (status.DELETED, reasons.WORKFLOW_DELETED, now, workflow),
            ).rowcount
            self._db.execute(
                "UPDATE jobs SET status = ?, reason = ?, finished = ? WHERE workflow = ? AND finished IS NULL AND ?",
                (status.DELETED, reasons.PART_OF_DELETED, now, workflow, ended),
            )
        return bool(ended)

    def remove(self, workflow: int) -> bool:
        """Let a workflow leave the queue once it has ended; False if it has left it."""
        query = "UPDATE workflows SET stays = 0 WHERE id = ? AND (finished IS NULL OR stays)"
        return self._db.execute(query, (workflow,)).rowcount == 1

    def _done(self, workflow: int | None) -> dict[str, int]:
        return dict(self._db.execute("SELECT name, job FROM nodes WHERE workflow = ? AND done", (workflow,)).fetchall())

    def _add_row(self, workflow: int, description: Mapping[str, Any], now: float, counters: Mapping[str, int]) -> None:
        policies = description.get("policies", {})
        self._db.execute(
            "INSERT INTO workflows (id, description, status, name, created, stays, retries, total, done, reruns) "
            "VALUES (:id, :description, :status, :name, :created, :stays, :retries, :total, :done, :reruns)",
            {
                "id": workflow,
                "description": json.dumps(description),
                "status": IDLE,
                "name": description["name"],
                "created": now,
                "stays": policies.get("leaveInQueue", False),
                "retries": policies.get("maximumRetries", 0),
                **counters,
            },
        )
        labels = [(workflow, key, str(value)) for key, value in description.get("labels", {}).items()]
        self._db.executemany("INSERT INTO labels (job, key, value) VALUES (?, ?, ?)", labels)

    def _add_nodes(self, workflow: int, rows: Iterable[tuple[Any, ...]], done: Mapping[str, int]) -> None:
        query = "INSERT INTO nodes (id, workflow, step, name, parameters, token) VALUES (?, ?, ?, ?, ?, ?)"
        self._db.executemany(query, rows)
        query = "UPDATE nodes SET done = 1, job = ? WHERE workflow = ? AND name = ?"
        self._db.executemany(query, [(job, workflow, name) for name, job in done.items()])

    def _add_steps(
        self,
        workflow: int,
        description: Mapping[str, Any],
        jobs: Sequence[Mapping[str, Any]],
        nodes_left: Mapping[str, int],
    ) -> None:
        dependencies: Mapping[str, list[str]] = description.get("dependencies", {})
        edges = {(parent, child) for parent, children in dependencies.items() for child in children}
        parents_left = Counter(child for parent, child in edges if nodes_left[parent])
        query = "INSERT INTO steps (workflow, name, description, nodes_left, parents_left) VALUES (?, ?, ?, ?, ?)"
        names = [job["name"] for job in jobs]
        rows = zip(
            names,
            map(json.dumps, jobs),
            map(nodes_left.__getitem__, names),
            map(parents_left.__getitem__, names),
            strict=True,
        )
        self._db.executemany(query, ((workflow, *row) for row in rows))
        query = "INSERT INTO dependencies (workflow, parent, child) VALUES (?, ?, ?)"
        self._db.executemany(query, [(workflow, *edge) for edge in edges])


def _text(parameters: Mapping[str, Value] | None) -> str | None:
    return None if parameters is None else json.dumps(parameters)


def _workflow_row(columns: sqlite3.Row) -> WorkflowRow:
    fields: dict[str, Any] = dict(columns)
    fields["description"] = json.loads(fields["description"] or "null")
    return WorkflowRow(**fields)
