"""A service that has many ended jobs, for the benchmark of the history; a process of its own on loopback.

Its jobs have the shape of those in tests/contract/list-completed.json. It gives detail in listings as the deployed
service does, or only for single jobs as the specification has it. Each answer begins after a latency. It counts
requests and connections; it is asyncio on bare sockets, so that it takes little of the cores that are measured.

Run it with: python benchmarks/standin_history.py [--jobs N] [--latency S] [--plain]
The first line it prints is its URL.
"""

import argparse
import asyncio
import collections
import contextlib
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

BASE = "/api/v1"
PLAIN_KEYS = ("events", "id", "name", "status", "tasks")


def job(n: int) -> dict[str, Any]:
    """Return an ended job with detail; a larger number ended later."""
    created = 1795400000 + 3 * n
    used = {
        "cpuTimeUsage": 55.5 + n % 7,
        "exitCode": 0,
        "imagePullStatus": "completed",
        "imagePullTime": 1.25,
        "maxResidentSetSizeKB": 109476,
        "retries": 0,
        "wallTimeUsage": 60.5 + n % 11,
    }
    execution = {
        "cpu": {"clock": "2400.000", "model": "Example CPU", "vendor": "GenuineIntel"},
        "maxMemoryUsageKB": 109476.5,
        "provisionedResources": {"cpus": 1, "disk": 11, "memory": 1, "nodes": 1},
        "runtimeVersion": {"singularity": "3.8.7"},
        "site": f"Site-{'AB'[n % 2]}",
        "tasks": [used],
    }
    return {
        "events": {"createTime": created, "endTime": created + 120, "startTime": created + 50},
        "execution": execution,
        "id": n,
        "labels": {"study": f"s{n % 3}"},
        "name": f"point-{n:05}",
        "resources": {"cpus": 1, "disk": 10, "memory": 1, "nodes": 1},
        "status": "completed",
        "tasks": [{"cmd": f"python3 model.py --point {n}", "image": "busybox", "runtime": "singularity"}],
    }


class Service:
    """What is answered, and how often it was asked for."""

    def __init__(self, jobs: int, *, lists_detail: bool) -> None:
        entries = [job(n) for n in range(jobs, 0, -1)]
        self._whole = {entry["id"]: json.dumps(entry) for entry in entries}
        plain = [json.dumps({key: entry[key] for key in PLAIN_KEYS}) for entry in entries]
        self._listings = {False: plain, True: list(self._whole.values()) if lists_detail else plain}
        self.counts: collections.Counter[str] = collections.Counter()

    def answer(self, path: str, query: dict[str, list[str]]) -> str:
        """Return the body of an answer."""
        if path == "/counts":
            return json.dumps(self.counts)
        if path == f"{BASE}/jobs":
            self.counts["listings"] += 1
            return f"[{', '.join(self._listings['detail' in query][: int(query['num'][0])])}]"
        self.counts["single jobs"] += 1
        return f"[{self._whole[int(path.rpartition('/')[2])]}]"


class Connection(asyncio.Protocol):
    """One connection; it may carry many requests, one after the other."""

    def __init__(self, service: Service, latency_s: float) -> None:
        self._service = service
        self._latency_s = latency_s
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport
        self._service.counts["connections"] += 1

    def data_received(self, data: bytes) -> None:
        """Answer a request, some time after it is whole."""
        self._received += data
        if self._received.endswith(b"\r\n\r\n"):
            parts = urlsplit(self._received.split(b" ", 2)[1].decode())
            self._received = b""
            loop = asyncio.get_running_loop()
            loop.call_later(self._latency_s, self._answer, parts.path, parse_qs(parts.query))

    def _answer(self, path: str, query: dict[str, list[str]]) -> None:
        body = self._service.answer(path, query).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)


class Standin:
    """A running service, seen from the benchmark."""

    def __init__(self, url: str) -> None:
        self.url = url

    def counts(self) -> collections.Counter[str]:
        """Return how often each kind of request was sent."""
        with urllib.request.urlopen(self.url.removesuffix(BASE) + "/counts", timeout=10) as answer:
            return collections.Counter(json.load(answer))


@contextlib.contextmanager
def standin(jobs: int, latency_s: float, *, lists_detail: bool) -> Iterator[Standin]:
    """Run the service within a ``with`` block."""
    command = [sys.executable, __file__, "--jobs", str(jobs), "--latency", str(latency_s)]
    command += [] if lists_detail else ["--plain"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Standin(process.stdout.readline().strip())
        finally:
            process.terminate()


async def serve(service: Service, latency_s: float) -> None:
    """Serve until ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service, latency_s), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{BASE}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--latency", type=float, default=0.02)
    parser.add_argument("--plain", action="store_true", help="give no detail in listings")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Service(options.jobs, lists_detail=not options.plain), options.latency))


if __name__ == "__main__":
    main()
