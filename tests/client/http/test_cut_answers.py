"""Answers that break off, at each of their bytes: what comes is whole or counts as lost, and is never made up."""

import contextlib
import socket
import threading

import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.http.failures import RequestLost
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import ServiceFailed

BODY = b'[{"id": 1}]'
HEAD = b"HTTP/1.1 200 OK\r\nServer: loopback\r\nContent-Type: application/json\r\n"
COUNTED = HEAD + b"Content-Length: 11\r\n\r\n" + BODY
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n6\r\n" + BODY[:6] + b"\r\n5\r\n" + BODY[6:] + b"\r\n0\r\n\r\n"
CLOSED = HEAD + b"Connection: close\r\n\r\n" + BODY
EMPTY = HEAD + b"Content-Length: 0\r\n\r\n"
FAILED = b"HTTP/1.1 503 Busy\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n"


@contextlib.contextmanager
def answering(answer: bytes, cuts):
    """Answer on loopback, cut at one place after the other, each on a connection of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            for cut in cuts:
                connection, _ = server.accept()
                with connection:
                    while b"\r\n\r\n" not in connection.recv(65536):
                        continue
                    connection.sendall(answer[:cut])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)
        assert not thread.is_alive()


def received(answer, *, streamed):
    """What comes of an answer, cut after each number of bytes."""
    cuts, found = range(len(answer) + 1), []
    with answering(answer, cuts) as url:
        transport = Transport(url, Token("t", "a test"))
        for _ in cuts:
            try:
                if streamed:
                    with transport.stream("/x") as pieces:
                        found.append(b"".join(pieces))
                else:
                    found.append(transport.send("GET", "/x").body)
            except (RequestLost, ServiceFailed) as error:
                found.append(type(error))
        transport._session.close()
    return found


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("answer", "needed"), [(COUNTED, len(COUNTED)), (CHUNKED, len(CHUNKED) - 4), (EMPTY, len(EMPTY))]
)
def test_an_answer_whose_length_is_told_is_whole_or_lost(answer, needed, streamed):
    body = b"" if answer is EMPTY else BODY
    found = received(answer, streamed=streamed)
    assert found[:needed] == [RequestLost] * needed
    assert set(found[needed:]) == {body}


@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_without_a_length_is_lost_when_its_head_is_not_whole(streamed):
    found = received(CLOSED, streamed=streamed)
    head = len(CLOSED) - len(BODY)
    assert found[:head] == [RequestLost] * head
    assert found[head:] == [BODY[:length] for length in range(len(BODY) + 1)]  # nobody can tell


def test_a_failure_is_one_when_its_head_is_whole():
    found = received(FAILED, streamed=False)
    assert found == [RequestLost] * len(FAILED) + [ServiceFailed]
