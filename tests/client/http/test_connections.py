"""How long connections are kept, and what they print, over real sockets."""

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import Transport
from tests.conftest import TOKEN


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.came_from.append(self.client_address)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_):
        pass


@pytest.fixture
def service():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = False
        server.came_from = []
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("slept_s", "connections"), [(0, 1), (19, 1), (21, 3), (-3600, 3)])
def test_a_connection_is_kept_but_not_through_a_sleep(service, monkeypatch, slept_s, connections):
    """Who sends through one that the other side has forgotten meanwhile loses a request, and for a submission a job."""
    transport = Transport(f"http://127.0.0.1:{service.server_address[1]}", Token(TOKEN, "a test"))
    client, now = Client(transport), 1e9
    for _ in range(3):
        monkeypatch.setattr("prominence_jupyter.client.http.connections.time.time", lambda now=now: now)
        assert client.active_jobs() == []
        now += slept_s
    transport._session.close()
    assert len(set(service.came_from)) == connections


def test_a_connection_is_not_shared_with_a_fork(service, monkeypatch):
    transport = Transport(f"http://127.0.0.1:{service.server_address[1]}", Token(TOKEN, "a test"))
    client = Client(transport)
    client.active_jobs()
    monkeypatch.setattr("prominence_jupyter.client.http.connections.os.getpid", lambda: -2)
    client.active_jobs()
    transport._session.close()
    assert len(set(service.came_from)) == 2


def test_what_is_sent_is_not_printed_though_all_connections_are_to_print_it(service, monkeypatch, capsys):
    """That is how requests are debugged, and the output of a cell is saved with the notebook."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    transport = Transport(f"http://127.0.0.1:{service.server_address[1]}", Token(TOKEN, "a test"))
    assert Client(transport).active_jobs() == []
    transport._session.close()
    assert capsys.readouterr().out == ""
