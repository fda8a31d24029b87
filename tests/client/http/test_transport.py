"""The transport against faults: answers by `responses`, broken connections by real sockets."""

import contextlib
import json
import socket
import threading
import traceback

import pytest
import requests
import responses
import urllib3

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import (
    AnswerTooLong,
    AuthenticationFailed,
    ProminenceError,
    RequestRefused,
    ServiceFailed,
    SubmissionUncertain,
    TokenExpired,
    UnexpectedAnswer,
    Unreachable,
)
from prominence_jupyter.protocol.description import JobDescription
from tests.conftest import TOKEN, URL

JOBS = f"{URL}/jobs"
DESCRIPTION = JobDescription({"name": "x"})


@contextlib.contextmanager
def listening(answer: bytes):
    """A port that takes one connection, sends these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@responses.activate
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_get_is_repeated(transport, status):
    responses.get(JOBS, status=status)
    responses.get(JOBS, body=requests.ConnectionError())
    responses.get(JOBS, json=[])
    assert Client(transport).active_jobs() == []
    assert len(responses.calls) == 3


@responses.activate
def test_a_get_is_repeated_a_bounded_number_of_times(transport):
    pauses = []
    transport._sleep = pauses.append
    responses.get(JOBS, status=503, json={"error": "busy"})
    with pytest.raises(ServiceFailed, match=r"503 .busy."):
        Client(transport).active_jobs()
    assert len(responses.calls) == 4
    assert pauses == sorted(pauses)
    assert len(pauses) == 3


@responses.activate
def test_retry_after_is_kept_and_a_long_one_is_not_sat_out(transport):
    pauses = []
    transport._sleep = pauses.append
    responses.get(JOBS, status=429, headers={"Retry-After": "2"})
    responses.get(JOBS, status=429, headers={"Retry-After": "3600"})
    with pytest.raises(ServiceFailed) as caught:
        Client(transport).active_jobs()
    assert caught.value.retry_after_s == 3600
    assert 2 <= pauses[0] <= 2.5
    assert len(pauses) == 1


def test_no_connection_is_told_from_a_lost_answer():
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(Unreachable, match="no connection") as caught:
        Transport(url, Token(TOKEN, "x")).send("POST", "/jobs")
    assert not isinstance(caught.value, RequestLost)
    with listening(b"") as url, pytest.raises(RequestLost, match="connection broke"):
        Transport(url, Token(TOKEN, "x")).send("POST", "/jobs")


def test_an_answer_cut_short_is_lost():
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[{"
    with listening(cut) as url, pytest.raises(RequestLost):
        Client(Transport(url, Token(TOKEN, "x")), attempts=1).active_jobs()


def test_a_service_that_hangs_is_given_up(monkeypatch):
    monkeypatch.setattr("prominence_jupyter.client.http.transport._TIMEOUT_S", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(RequestLost, match="no answer within"):
            Client(Transport(url, Token(TOKEN, "x")), attempts=1).active_jobs()


def every_request_exception():
    found, queue = set(), [requests.RequestException]
    while queue:
        kind = queue.pop()
        if kind not in found:
            found.add(kind)
            queue += kind.__subclasses__()
    return sorted(found, key=lambda kind: kind.__name__)


@responses.activate
@pytest.mark.parametrize("kind", every_request_exception(), ids=lambda kind: kind.__name__)
def test_every_exception_of_requests_becomes_ours(transport, kind):
    try:
        error = kind("words")
    except TypeError:  # the one that is made of another
        error = kind("words", "document", 0)
    responses.get(JOBS, body=error)
    with pytest.raises(Unreachable) as caught:
        Client(transport, attempts=1).active_jobs()
    assert caught.value.transient
    assert caught.value.__cause__ is None


@responses.activate
@pytest.mark.parametrize(
    "body", ["<!doctype html><title>Welcome</title>", '[{"id": 1}, ', "null", "3", '["x"]', "[" * 99999]
)
def test_what_is_not_a_list_of_jobs_says_so(transport, body):
    responses.get(JOBS, body=body, content_type="text/html" if "<" in body else "application/json")
    with pytest.raises(UnexpectedAnswer, match="is PROMINENCE_URL right"):
        Client(transport).active_jobs()


@responses.activate
def test_a_redirect_is_not_followed(transport):
    responses.get(JOBS, status=302, headers={"Location": "https://elsewhere.test/"})
    with pytest.raises(UnexpectedAnswer, match="302"):
        Client(transport).active_jobs()
    assert len(responses.calls) == 1


@responses.activate
def test_a_service_that_quotes_the_token_does_not_get_it_shown(transport):
    responses.get(JOBS, status=401, json={"error": f"bad token {TOKEN}"})
    with pytest.raises(AuthenticationFailed) as caught:
        Client(transport).active_jobs()
    assert TOKEN not in str(caught.value)
    assert "bad token [hidden]" in str(caught.value)


QUOTED = JobDescription(
    {
        "name": "x",
        "tasks": [{"imagePullCredential": {"username": "user", "token": "PULL-TOKEN"}}],
        "inputs": [{"filename": "a", "content": "SU5QVVQtQ09OVEVOVA=="}],
        "artifacts": [{"url": "https://host/a?X-Signature=SIGNED-QUERY"}],
    }
)


@responses.activate
@pytest.mark.parametrize("status", [400, 500])
def test_a_service_that_quotes_the_description_does_not_get_its_secrets_shown(transport, status):
    responses.post(JOBS, status=status, json={"error": f"not valid: {dict(QUOTED.body) | {'name': 'y'}}"})
    with pytest.raises(ProminenceError) as caught:
        Client(transport).submit(QUOTED)
    assert "not valid: {" in str(caught.value)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    for secret in ("PULL-TOKEN", "SU5QVVQ", "SIGNED-QUERY"):
        assert secret not in shown


@responses.activate
def test_what_a_listing_holds_is_in_no_frame_when_it_makes_no_sense(transport):
    responses.get(JOBS, json=[dict(QUOTED.body), 3])
    with pytest.raises(UnexpectedAnswer) as caught:
        Client(transport).active_jobs()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    for secret in ("PULL-TOKEN", "SU5QVVQ", "SIGNED-QUERY"):
        assert secret not in shown


def test_an_expired_token_is_not_sent():
    import jwt

    expired = Token(jwt.encode({"exp": 1}, "k" * 32, algorithm="HS256"), "x")
    with responses.RequestsMock(), pytest.raises(TokenExpired):
        Client(Transport(URL, expired)).active_jobs()


def test_the_token_is_in_no_frame_of_an_interrupted_request(monkeypatch, transport):
    def interrupt(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", interrupt)
    with pytest.raises(KeyboardInterrupt) as caught:
        Client(transport).active_jobs()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "active_jobs" in shown
    assert TOKEN not in shown


@responses.activate
def test_a_token_that_a_service_quotes_is_in_no_frame_of_the_error(transport):
    responses.get(JOBS, status=401, json={"error": f"Authentication failure: {TOKEN}"})
    with pytest.raises(AuthenticationFailed) as caught:
        Client(transport).active_jobs()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "active_jobs" in shown
    assert TOKEN not in shown


def test_the_header_hides_itself(transport):
    request = requests.Request("GET", JOBS, auth=transport._session.auth).prepare()
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in repr(dict(request.headers))
    assert TOKEN not in repr(transport)


LONG_TOKEN = "eyJ" + "abcdefghij" * 130


@responses.activate
@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (401, f'{{"error": "bad token {LONG_TOKEN}"}}', "application/json"),
        (502, f"<html><p>You sent: Bearer {LONG_TOKEN}</p></html>", "text/html"),
        (200, f"<html><title>Echo</title><p>{LONG_TOKEN}</p></html>", "text/html"),
        (200, f'{{"error": "bad token {LONG_TOKEN}"}}', "application/json"),
        (200, LONG_TOKEN, "text/plain"),
    ],
)
def test_no_part_of_a_long_token_is_shown_however_it_is_quoted(status, body, content_type):
    responses.get(JOBS, status=status, body=body, content_type=content_type)
    with pytest.raises(ProminenceError) as caught:
        Client(Transport(URL, Token(LONG_TOKEN, "x")), attempts=1).active_jobs()
    assert LONG_TOKEN[:12] not in str(caught.value)


@responses.activate
def test_escapes_and_endless_words_of_a_service_are_tamed(transport):
    responses.get(JOBS, status=400, json={"error": "\x1b[2J\x1b]0;title\x07\u202eevil" + "x" * 5000})
    with pytest.raises(RequestRefused) as caught:
        Client(transport).active_jobs()
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)
    assert len(str(caught.value)) < 500


@responses.activate
def test_a_megabyte_of_garbage_is_read_at_once(transport):
    responses.get(JOBS, status=404, body="<p>" * 350_000, content_type="text/html")
    with pytest.raises(UnexpectedAnswer):
        Client(transport).active_jobs()


def test_what_cannot_be_sent_was_not_submitted(transport):
    with pytest.raises(Unreachable) as caught:
        Client(transport).submit(JobDescription({"name": float("nan")}))
    assert not isinstance(caught.value, SubmissionUncertain)


def test_a_proxy_that_is_down_is_a_definite_no(monkeypatch, transport):
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{server.getsockname()[1]}")
    with pytest.raises(Unreachable, match="no connection"):
        Client(transport).submit(DESCRIPTION)


def test_secure_trouble_after_the_connection_is_uncertain_and_a_bad_certificate_is_not(monkeypatch, transport):
    import ssl

    def breaks(error):
        def urlopen(*_args, **_kwargs):
            raise urllib3.exceptions.SSLError(error) from error

        return urlopen

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", breaks(ssl.SSLError("bad record mac")))
    with pytest.raises(SubmissionUncertain):
        Client(transport).submit(DESCRIPTION)
    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", breaks(ssl.SSLCertVerificationError("self-signed")))
    with pytest.raises(Unreachable, match="check PROMINENCE_URL and the certificates"):
        Client(transport).submit(DESCRIPTION)


def test_an_interrupted_submission_shows_no_token(monkeypatch, transport):
    def interrupt(*_args, method, **_kwargs):
        raise KeyboardInterrupt if method == "POST" else urllib3.exceptions.LocationParseError("gone")

    monkeypatch.setattr(urllib3.HTTPConnectionPool, "urlopen", interrupt)
    with pytest.raises(SubmissionUncertain, match="the job may or may not have been submitted") as caught:
        Client(transport).submit(DESCRIPTION)
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert TOKEN not in shown


@responses.activate
@pytest.mark.parametrize("header", ["inf", "nan", "soon", "Wed, 21 Oct 2026 07:28:00 GMT"])
def test_an_odd_retry_after_is_none(transport, header):
    responses.get(JOBS, status=429, headers={"Retry-After": header})
    with pytest.raises(ServiceFailed) as caught:
        Client(transport, attempts=1).active_jobs()
    assert caught.value.retry_after_s is None


@responses.activate
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (json.dumps({"error": "x"}).replace("x", "".join(f"\\u{ord(c):04x}" for c in TOKEN)), "application/json"),
        (f"<p>{''.join(f'&#{ord(c)};' for c in TOKEN)}</p>", "text/html"),
        (f"<p>{TOKEN[:5]}<b>{TOKEN[5:]}</b></p>", "text/html"),
        ("x" * (8192 - 30) + TOKEN, "text/plain"),
    ],
)
def test_a_token_in_disguise_is_hidden_too(transport, body, content_type):
    responses.get(JOBS, status=400, body=body, content_type=content_type)
    with pytest.raises(ProminenceError) as caught:
        Client(transport).active_jobs()
    assert TOKEN not in str(caught.value)


@responses.activate
@pytest.mark.parametrize(("length", "fits"), [(1000, True), (1001, False)])
def test_an_answer_is_held_up_to_a_length(transport, length, fits):
    responses.get(JOBS, body=b"x" * length)
    if fits:
        assert len(transport.get("/jobs", longest_bytes=1000).body) == length
    else:
        with pytest.raises(
            AnswerTooLong, match=r"GET https://prominence.test/api/v1/jobs: the answer has more than 0 MB"
        ):
            transport.get("/jobs", longest_bytes=1000)
    assert len(responses.calls) == 1


def test_as_many_connections_are_kept_as_are_used_at_once():
    through = Transport(URL, Token(TOKEN, "a test"), connections=40)
    assert through._session.get_adapter(URL)._pool_maxsize == 40
