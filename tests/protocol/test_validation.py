import copy
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.validation import Problem, job_problems

CONTRACT = Path(__file__).parents[1] / "contract"
# Words of the service for rules that step 2 adds.
LEFT_TO_STEP_2 = {
    "invalid item name in artifact",
    "the number of retries must be greater than 0",
    "an array of outputFiles must be provided",
}
# A rule that no description of ours can break: `JobDescription.prepare` keeps it.
FILLED_IN = {"a container runtime must be defined"}


def exchanges(name):
    return json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"]


def good(**changes):
    job = {
        "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10},
        "tasks": [{"image": "busybox", "runtime": "singularity", "cmd": "echo hello"}],
    }
    return job | changes


def wheres(description):
    return [problem.where for problem in job_problems(description)]


REFUSED = [(e["response"]["json"]["error"], e["request"]["json"]) for e in exchanges("rejected-descriptions")]
ACCEPTED = [
    (path.stem, exchange["request"]["json"])
    for path in sorted(CONTRACT.glob("*.json"))
    for exchange in exchanges(path.stem)
    if exchange["request"]["method"] == "POST"
    and exchange["request"]["path"] == "/jobs"
    and exchange["response"]["status"] == 201
]


@pytest.mark.parametrize(("words", "description"), [(w, d) for w, d in REFUSED if w not in LEFT_TO_STEP_2 | FILLED_IN])
def test_what_the_service_refuses_is_refused_here(words, description):
    assert job_problems(description), words


def test_the_list_of_rules_left_is_exact():
    assert {words for words, description in REFUSED if not job_problems(description)} == LEFT_TO_STEP_2 | FILLED_IN


def test_a_missing_runtime_is_filled_in_before_it_is_sent():
    (description,) = [description for words, description in REFUSED if words in FILLED_IN]

    assert JobDescription.prepare(description).body["tasks"][0]["runtime"] == "singularity"


@pytest.mark.parametrize(("name", "description"), ACCEPTED)
def test_what_the_service_accepts_is_accepted_here(name, description):
    assert job_problems(description) == [], name


def test_there_are_accepted_descriptions():
    assert len(ACCEPTED) >= 4


def test_every_problem_is_found_at_once():
    job = {
        "name": "a:b",
        "resources": {"cpus": 0, "memory": "1"},
        "tasks": [{"runtime": "docker", "cmd": 3}, "echo", {"image": "", "env": {"A": [1]}}],
        "labels": {"a-b": "c d"},
        "inputs": [{"filename": 1}],
    }

    assert wheres(job) == [
        "name",
        "resources.disk",
        "resources.cpus",
        "resources.memory",
        "tasks[0].image",
        "tasks[0].runtime",
        "tasks[0].cmd",
        "tasks[1]",
        "tasks[2].image",
        "tasks[2].env.A",
        "labels.a-b",
        "labels.a-b",
        "inputs[0].filename",
        "inputs[0].content",
    ]


@pytest.mark.parametrize(
    ("description", "where", "suggestion"),
    [
        (good(task=[]), "task", "did you mean tasks?"),
        (good(resources={"cpu": 1, "cpus": 1, "memory": 1, "disk": 1}), "resources.cpu", "did you mean cpus?"),
        (good(tasks=[{"imag": "a", "image": "a"}]), "tasks[0].imag", "did you mean image?"),
        (good(colour="red"), "colour", "known are name, resources, tasks"),
    ],
)
def test_a_misspelt_key_gets_a_suggestion(description, where, suggestion):
    (problem,) = job_problems(description)

    assert problem.where == where
    assert suggestion in problem.message


@pytest.mark.parametrize("description", [None, 3, "text", [good()], True])
def test_what_is_no_object_is_one_problem(description):
    (problem,) = job_problems(description)

    assert str(problem).startswith("the description: must be a JSON object")


@pytest.mark.parametrize("key", ["nodes", "cpus", "memory", "disk", "walltime"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "1", True, None, [1]])
def test_resources_are_whole_numbers_of_at_least_1(key, value):
    assert wheres(good(resources=good()["resources"] | {key: value})) == [f"resources.{key}"]


def test_the_total_of_cpus_alone_does_not_say_how_many():
    resources = {"totalCpusRange": [1, 4], "memory": 1, "disk": 1}

    assert wheres(good(resources=resources)) == ["resources.cpus"]
    assert wheres(good(resources=resources | {"cpusRange": [1, 2]})) == []


@pytest.mark.parametrize(
    ("name", "fits"),
    [("", True), ("a-b_c./ d", True), ("a" * 512, True), ("a" * 513, False), ("a\n", False), ("ä", False), (3, False)],
)
def test_names(name, fits):
    assert (wheres(good(name=name)) == []) is fits


def test_only_sidecars_are_no_job():
    assert wheres(good(tasks=[{"image": "a", "type": "sidecar"}])) == ["tasks"]


def test_the_content_of_an_input_is_in_no_message():
    job = good(inputs=[{"filename": "a", "content": ["S3CR3T"]}, ["S3CR3T"], "S3CR3T"])

    assert wheres(job) == ["inputs[0].content", "inputs[1]", "inputs[2]"]
    assert "S3CR3T" not in " ".join(map(str, job_problems(job)))


def test_a_long_value_is_cut_in_the_message():
    (problem,) = job_problems(good(name="a" * 5000))

    assert len(str(problem)) < 200


def test_a_problem_reads_as_place_and_message():
    assert str(Problem(("tasks", 0, "image"), "is missing")) == "tasks[0].image: is missing"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["name", "resources", "tasks", "labels", "inputs", "image", "env", "cpus", "runtime"])


@given(anything | st.dictionaries(keys, anything | st.lists(st.dictionaries(keys, anything), max_size=2)))
def test_any_value_gives_problems_and_no_accident(description):
    before = copy.deepcopy(description)

    problems = job_problems(description)

    assert all(str(problem) for problem in problems)
    assert repr(description) == repr(before)
