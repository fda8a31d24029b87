"""The graph of a workflow: what stands where, and when there is none."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.panel.views.workflows.workflow_graph import workflow_graph
from tests.panel.views.workflows.made_up import many, node, states, workflow


def graph_of(dependencies, *jobs):
    return workflow_graph(workflow(dependencies=dependencies), states(*map(node, jobs)))


def places(graph):
    return {box["name"]: (box["column"], box["row"]) for box in graph["boxes"]}


def test_a_diamond():
    graph = graph_of({"a": ["b", "c"], "b": ["d"], "c": ["d"]}, *"dcba")
    assert places(graph) == {"a": (0, 0.5), "b": (1, 1), "c": (1, 0), "d": (2, 0.5)}
    assert (graph["columns"], graph["rows"]) == (3, 2)
    names = [box["name"] for box in graph["boxes"]]
    assert [(names[one], names[two]) for one, two, _ in graph["edges"]] == [
        ("a", "b"),
        ("a", "c"),
        ("b", "d"),
        ("c", "d"),
    ]


def test_a_job_stands_right_of_all_that_it_waits_for():
    graph = graph_of({"a": ["b", "d"], "b": ["c"], "c": ["d"]}, *"abcd")
    assert [column for column, _ in places(graph).values()] == [0, 1, 2, 3]


def test_a_line_passes_a_column_in_a_row_of_its_own():
    graph = graph_of({"a": ["b", "c"], "b": ["c"]}, *"abc")
    assert places(graph) == {"a": (0, 0.5), "b": (1, 0), "c": (2, 0.5)}
    assert graph["edges"] == [[0, 1, []], [0, 2, [1.0]], [1, 2, []]]


def test_lines_do_not_cross_where_they_need_not():
    graph = graph_of({"a": ["z"], "b": ["y"], "c": ["x"]}, *"abcxyz")
    where = places(graph)
    for (one, other), (two, another) in combinations([("a", "z"), ("b", "y"), ("c", "x")], 2):
        assert (where[one][1] < where[two][1]) == (where[other][1] < where[another][1])


def test_a_box_tells_of_all_its_jobs():
    known = many("point", *["completed"] * 6, "failed", "running") | states(node("summary"))
    point, summary = workflow_graph(workflow(dependencies={"point": ["summary"]}), known)["boxes"]
    assert (point["counts"], point["words"]) == ("6 of 8", "6 of 8 done, 1 failed, 1 running")
    assert (point["tone"], point["shape"]) == ("bad", "✗")
    assert (summary["counts"], summary["words"], summary["tone"]) == ("waiting", "waiting", "waiting")


@pytest.mark.parametrize(
    ("dependencies", "jobs"),
    [
        (None, "ab"),
        ({}, "ab"),
        ({"a": ["b"], "b": ["a"]}, "ab"),
        ({"a": ["a"]}, "a"),
        ({"a": ["unknown"]}, "ab"),
        ({"a": "b"}, "ab"),
        ({"a": ["b"]}, ""),
        ({"j0": ["j1"]}, [f"j{i}" for i in range(21)]),
        ({f"j{i}": [f"j{k}" for k in range(10, 20)] for i in range(7)}, [f"j{i}" for i in range(20)]),
    ],
)
def test_there_is_none(dependencies, jobs):
    assert graph_of(dependencies, *jobs) is None


@given(st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] < pair[1]), min_size=1))
def test_any_graph_has_a_place_for_each_job_and_leads_to_the_right(pairs):
    dependencies = {}
    for parent, child in pairs:
        dependencies.setdefault(f"j{parent}", []).append(f"j{child}")
    graph = graph_of(dependencies, *(f"j{i}" for i in range(9)))
    where = [(box["column"], box["row"]) for box in graph["boxes"]]
    assert len(set(where)) == 9
    assert all(0 <= column < graph["columns"] and 0 <= row <= graph["rows"] - 1 for column, row in where)
    assert all(where[one][0] < where[two][0] for one, two, _ in graph["edges"])
    lines = {(where[one][0] + 1 + i, row) for one, _, rows in graph["edges"] for i, row in enumerate(rows)}
    assert not lines & set(where), "no line passes below a box"
