"""Images: what a task runs on this machine, where no container is started."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_TESTPI: Final = re.compile(r"(docker://)?(docker\.io/)?eoscprominence/testpi(:[\w.-]+)?")

NO_ENTRY_POINT: Final = "the local service fetches no images; give the task a cmd, which runs on this machine"
"""What to tell of a pull that failed."""


class PullFailed(Exception):  # caught in the runner, never seen by users
    """The image has no entry point here."""


def command(task: Mapping[str, Any]) -> list[str]:
    """Return the arguments of a task's process.

    A ``cmd`` is split as a shell would and runs on this machine, whatever the image is. Without one, the image's
    entry point is needed: `eoscprominence/testpi` has one built in.

    Raises
    ------
    PullFailed
        There is neither a ``cmd`` nor a built-in entry point.
    ValueError
        A quotation in ``cmd`` is not closed.
    """
    if arguments := shlex.split(task.get("cmd", "")):
        return arguments
    if _TESTPI.fullmatch(task["image"]):
        script = Path(__file__).with_name("testpi.py")
        return [sys.executable, "-I", str(script)]  # isolated: nothing in the job's folder can get in its way
    raise PullFailed
