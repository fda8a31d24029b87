"""A service on loopback that gives back what it was sent, and quotes it, in every place where a service may."""

import contextlib
import html
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit

from tests.secrets.known_secrets import CONTENT_AS_SENT, PULL_TOKEN, SIGNED_QUERY

_URL = f"https://store.test/file?{SIGNED_QUERY}&Expires=1"
_REASON = f"cannot pull with {PULL_TOKEN}, write {CONTENT_AS_SENT}, or send to {_URL}: no"


def job(job_id: int, status: str) -> dict:
    """A job as the deployed service describes it, with every secret that API.md names."""
    return {
        "id": job_id,
        "name": f"job-{job_id}",
        "status": status,
        "statusReason": _REASON,
        "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10},
        "tasks": [
            {"image": "busybox", "cmd": "true", "imagePullCredential": {"username": "user", "token": PULL_TOKEN}},
            {"image": f"https://user:{quote(PULL_TOKEN, safe='')}@store.test/image.tar?{SIGNED_QUERY}", "cmd": "true"},
        ],
        "inputs": [{"filename": "a", "content": CONTENT_AS_SENT}],
        "artifacts": [{"url": _URL, "mountpoint": "a:/a"}],
        "outputFiles": [{"name": "out", "url": _URL, "size": 3}, _URL],
        "outputDirs": [{"name": "dir", "url": f"{_URL}#{PULL_TOKEN}"}],
        "storage": {
            "type": "b2drop",
            "mountpoint": "/data",
            "b2drop": {"app-username": "u", "app-password": PULL_TOKEN},
        },
        "events": {"createTime": 1, "startTime": 2, "endTime": 3},
        "execution": {"site": "one", "tasks": [{"exitCode": 1, "wallTimeUsage": 1.0, "error": f"at {_URL}"}]},
    }


def answer_to(method: str, target: str, quoted: str) -> tuple[int, str, bytes]:
    """Return status, type and body of the answer to a request; what is quoted is all that came with it."""
    parts = urlsplit(target)
    listed = {
        "/jobs": [job(1, "failed")] if parts.query else [job(2, "running")],
        "/jobs/1": [job(1, "failed")],
        "/jobs/2": [job(2, "running")],
    }
    path = parts.path.removeprefix("/api/v1")
    if method == "GET" and path in listed:
        return 200, "application/json", json.dumps(listed[path]).encode()
    if path == "/jobs/3":
        return 502, "text/html", f"<p>Proxy: {html.escape(quoted)}</p>".encode()
    if path.endswith(("stdout", "stderr")):
        return 200, "text/plain", b"a line of output\n"
    return 400, "application/json", json.dumps({"error": f"refused, see {_URL}: {quoted}"}).encode()


class QuotingService:
    """A running one. One that hangs answers nothing; `asked` counts the requests that it hangs on."""

    def __init__(self, *, hangs: bool) -> None:
        self._hangs, self._ended, self.asked = hangs, threading.Event(), threading.Semaphore(0)
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if self.parse_request():
                    owner.answer(self)

            def log_message(self, *_args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Answer a request of whatever method, or hang."""
        sent = request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
        if self._hangs:
            self.asked.release()
            self._ended.wait(60)
            return
        quoted = f"{request.headers['Authorization']} {sent}"
        status, kind, body = answer_to(request.command, request.path, quoted)
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def stop(self) -> None:
        """Stop listening."""
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextlib.contextmanager
def quoting(*, hangs: bool = False):
    """Run one within a ``with`` block."""
    running = QuotingService(hangs=hangs)
    try:
        yield running
    finally:
        running.stop()
