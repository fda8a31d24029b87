"""The detached service: ``python -m prominence_jupyter.local_service``, started by `control.start`."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import control

_LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"


def main() -> int:
    """Take the lock, leave the starter and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cpus", type=int)
    parser.add_argument("--memory-gb", type=float)
    options = parser.parse_args()
    try:
        descriptor = control.take_lock()
        with contextlib.suppress(OSError):  # a terminal
            os.ftruncate(sys.stdout.fileno(), 0)  # the log is of this life only
        if os.fork():
            os._exit(0)  # the starter waits for no longer than this, and its children do not include the service
        logging.basicConfig(level=logging.INFO, format=_LOG_FORMAT)
        control.serve_locked(
            descriptor,
            cpus=options.cpus,
            memory_gb=options.memory_gb,
            port=0,
            announce=lambda info: logging.getLogger(__name__).info("listening at %s", info.url),
        )
    except LocalServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
