import json
from pathlib import Path

import pytest

from prominence_jupyter.protocol.validation import workflow_problems

CONTRACT = Path(__file__).parents[1] / "contract"


def job(name, **changes):
    resources = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10}
    return {"name": name, "resources": resources, "tasks": [{"image": "busybox", "runtime": "singularity"}]} | changes


def good(**changes):
    return {"name": "study", "jobs": [job("first"), job("second"), job("third")]} | changes


def chain(**dependencies):
    return good(dependencies=dependencies)


def factory(**changes):
    made = {"name": "f", "type": "zip", "jobs": ["first"], "parameters": [{"name": "x", "values": [1, 2]}]} | changes
    return good(factories=[{key: value for key, value in made.items() if value != "none"}])


def sweep(*parameters):
    return factory(type="parameterSweep", parameters=list(parameters))


def swept(**changes):
    made = {"name": "x", "start": 0, "end": 1, "step": 0.5} | changes
    return {key: value for key, value in made.items() if value != "none"}


def wheres(description):
    return [problem.where for problem in workflow_problems(description)]


def words(description):
    (problem,) = workflow_problems(description)
    return str(problem)


POSTED = [
    (path.stem, exchange["response"]["status"], exchange["request"]["json"])
    for path in sorted(CONTRACT.glob("*.json"))
    for exchange in json.loads(path.read_text())["exchanges"]
    if (exchange["request"]["method"], exchange["request"]["path"]) == ("POST", "/workflows")
]


@pytest.mark.parametrize(("name", "status", "description"), POSTED)
def test_what_the_service_refuses_is_refused_here_and_what_it_accepts_is_accepted(name, status, description):
    assert bool(workflow_problems(description)) is (status in (400, 500)), name


def test_there_are_refusals_and_acceptances():
    assert {status for _, status, _ in POSTED} == {201, 400, 500}


@pytest.mark.parametrize("description", [None, [], "a", 1])
def test_what_is_no_object_is_one_problem(description):
    assert words(description).startswith("the description: must be a JSON object")


@pytest.mark.parametrize(
    ("description", "where"),
    [
        (good(name=""), "name"),
        (good(name="a b"), "name"),
        (good(name="a" * 513), "name"),
        (good(jobs=[]), "jobs"),
        (good(jobs={"a": job("a")}), "jobs"),
        (good(jobs=[job("a"), job("b c")]), "jobs[1].name"),
        (good(jobs=[job("a"), job("")]), "jobs[1].name"),
        (good(jobs=[job("a"), job("..")]), "jobs[1].name"),
        (good(jobs=[job("a"), job("/b")]), "jobs[1].name"),
        (good(jobs=[job("a"), job(7)]), "jobs[1].name"),
        (good(jobs=[job("a"), job("Parent")]), "jobs[1].name"),
        (good(jobs=[job("a"), job("a")]), "jobs[1].name"),
        (good(jobs=[job("a", tasks=[{"image": ""}])]), "jobs[0].tasks[0].image"),
        (good(policies={"maximumRetries": 11}), "policies.maximumRetries"),
        (good(policies={"maximumReruns": 0}), "policies.maximumReruns"),
        (good(policies={"maximumTaskRetries": 1}), "policies.maximumTaskRetries"),
        (good(policies={"leaveInQueue": 1}), "policies.leaveInQueue"),
        (good(policies={"placement": {"requirements": {"sites": [1]}}}), "policies.placement.requirements.sites[0]"),
        (good(labels={"a": "b c"}), "labels.a"),
        (good(notifications=[{"event": "jobFinished", "type": "email"}]), "notifications[0].event"),
        (good(resources={}), "resources"),
        (good(dependencies=["first"]), "dependencies"),
        (chain(first="second"), "dependencies.first"),
        (chain(first=[]), "dependencies.first"),
        (chain(first=[2]), "dependencies.first[0]"),
        (chain(first=["zzz"]), "dependencies.first[0]"),
        (chain(zzz=["first"]), "dependencies.zzz"),
        (good(factories={}), "factories"),
        (factory(name="none"), "factories[0]"),
        (factory(type="none"), "factories[0]"),
        (factory(type="sweep"), "factories[0].type"),
        (factory(jobs="first"), "factories[0].jobs"),
        (factory(jobs=["firs"]), "factories[0].jobs[0]"),
        (factory(parameters="none"), "factories[0]"),
        (factory(parameters=[]), "factories[0].parameters"),
        (factory(number=3), "factories[0].number"),
        (factory(type="repeat", parameters="none"), "factories[0]"),
        (factory(type="repeat", parameters="none", num=3), "factories[0].num"),
        (factory(type="repeat", parameters="none", number="3"), "factories[0].number"),
        (factory(parameters=[{"name": "a-b", "values": [1]}]), "factories[0].parameters[0].name"),
        (factory(parameters=[{"name": "x", "values": 3}]), "factories[0].parameters[0].values"),
        (factory(parameters=[{"name": "x", "values": []}]), "factories[0].parameters[0].values"),
        (factory(parameters=[{"values": [1]}]), "factories[0].parameters[0]"),
        (sweep(swept(step=0)), "factories[0].parameters[0].step"),
        (sweep(swept(step=-1)), "factories[0].parameters[0].step"),
        (sweep(swept(end=1e20)), "factories[0].parameters[0].step"),
        (sweep(swept(end=-1)), "factories[0].parameters[0].end"),
        (sweep(swept(start="one")), "factories[0].parameters[0].start"),
        (sweep(swept(start=True)), "factories[0].parameters[0].start"),
        (sweep(swept(end=float("inf"))), "factories[0].parameters[0].end"),
        (sweep(swept(step="none")), "factories[0].parameters[0]"),
        (sweep(swept(step="none", number=3)), "factories[0].parameters[0].number"),
        (sweep(swept(number=3)), "factories[0].parameters[0].number"),
        (sweep(swept(), swept()), "factories[0].parameters[1].name"),
        (sweep(*(swept(name=name) for name in "abcde")), "factories[0].parameters[4]"),
        (factory(type="repeat", parameters="none", number=10**9), "factories[0].number"),
        (sweep(swept(step=1e-9)), "factories[0].parameters[0].step"),
        (sweep(swept(step=0.001), swept(name="y", step=0.001)), "factories[0].parameters"),
    ],
)
def test_one_problem_and_its_place(description, where):
    assert wheres(description) == [where]


@pytest.mark.parametrize("value", ['a"b', "it's", "a b", "a\\b", "a=b", "a$n", "a\0", True, None, [1], float("nan")])
def test_values_of_a_zip_that_the_service_breaks(value):
    assert wheres(factory(parameters=[{"name": "x", "values": [1, value]}])) == ["factories[0].parameters[0].values[1]"]


@pytest.mark.parametrize(
    "description",
    [
        good(dependencies={}),
        chain(first=["second", "third"], second=["third"]),
        factory(parameters=[{"name": "x", "values": ["-1.5", 1e-05, ""]}, {"name": "_y2", "values": [1, 2, 3]}]),
        factory(type="repeat", parameters="none", number=3),
        sweep(swept(), swept(name="y", start="0", end="1", step="0.1")),
        sweep(*(swept(name=name) for name in "abcd")),
        sweep(swept(start=1, end=1)),
        good(policies={"maximumRetries": 10, "maximumReruns": 1}, notifications=[]),
        good(jobs=[job("a.b"), job("c/d"), job("...")]),
    ],
)
def test_what_may_be_sent(description):
    assert workflow_problems(description) == []


def test_a_job_can_be_in_one_factory():
    repeat = {"name": "f", "type": "repeat", "number": 2, "jobs": ["first", "second"]}

    text = words(good(factories=[repeat, repeat | {"jobs": ["third", "second"]}]))

    assert text == "factories[1].jobs[1]: is in factories[0] too; a job can be in one factory"


def test_all_lists_of_a_zip_are_as_long_as_the_first():
    text = words(factory(parameters=[{"name": "x", "values": [1, 2]}, {"name": "y", "values": [1]}]))

    assert text == "factories[0].parameters[1].values: must hold as many values as the first parameter: 2, not 1"


def test_a_sweep_by_number_is_told_its_step():
    assert words(sweep(swept(step="none", number=3))).endswith('; write "step": 0.5')
    assert words(sweep(swept(step="none", number=1))).endswith("; write step, the distance between two values")
    assert words(sweep(swept(step="none", number=10**400))).endswith("; write step, the distance between two values")


@pytest.mark.parametrize(
    ("dependencies", "where", "circle"),
    [
        ({"first": ["first"]}, "dependencies.first[0]", "first → first"),
        ({"first": ["second"], "second": ["first"]}, "dependencies.second[0]", "first → second → first"),
        ({"first": ["third"], "third": ["second"], "second": ["x", "first"]}, "second[1]", "first → third → second →"),
    ],
)  # fmt: skip
def test_a_circle_says_which_jobs_form_it(dependencies, where, circle):
    description = good(dependencies=dependencies)
    if "x" in dependencies.get("second", []):
        description["jobs"].append(job("x"))

    text = words(description)

    assert where in text
    assert f"wait for each other for ever: {circle}" in text


def test_each_circle_is_told_and_a_long_one_is_cut():
    jobs = [job(f"job-{n:03}") for n in range(200)]
    ring = {f"job-{n:03}": [f"job-{(n + 1) % 100:03}"] for n in range(100)}
    pair = {"job-150": ["job-151"], "job-151": ["job-150"]}

    first, second = sorted(map(str, workflow_problems(good(jobs=jobs, dependencies=ring | pair))))

    assert first.endswith("ever: job-000 → job-001 → job-002 → job-003 → … → job-000")
    assert second.endswith("ever: job-150 → job-151 → job-150")


def test_names_that_the_service_confuses():
    jobs = [job(f"step{n}") for n in range(1, 11)]
    dependencies = {f"step{n}": [f"step{n + 1}"] for n in range(1, 10)}

    text = words(good(jobs=jobs, dependencies=dependencies))

    assert text.startswith('dependencies.step1: the service takes "step10" for it as well')
    assert workflow_problems(good(jobs=jobs, dependencies={"step2": ["step3"]})) == []


@pytest.mark.parametrize(
    ("name", "is_taken"),
    [("a/1", True), ("a_1", True), ("a_0", True), ("a_2", False), ("a_01", False), ("a-1", False), ("b_1", False)],
)
def test_a_job_that_is_called_as_one_of_a_factory(name, is_taken):
    description = factory(jobs=["a"]) | {"jobs": [job("a"), job(name), job("b")]}

    said = f"jobs[1].name: is what the service calls number {name[-1]} of those made of a by a factory; choose another"
    assert [*map(str, workflow_problems(description))] == [said] * is_taken


def test_a_job_of_a_factory_may_have_a_number_in_its_name():
    assert workflow_problems(factory(jobs=["a", "a_1"]) | {"jobs": [job("a"), job("a_1")]}) == []


def test_an_unknown_name_gets_a_suggestion_unless_the_job_itself_is_broken():
    assert words(chain(frist=["second"])).endswith('no job has the name "frist"; did you mean first?')
    assert words(factory(jobs=["secnd"])).endswith('no job has the name "secnd"; did you mean second?')
    assert wheres(good(jobs=[job("a"), job(None)], dependencies={"a": ["b"]})) == ["jobs[1].name"]


def test_a_thousand_unknown_names_are_all_told():
    jobs = [job(f"job-{n:04}") for n in range(1000)]
    dependencies = {f"job_{n:04}": [f"jobs-{n:04}"] for n in range(1000)}

    assert len(workflow_problems(good(jobs=jobs, dependencies=dependencies))) == 2000


def test_a_web_address_in_a_job_of_a_factory():
    jobs = [job("first", artifacts=[{"url": "data.txt"}, {"url": "https://host/a?sig=S3CR3T"}])]

    assert workflow_problems(good(jobs=jobs)) == []
    text = words(factory(jobs=["first", "first"]) | {"jobs": jobs})
    assert text.startswith("jobs[0].artifacts[1].url: the service fails on a web address in a job of a factory (first)")
    assert "S3CR3T" not in text


@pytest.mark.parametrize(
    ("description", "said"),
    [
        (factory(type="repeat", parameters="none", number=10**9), "number: makes 1,000,000,000 jobs"),
        (factory(type="repeat", parameters="none", number=10**400), "number: makes far too many jobs"),
        (sweep(swept(step=1e-9)), "parameters[0].step: makes 1,000,000,000 jobs"),
        (sweep(swept(step=1e-300)), "parameters[0].step: is too small a step to lead from start to end"),
    ],
)
def test_far_too_many_jobs_are_counted_without_being_made(description, said):
    assert words(description).startswith(f"factories[0].{said}")
