"""An exchange that someone leaves: by an interrupt or since its time is up. Over real sockets."""

import contextlib
import signal
import socket
import threading
import traceback

import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.exchange import Exchange, TimeUp, in_this_thread
from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import ServiceFailed, Unreachable
from prominence_jupyter.protocol.description import JobDescription
from tests.conftest import TOKEN

WITHIN_S = 10
DESCRIPTION = JobDescription({"name": "x"})


def interrupt():
    """Interrupt the main thread, as Ctrl-C does."""
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)


class Silent:
    """A service on loopback that takes connections and answers with some bytes, then nothing.

    `asked` is set when a request has come, `left` when the connection has been closed from the other side.
    """

    def __init__(self, says=b"", then=lambda: None):
        self.asked, self.left, self.received = threading.Event(), threading.Event(), b""
        self._says, self._then = says, then
        self._server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        with contextlib.suppress(OSError):
            self._connection, _ = self._server.accept()
            with self._connection as connection:
                self.received = connection.recv(65536)
                connection.sendall(self._says)
                self.asked.set()
                self._then()
                while connection.recv(65536):
                    pass
            self.left.set()

    def stop(self):
        self._server.close()
        with contextlib.suppress(OSError, AttributeError):  # nobody came, or has gone
            self._connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(WITHIN_S)


@pytest.fixture
def silent():
    running = []

    def start(*args):
        running.append(Silent(*args))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def client_of(url, *, allow_http=False, **options):
    return Client(Transport(url, Token(TOKEN, "a test"), allow_http=allow_http), **options)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"


@pytest.mark.parametrize("says", [b"", HEAD[:20], HEAD, HEAD + b"[{"], ids=["nothing", "half a head", "a head", "more"])
def test_an_interrupt_leaves_at_once_and_closes_the_connection(silent, says):
    service = silent(says, interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        client_of(service.url).active_jobs()
    assert service.left.wait(WITHIN_S)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert TOKEN not in shown
    assert "urllib3" not in shown


def test_what_is_interrupted_while_a_name_is_looked_up_is_never_sent(silent, new_requests, monkeypatch):
    service, found, looked_up = silent(), threading.Event(), threading.Event()
    really = socket.getaddrinfo

    def slow(*args, **kwargs):
        interrupt()
        found.wait(WITHIN_S)
        try:
            return really(*args, **kwargs)
        finally:
            looked_up.set()

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(KeyboardInterrupt):
        client_of(service.url.replace("127.0.0.1", "localhost")).submit(DESCRIPTION)
    (request,) = new_requests()
    found.set()
    assert looked_up.wait(WITHIN_S)
    request.join(WITHIN_S)
    assert not request.is_alive()
    assert service.received == b""


def test_a_head_that_drips_is_given_up(silent, monkeypatch):
    monkeypatch.setattr("prominence_jupyter.client.http.transport._LONGEST_HEAD_S", 0.3)
    monkeypatch.setattr("prominence_jupyter.client.http.exchange._LOOK_S", 0.05)
    service = silent(HEAD[:20])
    with pytest.raises(RequestLost, match="no answer within"):
        client_of(service.url, attempts=1).active_jobs()
    assert service.left.wait(WITHIN_S)


def test_time_that_is_up_before_anything_was_sent_is_a_definite_no(monkeypatch):
    monkeypatch.setattr("prominence_jupyter.client.http.exchange._LOOK_S", 0.05)
    left = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: left.wait(WITHIN_S) and [])
    transport = Transport("http://localhost:1", Token(TOKEN, "a test"))
    with pytest.raises(Unreachable, match="no connection within 0 s") as caught:
        transport.send("POST", "/jobs", json={}, patience_s=0.1)
    assert not isinstance(caught.value, RequestLost)
    left.set()


def test_a_service_that_hangs_gets_no_more_than_a_minute_for_all_attempts(monkeypatch):
    now, given = [0.0], []
    transport = Transport("https://prominence.test", Token(TOKEN, "a test"), sleep=lambda s: now.append(now[-1] + s))
    monkeypatch.setattr("prominence_jupyter.client.http.transport.time.monotonic", lambda: now[-1])

    def hang(*_args, patience_s, **_kwargs):
        given.append(patience_s)
        now.append(now[-1] + min(30, patience_s))
        raise RequestLost("no answer")

    monkeypatch.setattr(transport, "send", hang)
    with pytest.raises(RequestLost):
        transport.get("/jobs")
    assert len(given) == 2
    assert given[0] == 60
    assert now[-1] <= 60


def test_an_error_comes_without_the_frames_below_and_a_defect_says_where_it_was():
    def work():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        Exchange().run(work, longest_s=WITHIN_S)
    assert "work" not in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert "in work" in "".join(caught.value.__notes__)


def test_a_result_that_nobody_waits_for_is_dropped():
    go_on, dropped = threading.Event(), threading.Event()
    with pytest.raises(TimeUp):
        Exchange().run(lambda: go_on.wait(WITHIN_S), longest_s=0, drop=lambda _: dropped.set())
    go_on.set()
    assert dropped.wait(WITHIN_S)


def test_what_belongs_to_an_exchange_is_left_with_it(silent):
    service = silent(b"", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Exchange().run(client_of(service.url).active_jobs, longest_s=WITHIN_S)
    assert service.left.wait(WITHIN_S)


def test_where_no_thread_can_be_started_a_request_is_sent_all_the_same(silent, monkeypatch):
    service = silent(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    client = client_of(service.url, attempts=1)
    with pytest.raises(ServiceFailed, match="503"):
        client.active_jobs()
    client.transport._session.close()


def test_connections_through_a_proxy_tell_too(silent, monkeypatch):
    proxy = silent(b"", interrupt)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with pytest.raises(KeyboardInterrupt):
        client_of("http://prominence.test", allow_http=True).active_jobs()
    assert proxy.left.wait(WITHIN_S)
    assert proxy.received.startswith(b"GET http://prominence.test/jobs")


def test_an_answer_that_a_proxy_loses_is_not_a_definite_no(silent, monkeypatch):
    """The proxy may have passed the request on: as a submission it must not be sent again."""
    proxy = silent(b"", lambda: proxy._connection.shutdown(socket.SHUT_WR))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    with pytest.raises(RequestLost, match="the connection broke"):
        client_of("http://prominence.test", allow_http=True).transport.send("POST", "/jobs", json={})
    assert proxy.received.startswith(b"POST http://prominence.test/jobs")


def test_an_interrupt_is_felt_in_a_handshake_too(silent, new_requests):
    service = silent(b"", interrupt)
    with pytest.raises(KeyboardInterrupt):
        client_of(service.url.replace("http", "https")).active_jobs()
    (request,) = new_requests()
    service.stop()
    request.join(WITHIN_S)
    assert service.received[:1] == b"\x16"  # the beginning of a handshake, and nothing else


def test_where_many_are_to_be_fast_each_is_under_way_in_the_thread_that_asks(new_requests):
    def work():
        return threading.current_thread(), Exchange.here() is not None, len(new_requests())

    with in_this_thread():
        assert Exchange().run(work, longest_s=1) == (threading.current_thread(), True, 0)
        assert Exchange.here() is None
        with pytest.raises(ZeroDivisionError) as raised:
            Exchange().run(lambda: 1 / 0, longest_s=1)
    assert "work" not in [entry.name for entry in raised.traceback]
    assert Exchange.here() is None
    assert Exchange().run(work, longest_s=10)[0] is not threading.current_thread()
