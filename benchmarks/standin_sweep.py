"""A service far away that has run a sweep, for the benchmark of results; a process of its own on loopback.

Run it with: python benchmarks/standin_sweep.py JOBS LATENCY_S; the first line it prints is its URL.
"""

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

BASE = "/api/v1"


def answers(count: int) -> dict[str, bytes]:
    """Return what there is to be had, by path."""
    resources = {"cpus": 1, "disk": 10, "memory": 1, "nodes": 1}
    task = {"cmd": "square $n", "image": "busybox", "runtime": "singularity"}
    events = {"createTime": 1795457261, "startTime": 1795457262, "endTime": 1795457262}
    used = {"exitCode": 0, "retries": 0, "wallTimeUsage": 0.5, "cpuTimeUsage": 0.4, "maxResidentSetSizeKB": 10000}
    job = {"status": "completed", "resources": resources, "tasks": [task], "events": events}
    job["execution"] = {"site": "Site-A", "tasks": [used], "maxMemoryUsageKB": 108648.5}
    jobs = [{**job, "id": n + 2, "name": f"sweep/sweep/{n}", "parameters": {"n": n}} for n in range(count)]
    parameters = [{"name": "n", "values": [*range(count)]}]
    workflow = {
        "id": 1,
        "name": "sweep",
        "status": "completed",
        "events": events,
        "jobs": [{"name": "sweep", "resources": resources, "tasks": [task]}],
        "factories": [{"name": "sweep", "type": "zip", "jobs": ["sweep"], "parameters": parameters}],
        "progress": {"total": count, "done": count, "failed": 0, "queued": 0, "waiting": 0},
    }
    found = {"/jobs": json.dumps(jobs).encode(), "/workflows/1": json.dumps([workflow]).encode()}
    return found | {f"/jobs/{n + 2}/stdout": json.dumps({"square": n * n}).encode() for n in range(count)}


def handler(found: dict[str, bytes], latency_s: float) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            time.sleep(latency_s)
            body = found[urlsplit(self.path).path.removeprefix(BASE)]
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)

        def log_message(self, *_args: object) -> None:
            """Print nothing."""

    return Handler


@contextlib.contextmanager
def standin_sweep(count: int, latency_s: float) -> Iterator[str]:
    """Run one in a process of its own within a ``with`` block, which gets its URL."""
    command = [sys.executable, "-m", "benchmarks.standin_sweep", str(count), str(latency_s)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield re.sub(r"\s", "", process.stdout.readline())
        finally:
            process.terminate()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(answers(int(sys.argv[1])), float(sys.argv[2])))
    print(f"http://127.0.0.1:{server.server_port}{BASE}", flush=True)
    server.serve_forever()
