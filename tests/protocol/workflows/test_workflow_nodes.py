"""Which report of a job is about which job of a workflow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_nodes import WorkflowNodes
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from tests.conftest import exchanges
from tests.protocol.workflows.test_workflow_record import JSON


def nodes_of(**described) -> WorkflowNodes:
    return WorkflowNodes.of(WorkflowRecord.from_json({"name": "w", **described}))


def sweep(values, jobs=("p",)):
    parameters = [{"name": "x", "values": values}]
    return {"name": "f", "type": "zip", "jobs": [*jobs], "parameters": parameters}


def test_parameters_are_rebuilt_that_the_service_mangles():
    submitted, jobs = exchanges("factory-parameters-mangled.json")
    nodes = WorkflowNodes.of(WorkflowRecord.from_json(submitted["request"]["json"]))
    latest = nodes.latest(map(JobRecord.from_json, jobs["response"]["json"]))
    given_as = {latest[name].id: node.parameters for name, node in nodes.nodes.items()}
    assert given_as == {7: {"x": -1.5}, 8: {"x": 1e-05}, 9: {"x": 2}}
    assert nodes.parameters == ["x"]


def test_values_are_exactly_those_that_stood_in_the_commands():
    values = ["-1.5", "1e-05", "a b", "007", "1e5", 2.0, 3, "0.50"]
    nodes = nodes_of(jobs=[{"name": "p"}], factories=[sweep(values)])
    found = [node.parameters["x"] for node in nodes.nodes.values()]
    assert found == [-1.5, 1e-05, "a b", "007", "1e5", 2, 3, "0.50"]
    assert [type(value) for value in found] == [float, float, str, str, str, int, int, str]


@pytest.mark.parametrize(
    ("name", "node"),
    [
        ("w/p/0", "p/0"),
        ("w/a", "a"),
        ("w/p", None),
        ("w/p/9", None),
        ("p/0", None),
        ("a", None),
        ("v/a", None),
        ("w/w/a", None),
        ("", None),
        (None, None),
    ],
)
def test_names_belong_to_nodes(name, node):
    nodes = nodes_of(jobs=[{"name": "p"}, {"name": "a"}], factories=[sweep([1])])
    assert nodes.name_of(name) == node


def test_the_newest_attempt_counts():
    nodes = nodes_of(jobs=[{"name": "a"}])
    reports = [
        {"id": 9, "name": "w/a", "events": {"createTime": 5}},
        {"id": 3, "name": "w/a", "events": {"createTime": 7}},
        {"id": 2, "name": "w/a", "events": {"createTime": 7}},
        {"id": 1, "name": "w/b", "events": {"createTime": 9}},
    ]
    for order in (reports, reports[::-1]):
        assert {name: job.id for name, job in nodes.latest(map(JobRecord.from_json, order)).items()} == {"a": 3}


@given(st.dictionaries(st.sampled_from(["jobs", "factories", "name"]), JSON))
def test_a_description_that_makes_no_sense_makes_no_jobs(described):
    nodes = WorkflowNodes.of(WorkflowRecord.from_json(described))
    assert isinstance(nodes.nodes, dict)
    assert nodes.latest([JobRecord(name="x/y")]).keys() <= nodes.nodes.keys()
