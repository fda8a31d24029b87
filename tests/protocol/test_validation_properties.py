"""Descriptions of all kinds: good ones pass, one broken place is found there and nowhere else, nothing breaks us."""

import copy
import json
import re
from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.validation import job_problems, workflow_problems

SECRET = "S3CR3T"  # short enough to be base64 with its padding


def optional(required, **others):
    return st.fixed_dictionaries(required, optional=others)


def merged(*parts):
    return st.tuples(*parts).map(lambda made: {key: value for part in made for key, value in part.items()})


counts = st.integers(1, 64)
words = st.text("abcXYZ019-_./", min_size=1, max_size=8)
texts = st.text(max_size=8)
pairs = st.lists(counts, min_size=2, max_size=2).map(sorted)
flags = st.booleans()
names_of_sites = optional({}, sites=st.lists(words, max_size=2), regions=st.lists(words, max_size=2))
placements = optional({}, requirements=names_of_sites, preferences=names_of_sites)
labels = st.dictionaries(st.text("abcXYZ019", min_size=1, max_size=5), words, max_size=2)
resources = merged(
    st.fixed_dictionaries({"cpus": st.integers(8, 64)})
    | st.fixed_dictionaries({"cpusRange": pairs})
    | st.fixed_dictionaries({"cpusOptions": pairs}),
    st.fixed_dictionaries({"memory": counts}) | st.fixed_dictionaries({"memoryPerCpu": counts}),
    optional({"disk": counts}, nodes=counts, walltime=counts, totalCpusRange=pairs),
)
commands = st.sampled_from(["echo hello", "", "/bin/sh -c 'echo $x | wc'", 'echo "a b"'])
tasks = optional(
    {"image": st.sampled_from(["busybox", "docker://a/b:1", "https://host/a?sig=" + SECRET])},
    runtime=st.just("singularity"),
    cmd=commands,
    env=st.dictionaries(st.text("ABC_", min_size=1, max_size=4), texts | counts | st.floats(-1, 1), max_size=2),
    workdir=words,
    type=st.sampled_from(["basic", "sidecar"]),
    procsPerNode=st.integers(1, 8),
    imagePullCredential=st.just({"username": "user", "token": SECRET}),
    app=words,
    stdout=words,
    imageSha256=words,
) | optional({"image": words, "cmd": st.just("./solve"), "type": st.sampled_from(["openmpi", "mpich", "intelmpi"])})
policies = optional(
    {},
    maximumRetries=st.integers(1, 6),
    maximumTaskRetries=st.integers(1, 6),
    maximumTimeInQueue=st.integers(0, 44640),
    maximumIdleTimePerResource=st.integers(1, 44640),
    leaveInQueue=flags,
    ignoreTaskFailures=flags,
    reportJobSuccessOnTaskFailure=flags,
    runSerialTasksOnAllNodes=flags,
    preemptible=flags,
    priority=st.integers(0, 100),
    autoScalingType=st.sampled_from([None, "none", "dedicated", "shared"]),
    placement=placements,
)
storage = optional(
    {
        "type": st.just("onedata"),
        "mountpoint": st.sampled_from(["/data", None]),
        "onedata": optional({"provider": st.just(SECRET), "token": st.just(SECRET)}, options=st.just(SECRET)),
    },
    default=flags,
    directory=st.just(SECRET),
)


def events(event):
    return st.lists(st.just({"event": event, "type": "email"}), max_size=1)


def jobs_called(names, urls=("https://host/a?sig=" + SECRET, "a/b.txt")):
    return optional(
        {
            "resources": resources,
            "tasks": st.lists(tasks, max_size=2).map(lambda made: [*made, {"image": "busybox", "cmd": "true"}]),
        }
        | ({} if names is None else {"name": names}),
        labels=labels,
        inputs=st.lists(
            optional({"filename": st.just("a/b.py"), "content": st.just(SECRET + "==")}, executable=flags), max_size=2
        ),
        artifacts=st.lists(
            optional({"url": st.sampled_from(urls)}, mountpoint=st.just("a:/b"), executable=flags), max_size=2
        ),
        outputFiles=st.lists(words, max_size=2),
        outputDirs=st.lists(words, max_size=2),
        policies=policies,
        notifications=events("jobFinished"),
        storage=storage,
        **({"name": st.text("abc 1-_./", max_size=9)} if names is None else {}),
    )


jobs = jobs_called(None)

steps = st.fixed_dictionaries(
    {"start": st.integers(-5, 0) | st.just("0"), "end": st.integers(1, 5) | st.just(2.5), "step": st.just(0.5)}
)
zipped = st.lists(st.text("abc1.-", max_size=3) | counts | st.floats(-1, 1), min_size=2, max_size=2)


def named(parts, most):
    parameters = st.lists(parts, min_size=1, max_size=most)
    return parameters.map(lambda made: [{"name": f"p{index}"} | part for index, part in enumerate(made)])


@st.composite
def workflows(draw):
    names = [f"job-{index}" for index in range(draw(st.integers(1, 5)))]
    edges = [(a, b) for a in range(len(names)) for b in range(a + 1, len(names)) if draw(flags)]
    dependencies = {}
    for parent, child in edges:
        dependencies.setdefault(names[parent], []).append(names[child])
    kinds = [
        st.fixed_dictionaries({"type": st.just("parameterSweep"), "parameters": named(steps, 4)}),
        st.fixed_dictionaries(
            {"type": st.just("zip"), "parameters": named(st.fixed_dictionaries({"values": zipped}), 3)}
        ),
        st.fixed_dictionaries({"type": st.just("repeat"), "number": counts}),
    ]
    made = [{"name": "f", "jobs": names[place :: len(kinds)]} | draw(kind) for place, kind in enumerate(kinds)]
    listed = st.tuples(*(jobs_called(st.just(name), urls=("a", "b/c")) for name in names)).map(list)
    return draw(
        optional(
            {"name": st.just("study"), "jobs": listed},
            dependencies=st.just(dependencies),
            factories=st.just(made),
            policies=optional(
                {}, maximumRetries=st.integers(1, 10), maximumReruns=st.integers(1, 10), leaveInQueue=flags,
                placement=placements,
            ),
            labels=labels,
            notifications=events("workflowFinished"),
        )
    )  # fmt: skip


def unshared(value):
    """A copy in which no two places are one object, so that a change is one change."""
    return json.loads(json.dumps(value))


described = st.tuples(st.just(job_problems), jobs.map(unshared)) | st.tuples(
    st.just(workflow_problems), workflows().map(unshared)
)


@given(described)
def test_a_good_description_has_no_problems(made):
    problems, description = made

    assert problems(description) == []


@given(jobs, workflows())
def test_a_good_description_is_completed_and_stays_as_it_was(job, workflow):
    before = copy.deepcopy((job, workflow))

    sent = JobDescription.prepare(job), WorkflowDescription.prepare(workflow)

    assert (job, workflow) == before
    assert SECRET not in repr(sent)


FREE_NAMES = {"env", "labels", "dependencies"}
NO_LIMIT = {"start", "end", "values", "env"}
NEEDED = {
    "workflow": {"name", "jobs"},
    "jobs": {"name", "resources", "tasks"},
    "job": {"resources", "tasks"},
    "resources": {"cpus", "cpusRange", "cpusOptions", "memory", "memoryPerCpu", "disk"},
    "tasks": {"image"},
    "imagePullCredential": {"username", "token"},
    "inputs": {"filename", "content"},
    "artifacts": {"url"},
    "notifications": {"event", "type"},
    "storage": {"type", "mountpoint", "onedata"},
    "onedata": {"provider", "token"},
    "factories": {"name", "type", "jobs", "parameters", "number"},
    "parameters": {"name", "start", "end", "step", "values"},
}


def parts(value, path=()):
    """Every place of a description: its path and its value."""
    yield path, value
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from parts(inner, (*path, step))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def kind_of(path):
    """The last key that is no index: what an object is."""
    return next((step for step in reversed(path) if isinstance(step, str)), None)


def inside(path, *keys):
    return any(step in keys for step in path)


def replaced(description, path, value):
    changed = copy.deepcopy(description)
    if not path:
        return value
    at(changed, path[:-1])[path[-1]] = value
    return changed


def renamed(description, path, key):
    changed = copy.deepcopy(description)
    parent = at(changed, path[:-1])
    items = [(key if name == path[-1] else name, value) for name, value in parent.items()]
    parent.clear()
    parent.update(items)
    return changed


def assert_only_there(problems, places):
    assert problems
    assert {problem.path for problem in problems} <= set(places), [*map(str, problems)]
    assert SECRET not in " ".join(map(str, problems))


@given(described, st.data())
def test_a_value_of_the_wrong_kind_is_found_where_it_is(made, data):
    problems, description = made
    path, value = data.draw(st.sampled_from([*parts(description)]))
    wrong = {"S3CR3T": SECRET} if isinstance(value, list) else [SECRET, value]

    found = problems(replaced(description, path, wrong))

    assert_only_there(found, [path])


@given(described, st.data())
def test_a_misspelt_key_is_found_where_it_is(made, data):
    problems, description = made
    keys = [
        path
        for path, _ in parts(description)
        if path and isinstance(path[-1], str) and not inside(path[:-1], *FREE_NAMES)
    ]
    path = data.draw(st.sampled_from(keys))
    typo = data.draw(st.sampled_from([path[-1] + "q", path[-1] + path[-1][-1], path[-1].upper()]))
    assume(typo not in at(description, path[:-1]))

    found = problems(renamed(description, path, typo))

    assert_only_there(found, [(*path[:-1], typo)])
    assert found[0].at_key
    assert f"did you mean {path[-1]}?" in found[0].message


@given(described, st.data())
def test_a_missing_key_is_found_at_the_object_that_lacks_it(made, data):
    problems, description = made
    root = "job" if problems is job_problems else "workflow"
    keys = [
        path
        for path, _ in parts(description)
        if path
        and isinstance(path[-1], str)
        and not inside(path[:-1], *FREE_NAMES)
        and path[-1] in NEEDED.get(kind_of(path[:-1]) or root, ())
        and not (root == "job" and path == ("name",))
    ]
    path = data.draw(st.sampled_from(keys))
    changed = copy.deepcopy(description)
    del at(changed, path[:-1])[path[-1]]

    found = problems(changed)

    assert_only_there(found, [path[:-1]])
    assert not found[0].at_key
    assert " is missing" in found[0].message


@given(described, st.data())
def test_a_value_out_of_range_is_found_where_it_is(made, data):
    problems, description = made
    numbers = [
        path
        for path, value in parts(description)
        if isinstance(value, int) and not isinstance(value, bool) and not inside(path, *NO_LIMIT)
    ]
    assume(numbers)
    path = data.draw(st.sampled_from(numbers))

    assert_only_there(problems(replaced(description, path, -1)), [path])
    assert_only_there(problems(replaced(description, path, 1.5)), [path])
    assert_only_there(problems(replaced(description, path, str(at(description, path)))), [path])


@given(described, st.data())
def test_a_key_from_nowhere_is_found_where_it_is(made, data):
    problems, description = made
    objects = [path for path, value in parts(description) if isinstance(value, dict) and not inside(path, *FREE_NAMES)]
    path = data.draw(st.sampled_from(objects))
    changed = copy.deepcopy(description)
    at(changed, path)["zzz"] = SECRET

    found = problems(changed)

    assert_only_there(found, [(*path, "zzz")])
    assert found[0].at_key


KEYS = sorted({key for keys in NEEDED.values() for key in keys} | FREE_NAMES | {"cmd", "policies", "factories", "cpus"})
keys = st.sampled_from(KEYS) | st.text(max_size=3)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["a", "zip"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


def assert_sound(problems, description):
    before = repr(description)
    found = problems(description)

    assert repr(description) == before
    for problem in found:
        at(description, problem.path)
        assert not problem.at_key or isinstance(at(description, problem.path[:-1]), dict)
        assert str(problem).encode()
    order = {path: place for place, (path, _) in enumerate(parts(description))}
    places = [order[problem.path] for problem in found]
    assert places == sorted(places)


@given(anything)
def test_any_json_gives_problems_that_are_there_in_order_and_no_accident(description):
    assert_sound(job_problems, description)
    assert_sound(workflow_problems, description)


@given(described, anything, st.data())
def test_any_json_at_any_place_gives_no_accident(made, value, data):
    problems, description = made
    path, _ = data.draw(st.sampled_from([*parts(description)]))

    assert_sound(problems, replaced(description, path, value))


def test_keys_that_are_no_text_give_no_accident():
    for key in (1, None, True, 1.5, (1, 2)):
        for place in ({}, {"labels": {key: 1}}, {"tasks": [{key: 1, "env": {key: 1}}]}, {"dependencies": {key: [key]}}):
            assert_sound(job_problems, {**place, key: 1})
            assert_sound(workflow_problems, {**place, key: 1})


# What the recorded refusals show, written down once more and plainly: an oracle that shares nothing with our rules.


def service_takes_job(job):
    resources, tasks = job.get("resources"), job.get("tasks")
    return (
        set(job) <= {"name", "resources", "tasks", "labels", "artifacts", "policies", "outputFiles"}
        and resources is not None
        and tasks is not None
        and resources.get("cpus", 0) >= 1
        and "memory" in resources
        and "disk" in resources
        and any(task.get("type") != "sidecar" for task in tasks)
        and all("image" in task and task.get("runtime") in ("singularity", "udocker") for task in tasks)
        and all(re.fullmatch("[A-Za-z0-9]+", key) for key in job.get("labels", {}))
        and all(re.fullmatch(r"[\w./-]+", value) for value in job.get("labels", {}).values())
        and ":" not in job.get("name", "")
        and all("name" not in artifact for artifact in job.get("artifacts", []))
        and job.get("policies", {}).get("maximumRetries", 1) > 0
        and isinstance(job.get("outputFiles", []), list)
    )


def service_takes_workflow(workflow):
    if "jobs" not in workflow or not all(map(service_takes_job, workflow["jobs"])):
        return False
    names = [job.get("name") for job in workflow["jobs"]]
    return (
        None not in names
        and max(Counter(names).values()) == 1
        and all(child in names for children in workflow.get("dependencies", {}).values() for child in children)
        and all(factory["type"] in ("parameterSweep", "zip", "repeat") for factory in workflow.get("factories", []))
        and all(
            "step" in parameter and "number" not in parameter
            for factory in workflow.get("factories", [])
            for parameter in factory["parameters"]
        )
    )


covered_tasks = optional(
    {},
    image=st.just("busybox"),
    runtime=st.sampled_from(["singularity", "udocker", "docker"]),
    type=st.sampled_from(["basic", "sidecar"]),
)


def covered_jobs(names):
    return optional(
        {},
        name=names,
        resources=optional({}, cpus=st.integers(0, 2), memory=st.just(1), disk=st.just(1)),
        tasks=st.lists(covered_tasks, max_size=2),
        labels=st.dictionaries(st.sampled_from(["a", "a-b", "B2"]), st.sampled_from(["b", "b c", "b/c"]), max_size=1),
        artifacts=st.lists(st.sampled_from([{"url": "a"}, {"url": "a", "name": "x"}]), max_size=1),
        policies=optional({}, maximumRetries=st.integers(0, 2)),
        outputFiles=st.sampled_from([[], ["a.txt"], "a.txt"]),
        colour=st.just("red"),
    )


sound_jobs = st.fixed_dictionaries(
    {
        "resources": st.just({"cpus": 1, "memory": 1, "disk": 1}),
        "tasks": st.just([{"image": "a", "runtime": "udocker"}]),
    },
    optional={"name": st.sampled_from(["a", "b"])},
)
covered_factories = st.fixed_dictionaries(
    {
        "name": st.just("f"),
        "type": st.sampled_from(["parameterSweep", "sweep"]),
        "jobs": st.just([]),
        "parameters": st.lists(
            optional(
                {"name": st.just("p"), "start": st.just(1), "end": st.just(2)}, step=st.just(1), number=st.just(2)
            ),
            min_size=1,
            max_size=1,
        ),
    }
)
covered_workflows = optional(
    {"name": st.just("x")},
    jobs=st.lists(sound_jobs | covered_jobs(st.sampled_from(["a", "b"])), min_size=1, max_size=2),
    dependencies=st.sampled_from([{}, {"a": ["zzz"]}]),
    factories=st.lists(covered_factories, max_size=1),
)


def completed(job):
    """What is sent: a task without a runtime gets one."""
    return job | {"tasks": [{"runtime": "singularity"} | task for task in job["tasks"]]} if "tasks" in job else job


@given(covered_jobs(st.sampled_from(["a", "a:b", ""])) | sound_jobs)
def test_the_recorded_rules_and_ours_agree_on_jobs(job):
    assert (job_problems(job) == []) is service_takes_job(completed(job))


@given(covered_workflows)
def test_the_recorded_rules_and_ours_agree_on_workflows(workflow):
    sent = workflow | ({"jobs": [*map(completed, workflow["jobs"])]} if "jobs" in workflow else {})

    assert (workflow_problems(workflow) == []) is service_takes_workflow(sent)
