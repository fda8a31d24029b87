import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from prominence_jupyter.local_service.front.strict_json import strict_json
from prominence_jupyter.local_service.front.submission import Refused
from prominence_jupyter.local_service.front.workflow_submission import MOST_JOBS, WorkflowSubmission
from prominence_jupyter.local_service.store.store import Store

TASK = {"image": "x", "runtime": "singularity", "cmd": "echo $x", "env": {"A": "$x"}}
RESOURCES = {"cpus": 1, "memory": 1, "disk": 1}
WHOLE = {
    "name": "w",
    "jobs": [
        {
            "name": name,
            "resources": RESOURCES,
            "tasks": [TASK],
            "labels": {"k": "v"},
            "policies": {"priority": 1},
            "outputFiles": ["$x"],
            "inputs": [{"filename": "f", "content": "aGk="}],
        }
        for name in ("one", "two", "six")
    ],
    "dependencies": {"one": ["two"], "two": ["six"]},
    "factories": [
        {
            "name": "f",
            "type": "parameterSweep",
            "jobs": ["one"],
            "parameters": [
                {"name": "x", "start": 0, "end": 1, "step": 0.5},
                {"name": "y", "start": "1", "end": 2, "number": 3},
            ],
        },
        {"name": "g", "type": "zip", "jobs": ["two"], "parameters": [{"name": "x", "values": ["1", 2, 3.5]}]},
        {"name": "h", "type": "repeat", "jobs": ["six"], "number": 2},
    ],
    "policies": {"maximumRetries": 2, "maximumReruns": 1, "leaveInQueue": True},
    "labels": {"study": "one"},
}
EXTREMES = st.sampled_from([10**30, 2**63, -1, 0, 1e308, -1e308, 5e-324, "1e400", "..", "/", "[" * 9999, "x" * 9999])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | EXTREMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


def places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from places(item, (*path, step))


PLACES = [path for path in places(WHOLE) if path]


def changed(changes):
    body = copy.deepcopy(WHOLE)
    for path, value, drop in changes:
        holder = body
        for step in path[:-1]:
            if not isinstance(holder, dict | list) or (isinstance(holder, list) and step not in range(len(holder))):
                break
            holder = holder.get(step) if isinstance(holder, dict) else holder[step]
        if isinstance(holder, dict):
            holder[str(path[-1])] = value
            if drop:
                del holder[str(path[-1])]
        elif isinstance(holder, list) and path[-1] in range(len(holder)):
            holder[path[-1]] = value
    return body


def test_the_whole_is_accepted():
    accepted = WorkflowSubmission.accept(WHOLE)
    assert accepted.description == WHOLE
    assert [node.name for node in accepted.nodes][-3:] == ["two/2", "six/0", "six/1"]
    assert len(accepted.nodes) == 14


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES, st.booleans()), min_size=1, max_size=2))
def test_whatever_comes_is_refused_or_kept(tmp_path_factory, changes):
    body = strict_json(json.dumps(changed(changes)).encode())
    try:
        accepted = WorkflowSubmission.accept(body)
    except Refused:
        return
    assert 0 < len(accepted.nodes) <= MOST_JOBS
    with Store(tmp_path_factory.mktemp("store") / "jobs.sqlite") as store:
        workflow = store.workflows.add(accepted.description, accepted.jobs, accepted.nodes, str)
        row = store.workflows.get(workflow)
        assert row.total == len(accepted.nodes)
        assert json.dumps(row.to_json(), allow_nan=False)
        while pending := store.jobs.next_pending():
            assert json.dumps(pending.to_json(detail=True), allow_nan=False)
            store.jobs.finish(pending.id, "completed", None, {"tasks": []})
        assert store.workflows.get(workflow).status == "completed"
