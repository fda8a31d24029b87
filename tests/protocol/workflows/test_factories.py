import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prominence_jupyter.protocol.workflows.factories import expand, filled

CONTRACT = Path(__file__).parents[2] / "contract"


def workflow(kind, *parameters, jobs=("point",), **more):
    factory = {"name": "f", "type": kind, "jobs": list(jobs), **more}
    if parameters:
        factory["parameters"] = list(parameters)
    return {"name": "w", "jobs": [{"name": job} for job in jobs], "factories": [factory]}


def values(made, name="x", most=100):
    return [node.parameters[name] for node in expand(made, most)]


def test_the_jobs_that_the_deployed_service_made():
    exchanges = json.loads((CONTRACT / "workflow-factory.json").read_text())["exchanges"]
    sent, made = exchanges[0]["request"]["json"], exchanges[-1]["response"]["json"]
    expected = {job["name"]: job["parameters"] for job in made}
    assert {f"sweep/{node.name}": node.parameters for node in expand(sent, 10)} == expected


def test_values_that_the_deployed_service_mangles_are_whole():
    exchanges = json.loads((CONTRACT / "factory-parameters-mangled.json").read_text())["exchanges"]
    assert values(exchanges[0]["request"]["json"]) == [-1.5, 1e-05, 2]


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ({"start": 1, "end": 3, "step": 1}, [1, 2, 3]),
        ({"start": "1", "end": "2", "step": "0.5"}, [1, 1.5, 2]),
        ({"start": 0, "end": 0.3, "step": 0.1}, [0, 0.1, 0.2]),  # 0.1 + 0.1 + 0.1 > 0.3, there as here
        ({"start": 5, "end": 5, "step": 1}, [5]),
        ({"start": 0, "end": 1, "number": 3}, [0, 0.5, 1]),
        ({"start": 0.1, "end": 0.7, "number": 7}, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]),
        ({"start": 4, "end": 9, "number": 1}, [4]),
    ],
)
def test_a_sweep(parameter, expected):
    swept = values(workflow("parameterSweep", {"name": "x", **parameter}))
    assert swept == pytest.approx(expected)
    assert all(isinstance(value, int) for value in swept if value == int(value))  # 2 in a command, not 2.0


def test_several_parameters_make_a_grid_whose_last_varies_first():
    x, y = {"name": "x", "start": 0, "end": 1, "step": 1}, {"name": "y", "start": 5, "end": 7, "number": 3}
    made = expand(workflow("parameterSweep", x, y), 10)
    assert [(node.name, *node.parameters.values()) for node in made] == [
        *(("point/0", 0, 5), ("point/1", 0, 6), ("point/2", 0, 7)),
        *(("point/3", 1, 5), ("point/4", 1, 6), ("point/5", 1, 7)),
    ]


def test_a_factory_of_two_jobs_and_a_job_without_one():
    made = workflow("repeat", jobs=("a", "b"), number=2)
    made["jobs"].append({"name": "last"})
    assert [node.name for node in expand(made, 10)] == ["a/0", "a/1", "b/0", "b/1", "last"]
    assert [node.parameters for node in expand(made, 10)] == [{}, {}, {}, {}, None]


@pytest.mark.parametrize(
    "made",
    [
        workflow("parameterSweep", {"name": "x", "start": 0, "end": 1e12, "step": 1}),
        workflow("parameterSweep", *({"name": name, "start": 0, "end": 1e12, "step": 1e-3} for name in "abcd")),
        workflow("parameterSweep", {"name": "x", "start": 0, "end": 1, "number": 10**15}),
        workflow("repeat", number=10**15),
        workflow("zip", {"name": "x", "values": list(range(101))}),
        workflow("repeat", jobs=("a", "b"), number=51),
    ],
)
def test_too_many_jobs_are_not_made(made):
    with pytest.raises(ValueError, match="more than 100 jobs"):
        expand(made, 100)


TEXTS = st.text(st.characters(exclude_categories=["Zs", "Cc", "Cs"], exclude_characters="\"'\\="), max_size=8)


@settings(max_examples=50)
@given(st.lists(st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1))
def test_a_value_is_the_very_text_that_was_sent(sent):
    for before, after in zip(sent, values(workflow("zip", {"name": "x", "values": sent})), strict=True):
        assert json.loads(json.dumps(after)) == after
        if isinstance(before, str):
            assert str(after) == before
        else:
            assert after == before
            assert not (isinstance(after, float) and after.is_integer())


NUMBERS = st.integers(-50, 50) | st.floats(-50, 50)


@settings(max_examples=50)
@given(st.lists(st.tuples(NUMBERS, st.floats(0, 20), st.floats(0.5, 20)), min_size=1, max_size=3))
def test_a_sweep_is_a_grid_of_evenly_spaced_values(axes):
    parameters = [
        {"name": name, "start": start, "end": start + width, "step": step}
        for name, (start, width, step) in zip("xyz", axes, strict=False)
    ]
    made = expand(workflow("parameterSweep", *parameters), 100_000)
    axis = {p["name"]: sorted({node.parameters[p["name"]] for node in made}) for p in parameters}
    assert len(made) == math.prod(map(len, axis.values()))
    assert [node.number for node in made] == list(range(len(made)))
    for p in parameters:
        found = axis[p["name"]]
        assert found == pytest.approx([p["start"] + i * p["step"] for i in range(len(found))])
        assert found[-1] <= p["end"] + 1e-9
        assert found[-1] + p["step"] > p["end"] - 1e-9
    assert [tuple(node.parameters.values()) for node in made] == sorted(
        tuple(node.parameters.values()) for node in made
    )


JOB = {
    "name": "point",
    "tasks": [{"image": "$x", "cmd": "sh -c 'echo $x ${x}y $xy $$ ${other} $'", "env": {"A": "$x", "$x": 1}}],
    "artifacts": [{"url": "data/$x.tgz", "mountpoint": "in:/in"}],
    "outputFiles": ["out-${x}.txt"],
    "outputDirs": ["$x/$n"],
    "labels": {"k": "$x"},
}


def test_names_are_replaced_where_the_service_does_it_and_nowhere_else():
    before = json.dumps(JOB)
    assert filled(JOB, {"x": -1.5, "n": "a$x"}) == {
        "name": "point",
        "tasks": [
            {"image": "$x", "cmd": "sh -c 'echo -1.5 -1.5y $xy $$ ${other} $'", "env": {"A": "-1.5", "$x": 1}},
        ],
        "artifacts": [{"url": "data/-1.5.tgz", "mountpoint": "in:/in"}],
        "outputFiles": ["out--1.5.txt"],
        "outputDirs": ["-1.5/a$x"],
        "labels": {"k": "$x"},
    }
    assert json.dumps(JOB) == before
