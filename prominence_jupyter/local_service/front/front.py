"""The front process: HTTP on the loopback interface."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.ioloop import PeriodicCallback
from tornado.log import app_log

from prominence_jupyter.local_service import processes
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.front import tokens
from prominence_jupyter.local_service.front.address import HOST, url
from prominence_jupyter.local_service.front.application import application
from prominence_jupyter.local_service.front.routes.handler import Service
from prominence_jupyter.local_service.front.runner_link import RunnerLink
from prominence_jupyter.local_service.leftovers import end_leftovers
from prominence_jupyter.local_service.live import LiveDir
from prominence_jupyter.local_service.service_info import ServiceInfo
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status

_LOOK_AGAIN_S: Final = 60.0
_MAX_BODY_BYTES: Final = 32 * 1024 * 1024
_RENEW_MS: Final = 24 * 3600 * 1000
_REAP_MS: Final = 60 * 1000
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Server(HTTPServer):
    """A server that knows when somebody asked last."""

    asked = 0.0

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """Take note of when that was."""
        self.asked = time.monotonic()
        return super().start_request(server_conn, request_conn)


@dataclass(frozen=True, slots=True)
class Front:
    """What a front needs to run, under a lock that its process holds."""

    state: StateDir
    live: LiveDir
    capacity: Capacity
    listener: socket.socket
    runner: RunnerLink
    idle_s: float
    """When nothing has run or waited and nobody has asked for so long, it ends."""

    async def run(self, announce: Callable[[ServiceInfo], None]) -> None:
        """Serve until a signal says stop, or nobody needs the service any more; then end the running jobs.

        Raises
        ------
        LocalServiceError
            The runner does not start, or dies again and again.
        """
        stop = _stop_event()
        processes.become_subreaper()  # what is left of a runner that is killed comes to this process
        with Store(self.state.database) as store:
            try:
                await self.runner.connect()
                await self._serve(store, stop, announce)
            finally:
                await self.runner.stop()
                if self.runner.held.is_current:  # else they are another service's
                    with contextlib.suppress(sqlite3.Error):  # the next service ends what this one cannot
                        end_leftovers(store)

    async def _serve(self, store: Store, stop: asyncio.Event, announce: Callable[[ServiceInfo], None]) -> None:
        key = tokens.signing_key(self.state)
        tokens.renew_user_token(self.state, key)
        renewal = PeriodicCallback(lambda: tokens.renew_user_token(self.state, key), _RENEW_MS)
        port = self.listener.getsockname()[1]
        hosts = frozenset({f"{HOST}:{port}", f"localhost:{port}"})
        service = Service(self.state, store, self.capacity, key, hosts, self.runner.wake)
        server = _Server(application(service), max_body_size=_MAX_BODY_BYTES, max_buffer_size=_MAX_BODY_BYTES)
        server.asked = time.monotonic()
        server.add_socket(self.listener)
        reaping = PeriodicCallback(processes.Orphans().reap, _REAP_MS)
        reaping.start()
        renewal.start()
        try:
            self._announce(announce)
            await _first(stop.wait(), self.runner.keep(), self._until_idle(server, store))
        finally:
            if self.runner.held.is_current:
                self.live.service.unlink(missing_ok=True)
            renewal.stop()
            reaping.stop()
            server.stop()
            await server.close_all_connections()

    async def _until_idle(self, server: _Server, store: Store) -> None:
        while True:
            left = server.asked + self.idle_s - time.monotonic()
            if left <= 0 and not any(map(store.jobs.count, (status.PENDING, status.RUNNING))):
                app_log.info("nobody has needed the service for %g s: it ends", self.idle_s)
                return
            await asyncio.sleep(left if left > 0 else min(_LOOK_AGAIN_S, self.idle_s))

    def _announce(self, announce: Callable[[ServiceInfo], None]) -> None:
        info = ServiceInfo(
            url=url(self.listener),
            pid=os.getpid(),
            started=time.time(),
            cpus=self.capacity.cpus,
            memory_gb=self.capacity.memory_gb,
            token_file=self.state.token,
            state_dir=self.state.path,
        )
        info.save(self.live)
        announce(info)


def _stop_event() -> asyncio.Event:
    """Return an event that a signal sets."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in _STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    return stop


async def _first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait until one of these is done, and raise what it raises."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    done, others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for task in done:
        task.result()
