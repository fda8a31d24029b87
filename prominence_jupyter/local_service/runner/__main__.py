"""The program of the runner: ``python -m prominence_jupyter.local_service.runner``, started by the front."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

from prominence_jupyter.local_service import lock, processes
from prominence_jupyter.local_service.capacity import Capacity
from prominence_jupyter.local_service.leftovers import end_leftovers
from prominence_jupyter.local_service.live import LiveDir
from prominence_jupyter.local_service.runner.course import Premises
from prominence_jupyter.local_service.runner.runner import Runner
from prominence_jupyter.local_service.runner.runtimes import choice
from prominence_jupyter.local_service.state import StateDir
from prominence_jupyter.local_service.store.store import Store


def main() -> None:
    """Take the lock, end what an earlier runner left, and run jobs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--live", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--cpus", type=float, required=True)
    parser.add_argument("--memory-gb", type=float, required=True)
    options = parser.parse_args()
    state, live = StateDir(options.state), LiveDir(options.live)
    held = lock.take(live.runner_lock)
    if held is None:
        return  # another was faster, and the front will find that one
    processes.become_subreaper()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    with Store(state.database) as store:
        end_leftovers(store)
        runtime = choice.chosen(os.environ, state)
        os.environ[choice.VARIABLE] = runtime.name  # for the chores: what they find is to be the same
        premises = Premises(state, options.url, runtime)
        Runner(held, live, store, Capacity(options.cpus, options.memory_gb), premises).run()


if __name__ == "__main__":
    main()
