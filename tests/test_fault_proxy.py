"""The fault proxy does what it says, or other tests would prove nothing."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from tests.fault_proxy import (
    cut_body,
    cut_head,
    delayed,
    dropped,
    fault_proxy,
    hang,
    instead,
    reply,
    reset,
)
from tests.standin import standin


@pytest.fixture
def service():
    with standin() as running:
        yield running


@pytest.fixture
def proxy(service):
    with fault_proxy(service.url) as running:
        yield running


def submit(proxy, timeout=10):
    """Send a submission and return the status and the body of the answer."""
    parts = urlsplit(proxy.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request("POST", parts.path + "/jobs?a=b", b"{}", {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_untouched_an_answer_is_the_services(proxy, service):
    assert submit(proxy) == (201, b'{"id": 1}')
    assert service.submissions == 1
    (request,) = proxy.requests
    assert (request.number, request.method, request.path, request.body) == (0, "POST", "/api/v1/jobs?a=b", b"{}")


@pytest.mark.parametrize(
    ("fault", "submissions", "error"),
    [
        (reset(forwards=False), 0, ConnectionResetError),
        (reset(forwards=True), 1, ConnectionResetError),
        (dropped(forwards=False), 0, http.client.RemoteDisconnected),
        (dropped(), 1, http.client.RemoteDisconnected),
        (cut_body(0.5), 1, http.client.IncompleteRead),
        (cut_body(0.5, end="reset"), 1, (ConnectionResetError, http.client.IncompleteRead)),
        (cut_head(0.02), 1, http.client.BadStatusLine),
    ],
)
def test_an_answer_is_kept_back(proxy, service, fault, submissions, error):
    proxy.script = lambda _: fault
    with pytest.raises(error):
        submit(proxy)
    assert service.submissions == submissions


@pytest.mark.parametrize("forwards", [False, True])
def test_another_answer_is_given(proxy, service, forwards):
    answer = reply(429, json.dumps({"error": "slowly"}).encode(), Retry_After="2")
    proxy.script = lambda _: instead(answer, forwards=forwards)
    assert submit(proxy) == (429, b'{"error": "slowly"}')
    assert service.submissions == int(forwards)


def test_a_client_that_has_enough_of_a_hang_can_go(proxy, service):
    proxy.script = lambda _: hang(forwards=True)
    with pytest.raises(TimeoutError):
        submit(proxy, timeout=0.1)
    assert service.submissions == 1


def test_a_script_sees_each_request_and_may_delay_it(proxy):
    proxy.script = lambda request: delayed(0.01) if request.number == 0 else instead(reply(500), forwards=False)
    assert [submit(proxy)[0] for _ in range(3)] == [201, 500, 500]


def test_connections_are_refused_for_a_while(proxy):
    for _ in range(3):
        proxy.refuse()
        with pytest.raises(ConnectionRefusedError):
            submit(proxy)
        proxy.listen()
        assert submit(proxy)[0] == 201


def test_a_service_that_is_gone_gives_no_answer(proxy, service):
    service.stop()
    with pytest.raises(http.client.RemoteDisconnected):
        submit(proxy)
