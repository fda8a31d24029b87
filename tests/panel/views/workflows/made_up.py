"""Workflows whose jobs are in any state, for the tests of what is shown of them."""

from prominence_jupyter.panel.views.workflows.node_row import NodeState
from prominence_jupyter.protocol.record import JobRecord, TaskRecord
from prominence_jupyter.protocol.workflows.factories import Node
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

NOW = 1_000_000.0


def workflow(status="running", dependencies=None, **more):
    answer = {"id": 7, "name": "pi", "status": status, **more}
    if dependencies:
        answer["dependencies"] = dependencies
    return WorkflowRecord.from_json(answer)


def node(job, number=None, status=None, *, code=None, started=None, ended=None, **parameters):
    """Return a state: without a status there is no job; ``not run`` is one that never comes."""
    known = Node(job, number, parameters or None)
    if status in {None, "not run"}:
        return NodeState(known, not_run=status == "not run")
    is_final = status in {"completed", "failed", "killed", "deleted"}
    tasks = (TaskRecord(exit_code=code),) if code is not None else ()
    record = JobRecord(
        id=100 + (number or 0), name=f"pi/{known.name}", status=status, tasks=tasks, started=started, ended=ended
    )
    return NodeState(known, record, ended=is_final)


def states(*known):
    return {state.node.name: state for state in known}


def many(job, *statuses):
    """Return a state for each status, of the jobs of one factory."""
    return states(*(node(job, number, status) for number, status in enumerate(statuses)))
