import base64
import json
from pathlib import Path

import pytest

from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.validation import JOB, WORKFLOW, Problem, job_problems

CONTRACT = Path(__file__).parents[1] / "contract"
STORAGE = {"type": "onedata", "mountpoint": "/a", "onedata": {"provider": "h", "token": "t"}}
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


def resources(**changes):
    return good(resources={key: value for key, value in (good()["resources"] | changes).items() if value != "none"})


def task(**changes):
    return good(tasks=[good()["tasks"][0] | changes])


def wheres(description):
    return [problem.where for problem in job_problems(description)]


def words(description):
    (problem,) = job_problems(description)
    return str(problem)


POSTED = [
    (path.stem, exchange["response"]["status"], exchange["request"]["json"])
    for path in sorted(CONTRACT.glob("*.json"))
    for exchange in exchanges(path.stem)
    if exchange["request"]["method"] == "POST"
    and exchange["request"]["path"] == "/jobs"
    and "json" in exchange["request"]
]
REFUSED = [
    (json.dumps(exchange["response"].get("json", {}).get("error", name)), description)
    for name, status, description in POSTED
    for exchange in [
        next(e for e in exchanges(name) if e["request"].get("json") == description and e["request"]["method"] == "POST")
    ]
    if status in (400, 500) and name in ("rejected-descriptions", "server-errors-html")
]


@pytest.mark.parametrize(("refusal", "description"), REFUSED)
def test_what_the_service_refuses_is_refused_here(refusal, description):
    if json.loads(refusal) in FILLED_IN:
        assert job_problems(description) == []
        assert JobDescription.prepare(description).body["tasks"][0]["runtime"] == "singularity"
    else:
        assert job_problems(description)


def test_there_are_refusals_with_400_and_500():
    assert len(REFUSED) == len(exchanges("rejected-descriptions")) + 1
    assert {status for _, status, _ in POSTED} >= {201, 400, 401, 500}


@pytest.mark.parametrize(
    ("name", "description"), [(name, description) for name, status, description in POSTED if status in (201, 401)]
)
def test_what_the_service_accepts_is_accepted_here(name, description):
    assert job_problems(description) == [], name


def test_every_problem_is_found_at_once_in_the_order_it_is_written():
    job = {
        "name": "a:b",
        "resources": {"cpus": 0, "memory": "1"},
        "tasks": [{"runtime": "docker", "cmd": 3}, "echo", {"image": "", "env": {"A": [1]}}],
        "labels": {"a-b": "c d"},
        "inputs": [{"filename": 1}],
        "colour": "red",
        "outputFiles": "a",
    }

    assert wheres(job) == [
        "name",
        "resources",
        "resources.cpus",
        "resources.memory",
        "tasks[0]",
        "tasks[0].runtime",
        "tasks[0].cmd",
        "tasks[1]",
        "tasks[2].image",
        "tasks[2].env.A",
        "labels.a-b",
        "labels.a-b",
        "inputs[0]",
        "inputs[0].filename",
        "colour",
        "outputFiles",
    ]
    assert wheres(dict(reversed(job.items())))[:2] == ["outputFiles", "colour"]


@pytest.mark.parametrize(
    ("description", "where", "hint"),
    [
        (good(task=[]), "task", "did you mean tasks?"),
        (good(Labels={}), "Labels", "did you mean labels?"),
        (resources(cpu=1, cpus="none"), "resources.cpu", "did you mean cpus?"),
        (good(tasks=[{"imag": "a"}]), "tasks[0].imag", "did you mean image?"),
        (
            good(policies={"ignoreTaskTailures": True}),
            "policies.ignoreTaskTailures",
            "did you mean ignoreTaskFailures?",
        ),
        (good(colour="red"), "colour", "known are name, resources, tasks"),
        (good(cpus=1), "cpus", "it belongs in resources"),
        (good(image="busybox"), "image", "it belongs in a task"),
        (good(maximumRetries=1), "maximumRetries", "it belongs in policies"),
        (task(memory=1), "tasks[0].memory", "it belongs in resources"),
        (resources(imag="a"), "resources.imag", "did you mean image, in a task?"),
        (good(jobs=[]), "jobs", "it belongs in a workflow"),
    ],
)
def test_a_key_in_the_wrong_place_or_misspelt_gets_a_hint(description, where, hint):
    (problem,) = job_problems(description)

    assert problem.where == where
    assert problem.at_key
    assert hint in problem.message


def test_a_missing_key_stands_at_the_object_that_lacks_it():
    assert words(good(tasks=[{"cmd": "x"}])).startswith("tasks[0]: image is missing; it names the container image")
    assert words({"tasks": [{"image": "a"}]}).startswith("the description: resources is missing; for example {")
    assert words(resources(memory="none")).startswith("resources: memory is missing")
    assert not job_problems({"tasks": [{"image": "a"}]})[0].at_key


@pytest.mark.parametrize("description", [None, 3, "text", [good()], True])
def test_what_is_no_object_is_one_problem(description):
    assert words(description).startswith("the description: must be a JSON object")


@pytest.mark.parametrize("key", ["nodes", "cpus", "memory", "disk", "walltime"])
@pytest.mark.parametrize("value", [0, -1, 1.5, 1.0, "1", True, None, [1], float("nan"), -(10**30)])
def test_resources_are_whole_numbers_of_at_least_1(key, value):
    assert wheres(resources(**{key: value})) == [f"resources.{key}"]


def test_a_number_in_quotes_is_told_how_to_write_it():
    assert words(resources(memory="4")) == (
        'resources.memory: must be a whole number of at least 1 (GB), not "4"; write it without quotes'
    )
    assert words(good(policies={"maximumRetries": 7})) == (
        "policies.maximumRetries: must be a whole number from 1 to 6, not 7"
    )


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"cpus": "none", "cpusRange": [1, 4]}, None),
        ({"cpus": "none", "cpusOptions": [2, 4]}, None),
        ({"memory": "none", "memoryPerCpu": 2}, None),
        ({"totalCpusRange": [4, 8]}, None),
        ({"cpus": "none", "totalCpusRange": [4, 8]}, "resources"),
        ({"cpusRange": [1, 4]}, "resources.cpusRange"),
        ({"cpusOptions": [1, 4]}, "resources.cpusOptions"),
        ({"memoryPerCpu": 1}, "resources.memoryPerCpu"),
        ({"cpus": "none", "cpusRange": [1]}, "resources.cpusRange"),
        ({"cpus": "none", "cpusRange": 4}, "resources.cpusRange"),
        ({"cpus": "none", "cpusRange": [4, 1]}, "resources.cpusRange"),
        ({"cpus": "none", "cpusRange": [1, "4"]}, "resources.cpusRange[1]"),
        ({"disk": "none"}, "resources"),
        ({"nodes": 4}, None),
    ],
)
def test_resources(changes, where):
    assert wheres(resources(**changes)) == ([where] if where else [])


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"runtime": "singularty"}, "runtime"),
        ({"runtime": None}, "runtime"),
        ({"type": "openmp"}, "type"),
        ({"type": "openmpi"}, None),
        ({"type": "openmpi", "cmd": "mpirun ./a"}, "cmd"),
        ({"type": "mpich", "cmd": " "}, "cmd"),
        ({"cmd": "mpirun ./a"}, None),
        ({"cmd": "echo 'open"}, "cmd"),
        ({"cmd": "echo \"a \\\" b\" 'c' \\'"}, None),
        ({"cmd": ["echo", "hello"]}, "cmd"),
        ({"procsPerNode": 2}, "procsPerNode"),
        ({"procsPerNode": 1}, None),
        ({"app": "tool"}, None),
        ({"app": "tool", "runtime": "udocker"}, "app"),
        ({"env": {"A": 1, "B": 1.5, "C": "x"}}, None),
        ({"env": {"A": float("inf")}}, "env.A"),
        ({"env": {"A": True}}, "env.A"),
        ({"env": {"A=B": "x"}}, 'env["A=B"]'),
        ({"env": ["A=1"]}, "env"),
        ({"imagePullCredential": {"username": "me"}}, "imagePullCredential"),
        ({"imagePullCredential": None}, "imagePullCredential"),
        ({"stdout": "out.txt", "imageSha256": "ab"}, None),
    ],
)
def test_tasks(changes, where):
    assert wheres(task(**changes)) == ([f"tasks[0].{where}"] if where else [])


def test_a_task_of_an_mpi_type_needs_a_command():
    assert words(good(tasks=[{"image": "a", "type": "openmpi"}])).startswith(
        "tasks[0]: cmd is missing; a task of an MPI"
    )
    assert 'not "openmp"; did you mean openmpi?' in words(task(type="openmp"))


def test_an_app_in_an_image_archive_would_be_given_to_udocker():
    assert wheres(good(tasks=[{"image": "a.tar", "app": "tool"}])) == ["tasks[0].app"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"name": ""}, None),
        ({"name": "a-b_c./ d"}, None),
        ({"name": "a" * 512}, None),
        ({"name": "a" * 513}, "name"),
        ({"name": "a\n"}, "name"),
        ({"name": "ä"}, "name"),
        ({"name": None}, "name"),
        ({"labels": {"a": "ä_-./9"}}, None),
        ({"labels": {"a": "b" * 513}}, "labels.a"),
        ({"labels": {"a" * 513: "b"}}, f'labels["{"a" * 60}…"]'),
        ({"labels": {"a": 1}}, "labels.a"),
        ({"labels": ["a"]}, "labels"),
        ({"outputFiles": ["a", 1]}, "outputFiles[1]"),
        ({"outputDirs": "a"}, "outputDirs"),
        ({"artifacts": [{"url": "https://h/a", "mountpoint": "a:/b", "executable": True}]}, None),
        ({"artifacts": [{"url": "a", "mountpoint": "a/c:/b"}]}, "artifacts[0].mountpoint"),
        ({"artifacts": [{"url": "a", "mountpoint": "a:b"}]}, "artifacts[0].mountpoint"),
        ({"artifacts": [{"url": "a", "mountpoint": "/b"}]}, "artifacts[0].mountpoint"),
        ({"artifacts": [{"url": ""}]}, "artifacts[0].url"),
        ({"artifacts": [{}]}, "artifacts[0]"),
        ({"inputs": [{"filename": "a/b", "content": "YQ==\n", "executable": True}]}, None),
        ({"inputs": [{"filename": "a/", "content": ""}]}, "inputs[0].filename"),
        ({"inputs": [{"filename": "a/..", "content": ""}]}, "inputs[0].filename"),
        ({"inputs": [{"filename": "..a", "content": ""}]}, None),
        ({"inputs": [{"filename": "a", "content": "file://a"}]}, "inputs[0].content"),
        ({"inputs": [{"filename": "a", "content": "YQ="}]}, "inputs[0].content"),
        ({"inputs": [{"filename": "a", "content": "é"}]}, "inputs[0].content"),
        ({"policies": {"maximumTimeInQueue": 0, "priority": 0, "autoScalingType": None}}, None),
        ({"policies": {"maximumTimeInQueue": -1}}, "policies.maximumTimeInQueue"),
        ({"policies": {"maximumTimeInQueue": 44641}}, "policies.maximumTimeInQueue"),
        ({"policies": {"maximumTaskRetries": 7}}, "policies.maximumTaskRetries"),
        ({"policies": {"leaveInQueue": "true"}}, "policies.leaveInQueue"),
        ({"policies": {"autoScalingType": "dedicate"}}, "policies.autoScalingType"),
        ({"policies": {"placement": {"requirements": {"sites": "A"}}}}, "policies.placement.requirements.sites"),
        ({"policies": {"placement": {"requirement": {}}}}, "policies.placement.requirement"),
        ({"notifications": [{"event": "jobFinished", "type": "email"}]}, None),
        ({"notifications": [{"event": "jobFinishd", "type": "email"}]}, "notifications[0].event"),
        ({"notifications": [{"event": "jobFinished"}]}, "notifications[0]"),
        ({"storage": STORAGE}, None),
        ({"storage": STORAGE | {"mountpoint": None}}, None),
        ({"storage": STORAGE | {"mountpoint": "a"}}, "storage.mountpoint"),
        ({"storage": STORAGE | {"onedata": {"token": "t"}}}, "storage.onedata"),
        ({"tasks": [{"image": "a", "type": "sidecar"}]}, "tasks"),
        ({"tasks": {}}, "tasks"),
    ],
)  # fmt: skip
def test_the_rest_of_a_job(changes, where):
    assert wheres(good(**changes)) == ([where] if where else [])


@pytest.mark.parametrize(("size", "fits"), [(1_000_000, True), (1_000_001, False)])
def test_an_input_has_a_limit(size, fits):
    job = good(inputs=[{"filename": "a", "content": base64.b64encode(b"S3CR3T" + bytes(size - 6)).decode()}])

    assert wheres(job) == ([] if fits else ["inputs[0].content"])
    if not fits:
        assert "name it in artifacts" in words(job)


SECRETS = [
    task(imagePullCredential={"username": ["S3CR3T"], "token": {"S3CR3T": 1}}),
    task(imagePullCredential="S3CR3T"),
    task(image=["https://host/a?sig=S3CR3T"]),
    task(env={"TOKEN": ["S3CR3T"]}),
    task(env=["TOKEN=S3CR3T"]),
    good(name="https://host/?S3CR3T"),
    good(inputs=[{"filename": "a", "content": ["S3CR3T"]}, ["S3CR3T"], "S3CR3T"]),
    good(inputs=[{"filename": "a", "content": "not base64: S3CR3T"}]),
    good(storage={"type": "S3CR3T", "mountpoint": "S3CR3T", "default": "S3CR3T", "onedata": "S3CR3T", "directory": 1}),
    good(storage="S3CR3T"),
    good(artifacts=[{"url": ["https://host/a?sig=S3CR3T"]}, "https://host/a?sig=S3CR3T"]),
    good(imagePullCredential={"token": "S3CR3T"}),
]  # fmt: skip


@pytest.mark.parametrize("description", SECRETS)
def test_no_message_shows_a_secret(description):
    problems = job_problems(description)

    assert problems
    assert "S3CR3T" not in " ".join(map(str, problems))


@pytest.mark.parametrize("value", ["a" * 5000, "\ud800\x1b[2J\x9b\u202e" * 100, "ä\n" * 100])
def test_a_message_is_short_and_can_be_printed(value):
    for description in (good(name=value + ":"), task(runtime=value), good(**{value: 1}), task(env={value: []})):
        text = words(description)
        assert len(text) < 300
        assert text.isprintable()
        assert text.encode()


def test_a_problem_reads_as_place_and_message():
    assert str(Problem(("tasks", 0, "image"), "is missing")) == "tasks[0].image: is missing"
    assert Problem(("labels", "a b", "c.d"), "").where == 'labels["a b"]["c.d"]'
    assert Problem((), "").where == "the description"


@pytest.mark.parametrize(
    ("rule", "path", "keys", "values"),
    [
        (JOB, (), {"name", "resources", "tasks"}, set()),
        (JOB, ("tasks", 0), {"image", "cmd"}, set()),
        (JOB, ("tasks", 3, "runtime"), set(), {"singularity", "udocker"}),
        (JOB, ("tasks", 0, "env", "A"), set(), set()),
        (JOB, ("policies", "leaveInQueue"), set(), {True, False}),
        (JOB, ("policies", "placement", "requirements"), {"sites", "regions"}, set()),
        (WORKFLOW, ("jobs", 0, "resources"), {"cpus", "disk"}, set()),
        (WORKFLOW, ("factories", 0), {"name", "type", "jobs", "parameters", "number"}, set()),
        (WORKFLOW, ("factories", 0, "type"), set(), {"parameterSweep", "zip", "repeat"}),
    ],
)
def test_the_rules_can_be_read(rule, path, keys, values):
    found = rule.at(path)

    assert set(found.known()) >= keys
    assert bool(found.known()) is bool(keys)
    assert set(found.values_known()) == values


@pytest.mark.parametrize("path", [("colour",), ("tasks", "image"), (0,), ("name", "a"), ("tasks", 0, "image", 1, 2)])
def test_there_is_no_rule_for_a_place_that_cannot_be(path):
    assert JOB.at(path) is None
