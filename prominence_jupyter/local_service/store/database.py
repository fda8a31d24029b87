"""The database: its file, its tables, and how an older one becomes one of today."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path
from typing import Final

MINUTES_IN_QUEUE: Final = "json_extract(description, '$.policies.maximumTimeInQueue')"
_TABLES: Final = f"""
CREATE TABLE IF NOT EXISTS ids (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    created REAL NOT NULL,
    started REAL,
    finished REAL,
    execution TEXT,
    token TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    priority INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    stays INTEGER NOT NULL DEFAULT 0,
    workflow INTEGER,
    node TEXT,
    parameters TEXT
);
CREATE TABLE IF NOT EXISTS labels (
    job INTEGER NOT NULL REFERENCES jobs,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (key, value, job)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS workflows (
    id INTEGER PRIMARY KEY,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    name TEXT NOT NULL DEFAULT '',
    created REAL NOT NULL,
    started REAL,
    finished REAL,
    stays INTEGER NOT NULL DEFAULT 0,
    retries INTEGER NOT NULL DEFAULT 0,
    reruns INTEGER NOT NULL DEFAULT 0,
    total INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    queued INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS steps (
    workflow INTEGER NOT NULL REFERENCES workflows,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    nodes_left INTEGER NOT NULL,
    parents_left INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS dependencies (
    workflow INTEGER NOT NULL REFERENCES workflows,
    parent TEXT NOT NULL,
    child TEXT NOT NULL,
    PRIMARY KEY (workflow, parent, child)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nodes (
    id INTEGER PRIMARY KEY,
    workflow INTEGER NOT NULL REFERENCES workflows,
    step TEXT NOT NULL,
    name TEXT NOT NULL,
    parameters TEXT,
    token TEXT NOT NULL,
    retried INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    job INTEGER REFERENCES jobs
);
CREATE UNIQUE INDEX IF NOT EXISTS steps_by_name ON steps (workflow, name);
CREATE UNIQUE INDEX IF NOT EXISTS nodes_by_name ON nodes (workflow, name);
CREATE INDEX IF NOT EXISTS nodes_by_step ON nodes (workflow, step);
CREATE INDEX IF NOT EXISTS workflows_by_end ON workflows (finished DESC, id DESC);
CREATE INDEX IF NOT EXISTS workflows_in_queue ON workflows (id) WHERE finished IS NULL OR stays;
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, id);
CREATE INDEX IF NOT EXISTS jobs_by_priority ON jobs (status, priority DESC, id);
CREATE INDEX IF NOT EXISTS jobs_by_queue ON jobs (created + 60 * ({MINUTES_IN_QUEUE}))
    WHERE status = 'pending' AND {MINUTES_IN_QUEUE} > 0;
CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (finished DESC, id DESC);
CREATE INDEX IF NOT EXISTS jobs_by_name ON jobs (name, finished DESC, id DESC);
CREATE INDEX IF NOT EXISTS jobs_that_stay ON jobs (id) WHERE stays = 1;
CREATE INDEX IF NOT EXISTS jobs_by_workflow ON jobs (workflow, id) WHERE workflow IS NOT NULL;
"""
_NEW_COLUMNS: Final = {
    "name": "TEXT NOT NULL DEFAULT ''",
    "priority": "INTEGER NOT NULL DEFAULT 0",
    "retries": "INTEGER NOT NULL DEFAULT 0",
    "stays": "INTEGER NOT NULL DEFAULT 0",
    "workflow": "INTEGER",
    "node": "TEXT",
    "parameters": "TEXT",
}
"""What the first version of the table of jobs had not."""
_VERSION: Final = 1
"""Raise it when a table changes, and say in `_bring_up_to_date` how an older one follows. The first version had 0."""
_BUSY_S: Final = 10.0


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database, readable by its owner only; make what is not there, and bring an older one up to date.

    Raises
    ------
    sqlite3.Error
        It is damaged, made by a newer version, or cannot be written. Nothing has been changed then.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    database.row_factory = sqlite3.Row
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        if _version(database) != _VERSION:
            _bring_up_to_date(database)
    except Exception:  # broad: whatever it is, it is raised
        database.close()
        raise
    return database


def new_ids(database: sqlite3.Connection, count: int) -> range:
    """Return ids in a row, as `new_id` does."""
    first = new_id(database)
    database.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'ids'", (count - 1,))
    return range(first, first + count)


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _bring_up_to_date(database: sqlite3.Connection) -> None:
    """Make the tables, or give those of an older version what they lack; all of it or nothing."""
    with database:
        database.execute("BEGIN IMMEDIATE")
        if _version(database) > _VERSION:
            raise sqlite3.NotSupportedError("a newer version of prominence-jupyter made it; install that one")
        columns = {row["name"] for row in database.execute("PRAGMA table_info(jobs)")}
        for column, declaration in _NEW_COLUMNS.items() if columns else ():
            if column not in columns:
                database.execute(f"ALTER TABLE jobs ADD COLUMN {column} {declaration}")
        for statement in filter(str.strip, _TABLES.split(";")):
            database.execute(statement)
        if columns:
            _fill_columns(database)
            _continue_ids(database)
        database.execute(f"PRAGMA user_version = {_VERSION}")


def _fill_columns(database: sqlite3.Connection) -> None:
    """Write what the descriptions of older jobs say into the columns by which jobs are found."""
    for job_id, text in database.execute("SELECT id, description FROM jobs").fetchall():
        description = json.loads(text)
        policies, labels = description.get("policies") or {}, description.get("labels") or {}
        database.execute(
            "UPDATE jobs SET name = ?, priority = ? WHERE id = ?",
            (description.get("name") or "", policies.get("priority") or 0, job_id),
        )
        database.executemany(
            "INSERT OR IGNORE INTO labels (job, key, value) VALUES (?, ?, ?)",
            [(job_id, key, value) for key, value in labels.items()],
        )


def _continue_ids(database: sqlite3.Connection) -> None:
    """Let ids go on after the last one that the older version gave, be it to a job that is no more."""
    for (last,) in database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'").fetchall():
        database.execute("INSERT INTO ids (id) VALUES (?)", (last,))
        database.execute("DELETE FROM ids")


def new_id(database: sqlite3.Connection) -> int:
    """Return an id that no job and no workflow ever had; to be used within the transaction that needs it."""
    job_id = int(database.execute("INSERT INTO ids DEFAULT VALUES RETURNING id").fetchone()[0])
    database.execute("DELETE FROM ids")  # the sequence remembers
    return job_id
