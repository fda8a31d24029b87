"""A service that has many active jobs and runs none, for the benchmark of the table; a process of its own on loopback.

It lists jobs as the deployed service does (tests/contract/list-active.json) and describes one as
tests/contract/job-lifecycle.json has it. Every few seconds some jobs start and one ends. It counts requests.

Run it with: python benchmarks/standin_service.py [--jobs N] [--latency S]; the first line it prints is its URL.
"""

import argparse
import collections
import contextlib
import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BASE = "/api/v1"
CHANGE_S = 5.0
STARTED_EACH_TIME = 4
LOG = "".join(f"step {n} of the model\n" for n in range(2000)).encode()


class Jobs:
    """The jobs of the service; the text of each entry is kept, so that a listing costs little."""

    def __init__(self, count: int) -> None:
        now = int(time.time())
        self._jobs = {n: self._new(n, now - 7200 + n % 3600) for n in range(1, count + 1)}
        self._active = {n: json.dumps(job) for n, job in self._jobs.items()}
        self._waiting = collections.deque(n for n, job in self._jobs.items() if job["status"] == "idle")
        self._running = collections.deque(n for n, job in self._jobs.items() if job["status"] == "running")
        self._lock = threading.Lock()

    @staticmethod
    def _new(n: int, created: int) -> dict[str, Any]:
        command = f"/bin/sh -c 'python3 model.py --point {n} --steps 2000 > result.txt'"
        task = {"cmd": command, "image": "eoscprominence/testpi", "runtime": "singularity"}
        events = {"createTime": created} | ({"startTime": created + 60} if n % 2 else {})
        status = "running" if n % 2 else "idle"
        return {"events": events, "id": n, "name": f"point-{n:05}", "status": status, "tasks": [task]}

    def change(self) -> None:
        """Let some jobs start, and one end."""
        now = int(time.time())
        with self._lock:
            for _ in range(STARTED_EACH_TIME):
                self._set(self._waiting.popleft(), "running", startTime=now)
            done = self._running.popleft()
            self._set(done, "completed", endTime=now)
            del self._active[done]

    def _set(self, n: int, status: str, **events: int) -> None:
        job = self._jobs[n]
        job["status"] = status
        job["events"] |= events
        self._active[n] = json.dumps(job)

    def listing(self) -> bytes:
        """Return the active jobs."""
        with self._lock:
            return f"[{', '.join(self._active.values())}]".encode()

    def detail(self, n: int) -> bytes:
        """Return everything about one job, an empty list if there is none."""
        job = self._jobs.get(n)
        if job is None:
            return b"[]"
        used = {"cpuTimeUsage": 3.5, "exitCode": 0, "maxResidentSetSizeKB": 107940, "retries": 0, "wallTimeUsage": 4.0}
        ended = {"tasks": [used]} if job["status"] == "completed" else {}
        resources = {"cpus": 1, "disk": 10, "memory": 1, "nodes": 1}
        return json.dumps([job | {"execution": {"site": "Site-A"} | ended, "resources": resources}]).encode()


def handler(jobs: Jobs, latency_s: float) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers."""
    counts: collections.Counter[str] = collections.Counter()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path == "/counts":
                self._give(json.dumps(counts).encode())
                return
            kind = re.sub(r"\d+", "N", path.removeprefix(BASE)) + ("?" + re.sub(r"=[^&]*", "", query) if query else "")
            counts[f"GET {kind}"] += 1
            time.sleep(latency_s)
            number = next(map(int, re.findall(r"/jobs/(\d+)", path)), None)
            offset = next(map(int, re.findall(r"offset=(\d+)", query)), 0)
            if path.endswith(("/stdout", "/stderr")):
                self._give(LOG[offset:], "text/plain")
            elif number is not None:
                self._give(jobs.detail(number))
            else:
                self._give(b"[]" if "completed" in query else jobs.listing())

        def _give(self, body: bytes, content_type: str = "application/json") -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Print nothing."""

    return Handler


class Standin:
    """A running service, seen from the benchmark."""

    def __init__(self, url: str) -> None:
        self.url = url

    def counts(self) -> collections.Counter[str]:
        """Return how often each path was asked for, with N for an id."""
        with urllib.request.urlopen(self.url.removesuffix(BASE) + "/counts", timeout=10) as answer:
            return collections.Counter(json.load(answer))


@contextlib.contextmanager
def standin(jobs: int, latency_s: float) -> Iterator[Standin]:
    """Run the service within a ``with`` block."""
    command = [sys.executable, __file__, "--jobs", str(jobs), "--latency", str(latency_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Standin(process.stdout.readline().strip())
        finally:
            process.terminate()


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=0.05)
    options = parser.parse_args()
    jobs = Jobs(options.jobs)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(jobs, options.latency))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}{BASE}", flush=True)
    while True:
        time.sleep(CHANGE_S)
        jobs.change()


if __name__ == "__main__":
    main()
