"""PROMINENCE_SSL_VERIFY, against a real server whose certificate nobody has signed."""

import contextlib
import shutil
import socket
import socketserver
import ssl
import subprocess
import threading
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest

import prominence_jupyter
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http import certificates
from prominence_jupyter.errors import CertificatesUnchecked, Unreachable

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="makes a certificate with openssl")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_args):
        """Print nothing."""


class Server(HTTPServer):
    def handle_error(self, *_args):
        """Print nothing: a client that checks ends the handshake."""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    key, certificate = folder / "key", folder / "certificate"
    made_of = f"-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout {key} -out {certificate}"
    command = ["openssl", "req", *made_of.split(), "-subj", "/CN=localhost"]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def nobody_was_warned(monkeypatch):
    monkeypatch.setattr(certificates, "_warned", set())


def jobs(url):
    transport = prominence_jupyter.connect(url, "a-token").client.transport
    try:
        return Client(transport, attempts=1).active_jobs()
    finally:
        transport._session.close()


@pytest.mark.parametrize("value", [None, "True", "false", "0", "no", ""])
def test_they_are_checked_unless_it_is_the_word_of_the_official_client(url, monkeypatch, value):
    if value is None:
        monkeypatch.delenv("PROMINENCE_SSL_VERIFY", raising=False)
    else:
        monkeypatch.setenv("PROMINENCE_SSL_VERIFY", value)
    with pytest.raises(Unreachable, match=r"no secure connection .*certificates"):
        jobs(url)


@pytest.mark.parametrize("bundle", [False, True])
def test_without_a_check_there_is_one_warning(url, monkeypatch, tmp_path, bundle):
    monkeypatch.setenv("PROMINENCE_SSL_VERIFY", "False")
    if bundle:  # of which `requests` makes a check again
        (tmp_path / "bundle").write_text("")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "bundle"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert jobs(url) == []
        assert jobs(url) == []
    (only,) = caught
    assert only.category is CertificatesUnchecked
    assert "127.0.0.1 is what it says is not checked" in str(only.message)


def test_http_to_this_machine_has_no_certificate_to_warn_of(monkeypatch):
    monkeypatch.setenv("PROMINENCE_SSL_VERIFY", "False")
    assert prominence_jupyter.connect("http://127.0.0.1:1", "a-token").url == "http://127.0.0.1:1"


class Tunnel(socketserver.StreamRequestHandler):
    """What a proxy does for https: one tunnel a connection, whatever the name, to the service of the tests."""

    def handle(self):
        self.server.asked.append(self.rfile.readline().split()[0])
        while self.rfile.readline() not in {b"\r\n", b""}:
            pass
        with socket.create_connection(self.server.leads_to) as service:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=pump, args=(service, self.connection))
            back.start()
            pump(self.connection, service)
            back.join()


def pump(source, target):
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")
def test_through_a_proxy_all_goes_in_the_tunnel(url, monkeypatch):
    """Outside of it the proxy would be taken for the service, and get the token."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as proxy:
        proxy.asked, proxy.leads_to = [], ("127.0.0.1", urlsplit(url).port)
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_address[1]}")
        monkeypatch.setenv("PROMINENCE_SSL_VERIFY", "False")
        with pytest.warns(CertificatesUnchecked):
            assert jobs("https://prominence.test") == []
        proxy.shutdown()
        thread.join()
    assert proxy.asked == [b"CONNECT"]
