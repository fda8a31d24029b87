"""`Results`: what the jobs of a workflow were given, used and said, as a frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prominence_jupyter.client.client import Client
from prominence_jupyter.history.ended_jobs import Progress
from prominence_jupyter.jobs.parsing import Parse
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflow_nodes import WorkflowNodes

if TYPE_CHECKING:
    import pandas as pd


class Results:
    """The results of one workflow."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def frame(
        self, nodes: WorkflowNodes, records: Iterable[JobRecord], parse: Parse | None, progress: Progress | None
    ) -> pd.DataFrame:
        """Return a row for each job."""
        import pandas as pd  # noqa: PLC0415 - when it is first used

        latest = nodes.latest(records)
        rows = [
            {**(node.parameters or {}), "id": latest[name].id, "status": latest[name].status}
            if name in latest
            else dict(node.parameters or {})
            for name, node in nodes.nodes.items()
        ]
        return pd.DataFrame(rows)
