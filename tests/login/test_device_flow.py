"""The device flow against a provider on loopback, with every answer that it may give."""

import signal
import socket
import threading

import pytest

from prominence_jupyter.client.access.token import Hidden
from prominence_jupyter.errors import LoginDenied, LoginFailed, LoginLapsed
from prominence_jupyter.login.credentials import Credentials
from prominence_jupyter.login.device_code import DeviceCode
from prominence_jupyter.login.device_flow import DeviceFlow
from prominence_jupyter.login.provider import Provider
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, SECRETS, granted

ME = Credentials(CLIENT_ID, Hidden(CLIENT_SECRET), "a test")


@pytest.fixture
def flow(provider, clock):
    """Begin a login and return a function that waits for it."""
    asked = Provider(provider.url)

    def wait():
        code = DeviceCode.from_json(asked.device_code(ME))
        return DeviceFlow(asked, ME, code, show=wait.shown.append, clock=clock, sleep=clock.sleep).wait()

    wait.shown = []
    return wait


def pauses(clock, provider):
    """Seconds between two questions, as they were asked."""
    return round(clock.now - 1000), provider.asked("/token")


def test_it_is_asked_at_the_interval_until_it_is_granted(flow, provider, clock):
    provider.interval = 5
    provider.answers = ["authorization_pending"] * 3 + [reply := granted()]
    assert flow() == reply
    assert pauses(clock, provider) == (20, 4)
    assert max(clock.slept) <= 1  # so it counts down, and an interrupt is felt
    assert [round(waiting.left_s) for waiting in flow.shown[:3]] == [600, 599, 598]
    assert [path for path, _, _ in provider.requests] == ["/devicecode"] + ["/token"] * 4
    assert provider.requests[0][1] == {"scope": ["openid profile email"], "client_id": [CLIENT_ID]}
    assert provider.requests[1][1] == {
        "grant_type": ["urn:ietf:params:oauth:grant-type:device_code"],
        "device_code": ["device-code-not-to-be-seen"],
    }


def test_slow_down_adds_five_seconds_for_good(flow, provider, clock):
    provider.interval = 5
    provider.answers = ["slow_down", "authorization_pending", "slow_down", granted()]
    flow()
    assert pauses(clock, provider) == (5 + 10 + 10 + 15, 4)


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("access_denied", LoginDenied, "denied at the provider's page; run %prominence login"),
        ("expired_token", LoginLapsed, "nobody entered the code in time; run %prominence login again"),
        ("invalid_grant", LoginFailed, "gave no token"),
        ("unauthorized_client", LoginFailed, "gave no token"),
        ("unsupported_grant_type", LoginFailed, "gave no token"),
        ("something_new", LoginFailed, "something_new"),
    ],
)
def test_an_end_is_an_error_at_once(flow, provider, code, error, words):
    provider.answers = ["authorization_pending", code]
    with pytest.raises(error, match=words) as caught:
        flow()
    assert type(caught.value) is error
    assert provider.asked("/token") == 2
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


def test_without_an_end_it_ends_when_the_code_does(flow, provider, clock):
    provider.interval, provider.expires_in = 5, 60
    with pytest.raises(LoginLapsed):
        flow()
    assert pauses(clock, provider) == (60, 12)


@pytest.mark.parametrize("pending", [{"error": "authorization_pending"}, {"error": "slow_down"}])
def test_an_error_with_status_200_is_one(flow, provider, pending):
    provider.answers = [pending, granted()]
    flow()
    assert provider.asked("/token") == 2


HTML = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: 17\r\n\r\n<title>Hi</title>"
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


@pytest.mark.parametrize(
    "odd",
    [
        HTML % b"200 OK",
        HTML % b"500 Internal Server Error",
        HTML % b"403 Forbidden",
        HTML % b"429 Too Many Requests",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"",
        b"garbage\r\n\r\n",
        JSON % (2, b"[]"),
        JSON % (4, b"null"),
        JSON % (5, b'"yes"'),
        JSON % (40, b'{"access_token": "cut'),
        JSON % (100_000, b"[" * 100_000),
        JSON % (400_000, b" " * 400_000),
    ],
)
def test_an_odd_answer_is_shown_and_the_next_may_be_better(flow, provider, odd):
    provider.answers = [odd, granted()]
    assert "access_token" in flow()
    assert provider.asked("/token") == 2
    troubles = {waiting.trouble for waiting in flow.shown} - {""}
    assert len(troubles) == 1
    assert not [secret for secret in SECRETS if secret in str(troubles)]
    assert "<" not in str(troubles)


@pytest.mark.parametrize("odd", [b"HTTP/1.1 200 OK\r\n\r\n{<drip>", b"HTTP/1.1 200 OK\r\nX: <drip>", b"<hang>"])
def test_an_answer_without_an_end_is_given_up(flow, provider, monkeypatch, odd):
    monkeypatch.setattr("prominence_jupyter.login.provider._LONGEST_S", 0.3)
    monkeypatch.setattr("prominence_jupyter.client.http.exchange._LOOK_S", 0.05)
    provider.answers = [odd, granted()]
    assert "access_token" in flow()
    assert [waiting for waiting in flow.shown if waiting.trouble]


def test_a_provider_that_goes_away_is_asked_until_the_code_ends(provider, clock):
    provider.expires_in = 100
    shown, asked = [], Provider(provider.url)
    code = DeviceCode.from_json(asked.device_code(ME))
    provider.stop()
    with pytest.raises(LoginLapsed):
        DeviceFlow(asked, ME, code, show=shown.append, clock=clock, sleep=clock.sleep).wait()
    assert {waiting.trouble for waiting in shown} == {"", "no answer: ConnectionError"}
    assert round(clock.now) == 1100


def test_an_interrupt_ends_it(flow, provider, clock, monkeypatch):
    def interrupt(_seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        flow()
    assert provider.asked("/token") == 0


def test_an_interrupt_is_felt_while_the_provider_is_looked_up(provider, new_requests, monkeypatch):
    found = threading.Event()

    def slow(*_args, **_kwargs):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        assert found.wait(10)
        raise OSError

    asked = Provider(provider.url)
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(KeyboardInterrupt):
        asked.device_code(ME)
    (request,) = new_requests()
    found.set()
    request.join(10)
    assert not provider.requests
