import copy

import pytest
from prominence import Task

from prominence_jupyter.errors import DescriptionError
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription, default_runtime


def good(**changes):
    return {
        "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 10},
        "tasks": [{"image": "busybox"}],
    } | changes


def test_prepare_does_not_change_what_it_is_given():
    body = good(labels={"a": "b"})
    labels = {"c": "d"}
    before = copy.deepcopy((body, labels))

    description = JobDescription.prepare(body, labels=labels)

    assert (body, labels) == before
    assert description.body["labels"] == {"a": "b", "c": "d"}


def test_labels_given_win_and_are_checked():
    assert JobDescription.prepare(good(labels={"a": "b"}), labels={"a": "c"}).body["labels"] == {"a": "c"}
    with pytest.raises(DescriptionError, match="the name of a label"):
        JobDescription.prepare(good(), labels={"a-b": "c"})
    with pytest.raises(DescriptionError, match="labels: must be a JSON object"):
        JobDescription.prepare(good(labels=["a"]), labels={"a": "b"})


def test_our_own_labels_are_refused_and_added():
    with pytest.raises(DescriptionError, match=r"labels\.pjcontent: is a label that each submission gets anew"):
        JobDescription.prepare(good(labels={"pjcontent": "x", "a": "b"}))
    with pytest.raises(DescriptionError, match=r"labels\.pjsubmission"):
        JobDescription.prepare(good(), labels={"pjsubmission": "x"})
    plain = JobDescription.prepare(good(labels={"a": "b"}))
    assert plain.labelled(("pjsubmission", "x")).body["labels"] == {"a": "b", "pjsubmission": "x"}
    assert plain.body["labels"] == {"a": "b"}


def test_all_problems_are_in_one_error():
    with pytest.raises(DescriptionError) as caught:
        JobDescription.prepare({"resources": {}, "tasks": []})

    assert [problem.where for problem in caught.value.problems] == ["resources", "resources", "resources", "tasks"]
    assert str(caught.value).startswith(
        "the description has 4 problems; nothing was submitted:\n  resources: cpus is missing"
    )


@pytest.mark.parametrize(
    "image", ["busybox", "docker://busybox", "https://host/i.tar", "https://host/i.tgz", "dir/i.tar.gz", "i.sif", "tar"]
)
def test_the_runtime_is_filled_in_as_the_official_client_does(image):
    official = Task()
    official.image = image

    assert default_runtime(image) == official.to_dict()["runtime"]


def test_a_runtime_that_is_there_is_kept():
    body = good(tasks=[{"image": "i.tar", "runtime": "singularity"}, {"image": "i.tar"}])

    assert [task["runtime"] for task in JobDescription.prepare(body).body["tasks"]] == ["singularity", "udocker"]


@pytest.mark.parametrize(("body", "name"), [(good(name="pi"), "pi"), (good(), "")])
def test_its_name(body, name):
    assert JobDescription.prepare(body).name == name


def test_no_repr_shows_a_secret():
    task = {"image": "busybox", "imagePullCredential": {"username": "user", "token": "S3CR3T"}}
    body = good(
        tasks=[task],
        inputs=[{"filename": "a", "content": "S3CR3T=="}],
        artifacts=[{"url": "https://host/a?sig=S3CR3T"}],
    )

    description = JobDescription.prepare(body)

    assert "S3CR3T" in description.body["inputs"][0]["content"]
    assert "S3CR3T" not in repr(description) + str(description) + f"{[description]}"
    assert "busybox" in repr(description)


def workflow(**changes):
    jobs = [good(name="first"), good(name="second", tasks=[{"image": "i.tar"}, {"image": "a", "runtime": "udocker"}])]
    return {"name": "two", "jobs": jobs, "dependencies": {"first": ["second"]}} | changes


def test_a_workflow_is_completed_in_every_job_and_what_was_given_stays():
    body = workflow(labels={"a": "b"})
    before = copy.deepcopy(body)

    description = WorkflowDescription.prepare(body, labels={"c": "d"})

    assert body == before
    assert description.body["labels"] == {"a": "b", "c": "d"}
    assert [task["runtime"] for job in description.body["jobs"] for task in job["tasks"]] == [
        "singularity",
        "udocker",
        "udocker",
    ]
    assert description.name == "two"


def test_a_workflow_with_problems_is_not_made():
    with pytest.raises(DescriptionError) as caught:
        WorkflowDescription.prepare(workflow(dependencies={"first": ["third"]}, labels=["a"]), labels={"c": "d"})

    assert [problem.where for problem in caught.value.problems] == ["dependencies.first[0]", "labels"]


def test_the_repr_of_a_workflow_shows_no_secret():
    credential = {"username": "user", "token": "S3CR3T"}
    jobs = [good(name="first", tasks=[{"image": "busybox", "imagePullCredential": credential}])]

    description = WorkflowDescription.prepare({"name": "one", "jobs": jobs})

    assert "S3CR3T" not in repr(description) + str(description) + f"{[description]}"
    assert "busybox" in repr(description)
