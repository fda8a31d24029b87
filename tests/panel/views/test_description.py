"""The description of a job as it can be submitted again."""

import json
from pathlib import Path

import pytest

from prominence_jupyter.panel.views.description import DESCRIPTION_LIMIT, description_json
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.record import JobRecord

CONTRACT = Path(__file__).parents[2] / "contract"


def exchanges(name):
    return json.loads((CONTRACT / f"{name}.json").read_text())["exchanges"]


def described(**answer):
    return description_json(JobRecord.from_json({"resources": {"cpus": 1}} | answer))


@pytest.mark.parametrize("name", ["job-lifecycle", "job-two-tasks", "job-first-task-fails"])
def test_what_was_submitted_is_shown_and_can_be_submitted(name):
    submitted, *_, last = exchanges(name)
    shown = json.loads(description_json(JobRecord.from_json(last["response"]["json"][0])))
    shown["resources"].pop("nodes")
    assert shown == submitted["request"]["json"] | {"resources": {"cpus": 1, "memory": 1, "disk": 10}}
    assert JobDescription.prepare(shown).body == shown


def test_secrets_stay_hidden():
    text = description_json(JobRecord.from_json(exchanges("secrets-come-back")[1]["response"]["json"][0]))
    assert "PULL-TOKEN-THAT-MUST-NOT-LEAK" not in text
    assert "c2VjcmV0LWlucHV0" not in text
    assert json.loads(text)["inputs"] == [{"content": "[hidden]", "filename": "a.txt"}]


def test_labels_of_ours_are_left_out():
    ours = {"pjsubmission": "x", "pjcontent": "y"}
    assert json.loads(described(labels={"a": "b"} | ours))["labels"] == {"a": "b"}
    assert "labels" not in json.loads(described(labels=ours))


def test_outputs_are_names_again():
    outputs = [{"name": "out", "url": "https://host/out?sig=1", "size": 3}, "other"]
    assert json.loads(described(outputFiles=outputs, outputDirs="odd"))["outputFiles"] == ["out", "other"]


def test_a_plain_listing_does_not_tell_it():
    listed = exchanges("list-active")[0]["response"]["json"][0]
    assert description_json(JobRecord.from_json(listed)) == ""
    assert description_json(JobRecord(id=1)) == ""


def test_what_cannot_be_seen_is_escaped_and_still_the_same():
    odd = "a\u202eb\x1b[31m\u00a0\U000e0041 \u00fc\u2713"
    text = described(name=odd)
    assert json.loads(text)["name"] == odd
    assert "\\u202e" in text
    assert "\u00fc\u2713" in text
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize("name", ["x" * 1_000_000, "\u202e" * 50_000])
def test_it_is_bounded(name):
    text = described(name=name)
    assert text.endswith("\n… the first 64 KB of it")
    assert len(text) < DESCRIPTION_LIMIT + 40
