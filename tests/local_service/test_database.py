import contextlib
import json
import sqlite3

import pytest

from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store

OLD = """
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, description TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
    created REAL NOT NULL, started REAL, finished REAL, execution TEXT, token TEXT NOT NULL
);
CREATE INDEX jobs_by_status ON jobs (status, id);
CREATE INDEX jobs_by_end ON jobs (finished DESC, id DESC);
"""
"""The first version's tables; nobody had given it a number."""


def description(**more):
    return {
        "resources": {"cpus": 1, "memory": 1, "disk": 10},
        "tasks": [{"image": "busybox", "runtime": "singularity", "cmd": "echo old"}],
        **more,
    }


@pytest.fixture
def old(own_folder):
    """The database of the first version, with an ended job, one that waits, and one that was removed."""
    path = StateDir(own_folder).make().database
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(OLD)
        ended = description(name="first", labels={"study": "a1"}, policies={"priority": 3})
        query = "INSERT INTO jobs (description, status, created, started, finished, token) VALUES (?, ?, ?, ?, ?, ?)"
        database.execute(query, (json.dumps(ended), "completed", 1.0, 2.0, 3.0, "token-1"))
        database.execute(query, (json.dumps(description()), "pending", 4.0, None, None, "token-2"))
        database.execute(query, (json.dumps(description()), "deleted", 5.0, None, 6.0, "token-3"))
        database.execute("DELETE FROM jobs WHERE id = 3")
        database.commit()
    return path


def columns(path):
    """The names of the columns of each table."""
    found = {}
    with contextlib.closing(sqlite3.connect(path)) as database:
        for table in ("jobs", "labels", "ids"):
            found[table] = {column[1] for column in database.execute(f"PRAGMA table_info({table})")}
    return found


def test_an_older_database_keeps_its_jobs(old, connect, tmp_path):
    api = connect(control.start(cpus=1, memory_gb=4))
    (first,) = api("GET", "/jobs?completed=true&num=0&name=first").json()
    assert (first["id"], first["status"]) == (1, "completed")
    assert [job["id"] for job in api("GET", "/jobs?completed=true&num=0&constraint=study=a1").json()] == [1]
    assert api.ended(2)["status"] == "completed"
    assert api.output(2) == "old\n"
    assert api.submit("true") == 4  # not the id of one that was removed
    control.stop()
    with contextlib.closing(sqlite3.connect(old)) as database:
        assert database.execute("SELECT name, priority FROM jobs WHERE id = 1").fetchone() == ("first", 3)
        assert database.execute("SELECT job, key, value FROM labels").fetchall() == [(1, "study", "a1")]
    Store(tmp_path / "new.sqlite").close()
    assert columns(old) == columns(tmp_path / "new.sqlite")


def test_bringing_it_up_to_date_is_done_once_or_not_at_all(old):
    with contextlib.closing(sqlite3.connect(old)) as database:
        database.execute("UPDATE jobs SET description = '{' WHERE id = 2")
        database.commit()
    before = columns(old)
    with pytest.raises((sqlite3.Error, ValueError)):
        Store(old)
    assert columns(old) == before
    with contextlib.closing(sqlite3.connect(old)) as database:
        database.execute("UPDATE jobs SET description = '{}' WHERE id = 2")
        database.commit()
    for _ in range(2):
        Store(old).close()
    with contextlib.closing(sqlite3.connect(old)) as database:
        assert database.execute("SELECT count(*) FROM jobs").fetchone() == (2,)


def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "jobs.sqlite"
    Store(path).close()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(sqlite3.NotSupportedError, match="newer version"):
        Store(path)
