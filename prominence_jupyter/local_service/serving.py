"""The life of a service: under its lock, from the first look at its folders to its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import lock, trouble
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.front import address
from prominence_jupyter.local_service.front.runner_link import RunnerLink
from prominence_jupyter.local_service.live import LiveDir, live_dir, name_live_dir
from prominence_jupyter.local_service.lock import Lock
from prominence_jupyter.local_service.runner.runtimes import choice
from prominence_jupyter.local_service.service_info import ServiceInfo
from prominence_jupyter.local_service.state import StateDir, state_dir
from prominence_jupyter.local_service.store.store import Store

IDLE_S: Final = 24 * 3600.0
"""When nothing has run or waited and nobody has asked for so long, a service ends itself."""
_LOCK_S: Final = 20.0
_PAUSE_S: Final = 0.03


class Serving:
    """A service that holds its lock, has a database that can be used, and listens; it answers once it `run`s.

    To be closed by its maker, also in a parent whose child runs it.

    Raises
    ------
    LocalServiceError
        One runs already, the port is taken, a number makes no sense, or a folder or the database cannot be used.
    """

    def __init__(self, *, cpus: float | None, memory_gb: float | None, port: int, idle_s: float = IDLE_S) -> None:
        self._idle_s = idle_s
        self.capacity = Capacity.declared(cpus, memory_gb)
        self.state = state_dir().make()
        self.live = live_dir(self.state).make()
        with trouble.told_plainly(self.state), contextlib.ExitStack() as failed:
            self._lock = _take_lock(self.state, self.live)
            failed.callback(self._lock.close)
            name_live_dir(self.state, self.live)
            self.live.service.unlink(missing_ok=True)
            choice.require(os.environ, self.state)
            Store(self.state.database).close()  # whatever is wrong with it shows now
            self.listener = address.listen(port, self.live)
            self.live.port.write_text(str(self.listener.getsockname()[1]))
            failed.pop_all()

    def run(self, announce: Callable[[ServiceInfo], None]) -> None:
        """Serve until a signal says stop.

        Raises
        ------
        LocalServiceError
            The runner does not start or dies again and again, or a folder or the database cannot be used.
        """
        self._lock.write_holder()
        runner = RunnerLink(self.state, self.live, self._lock, self.capacity, address.url(self.listener))
        try:
            with trouble.told_plainly(self.state):
                runner.launch()  # it comes up while tornado is imported
                from prominence_jupyter.local_service.front.front import Front  # noqa: PLC0415 - as this says

                front = Front(self.state, self.live, self.capacity, self.listener, runner, self._idle_s)
                asyncio.run(front.run(announce))
        finally:
            if self._lock.is_current:
                self.state.live.unlink(missing_ok=True)  # another host may use the folder now

    def close(self) -> None:
        """Let others have the port and the lock."""
        self.listener.close()
        self._lock.close()


def _take_lock(state: StateDir, live: LiveDir) -> Lock:
    """Return the lock; one that a service in its last moments still holds is waited for."""
    deadline = time.monotonic() + _LOCK_S
    while time.monotonic() < deadline:
        held = lock.take(live.front_lock)
        if held is not None:
            return held
        if info := ServiceInfo.load(state, live):
            raise LocalServiceError(f"A local service runs already: {info.url} (process {info.pid}).")
        time.sleep(_PAUSE_S)
    raise LocalServiceError(f"Another local service is starting or ending and does not get done: {state.path}.")
