"""Which runtime this machine has for the jobs of a service."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service.places.state import StateDir
from prominence_jupyter.local_service.runner.runtimes import apptainer, bubblewrap, udocker
from prominence_jupyter.local_service.runner.runtimes.host import Host
from prominence_jupyter.local_service.runner.runtimes.runtime import Runtime

VARIABLE: Final = "PROMINENCE_LOCAL_RUNTIME"
NAMES: Final = ("auto", "apptainer", "udocker", "bubblewrap", "host")
_MISSING: Final = {
    "apptainer": "neither apptainer nor singularity can be run here",
    "udocker": "it needs the programs udocker and proot, and one of them cannot be run here",
    "bubblewrap": "the program bwrap is not installed, or cannot make namespaces here",
}


def chosen(environ: Mapping[str, str], state: StateDir) -> Runtime:
    """Return the runtime that ``PROMINENCE_LOCAL_RUNTIME`` names; with ``auto`` the first that can be used.

    Raises
    ------
    LocalServiceError
        There is no runtime of that name, or it cannot be used here.
    """
    name = environ.get(VARIABLE) or "auto"
    if name == "auto":
        return _best(state)
    if name not in NAMES:
        raise LocalServiceError(f"{VARIABLE} must be one of {', '.join(NAMES)}, not {name!r}.")
    found = Host() if name == "host" else _find(name, state)
    if found is None:
        raise LocalServiceError(f"{VARIABLE} is {name}, but {_MISSING[name]}.")
    return found


def require(environ: Mapping[str, str], state: StateDir) -> None:
    """Refuse a name that `chosen` cannot use, as it does; what is chosen by itself can always be used."""
    if environ.get(VARIABLE, "auto") != "auto":
        chosen(environ, state)


def _best(state: StateDir) -> Runtime:
    for name in ("apptainer", "udocker", "bubblewrap"):
        if found := _find(name, state):
            return found
    return Host("bubblewrap cannot make namespaces here" if shutil.which("bwrap") else "")


def _find(name: str, state: StateDir) -> Runtime | None:
    if name == "apptainer":
        program = shutil.which("apptainer") or shutil.which("singularity")
        return apptainer.probe(program, state.images) if program else None
    if name == "udocker":
        program = shutil.which("udocker") or shutil.which("udocker", path=str(Path(sys.executable).parent))
        return udocker.probe(program, shutil.which("proot"), state.images / "udocker") if program else None
    program = shutil.which("bwrap")
    return bubblewrap.probe(program, state.path) if program else None
