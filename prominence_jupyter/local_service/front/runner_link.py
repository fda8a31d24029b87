"""`RunnerLink`: the front's end of the socket to the runner. It starts one where there is none."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import environment, lock, runner_messages
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.live import LiveDir
from prominence_jupyter.local_service.lock import Lock
from prominence_jupyter.local_service.state import StateDir

_START_S: Final = 15.0
_END_S: Final = 10.0
_PAUSE_S: Final = 0.005
_MOST_LAUNCHES: Final = 6
_WITHIN_S: Final = 60.0
"""A runner that has to be started more often than this is given up."""


@dataclass(slots=True)
class RunnerLink:
    """A runner that is there for as long as the front is, and longer."""

    state: StateDir
    live: LiveDir
    held: Lock
    """The front's own."""
    capacity: Capacity
    url: str
    _child: subprocess.Popen[bytes] | None = None
    _reader: asyncio.StreamReader | None = None
    _writer: asyncio.StreamWriter | None = None
    _launches: list[float] = field(default_factory=list)

    def launch(self) -> None:
        """Start a runner unless there is one, and do not wait for it.

        Raises
        ------
        LocalServiceError
            It dies again and again, or another service has taken the place of this one.
        """
        if not self.held.is_current:
            raise LocalServiceError(f"The folder {self.live.path} has been removed: this service gives way.")
        if lock.is_held(self.live.runner_lock) or (self._child is not None and self._child.poll() is None):
            return
        now = time.monotonic()
        self._launches = [launched for launched in self._launches if launched > now - _WITHIN_S] + [now]
        if len(self._launches) > _MOST_LAUNCHES:
            raise LocalServiceError(f"The process that runs jobs dies again and again; see {self.state.log}.")
        with self.state.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own program
                (
                    *(sys.executable, "-P", "-m", "prominence_jupyter.local_service.runner"),
                    *("--state", str(self.state.path), "--live", str(self.live.path), "--url", self.url),
                    *("--cpus", str(self.capacity.cpus), "--memory-gb", str(self.capacity.memory_gb)),
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=environment.for_the_service(os.environ),  # a person's `serve` has all that there is in a terminal
                start_new_session=True,  # it goes on without this process, and Ctrl-C is not for it
            )

    async def connect(self) -> None:
        """Find the runner, and start one if there is none; tell it what holds.

        Raises
        ------
        LocalServiceError
            It does not come up, or as `launch`.
        """
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            try:
                self._reader, self._writer = await asyncio.open_unix_connection(str(self.live.socket))
            except OSError:
                self.launch()
                await asyncio.sleep(_PAUSE_S)
                continue
            self._writer.write(runner_messages.use(self.url, self.capacity))
            return
        raise LocalServiceError(f"The process that runs jobs does not start; see {self.state.log}.")

    async def keep(self) -> None:
        """Start another runner whenever this one has died.

        Raises
        ------
        LocalServiceError
            As `connect`.
        """
        while True:
            await self._wait_for_end()
            await self.connect()

    def wake(self) -> None:
        """Tell the runner that the table of jobs has changed; one that is being started will look anyway."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(runner_messages.WAKE)

    async def stop(self) -> None:
        """Make the runner end its jobs and itself; if it does not, or has only been launched, kill it."""
        if self._writer is not None:
            self._writer.write(runner_messages.STOP)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wait_for_end(), _END_S)
                return
        if self._child is not None:
            self._child.kill()  # it may be about to take its lock
        if not self.held.is_current:  # the lock is that of another service's runner
            return
        with contextlib.suppress(ProcessLookupError):
            if pid := lock.holder(self.live.runner_lock):
                os.kill(pid, signal.SIGKILL)
        await self._wait_for_end()

    async def _wait_for_end(self) -> None:
        """Wait until the runner is gone, however it went; of what it left, end what has come to this process."""
        if self._reader is not None:
            with contextlib.suppress(OSError):
                await self._reader.read()  # it says nothing, so this is its end
        while self.held.is_current and lock.is_held(self.live.runner_lock):  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(_PAUSE_S)
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
        if self._child is not None:
            self._child.wait()
            self._child = None
        from prominence_jupyter.local_service import processes  # noqa: PLC0415 - not in the time of a start

        processes.end_children()
