"""The front process: HTTP on the loopback interface, and the runner as its child."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tornado.httpserver import HTTPServer
from tornado.ioloop import PeriodicCallback
from tornado.log import app_log

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import environment, processes, reasons
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.front import tokens
from prominence_jupyter.local_service.front.application import BASE, application
from prominence_jupyter.local_service.front.routes.handler import Service
from prominence_jupyter.local_service.service_info import ServiceInfo
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status

HOST: Final = "127.0.0.1"
_LAST_PORT: Final = 65535
_MAX_BODY_BYTES: Final = 32 * 1024 * 1024
_RENEW_MS: Final = 24 * 3600 * 1000
_RUNNER_END_S: Final = 10.0
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Front:
    """What a front needs to run. Its lock is held by this process and the runner, until both have ended."""

    state: StateDir
    capacity: Capacity
    port: int
    lock: int
    """Descriptor of the locked file."""

    async def run(self, announce: Callable[[ServiceInfo], None]) -> None:
        """Serve until a signal says stop; then end the running jobs.

        Raises
        ------
        LocalServiceError
            The port is taken, or the runner died.
        """
        self.state.service.unlink(missing_ok=True)
        key = tokens.signing_key(self.state)
        tokens.renew_user_token(self.state, key)
        renewal = PeriodicCallback(lambda: tokens.renew_user_token(self.state, key), _RENEW_MS)
        stop = _stop_event()
        with self._listen() as listener, Store(self.state.database) as store:
            port = listener.getsockname()[1]
            self.state.port.write_text(str(port))
            url = f"http://{HOST}:{port}{BASE}"
            store.jobs.finish_running(status.FAILED, reasons.STOPPED)
            runner = await self._start_runner(url)
            hosts = frozenset({f"{HOST}:{port}", f"localhost:{port}"})
            service = Service(self.state, store, self.capacity, key, hosts, lambda: _wake(runner))
            server = HTTPServer(application(service), max_body_size=_MAX_BODY_BYTES, max_buffer_size=_MAX_BODY_BYTES)
            server.add_socket(listener)
            renewal.start()
            try:
                self._announce(url, announce)
                await _until_stopped(stop, runner)
            finally:
                self.state.service.unlink(missing_ok=True)
                renewal.stop()
                server.stop()
                await server.close_all_connections()
                await _stop_runner(runner)
                if runner.returncode:  # it may have had no time to end its jobs
                    processes.end_strays(store.jobs.token_of)

    def _listen(self) -> socket.socket:
        """Listen on the port that was asked for; when any will do on that of the last time, which notebooks know."""
        if self.port == 0:
            with contextlib.suppress(OSError, ValueError, LocalServiceError):
                return _listen(int(self.state.port.read_text()))
        return _listen(self.port)

    async def _start_runner(self, url: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "prominence_jupyter.local_service.runner.runner"),
            *("--state", str(self.state.path), "--url", url),
            *("--cpus", str(self.capacity.cpus), "--memory-gb", str(self.capacity.memory_gb)),
            stdin=asyncio.subprocess.PIPE,
            pass_fds=[self.lock],
            env=environment.for_the_service(os.environ),  # a person's `serve` has all that there is in a terminal
            start_new_session=True,  # Ctrl-C in a terminal is for the front alone
        )

    def _announce(self, url: str, announce: Callable[[ServiceInfo], None]) -> None:
        info = ServiceInfo(
            url=url,
            pid=os.getpid(),
            started=time.time(),
            cpus=self.capacity.cpus,
            memory_gb=self.capacity.memory_gb,
            token_file=self.state.token,
            state_dir=self.state.path,
        )
        info.save(self.state)
        announce(info)


def _listen(port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise LocalServiceError(f"Cannot listen on {HOST}:{port}: a port is 0 to {_LAST_PORT}.")
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        raise LocalServiceError(f"Cannot listen on {HOST}:{port}: {error.strerror}.") from error
    listener.setblocking(False)
    return listener


def _wake(runner: asyncio.subprocess.Process) -> None:
    if runner.stdin is not None and not runner.stdin.is_closing():
        runner.stdin.write(b"\n")


def _stop_event() -> asyncio.Event:
    """Return an event that a signal sets."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    return stop


async def _until_stopped(stop: asyncio.Event, runner: asyncio.subprocess.Process) -> None:
    waits = {asyncio.create_task(stop.wait()), asyncio.create_task(runner.wait())}
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    if not stop.is_set():
        raise LocalServiceError(f"The process that runs jobs died (exit code {runner.returncode}).")


async def _stop_runner(runner: asyncio.subprocess.Process) -> None:
    """Close the runner's standard input, which makes it end its jobs, and wait for its end."""
    if runner.stdin is not None:
        runner.stdin.close()
    try:
        await asyncio.wait_for(runner.wait(), _RUNNER_END_S)
    except TimeoutError:
        app_log.error("the process that runs jobs did not end by itself")
        with contextlib.suppress(ProcessLookupError):
            runner.kill()
        await runner.wait()
