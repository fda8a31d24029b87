"""Why a workflow that has ended has no job in some places."""

import pytest

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.absent_jobs import absent_jobs
from prominence_jupyter.protocol.workflows.workflow_nodes import WorkflowNodes
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

JOBS = [{"name": name, "tasks": [{}], "resources": {}} for name in ("a", "b", "c")]
ORDER = {"a": ["b"], "b": ["c"]}


@pytest.mark.parametrize(
    ("status", "begun", "listed", "is_rerun", "expected"),
    [
        ("completed", (3, 0), {"a": "completed"}, False, {"b": "not listed", "c": "not listed"}),
        ("completed", (3, 0), {"c": "completed"}, True, {"a": "done before", "b": "done before"}),
        ("failed", (1, 1), {"a": "completed", "b": "failed"}, False, {"c": "not run"}),
        ("failed", (1, 1), {"b": "failed"}, False, {"a": "not listed", "c": "not run"}),
        ("failed", (1, 1), {"b": "failed"}, True, {"a": "done before", "c": "not run"}),
        ("failed", (0, 0), {}, False, {"a": "not run", "b": "not run", "c": "not run"}),
        ("deleted", (1, 0), {"a": "completed"}, False, {"b": "not run", "c": "not run"}),
    ],
)
def test_why_it_has_none(status, begun, listed, is_rerun, expected):
    progress = {"total": 3, "done": begun[0], "failed": begun[1]}
    record = WorkflowRecord.from_json(
        {"id": 1, "name": "w", "status": status, "jobs": JOBS, "dependencies": ORDER, "progress": progress}
    )
    latest = {name: JobRecord(status=word) for name, word in listed.items()}
    assert absent_jobs(record, WorkflowNodes.of(record).nodes, latest, is_rerun=is_rerun) == expected
