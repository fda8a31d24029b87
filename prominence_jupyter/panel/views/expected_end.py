"""`expected_end`: when a workflow will have ended, as far as it can be told."""

from __future__ import annotations

from collections.abc import Mapping

from prominence_jupyter.panel.views.node_row import NodeState
from prominence_jupyter.protocol.workflow_record import WorkflowRecord


def expected_end(record: WorkflowRecord, states: Mapping[str, NodeState], *, now: float) -> str:
    """Return when a workflow will have ended, in words such as "about 4 min left"; empty where it cannot be told."""
    return ""
