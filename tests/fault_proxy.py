"""A proxy on loopback that passes requests on to a service, and does to them what a script says.

::

    with fault_proxy(info.url) as proxy:
        proxy.script = lambda request: faults.get(request.number)
        Transport(proxy.url, token)

A script sees each request and returns a `Fault`, or None to pass it on and back untouched. That nobody listens cannot
be decided by a request that has arrived: `FaultProxy.refuse` and `FaultProxy.listen` do it.
"""

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_END_OF_HEAD = b"\r\n\r\n"
_PIECE = 1 << 16


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    number: int
    """Counts all requests of the proxy, from 0."""
    method: str
    path: str
    """With its query."""
    head: bytes
    body: bytes


@dataclass(frozen=True)
class Fault:
    """What is done to one request. What is not named is as it should be."""

    forwards: bool = True
    """Whether the service gets the request."""
    answer: bytes | None = None
    """Instead of the service's; without one of either, there is none."""
    gives: Callable[[bytes], int] | None = None
    """How many bytes of the answer are given, from the whole of it; all by default."""
    end: Literal["keep", "close", "reset", "hang"] = "keep"
    """What becomes of the connection after that: to hang is to say nothing more until the client goes."""
    delay_s: float = 0.0
    """Before anything is done."""


def reply(status: int, body: bytes = b"", *, content_type: str = "application/json", **headers: str) -> bytes:
    """An answer; ``Retry_After="1"`` is a header."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Type: {content_type}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + _END_OF_HEAD + body


def instead(answer: bytes, *, forwards: bool) -> Fault:
    """An answer that is not the service's, which has seen the request or not."""
    return Fault(forwards, answer)


def reset(*, forwards: bool) -> Fault:
    """The connection is reset, before or after the service has seen the request."""
    return Fault(forwards, gives=lambda _: 0, end="reset")


def dropped(*, forwards: bool = True) -> Fault:
    """The connection ends without an answer."""
    return Fault(forwards, gives=lambda _: 0, end="close")


def hang(*, forwards: bool) -> Fault:
    """No answer, and no end of the connection."""
    return Fault(forwards, gives=lambda _: 0, end="hang")


def delayed(seconds: float) -> Fault:
    """All as it should be, but later."""
    return Fault(delay_s=seconds)


def cut_head(share: float, *, end: Literal["close", "reset", "hang"] = "close") -> Fault:
    """An answer that ends within its head, after this share of it, from 0 up to but not 1."""
    return Fault(gives=lambda answer: int(share * _head_length(answer)), end=end)


def cut_body(share: float, *, end: Literal["close", "reset", "hang"] = "close") -> Fault:
    """An answer that ends within its body, after this share of it."""

    def given(answer: bytes) -> int:
        head = _head_length(answer)
        return head + int(share * (len(answer) - head))

    return Fault(gives=given, end=end)


def _head_length(answer: bytes) -> int:
    return answer.index(_END_OF_HEAD) + len(_END_OF_HEAD)


class FaultProxy:
    """A running proxy.

    Attributes
    ----------
    url
        Instead of the service's.
    script
        What is done to a request; called in the thread of its connection.
    requests
        All that came, in order.
    """

    def __init__(self, url: str, script: Callable[[Request], Fault | None] = lambda _: None) -> None:
        parts = urlsplit(url)
        self._service = (str(parts.hostname), int(parts.port or 80))
        self.script = script
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._stopping = threading.Event()
        self._listener = _bound(0)
        self._address = self._listener.getsockname()
        self.url = f"http://127.0.0.1:{self._address[1]}{parts.path}"
        self.listen()

    def listen(self) -> None:
        """Take connections again; at the start they are."""
        self._stopping.clear()
        self._listener.listen(128)
        self._wakes, self._woken = socket.socketpair()
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def refuse(self) -> None:
        """Refuse connections and end those there are, until `listen`; the port is kept."""
        self.stop()
        self._listener = _bound(self._address[1])

    def stop(self) -> None:
        """End it all."""
        self._stopping.set()
        self._wakes.close()
        self._accepting.join()
        self._woken.close()
        self._listener.close()
        with self._lock:
            connections = dict(self._connections)
        for connection in connections:
            _shut(connection)
        for thread in connections.values():
            thread.join()

    def _accept(self) -> None:
        while self._listener in select.select([self._listener, self._woken], [], [])[0]:
            if self._stopping.is_set():
                return
            connection, _ = self._listener.accept()
            thread = threading.Thread(target=self._serve, args=[connection])
            with self._lock:
                self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        """Answer the requests of a connection until one end has enough."""
        with contextlib.suppress(OSError), connection:
            while (request := self._read(connection)) and not self._stopping.is_set():
                fault = self.script(request) or Fault()
                if not self._do(connection, request, fault):
                    break
        with self._lock:
            del self._connections[connection]

    def _read(self, connection: socket.socket) -> Request | None:
        received = b""
        while _END_OF_HEAD not in received:
            if not (piece := connection.recv(_PIECE)):
                return None
            received += piece
        head, _, body = received.partition(_END_OF_HEAD)
        length = next((int(value) for name, value in _headers(head) if name == b"content-length"), 0)
        while len(body) < length:
            if not (piece := connection.recv(_PIECE)):
                return None
            body += piece
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        with self._lock:
            request = Request(len(self.requests), method, path, head, body)
            self.requests.append(request)
        return request

    def _do(self, connection: socket.socket, request: Request, fault: Fault) -> bool:
        """Do to a request what is to be done; tell whether the connection may have another."""
        if fault.delay_s:
            self._stopping.wait(fault.delay_s)
        answer = self._forwarded(request) if fault.forwards else b""
        answer = answer if fault.answer is None else fault.answer
        connection.sendall(answer[: fault.gives(answer)] if fault.gives and answer else answer)
        if fault.end == "hang":
            while connection.recv(_PIECE):
                pass
        elif fault.end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        return fault.end == "keep" and bool(answer)

    def _forwarded(self, request: Request) -> bytes:
        """Send a request on and return the whole answer as it came, empty if the service does not answer."""
        first, *lines = request.head.split(b"\r\n")
        kept = [line for line in lines if not line.lower().startswith((b"host:", b"connection:"))]
        host = f"Host: {self._service[0]}:{self._service[1]}".encode()
        pieces = []
        try:
            with socket.create_connection(self._service) as service:
                service.sendall(b"\r\n".join([first, host, *kept, b"Connection: close"]) + _END_OF_HEAD + request.body)
                while piece := service.recv(_PIECE):
                    pieces.append(piece)
        except OSError:  # it is being restarted, say
            return b""
        return b"".join(pieces).replace(b"Connection: close\r\n", b"", 1)


def _headers(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        yield name.strip().lower(), value.strip()


def _bound(port: int) -> socket.socket:
    """A socket that has a port and does not listen yet: who connects is refused."""
    until = time.monotonic() + 5
    while True:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port))
        except OSError:
            bound.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return bound


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def fault_proxy(url: str, script: Callable[[Request], Fault | None] = lambda _: None) -> Iterator[FaultProxy]:
    """Run a proxy within a ``with`` block."""
    proxy = FaultProxy(url, script)
    try:
        yield proxy
    finally:
        proxy.stop()
