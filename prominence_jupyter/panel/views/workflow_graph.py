"""`workflow_graph`: the jobs of a workflow that wait for each other, as boxes and lines, while they are few."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prominence_jupyter.panel.views.node_row import NodeState
from prominence_jupyter.protocol.workflow_record import WorkflowRecord


def workflow_graph(record: WorkflowRecord, states: Mapping[str, NodeState]) -> dict[str, Any] | None:
    """Return the graph of a workflow; None where it has no dependencies or is too large to be read."""
    return None
