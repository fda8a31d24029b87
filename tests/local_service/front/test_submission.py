import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.local_service.front import submission
from prominence_jupyter.local_service.places.scratch import Scratch, input_problem, stays_inside


def body(**changes):
    task = {"image": "busybox", "runtime": "singularity", "cmd": "true"} | changes.pop("task", {})
    return {"resources": {"cpus": 1, "memory": 1, "disk": 10}, "tasks": [task], **changes}


def test_a_description_is_completed_and_the_senders_not_changed():
    sent = body()
    assert submission.accept(sent)["resources"]["nodes"] == 1
    assert "nodes" not in sent["resources"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"task": {"cmd": "echo 'open"}}, "tasks[0].cmd: cannot be split into words: No closing quotation"),
        ({"task": {"type": "sidecar"}, "tasks": []}, "sidecar"),
        ({"task": {"type": "openmpi"}}, "tasks[0].type"),
        ({"task": {"workdir": "../../elsewhere"}}, "tasks[0].workdir"),
        ({"artifacts": [{"url": "ftp://example.org/a"}]}, "artifacts[0].url"),
        ({"storage": {"type": "b2drop"}}, "storage"),
        ({"inputs": [{"filename": "f", "content": "not base64!"}]}, "must be base64"),
        ({"inputs": [{"filename": "/etc/passwd", "content": ""}]}, "inputs[0]: the filename"),
        ({"name": "a:b", "colour": "red"}, "name"),
    ],
)
def test_what_cannot_be_done_is_refused(changes, words):
    with pytest.raises(submission.Refused) as caught:
        submission.accept(body(**changes))
    assert words in str(caught.value)
    assert "not base64!" not in str(caught.value)


def test_all_problems_are_told():
    with pytest.raises(submission.Refused, match=r"(?=.*\bname: )(?=.*\bcolour: )"):
        submission.accept(body(name="a:b", colour="red"))


@pytest.mark.parametrize(("count", "end"), [(20, "key19"), (21, "and 1 more"), (123, "and 103 more")])
def test_of_many_problems_the_first_are_told_and_the_rest_counted(count, end):
    with pytest.raises(submission.Refused) as caught:
        submission.accept(body(**{f"key{number}": 1 for number in range(count)}))
    told = str(caught.value).split("; key")
    assert len(told) == 20
    assert end in f"key{told[-1]}"


def test_a_problem_as_long_as_what_was_sent_is_cut():
    with pytest.raises(submission.Refused) as caught:
        submission.accept(body(**{"k" * 1_000_000: 1, "name": "a:b"}))
    assert "; name: must be" in str(caught.value)
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../up", "", ".", "./", "a\0b", "//x", "a/..", "\ud800"])
def test_hostile_names_are_refused_over_http(api, name):
    answer = api("POST", "/jobs", json=body(inputs=[{"filename": name, "content": ""}]))
    assert answer.status_code == 400
    assert "filename" in answer.json()["error"]


@given(st.text(alphabet="./ab\0~\\ ", max_size=12))
def test_a_name_that_is_let_in_leads_inside(tmp_path_factory, name):
    work = Scratch(tmp_path_factory.getbasetemp()).work
    if input_problem({"filename": name, "content": ""}) is None:
        target = (work / name).resolve()
        assert target != work
        assert target.is_relative_to(work)
    assert stays_inside(name, absolute=True) or ".." in name or "\0" in name


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["resources", "tasks", "image", "cmd", "inputs", "name"]) | st.text(), inner
            )
        ),
    )
)
def test_any_json_is_accepted_or_refused(sent):
    try:
        answer = submission.accept(sent)
    except submission.Refused as refusal:
        answer = str(refusal)
    assert json.dumps(answer)


@given(st.binary(max_size=50))
def test_content_arrives_byte_for_byte(tmp_path_factory, content):
    scratch = Scratch(tmp_path_factory.mktemp("scratch"))
    scratch.make([{"filename": "f", "content": base64.b64encode(content).decode()}])
    assert (scratch.work / "f").read_bytes() == content
