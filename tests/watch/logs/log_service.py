"""A small service on loopback whose jobs write, and are evicted and end, as they are asked for their output."""

import contextlib
import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

UNITS = [
    b"y\n",
    b"all the same\n",
    b"0123456789abcde\n",
    b"x" * 256,
    b"12345678" * 32 + b"\n",
    b"\x00\xff\xe2\x82",
    b"|/-\\\r",
]
"""Logs are made of these: most overlaps are alike, and some are as long as what is read again."""


class LogJob:
    """A job that does its next step each time its log has been given."""

    def __init__(self, number: int, seed: int) -> None:
        self.id = number
        self.spread = random.Random(f"{seed} {number}")
        self.unit = self.spread.choice(UNITS)
        self.status, self.started, self.log, self.active = "running", 100, b"", True
        self.steps = self.spread.randrange(2, 5)
        self.waits = 0

    def step(self) -> None:
        """Write; or be evicted, start again, or end."""
        self.steps -= 1
        what = self.spread.random()
        if self.status == "idle":
            return
        if self.steps <= 0:
            self._write()
            self.status, self.active = self.spread.choice(["completed", "failed", "killed"]), False
        elif what < 0.1:
            self.status, self.log = "idle", self.spread.choice([b"", self.log])
        elif what < 0.2:
            self._start()
        elif what < 0.9:
            self._write()

    def wait(self) -> None:
        """Be listed; one that waits starts again after a while."""
        self.waits += self.status == "idle"
        if self.waits > 2:
            self._start()

    def _start(self) -> None:
        self.waits = 0
        self.status, self.started = "running", self.started + 1
        self.log = self.spread.choice([b"", b"run %d\n" % self.started, self.log[:300]])
        self._write()

    def _write(self) -> None:
        if self.spread.random() < 0.3:
            self.log += b"line %d\n" % self.steps
        self.log += self.unit * self.spread.randrange(1, 2000 // len(self.unit))

    def record(self) -> dict:
        events = {"createTime": 1} | ({} if self.status == "idle" else {"startTime": self.started})
        return {"id": self.id, "status": self.status, "events": events}


class LogService:
    """A running service of that kind."""

    def __init__(self, count: int, *, seed: int, offsets: bool) -> None:
        self.jobs = {number: LogJob(number, seed) for number in range(1, count + 1)}
        self._offsets = offsets
        self._lock = threading.Lock()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # head and body leave together

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                with owner._lock:
                    kind, body = owner._answer(parts.path.split("/")[3:], parse_qs(parts.query))
                self.send_response(200)
                self.send_header("Content-Type", kind)
                if len(body) % 2:
                    self.send_header("Transfer-Encoding", "chunked")
                    middle = len(body) // 2
                    chunks = [chunk for chunk in (body[:middle], body[middle:]) if chunk]
                    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
                else:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def _answer(self, path: list[str], query: dict) -> tuple[str, bytes]:
        if len(path) == 1:
            records = [job.record() for job in self.jobs.values() if job.active]
            for job in self.jobs.values():
                job.wait()
            return "application/json", json.dumps(records).encode()
        job = self.jobs[int(path[1])]
        if len(path) == 2:
            return "application/json", json.dumps([job.record() | {"resources": {}}]).encode()
        if path[2] == "stderr":
            return "text/html", b""
        offset = int(query.get("offset", ["0"])[0]) if self._offsets else 0
        given = job.log[offset:]
        if job.active:
            job.step()
        return "text/html", given

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextlib.contextmanager
def log_service(count: int, *, seed: int, offsets: bool) -> Iterator[LogService]:
    """Run one within a ``with`` block."""
    service = LogService(count, seed=seed, offsets=offsets)
    try:
        yield service
    finally:
        service.stop()
