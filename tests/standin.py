"""A stand-in for a service, on loopback: it answers everything as it is told, and counts submissions."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class StandIn:
    """A running stand-in."""

    def __init__(self) -> None:
        self.submissions = 0
        self._answer = (201, "application/json", b'{"id": 1}')
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._give()

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                owner.submissions += 1
                self._give()

            def _give(self) -> None:
                status, content_type, body = owner._answer
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def answers(self, status: int, content_type: str, body: str) -> None:
        """Answer every request so from now on."""
        self._answer = (status, content_type, body.encode())

    def stop(self) -> None:
        """Stop listening; a second call changes nothing."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextlib.contextmanager
def standin() -> Iterator[StandIn]:
    """Run a stand-in within a ``with`` block."""
    running = StandIn()
    try:
        yield running
    finally:
        running.stop()
