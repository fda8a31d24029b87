"""A service with ended jobs, as content of the tests' own: behind a real server on loopback, or without one."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.answers import Answer
from prominence_jupyter.client.http.transport import Transport

PLAIN = ("events", "id", "name", "status", "statusReason", "tasks")
"""What the plain listing has of a job, see tests/contract/list-completed.json."""


def ended(n, *, name=None, label=None, site="Site-A", status="completed", created=0, ended=1, cmd="true"):
    """An ended job of the deployed service's shape; a larger number ended later."""
    labels = {} if label is None else {"labels": {label[0]: label[1]}}
    return {
        "events": {"createTime": 1000 + 10 * n + created, "startTime": 1003 + 10 * n, "endTime": 1005 + 10 * n + ended},
        "execution": {"site": site, "tasks": [{"exitCode": 0, "wallTimeUsage": n + 0.5, "cpuTimeUsage": n / 2}]},
        "id": n,
        **labels,
        "name": name or f"job-{n}",
        "resources": {"cpus": 1, "memory": 1, "disk": 10, "nodes": 1},
        "status": status,
        "tasks": [{"image": "busybox", "cmd": cmd}],
    }


class Service:
    """Answers from a list of jobs, newest first, and counts what it is asked for."""

    def __init__(self, jobs=(), *, lists_detail=True, filters=True):
        self.jobs = list(jobs)
        self.lists_detail = lists_detail
        self.filters = filters
        self.broken = {}
        self.listings = []
        self.singles = []

    def answer(self, path, query):
        """The status and the body of an answer."""
        if path == "/jobs":
            self.listings.append(query)
            return 200, self._listing(query)
        job_id = path.removeprefix("/jobs/")
        self.singles.append(job_id)
        if job_id in self.broken:
            return self.broken[job_id]
        return 200, [job for job in self.jobs if str(job["id"]) == job_id][:1]

    def _listing(self, query):
        jobs = self.jobs
        if self.filters and "name" in query:
            jobs = [job for job in jobs if job.get("name", "").rpartition("/")[2] == query["name"]]
        if self.filters and "constraint" in query:
            key, _, value = query["constraint"].partition("=")
            jobs = [job for job in jobs if job.get("labels", {}).get(key) == value]
        if "detail" in query and self.lists_detail:
            return jobs[: int(query["num"])]
        return [{key: job[key] for key in PLAIN if key in job} for job in jobs[: int(query["num"])]]

    def forget(self):
        """Count afresh."""
        self.listings, self.singles = [], []


class Direct:
    """Stands where a `Transport` does, and asks a service in this process."""

    is_local = False

    def __init__(self, service, url="https://prominence.test/api/v1"):
        self.url = url
        self._service = service

    def get(self, path, params=None, **_options):
        status, body = self._service.answer(path, dict(params or {}))
        answer = Answer(f"GET {path}", status, "application/json", json.dumps(body).encode())
        if not answer.ok:
            raise answer.error()
        return answer


@contextlib.contextmanager
def serving(service, before_answer=lambda _path: None):
    """Serve on loopback within a ``with`` block; gives the URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            parts = urlsplit(self.path)
            before_answer(parts.path)
            status, content = service.answer(parts.path.removeprefix("/api/v1"), dict(parse_qsl(parts.query)))
            body = json.dumps(content).encode()
            with contextlib.suppress(OSError):  # whoever asked may be gone
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_args):
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/v1"
    finally:
        server.shutdown()
        thread.join()
        server.socket.close()


def client_of(service):
    """A client of a service in this process."""
    return Client(Direct(service))


def client_at(url):
    """A client of a service behind a real server."""
    return Client(Transport(url, Token("token-of-a-test", "a test"), sleep=lambda _: None))


@pytest.fixture
def cache(tmp_path):
    from prominence_jupyter.history.cache import Cache

    return Cache(tmp_path / "cache")
