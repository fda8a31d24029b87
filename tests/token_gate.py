"""A gate on loopback in front of a service: it lets in whoever shows the token of the moment."""

import contextlib
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class TokenGate:
    """A running gate.

    Parameters
    ----------
    service_url, service_token
        What is behind it.
    """

    def __init__(self, service_url: str, service_token: str) -> None:
        self.accepted: str | None = None
        """The one token that is let in; none is while this is None."""
        self.keeps_back = ""
        """Requests for a path that ends so are refused to everyone; none if empty."""
        self.refused = threading.Event()
        self.tokens: list[str] = []
        """What was shown, in order."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 20

            def do_GET(self) -> None:
                self._pass("GET")

            def do_POST(self) -> None:
                self._pass("POST")

            def do_DELETE(self) -> None:
                self._pass("DELETE")

            def _pass(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                shown = (self.headers["Authorization"] or "").removeprefix("Bearer ")
                owner.tokens.append(shown)
                is_kept_back = owner.keeps_back and self.path.partition("?")[0].endswith(owner.keeps_back)
                if shown != owner.accepted or is_kept_back:
                    owner.refused.set()
                    self._give(401, "application/json", b'{"error": "Authentication failure"}')
                    return
                headers = {"Authorization": f"Bearer {service_token}", "Content-Type": "application/json"}
                asked = urllib.request.Request(
                    service_url + self.path.removeprefix("/api/v1"), body or None, headers, method=method
                )
                try:
                    with urllib.request.urlopen(asked, timeout=20) as answer:
                        self._give(answer.status, answer.headers["Content-Type"], answer.read())
                except urllib.error.HTTPError as error:
                    with error:
                        self._give(error.code, error.headers["Content-Type"], error.read())

            def _give(self, status: int, content_type: str, body: bytes) -> None:
                with contextlib.suppress(OSError):  # who asked is gone
                    self.send_response(status)
                    self.send_header("Content-Type", content_type)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextlib.contextmanager
def token_gate(service_url: str, service_token: str) -> Iterator[TokenGate]:
    """Run a gate within a ``with`` block."""
    running = TokenGate(service_url, service_token)
    try:
        yield running
    finally:
        running.stop()
