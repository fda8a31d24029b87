"""The jobs of a workflow, put together from reports."""

from dataclasses import replace

import pytest

from prominence_jupyter.notebook.workflows.node_states import NodeStates, as_it_goes
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.watch.sets.set_change import Entry

JOB = {"tasks": [{"image": "busybox", "cmd": "true"}], "resources": {}}
FACTORY = {"name": "f", "type": "zip", "jobs": ["point"], "parameters": [{"name": "x", "values": [1.5, 2]}]}
DESCRIBED = WorkflowRecord.from_json(
    {"id": 7, "name": "study", "status": "idle", "jobs": [JOB | {"name": "point"}, JOB | {"name": "end"}]}
    | {"factories": [FACTORY]}
)
TAKEN = WorkflowRecord(id=7, name="study", status="submitted")


def entry(number, name, status="running", *, ended=False, **events):
    record = JobRecord.from_json({"id": number, "name": f"study/{name}", "status": status, "events": events})
    return Entry(number, record, ended=ended)


def words(states):
    return {state.node.name: state.counted[0] for state in states.states.values()}


@pytest.fixture
def states():
    states = NodeStates()
    states.take(DESCRIBED, [], is_over=False)
    return states


def test_all_jobs_are_there_before_any_has_begun(states):
    assert words(states) == {"point/0": "waiting", "point/1": "waiting", "end": "waiting"}
    assert states.parameters == ["x"]
    assert states.job_ids() == {}


def test_what_has_not_changed_is_not_told_again(states):
    (changed,) = states.take(DESCRIBED, [entry(1, "point/1")], is_over=False)
    assert (changed.node.number, changed.node.parameters, changed.record.id) == (1, {"x": 2}, 1)
    assert states.take(DESCRIBED, [entry(1, "point/1")], is_over=False) == []
    assert states.job_ids() == {"point/1": 1}


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_attempt_counts_in_whatever_order_they_come(states, order):
    attempts = [entry(3, "point/0", "failed", ended=True, createTime=5), entry(4, "point/0", createTime=5)]
    states.take(DESCRIBED, attempts[::order], is_over=False)
    assert states.states["point/0"].record.id == 4
    assert states.take(DESCRIBED, [attempts[0]], is_over=False) == []


def test_what_has_no_job_when_all_is_over_was_not_run(states):
    states.take(DESCRIBED, [entry(1, "point/0", "failed", ended=True)], is_over=False)
    assert states.states["end"].final is False
    changed = states.take(DESCRIBED, [], is_over=True)
    assert {state.node.name for state in changed} == {"point/1", "end"}
    assert all(state.final for state in states.states.values())


def test_what_another_waits_for_was_done_before_in_a_workflow_that_runs_the_rest():
    states = NodeStates()
    again = replace(DESCRIBED, raw={**DESCRIBED.raw, "dependencies": {"point": ["end"]}})
    states.take(again, [], is_over=False)
    assert set(words(states).values()) == {"waiting"}
    changed = states.take(again, [entry(1, "end"), entry(2, "point/1", "completed", ended=True)], is_over=False)
    assert [state.node.name for state in changed] == ["point/0", "point/1", "end"]
    assert words(states) == {"point/0": "done before", "point/1": "completed", "end": "running"}
    assert states.states["point/0"].final


@pytest.mark.parametrize(("is_rerun", "word"), [(True, "done before"), (False, "not listed")])
def test_what_has_no_job_in_a_workflow_that_succeeded(is_rerun, word):
    done, states = replace(DESCRIBED, status="completed"), NodeStates(is_rerun=is_rerun)
    states.take(done, [entry(1, "point/0", "completed", ended=True)], is_over=True)
    assert words(states) == {"point/0": "completed", "point/1": word, "end": word}
    assert all(state.final for state in states.states.values())


def test_jobs_that_come_before_the_description_wait_for_it():
    states = NodeStates()
    assert states.take(TAKEN, [entry(1, "point/0")], is_over=False) == []
    changed = states.take(DESCRIBED, [], is_over=False)
    assert [state.node.name for state in changed] == ["point/0", "point/1", "end"]
    assert states.states["point/0"].record.id == 1


def test_a_job_that_is_not_described_comes_last(states):
    states.take(DESCRIBED, [entry(1, "other"), entry(2, "end")], is_over=False)
    assert [*words(states)] == ["point/0", "point/1", "end", "study/other"]


def test_a_workflow_whose_jobs_have_begun_runs(states):
    assert as_it_goes(DESCRIBED, states.states) is DESCRIBED
    states.take(DESCRIBED, [entry(1, "end", startTime=8), entry(2, "point/0", startTime=7)], is_over=False)
    told = as_it_goes(DESCRIBED, states.states)
    assert (told.status, told.started) == ("running", 7)
