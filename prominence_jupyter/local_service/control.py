"""Start, join and stop the local service of this user."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import environment, lock, runner_messages
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.live import LiveDir, live_dir
from prominence_jupyter.local_service.service_info import ServiceInfo
from prominence_jupyter.local_service.state import StateDir, state_dir

__all__ = ["ServiceInfo", "require_capacity", "running", "serve", "start", "stop"]

_START_S: Final = 20.0
_STOP_S: Final = 20.0
_KILL_S: Final = 5.0
_PAUSE_S: Final = 0.01
_LOG_LINES: Final = 12


def start(*, cpus: int | None = None, memory_gb: float | None = None) -> ServiceInfo:
    """Start the local service as a process of its own, or join the one that runs; return when it answers.

    Parameters
    ----------
    cpus, memory_gb
        What jobs may have together; None for all that this process may use, or whatever a service that runs has.

    Raises
    ------
    LocalServiceError
        It does not come up, one with another capacity runs already, a number makes no sense, a folder or the database
        cannot be used, or this is Windows.
    """
    _require_posix()
    Capacity.declared(cpus, memory_gb)
    state = state_dir().make()
    launched = False
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        info = running()
        if info is not None and _answers(info):
            require_capacity(info, cpus=cpus, memory_gb=memory_gb)
            return info
        if not lock.is_held(live_dir(state).front_lock):
            if launched:
                break
            _launch(state, cpus, memory_gb)
            launched = True
        time.sleep(_PAUSE_S)
    raise LocalServiceError(f"The local service did not start.{_end_of_log(state)}")


def running() -> ServiceInfo | None:
    """Return the local service that runs, or None. Nothing is started and nothing is asked over the network.

    Raises
    ------
    LocalServiceError
        A folder cannot be used, or this is Windows.
    """
    _require_posix()
    state = state_dir()
    state.check()  # what another user's folder says is not believed
    live = live_dir(state)
    live.check()
    return ServiceInfo.load(state, live)


def require_capacity(info: ServiceInfo, *, cpus: int | None, memory_gb: float | None) -> None:
    """Refuse a wish for another capacity than a running service has; None is no wish.

    Raises
    ------
    LocalServiceError
        It has another. The message says how to restart it.
    """
    if cpus not in {None, info.cpus} or memory_gb not in {None, info.memory_gb}:
        raise LocalServiceError(
            f"The local service runs already, with {info.cpus:g} cores and {info.memory_gb:g} GB for jobs. To change "
            "that, stop it (%prominence local --stop, or prominence-jupyter serve --stop: running jobs end) and "
            "start it again."
        )


def stop() -> bool:
    """Stop the local service, or what a crash has left of it, and wait for its end; return whether anything ran.

    Jobs that run are killed and end as failed. Those that wait go on waiting, and run when it is started again.

    Raises
    ------
    LocalServiceError
        It does not end, a folder cannot be used, or this is Windows.
    """
    running()  # refuses a folder that is not ours
    state = state_dir()
    live = live_dir(state)
    ran = False
    if lock.is_held(live.front_lock):
        ran = True
        _end(live.front_lock, lambda: _signal(live.front_lock, signal.SIGTERM))
    if lock.is_held(live.runner_lock):  # its front was killed, now or before
        ran = True
        _end(live.runner_lock, lambda: _say_stop(live))
    return _end_leftovers(state, live) or ran


def serve(*, cpus: int | None, memory_gb: float | None, port: int, announce: Callable[[ServiceInfo], None]) -> None:
    """Run the local service in this process until SIGINT or SIGTERM.

    Parameters
    ----------
    cpus, memory_gb
        As for `start`.
    port
        Port on 127.0.0.1, 0 for any that is free.
    announce
        Called once, when it listens.

    Raises
    ------
    LocalServiceError
        One runs already, the port is taken, the runner died again and again, a number makes no sense, a folder or the
        database cannot be used, or this is Windows.
    """
    _require_posix()
    Capacity.declared(cpus, memory_gb)
    from prominence_jupyter.local_service.serving import Serving  # noqa: PLC0415 - of use to the service alone

    with contextlib.closing(Serving(cpus=cpus, memory_gb=memory_gb, port=port)) as serving:
        serving.run(announce)


def _end(held: Path, ask: Callable[[], None]) -> None:
    """Ask the process that holds a lock to end, and kill it if it does not."""
    for action, patience_s in ((ask, _STOP_S), (lambda: _signal(held, signal.SIGKILL), _KILL_S)):
        deadline = time.monotonic() + patience_s
        action()
        while time.monotonic() < deadline:
            if not lock.is_held(held):
                return
            time.sleep(_PAUSE_S)
    raise LocalServiceError(f"The local service (process {lock.holder(held)}) does not end.")


def _signal(held: Path, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if pid := lock.holder(held):
            os.kill(pid, number)


def _say_stop(live: LiveDir) -> None:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(live.socket))
        connection.sendall(runner_messages.STOP)


def _end_leftovers(state: StateDir, live: LiveDir) -> bool:
    """End what is left of jobs where the runner was killed too; return whether any ran."""
    import sqlite3  # noqa: PLC0415 - of use to who stops

    from prominence_jupyter.local_service.leftovers import end_leftovers  # noqa: PLC0415 - psutil
    from prominence_jupyter.local_service.store.store import Store  # noqa: PLC0415

    held = lock.take(live.runner_lock) if state.database.exists() and live.path.is_dir() else None
    if held is None:
        return False
    with contextlib.closing(held), contextlib.suppress(sqlite3.Error), Store(state.database) as store:
        return end_leftovers(store)
    return False


def _launch(state: StateDir, cpus: int | None, memory_gb: float | None) -> None:
    """Start the program that turns itself into the service; it ends when the service is about to answer."""
    command = [sys.executable, "-P", "-m", "prominence_jupyter.local_service"]
    command += ["--cpus", str(cpus)] if cpus is not None else []
    command += ["--memory-gb", str(memory_gb)] if memory_gb is not None else []
    launched = subprocess.run(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,  # the service itself turns to its log
        start_new_session=True,
        cwd=state.path,
        env=environment.for_the_service(os.environ),
        check=False,
    )
    if launched.returncode and running() is None:  # else another was faster
        raise LocalServiceError(launched.stderr.decode(errors="replace").strip().rpartition("\n")[2])


def _answers(info: ServiceInfo) -> bool:
    request = urllib.request.Request(  # noqa: S310 - the URL is that of our own service
        f"{info.url}/jobs", headers={"Authorization": f"Bearer {info.token()}"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=5) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - OK
    except OSError:
        return False


def _end_of_log(state: StateDir) -> str:
    try:
        lines = state.log.read_text(errors="replace").splitlines()[-_LOG_LINES:]
    except OSError:
        return ""
    return "\n".join([f" The end of {state.log}:", *(f"  {line}" for line in lines)]) if lines else ""


def _require_posix() -> None:
    if os.name == "nt":
        raise LocalServiceError("The local service runs on Linux and macOS, not on Windows.")
