"""A small identity provider on loopback: it registers clients, begins logins, and answers as it is told."""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import jwt

CLIENT_ID, CLIENT_SECRET = "a-client", "client-secret-not-to-be-seen"
DEVICE_CODE, USER_CODE = "device-code-not-to-be-seen", "WXYZ-2345"
REFRESH_TOKEN = "refresh-token-not-to-be-seen"
SECRETS = (CLIENT_SECRET, DEVICE_CODE, REFRESH_TOKEN, "registration-token-not-to-be-seen")


def access_token(*, left_s: float = 3600, **claims: object) -> str:
    known = {"iss": "https://provider.test", "name": "Jane Doe", "email": "jane@site.test", "exp": time.time() + left_s}
    return jwt.encode(known | claims, "k" * 32, algorithm="HS256")


def granted(**claims: object) -> dict:
    return {"access_token": access_token(**claims), "refresh_token": REFRESH_TOKEN, "token_type": "Bearer"}


class OidcProvider:
    """A running provider.

    `answers` are those of the token endpoint, in order; the last one is given for good. Each is an error's code, a
    reply with a token, or the bytes of a whole HTTP answer. `other` replaces the answers of other paths.
    """

    def __init__(self) -> None:
        self.answers: list[str | dict | bytes] = ["authorization_pending"]
        self.other: dict[str, dict | bytes] = {}
        self.interval: object = 1
        self.expires_in: object = 600
        self.verification_uri: object = "https://provider.test/device"
        self.requests: list[tuple[str, dict, str | None]] = []
        """Path, form or JSON, and who asked by the header."""
        self.asked_for_token = threading.Event()
        self.gate = threading.Event()
        """A hanging answer waits for this."""
        owner = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 20

            def do_POST(self) -> None:
                owner._take(self, self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def asked(self, path: str) -> int:
        return sum(asked == path for asked, _, _ in self.requests)

    def _take(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        form = json.loads(body) if "json" in handler.headers["Content-Type"] else parse_qs(body)
        scheme, _, signed = (handler.headers["Authorization"] or "").partition(" ")
        who = base64.b64decode(signed).decode() if scheme == "Basic" else None
        self.requests.append((handler.path, form, who))
        status, answer = self._answer(handler.path, who)
        if isinstance(answer, bytes):
            head, drip = (
                answer.split(b"<")[0] if b"<drip>" in answer or b"<hang>" in answer else answer,
                b"<drip>" in answer,
            )
            with contextlib.suppress(OSError):  # who asked has had enough
                handler.wfile.write(head)
                while drip and not self.gate.wait(0.02):
                    handler.wfile.write(b" ")
                if b"<hang>" in answer:
                    self.gate.wait()
            return
        content = json.dumps(answer).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _answer(self, path: str, who: str | None) -> tuple[int, dict | bytes]:
        if path in self.other:
            return 200, self.other[path]
        if path == "/register":
            secret = {"registration_access_token": SECRETS[-1]}
            return 201, {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | secret
        if who != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return 401, {"error": "invalid_client", "error_description": f"no such client: {who}"}
        if path == "/devicecode":
            code = {"device_code": DEVICE_CODE, "user_code": USER_CODE, "verification_uri": self.verification_uri}
            return 200, code | {"interval": self.interval, "expires_in": self.expires_in}
        self.asked_for_token.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, str):
            return 400, {"error": answer, "error_description": f"{answer} for {DEVICE_CODE}"}
        return 200, answer


@contextlib.contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """Run a provider within a ``with`` block."""
    running = OidcProvider()
    try:
        yield running
    finally:
        running.stop()
