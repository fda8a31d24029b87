"""Links that carry their own permission, with the whole of requests and urllib3 below."""

import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from prominence_jupyter.client.http.signed import Signed
from prominence_jupyter.errors import UnexpectedAnswer

SIGNATURE = "cosign-me"


class Store(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def store():
    with HTTPServer(("127.0.0.1", 0), Store) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_log_of_everything_has_no_signature(store, caplog):
    with caplog.at_level(logging.DEBUG), Signed(f"{store}/a?sig={SIGNATURE}").pieces() as pieces:
        assert b"".join(pieces) == b"ok"
    assert SIGNATURE not in caplog.text


def test_what_is_no_url_says_so_and_shows_nothing():
    with pytest.raises(UnexpectedAnswer, match="is no URL"), Signed(f"https://[x/?sig={SIGNATURE}").pieces():
        pass
