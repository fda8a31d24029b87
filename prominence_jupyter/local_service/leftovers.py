"""What a runner that was killed leaves: processes of its jobs, and rows that say that they run."""

from __future__ import annotations

from prominence_jupyter.local_service import processes, reasons
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol import status


def end_leftovers(store: Store) -> None:
    """End them. No runner may be there, so that what is in the table is no living runner's."""
    processes.end_strays(store.jobs.token_of)
    store.jobs.finish_running(status.FAILED, reasons.STOPPED)
