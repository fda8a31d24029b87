"""How workflows go on, beside a model that looks at all nodes each time."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.local_service.store.workflows import Wanted
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.workflows import factories


def mint(job_id):
    return f"token of {job_id}"


def described(sizes, edges=(), retries=0, **more):
    """A workflow of steps a, b, … of which each has a number of nodes."""
    names = "abcdefgh"[: len(sizes)]
    dependencies = {}
    for parent, child in edges:
        dependencies.setdefault(names[parent], []).append(names[child])
    return {
        "name": "w",
        "jobs": [{"name": name, "tasks": [{"cmd": "$x"}], "labels": {"step": name}, **more} for name in names],
        "factories": [
            {"name": name, "type": "repeat", "jobs": [name], "number": size}
            for name, size in zip(names, sizes, strict=True)
        ],
        "dependencies": dependencies,
        **({"policies": {"maximumRetries": retries}} if retries else {}),
    }


def add(store, description, **more):
    nodes = factories.expand(description, 1000)
    return store.workflows.add(description, description["jobs"], nodes, mint, **more)


def finish(store, job_id, codes, final=status.COMPLETED):
    store.jobs.start(job_id, {})
    return store.jobs.finish(job_id, final, None, {"tasks": [{"exitCode": code} for code in codes]})


def jobs_of(store, workflow):
    return store.jobs.listed(Wanted(ended=True, workflow=workflow))


def active(store, workflow):
    return {row.name.removeprefix("w/"): row.id for row in jobs_of(store, workflow) if row.finished is None}


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "jobs.sqlite") as opened:
        yield opened


class Model:
    """Which nodes are done, failed and active, and which of them wait: all of it found anew each time."""

    def __init__(self, description, done=()):
        self.description = description
        self.nodes = {node.name: node.job for node in factories.expand(description, 1000)}
        self.done, self.failed, self.tries = set(done), set(), dict.fromkeys(self.nodes, 0)

    def parents(self, step):
        return [parent for parent, children in self.description["dependencies"].items() if step in children]

    def ready(self):
        left = {self.nodes[node] for node in self.nodes if node not in self.done}
        ready = {node for node, step in self.nodes.items() if not left & set(self.parents(step))}
        return ready - self.done - self.failed

    def finish(self, node, *, succeeds, deleted=False):
        retries = self.description.get("policies", {}).get("maximumRetries", 0)
        if succeeds:
            self.done.add(node)
        elif deleted or self.tries[node] == retries:
            self.failed.add(node)
        else:
            self.tries[node] += 1

    def progress(self):
        counts = {"done": len(self.done), "failed": len(self.failed), "queued": len(self.ready())}
        return {"total": len(self.nodes), **counts, "waiting": len(self.nodes) - sum(counts.values())}

    def agrees(self, store, workflow):
        row = store.workflows.get(workflow)
        assert row.to_json()["progress"] == self.progress()
        assert active(store, workflow).keys() == self.ready()
        assert (row.finished is not None) == (not self.ready())
        if row.finished is not None:
            assert row.status == (status.COMPLETED if self.done == self.nodes.keys() else status.FAILED)


@st.composite
def descriptions(draw):
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    pairs = [(parent, child) for child in range(len(sizes)) for parent in range(child)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6)) if pairs else []
    return described(sizes, edges, draw(st.integers(0, 2)))


def drive(data, store, workflow, model, outcomes):
    """End jobs in any order until nothing is left to end."""
    while open_jobs := active(store, workflow):
        node = data.draw(st.sampled_from(sorted(open_jobs)))
        outcome = data.draw(st.sampled_from(outcomes))
        codes, final = {"done": ([0], "completed"), "exit": ([0, 3], "completed")}.get(outcome, ([], outcome))
        assert finish(store, open_jobs[node], codes, final)
        model.finish(node, succeeds=outcome == "done", deleted=outcome == "deleted")
        model.agrees(store, workflow)


@settings(max_examples=30, deadline=None)
@given(st.data(), descriptions())
def test_progress_is_that_of_a_model_and_a_rerun_does_what_is_left(tmp_path_factory, data, description):
    with contextlib.closing(Store(tmp_path_factory.mktemp("store") / "jobs.sqlite")) as store:
        workflow, model = add(store, description), Model(description)
        model.agrees(store, workflow)
        drive(data, store, workflow, model, ["done", "done", "done", "exit", "failed", "killed", "deleted"])
        first = store.workflows.get(workflow)
        again, rerun = add(store, description, rerun_of=workflow), Model(description, model.done)
        rerun.agrees(store, again)
        drive(data, store, again, rerun, ["done"])
        rows = jobs_of(store, again)
        assert {row.name.removeprefix("w/") for row in rows} == model.nodes.keys() - model.done
        assert len(rows) == len(model.nodes) - len(model.done)
        assert store.workflows.get(workflow) == first
        assert all(store.workflows.job_of(again, node)[0] for node in model.nodes)


def test_ids_are_those_of_jobs_too_and_tokens_belong_to_them(store):
    workflow = add(store, described([2, 1], [(0, 1)]))
    rows = jobs_of(store, workflow)
    assert [(row.id, row.token) for row in rows] == [
        (workflow + 1, mint(workflow + 1)),
        (workflow + 2, mint(workflow + 2)),
    ]
    assert store.jobs.get(workflow + 3) is None  # its turn has not come
    assert store.jobs.add({"tasks": []}, mint) == workflow + 4


def test_who_tries_again_is_another_job_with_the_same_token_and_labels(store):
    workflow = add(store, described([1], retries=1))
    (first,) = active(store, workflow).values()
    finish(store, first, [1])
    (second,) = active(store, workflow).values()
    rows = {row.id: row for row in jobs_of(store, workflow)}
    assert second not in {first, workflow}
    assert (rows[first].token, rows[first].description) == (rows[second].token, rows[second].description)
    assert store.workflows.job_of(workflow, "a/0") == (second,)
    finish(store, second, [1])
    assert store.workflows.get(workflow).status == status.FAILED


@pytest.mark.parametrize("policy", ["ignoreTaskFailures", "reportJobSuccessOnTaskFailure"])
def test_a_job_may_say_that_exit_codes_do_not_matter(store, policy):
    workflow = add(store, described([1, 1], [(0, 1)], policies={policy: True}))
    finish(store, active(store, workflow)["a/0"], [3])
    assert active(store, workflow).keys() == {"b/0"}
    finish(store, active(store, workflow)["b/0"], [], status.KILLED)
    assert store.workflows.get(workflow).status == status.FAILED


def test_what_a_crash_left_behind_fails_and_may_be_tried_again(store):
    workflow = add(store, described([2], retries=1))
    for job_id in active(store, workflow).values():
        store.jobs.start(job_id, {})
    store.jobs.finish_running(status.FAILED, "stopped")
    assert len(active(store, workflow)) == 2
    assert store.workflows.get(workflow).queued == 2


def test_a_deleted_workflow_stays_as_it_was(store):
    workflow = add(store, described([2, 1], [(0, 1)], retries=3))
    running, waiting = active(store, workflow).values()
    store.jobs.start(running, {})
    assert store.workflows.delete(workflow)
    assert not store.workflows.delete(workflow)
    assert not store.jobs.finish(running, status.COMPLETED, None, {})
    assert {store.jobs.get(job_id).status for job_id in (running, waiting)} == {status.DELETED}
    shown = store.workflows.get(workflow).to_json()
    assert (shown["status"], shown["progress"]["queued"], active(store, workflow)) == ("deleted", 2, {})
    assert not store.workflows.delete(running)


def test_listings(store):
    first, second = add(store, described([1])), add(store, described([1]) | {"name": "v", "labels": {"k": "1"}})
    third = add(store, described([1]) | {"policies": {"leaveInQueue": True}})

    def listed(**wanted):
        return [row.id for row in store.workflows.listed(Wanted(**{"ended": True} | wanted), detail=False)]

    assert listed() == listed(ended=False) == [first, second, third]
    for workflow in (first, second, third):
        for job_id in active(store, workflow).values():
            finish(store, job_id, [0])
    assert listed(ended=False) == [third]
    assert listed(active=False) == [second, first]
    assert listed(active=False, num=1) == [second]
    assert listed() == [second, first, third]
    assert listed(label=("k", "1")) == listed(name="v") == [second]
    assert listed(ids=[third, 999, first]) == [first, third]
    assert listed(status="completed", ids=[]) == []
    assert store.workflows.remove(third)
    assert not store.workflows.remove(third)
    assert listed(active=False, num=1) == [third]


def test_an_end_costs_the_same_however_large_the_workflow_is(tmp_path):
    steps = {}
    for size in (10, 500):
        with Store(tmp_path / f"{size}.sqlite") as store:
            workflow = add(store, described([size, 1], [(0, 1)]))
            job_id = min(active(store, workflow).values())
            count = 0

            def counted():
                nonlocal count
                count += 1

            store._database.set_progress_handler(counted, 1)
            finish(store, job_id, [0])
            store._database.set_progress_handler(None, 1)
            steps[size] = count
    assert steps[500] < 1.5 * steps[10]
