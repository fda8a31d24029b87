"""The body of an answer, piece by piece: over real sockets, and against recorded answers."""

import contextlib
import gzip
import socket
import threading
import traceback
import tracemalloc
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import responses
import urllib3

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.client.http.transport import LONGEST_PIECE, Transport
from prominence_jupyter.errors import (
    AuthenticationFailed,
    NoSuchJob,
    ProminenceError,
    ServiceFailed,
    TokenExpired,
    UnexpectedAnswer,
    Unreachable,
)
from tests.conftest import TOKEN, URL, exchanges, replay

STDOUT = f"{URL}/jobs/1/stdout"


class Server:
    """A service on loopback that gives one answer: some pieces, and perhaps less than it promised."""

    def __init__(self) -> None:
        self.pieces = [b""]
        self.promised: int | None = None
        self.chunked = False
        self.headers = {}
        self.asked = []
        self.connections = set()
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                owner.asked.append((self.path, self.headers))
                owner.connections.add(self.client_address)
                self.send_response(200)
                for name, value in owner.headers.items():
                    self.send_header(name, value)
                if owner.chunked:
                    self.send_header("Transfer-Encoding", "chunked")
                else:
                    self.send_header("Content-Length", str(owner.promised or sum(map(len, owner.pieces))))
                self.end_headers()
                with contextlib.suppress(OSError):  # who asked may have heard enough
                    for piece in owner.pieces:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if owner.chunked else piece)
                    if owner.chunked and owner.promised is None:
                        self.wfile.write(b"0\r\n\r\n")
                self.close_connection = owner.promised is not None

            def log_message(self, *_args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server():
    running = Server()
    yield running
    running.stop()


@pytest.fixture
def client(server):
    transport = Transport(server.url, Token(TOKEN, "a test"))
    yield Client(transport)
    transport._session.close()


def read(client, received):
    with client.output_pieces(1, "stdout") as pieces:
        for piece in pieces:
            received.append(piece)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_large_body_comes_in_small_pieces_and_the_connection_stays(server, client, chunked):
    piece = b"0123456789abcde\n" * (1 << 16)  # 1 MB
    server.pieces, server.chunked = [piece] * 30, chunked
    received = 0
    tracemalloc.start()
    try:
        for _ in range(2):
            with client.output_pieces(1, "stdout", 5) as pieces:
                for part in pieces:
                    assert 0 < len(part) <= LONGEST_PIECE
                    assert part == (piece[received % 16 :] + piece[:16])[: len(part)]
                    received += len(part)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received == 60 * len(piece)
    assert peak < 8_000_000
    assert [path for path, _ in server.asked] == ["/jobs/1/stdout?offset=5"] * 2
    assert len(server.connections) == 1


def test_the_body_is_taken_as_it_is(server, client):
    server.pieces = [gzip.compress(bytes(10_000_000))]
    server.headers = {"Content-Encoding": "gzip"}  # though nobody asked for that
    with client.output_pieces(1, "stderr") as pieces:
        assert b"".join(pieces) == server.pieces[0]
    (path, headers), *_ = server.asked
    assert path == "/jobs/1/stderr"
    assert headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("chunked", [True, False])
def test_what_is_no_stream_is_unpacked_and_the_connection_stays(server, client, chunked):
    jobs = b'[{"id": 1}' + b', {"id": 2}' * 100_000 + b"]"
    server.pieces, server.chunked = [gzip.compress(jobs)], chunked
    server.headers = {"Content-Encoding": "gzip"}
    for _ in range(2):
        assert client.transport.get("/jobs", attempts=1).body == jobs
    assert len(server.connections) == 1


@pytest.mark.parametrize("chunked", [True, False])
def test_what_came_before_a_break_has_come(server, client, chunked):
    server.pieces, server.promised, server.chunked = [b"x" * LONGEST_PIECE, b"y" * 100], 10**6, chunked
    received = []
    with pytest.raises(RequestLost, match="broke") as caught:
        read(client, received)
    assert b"".join(received).startswith(server.pieces[0])
    assert b"".join(server.pieces).startswith(b"".join(received))
    assert caught.value.transient


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_comes_as_it_drips_and_a_listing_that_drips_has_a_limit(server, client, chunked):
    more = threading.Event()

    def drip():
        yield b"["
        more.wait(20)
        yield b"]"

    server.pieces, server.promised, server.chunked = drip(), 5000, chunked
    with client.output_pieces(1, "stdout") as pieces:
        assert next(pieces) == b"["  # though there is no more yet
    more.set()
    server.pieces = [b"[", b" ", b" "]
    with pytest.raises(RequestLost, match="not whole after 0 s"):
        client.transport.get("/jobs", attempts=1, longest_s=0.0)


def test_a_body_that_is_left_in_the_middle_harms_no_later_request(server, client):
    server.pieces = [b"x" * 1000] * 10_000
    with client.output_pieces(1, "stdout") as pieces:
        assert next(pieces).startswith(b"x")
    server.pieces = [b"later"]
    with client.output_pieces(1, "stdout") as pieces:
        assert [*pieces] == [b"later"]


def test_an_error_of_who_reads_is_passed_on_as_it_is(server, client):
    mine = urllib3.exceptions.HTTPError("mine")
    with pytest.raises(urllib3.exceptions.HTTPError) as caught, client.output_pieces(1, "stdout"):
        raise mine
    assert caught.value is mine


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "content_type", "error"),
    [
        (400, '{"error": "Job does not exist"}', "application/json", NoSuchJob),
        (401, f'{{"error": "bad token {TOKEN}"}}', "application/json", AuthenticationFailed),
        (404, "<p>" * 350_000, "text/html", UnexpectedAnswer),
        (302, "", "text/html", UnexpectedAnswer),
        (503, "busy", "text/plain", ServiceFailed),
    ],
)
def test_an_error_is_the_same_as_of_any_request(transport, status, body, content_type, error):
    responses.get(STDOUT, status=status, body=body, content_type=content_type, headers={"Retry-After": "7"})
    client = Client(transport)
    with pytest.raises(error) as caught, client.output_pieces(1, "stdout"):
        raise AssertionError("there is no body")
    assert len(responses.calls) == 1
    assert TOKEN not in str(caught.value)
    assert getattr(caught.value, "retry_after_s", 7) == 7


def test_no_connection_is_the_same_as_for_any_request():
    with socket.create_server(("127.0.0.1", 0)) as port:
        url = f"http://127.0.0.1:{port.getsockname()[1]}"
    with pytest.raises(Unreachable, match="no connection") as caught:
        read(Client(Transport(url, Token(TOKEN, "x"))), [])
    assert not isinstance(caught.value, RequestLost)


def test_an_expired_token_is_not_sent():
    import jwt

    expired = Client(Transport(URL, Token(jwt.encode({"exp": 1}, "k" * 32, algorithm="HS256"), "x")))
    with responses.RequestsMock(), pytest.raises(TokenExpired), expired.output_pieces(1, "stdout"):
        raise AssertionError("there is no body")


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), urllib3.exceptions.ProtocolError("broken")])
def test_the_token_is_in_no_frame_of_a_body_that_broke_off(server, client, monkeypatch, raised):
    came = iter([b"some"])

    def broken(*_args, **_kwargs):
        for piece in came:
            return piece
        raise raised

    monkeypatch.setattr(urllib3.HTTPResponse, "read1", broken)
    expected = (ProminenceError, KeyboardInterrupt)
    received = []
    with pytest.raises(expected) as caught:
        read(client, received)
    assert received == [b"some"]
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "_pieces" in shown
    assert TOKEN not in shown


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("job-stdout.json", [b"3.14\n3.1415\n", b"3.1415\n", b"", b""]),
        ("stdout-far-offset.json", [b"", b"one\ntwo\n"]),
        ("stdout-not-utf8.json", [b"ok\xff\x00end"]),
        ("stdout-utf8.json", ["café € 5\n".encode(), b"\xa9 \xe2\x82\xac 5\n", "€ 5\n".encode(), b"\x82\xac 5\n"]),
    ],
)
def test_recorded_output_in_pieces(transport, mock, name, expected):
    recorded = exchanges(name)
    replay(mock, recorded)
    received = []
    for exchange in recorded:
        path, _, query = exchange["request"]["path"].partition("?")
        _, _, job_id, stream = path.split("/")
        offset = int(query.removeprefix("offset=")) if query else None
        with Client(transport).output_pieces(int(job_id), stream, offset) as pieces:
            received.append(b"".join(pieces))
    assert received == expected
