"""Start, join and stop the local service of this user."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import environment, lock
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.service_info import ServiceInfo
from prominence_jupyter.local_service.state import StateDir, state_dir

__all__ = ["ServiceInfo", "require_capacity", "running", "serve", "start", "stop"]

_START_S: Final = 20.0
_STOP_S: Final = 20.0
_PAUSE_S: Final = 0.03
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
        It does not come up, one with another capacity runs already, a number makes no sense, the folder cannot be
        used, or this is Windows.
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
        if not launched and not lock.is_held(state.lock):
            _launch(state, cpus, memory_gb)
            launched = True
        elif launched and not lock.is_held(state.lock):
            break
        time.sleep(_PAUSE_S)
    raise LocalServiceError(f"The local service did not start.{_end_of_log(state)}")


def running() -> ServiceInfo | None:
    """Return the local service that runs, or None. Nothing is started and nothing is asked over the network.

    Raises
    ------
    LocalServiceError
        The folder cannot be used, or this is Windows.
    """
    _require_posix()
    state = state_dir()
    state.check()  # what another user's folder says is not believed
    return ServiceInfo.load(state) if lock.is_held(state.lock) else None


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


def stop() -> ServiceInfo | None:
    """Stop the local service and wait for its end; return what it was, or None if none ran.

    Jobs that run are killed and end as failed. Those that wait go on waiting, and run when it is started again.

    Raises
    ------
    LocalServiceError
        It does not end, the folder cannot be used, or this is Windows.
    """
    info = running()
    if info is None:
        return None
    state = state_dir()
    for number in (signal.SIGTERM, signal.SIGKILL):  # the runner ends its jobs also when the front is killed
        with contextlib.suppress(ProcessLookupError):
            os.kill(info.pid, number)
        deadline = time.monotonic() + _STOP_S
        while time.monotonic() < deadline:
            if not lock.is_held(state.lock):
                return info
            time.sleep(_PAUSE_S)
    raise LocalServiceError(f"The local service (process {info.pid}) does not end.")


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
        One runs already, the port is taken, the runner died, a number makes no sense, the folder cannot be used, or
        this is Windows.
    """
    Capacity.declared(cpus, memory_gb)
    descriptor = take_lock()
    try:
        serve_locked(descriptor, cpus=cpus, memory_gb=memory_gb, port=port, announce=announce)
    finally:
        os.close(descriptor)


def take_lock() -> int:
    """Return the descriptor of the lock; one that a service in its last moments still holds is waited for.

    Raises
    ------
    LocalServiceError
        A service runs, the folder cannot be used, or this is Windows.
    """
    _require_posix()
    state = state_dir().make()
    deadline = time.monotonic() + _STOP_S
    while time.monotonic() < deadline:
        descriptor = lock.take(state.lock)
        if descriptor is not None:
            return descriptor
        if info := running():
            raise LocalServiceError(f"A local service runs already: {info.url} (process {info.pid}).")
        time.sleep(_PAUSE_S)
    raise LocalServiceError(f"Another local service is starting or ending and does not get done: {state.path}.")


def serve_locked(
    descriptor: int,
    *,
    cpus: int | None,
    memory_gb: float | None,
    port: int,
    announce: Callable[[ServiceInfo], None],
) -> None:
    """Do the work of `serve` under a lock that was taken."""
    import asyncio  # noqa: PLC0415 - of use to the service alone, as is the front with tornado

    from prominence_jupyter.local_service.front.front import Front  # noqa: PLC0415
    from prominence_jupyter.local_service.runner.runtimes import choice  # noqa: PLC0415

    choice.require(os.environ, state_dir())
    front = Front(state_dir(), Capacity.declared(cpus, memory_gb), port, descriptor)
    asyncio.run(front.run(announce))


def _launch(state: StateDir, cpus: int | None, memory_gb: float | None) -> None:
    """Start the program that turns itself into the service; it ends when the service holds the lock."""
    command = [sys.executable, "-P", "-m", "prominence_jupyter.local_service"]
    command += ["--cpus", str(cpus)] if cpus is not None else []
    command += ["--memory-gb", str(memory_gb)] if memory_gb is not None else []
    with state.log.open("ab") as log:
        subprocess.run(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=state.path,
            env=environment.for_the_service(os.environ),
            check=False,  # one that finds a service running fails, and that is fine
        )


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
