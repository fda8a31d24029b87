"""The database: its file, its tables, and how an older one becomes one of today."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

_TABLES: Final = """
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
    finished REAL
);
CREATE INDEX IF NOT EXISTS jobs_by_status ON jobs (status, id);
CREATE INDEX IF NOT EXISTS jobs_by_end ON jobs (finished DESC, id DESC);
CREATE INDEX IF NOT EXISTS jobs_by_name ON jobs (name, finished DESC, id DESC);
CREATE INDEX IF NOT EXISTS jobs_that_stay ON jobs (id) WHERE stays = 1;
CREATE INDEX IF NOT EXISTS jobs_by_workflow ON jobs (workflow, id) WHERE workflow IS NOT NULL;
"""
_BUSY_S: Final = 10.0


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database, readable by its owner only; make what is not there."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(_TABLES)
    return database


def new_id(database: sqlite3.Connection) -> int:
    """Return an id that no job and no workflow ever had; to be used within the transaction that needs it."""
    job_id = int(database.execute("INSERT INTO ids DEFAULT VALUES RETURNING id").fetchone()[0])
    database.execute("DELETE FROM ids")  # the sequence remembers
    return job_id
