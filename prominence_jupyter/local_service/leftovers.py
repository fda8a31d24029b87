"""What a runner that was killed leaves: processes of its jobs, and rows that say that they run."""

from __future__ import annotations

from prominence_jupyter.local_service import processes, reasons
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status


def end_leftovers(store: Store) -> bool:
    """End them; return whether there were any jobs. No runner may be there, whose jobs these would be."""
    processes.end_strays(store.jobs.token_of)
    left = store.jobs.count(status.RUNNING) > 0
    store.jobs.finish_running(status.FAILED, reasons.STOPPED)
    return left
