"""A token that ends while a job is followed: a new one in the file is picked up, and nothing is lost.

In front of a real local service stands a gate that lets in one token at a time.
"""

import json
import os
import shlex
import sys
import threading
import time

import jwt
import pytest

import prominence_jupyter
from prominence_jupyter.errors import AuthenticationFailed, TokenExpired
from prominence_jupyter.jobs import patience
from prominence_jupyter.watch.listener import Listener
from tests.token_gate import token_gate

PATIENCE_S = 60
CODE = """
import pathlib, sys, time
go_on = pathlib.Path(sys.argv[1])
for part in range(4):
    print("\\n".join("part %d, line %d" % (part, line) for line in range(2000)), flush=True)
    while part < 3 and not (go_on / str(part)).exists():
        time.sleep(0.02)
sys.stdout.write("the end")
"""
WHOLE = "".join(f"part {part}, line {line}\n" for part in range(4) for line in range(2000)).encode() + b"the end"


def signed(left_s: float = 3600) -> str:
    return jwt.encode({"exp": time.time() + left_s, "jti": os.urandom(4).hex()}, "k" * 32, algorithm="HS256")


@pytest.fixture
def gate(local_service):
    with token_gate(local_service.url, local_service.token()) as running:
        yield running


@pytest.fixture
def renew(gate, tmp_path, monkeypatch):
    """Put a new token into the file, as a login does, and let the gate accept no other."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PROMINENCE_URL", gate.url)
    monkeypatch.delenv("PROMINENCE_TOKEN", raising=False)
    file = tmp_path / ".prominence" / "token"
    file.parent.mkdir()

    def renew(token: str) -> str:
        gate.accepted = token
        file.with_suffix(".new").write_text(json.dumps({"access_token": token}))
        file.with_suffix(".new").replace(file)
        return token

    return renew


@pytest.fixture
def session(renew):
    renew(signed())
    return prominence_jupyter.connect(longest_pause_s=0.5, cache=False)


@pytest.fixture
def job(session, tmp_path):
    """A job whose output goes on when it is told to."""
    (tmp_path / "go").mkdir()
    task = {
        "image": "x",
        "runtime": "singularity",
        "cmd": shlex.join([sys.executable, "-c", CODE, str(tmp_path / "go")]),
    }
    job = session.submit({"resources": {"cpus": 1, "memory": 1, "disk": 1, "nodes": 1}, "tasks": [task]})
    job.go_on = lambda part: (tmp_path / "go" / str(part)).touch()
    yield job
    for part in range(3):
        job.go_on(part)


class Seen:
    """One who watches: the sizes of the log, and what is wrong."""

    def __init__(self):
        self.snapshot, self.size = None, 0
        self._news = threading.Condition()
        self.listener = Listener(self._changed, self._grown)

    def _changed(self, snapshot):
        with self._news:
            self.snapshot = snapshot
            self._news.notify_all()

    def _grown(self, _stream, spool):
        with self._news:
            self.size = spool.size
            self._news.notify_all()

    def until(self, condition):
        with self._news:
            assert self._news.wait_for(condition, PATIENCE_S)


def lines(parts: int) -> int:
    """Bytes of so many parts."""
    return WHOLE.index(f"part {parts}, line 0\n".encode())


def test_a_log_goes_on_at_its_byte_with_a_new_token(job, gate, renew):
    seen = Seen()
    with job.watcher.watching(job.id, seen.listener) as watched:
        seen.until(lambda: seen.size == lines(1))
        gate.accepted = None  # the token was revoked: the service refuses it
        job.go_on(0)
        seen.until(lambda: isinstance(seen.snapshot.trouble, AuthenticationFailed))
        assert seen.snapshot.stale_since
        assert seen.snapshot.record.status == "running"
        assert seen.size == lines(1)
        renew(signed())
        seen.until(lambda: seen.snapshot.trouble is None and seen.size == lines(2))
        gate.accepted = None
        for part in (1, 2):  # now the job comes to its end meanwhile
            job.go_on(part)
        seen.until(lambda: isinstance(seen.snapshot.trouble, AuthenticationFailed))
        renew(signed())
        assert watched.finished.wait(PATIENCE_S)
        assert watched.spool("stdout").piece(0, 2 * len(WHOLE)).data == WHOLE
        assert watched.spool("stdout").run == 0
    assert seen.snapshot.ended
    assert seen.snapshot.record.exit_codes == (0,)
    assert not seen.snapshot.output_troubles


def test_one_that_has_expired_is_not_sent_any_more(job, gate, renew, monkeypatch):
    renew(old := signed(3600))
    seen = Seen()
    with job.watcher.watching(job.id, seen.listener) as watched:
        seen.until(lambda: seen.size == lines(1))
        real, later = time.time, [3700.0]
        monkeypatch.setattr("prominence_jupyter.client.access.token.time", Clock(lambda: real() + later[0]))
        seen.until(lambda: isinstance(seen.snapshot.trouble, TokenExpired))
        asked = len(gate.tokens)
        for part in range(3):
            job.go_on(part)
        new = renew(signed(7200))
        assert watched.finished.wait(PATIENCE_S)
        assert old not in gate.tokens[asked + 2 :]  # a request or two were on their way
        assert set(gate.tokens[asked + 2 :]) == {new}
        assert watched.spool("stdout").piece(0, 2 * len(WHOLE)).data == WHOLE


class Clock:
    """Stands for the module `time`."""

    def __init__(self, time):
        self.time = time


def test_the_end_of_a_log_waits_for_a_token_too(job, gate):
    """The job is seen to have ended, and then the token ends before the last of its output is read."""
    seen = Seen()
    with job.watcher.watching(job.id, seen.listener) as watched:
        seen.until(lambda: seen.size == lines(1))
        gate.keeps_back = "/stdout"
        for part in range(3):
            job.go_on(part)
        seen.until(lambda: isinstance(seen.snapshot.trouble, AuthenticationFailed))
        assert seen.snapshot.record.status == "completed"
        assert not seen.snapshot.ended
        gate.keeps_back = ""
        assert watched.finished.wait(PATIENCE_S)
        assert watched.spool("stdout").piece(0, 2 * len(WHOLE)).data == WHOLE
    assert not seen.snapshot.output_troubles


def test_one_who_waits_gets_the_end_with_a_new_token(job, gate, renew):
    ended = []
    waiting = threading.Thread(target=lambda: ended.append(job.wait(PATIENCE_S)))
    seen = Seen()
    with job.watcher.watching(job.id, seen.listener):
        waiting.start()
        seen.until(lambda: seen.size == lines(1))
        gate.accepted = None
        seen.until(lambda: isinstance(seen.snapshot.trouble, AuthenticationFailed))
        for part in range(3):
            job.go_on(part)
        assert waiting.is_alive()
        renew(signed())
        waiting.join(PATIENCE_S)
    assert [record.exit_codes for record in ended] == [(0,)]


def test_with_nobody_there_a_wait_ends(job, gate, monkeypatch):
    monkeypatch.setattr(patience, "TOKEN_PATIENCE_S", 0.3)
    monkeypatch.setattr(patience, "_TOKEN_LOOKS", 2)
    seen = Seen()
    with job.watcher.watching(job.id, seen.listener):
        seen.until(lambda: seen.size == lines(1))
        gate.accepted = None
        with pytest.raises(AuthenticationFailed, match="%prominence login"):
            job.wait(PATIENCE_S)


def test_a_wait_that_begins_without_a_good_token_ends_at_once(job, gate, session):
    gate.accepted = None
    for waits in (session.handle(job.id), session.watch([job.id])):
        with pytest.raises(AuthenticationFailed, match="%prominence login"):
            waits.wait(PATIENCE_S)


def test_a_token_that_was_given_is_not_waited_for(job, gate):
    given = prominence_jupyter.connect(gate.url, gate.accepted, longest_pause_s=0.5, cache=False).handle(job.id)
    seen = Seen()
    with given.watcher.watching(given.id, seen.listener):
        seen.until(lambda: seen.snapshot and seen.snapshot.record)
        gate.accepted = None
        with pytest.raises(AuthenticationFailed):
            given.wait(PATIENCE_S)
