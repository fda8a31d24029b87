"""A service on loopback that hangs: in one of the ways in which services do."""

import contextlib
import socket
import threading
import time
from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
_WITHIN_S = 20
_SYN_SENT = "02"
"""State of a connection that nobody has answered, in /proc/net/tcp."""


class HangingService:
    """A service that never gives a whole answer.

    Parameters
    ----------
    way
        "silent": it takes requests and says nothing. "drips": it says the head of an answer, byte by byte. "stops": it
        says the head and the beginning of the body. "deaf": its queue of connections is full, so that it takes none.
    """

    def __init__(self, way: str) -> None:
        self._way = way
        self._ended = threading.Event()
        self._asked = threading.Semaphore(0)
        self._open: list[socket.socket] = []
        self._calls: set[str] = set()
        self._server = socket.create_server(("127.0.0.1", 0), backlog=0 if way == "deaf" else 128)
        self.port = self._server.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        self._threads = [] if way == "deaf" else [threading.Thread(target=self._accept)]
        if way == "deaf":
            self._fill()
        for thread in self._threads:
            thread.start()

    def wait_until_asked(self) -> None:
        """Wait until a request has come that was not waited for before; for a deaf service, until one would come."""
        if self._way != "deaf":
            assert self._asked.acquire(timeout=_WITHIN_S), "nobody asked"
            return
        deadline = time.monotonic() + _WITHIN_S
        while not self._is_called():
            assert time.monotonic() < deadline, "nobody called"
            time.sleep(0.005)

    def stop(self) -> None:
        """Close everything."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._server.close()
        for thread in self._threads[:1]:
            thread.join()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads[1:]:
            thread.join()

    def _fill(self) -> None:
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self.port))
            self._open.append(waiting)
        self._is_called()  # those that have filled it

    def _is_called(self) -> bool:
        rows = [line.split()[1:4] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        calls = {here for here, there, state in rows if state == _SYN_SENT and there.endswith(f":{self.port:04X}")}
        new, self._calls = calls - self._calls, self._calls | calls
        return bool(new)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.recv(1 << 20)
            if self._way == "stops":
                connection.sendall(HEAD + b"[{")
            self._asked.release()
            rest = memoryview(HEAD if self._way == "drips" else b"")
            while rest and not self._ended.wait(0.05):
                connection.sendall(rest[:1])
                rest = rest[1:]


@contextlib.contextmanager
def hanging(way: str):
    """Run a service that hangs within a ``with`` block."""
    running = HangingService(way)
    try:
        yield running
    finally:
        running.stop()
