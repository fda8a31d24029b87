"""Labels and parameters as columns, when they are asked for."""

import pandas as pd
import pytest

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.redaction import redact
from prominence_jupyter.usage import UnreadableValues, jobs_frame
from tests.usage.test_frames import answers


def values(column):
    return [None if pd.isna(value) else value for value in column]


def user_columns(frame):
    return [name for name in frame.columns if name.startswith(("label_", "parameter_"))]


def test_labels_are_columns_only_when_they_are_asked_for():
    jobs = [job for job in answers("list-completed") if "labels" in job]

    assert user_columns(jobs_frame(jobs)) == user_columns(jobs_frame(jobs, labels=False, parameters=False)) == []
    frame = jobs_frame(jobs, labels=["idx", "none"])
    assert user_columns(frame) == ["label_idx", "label_none"]
    assert [values(frame["label_idx"]), values(frame["label_none"])] == [["3", "2", "0"], [None] * 3]
    assert {str(frame[name].dtype) for name in user_columns(frame)} == {"string"}


def test_all_labels_stand_in_alphabetical_order():
    jobs = [{"id": 1, "labels": {"b": "x", "a": 1}}, {"id": 2}, {"id": 3, "labels": {"c": None, "a": 2.5}}]
    frame = jobs_frame(jobs, labels=True)

    assert user_columns(frame) == ["label_a", "label_b", "label_c"]
    assert [values(frame[name]) for name in user_columns(frame)] == [
        ["1", None, "2.5"],
        ["x", None, None],
        [None, None, None],
    ]


def test_labels_of_ours_are_columns_only_when_they_are_named():
    jobs = [{"id": 1, "labels": {"a": "x", "pjsubmission": "1", "pjcontent": "2"}}]
    assert user_columns(jobs_frame(jobs, labels=True)) == ["label_a"]
    assert user_columns(jobs_frame(jobs, labels=["pjcontent"])) == ["label_pjcontent"]


def test_one_key_may_be_given_as_text():
    assert user_columns(jobs_frame([], labels="grp", parameters="x")) == ["label_grp", "parameter_x"]


def test_recorded_parameters_are_numbers():
    jobs = [job for job in answers("workflow-factory") if "parameters" in job]
    frame = jobs_frame(jobs, parameters=True)

    assert str(frame["parameter_x"].dtype) == "float64"
    assert sorted(values(frame["parameter_x"])) == [1.0, 2.0, 3.0]


def test_parameters_are_text_where_one_is_no_number():
    jobs = [{"parameters": {"n": 1, "t": 1}}, {"parameters": {"n": "2.5", "t": "1e"}}, {"parameters": {"n": None}}]
    frame = jobs_frame(jobs, parameters=["t", "n"])

    assert user_columns(frame) == ["parameter_t", "parameter_n"]
    assert values(frame["parameter_n"]) == [1.0, 2.5, None]
    assert (str(frame["parameter_t"].dtype), values(frame["parameter_t"])) == ("string", ["1", "1e", None])


def test_what_is_no_text_or_number_is_missing_and_counted():
    jobs = [{"labels": {"a": [1]}, "parameters": {"x": True}}, {"labels": "none", "parameters": {"x": 1}}]
    with pytest.warns(UnreadableValues, match=r"label_a \(2\), parameter_x \(1\)"):
        frame = jobs_frame(jobs, labels=["a"], parameters=["x"])

    assert (values(frame["label_a"]), values(frame["parameter_x"])) == ([None, None], [None, 1.0])


def test_hostile_keys_become_names_on_one_line_that_stay_apart():
    keys = ["a\x1b[31m", "a\x00[31m", "\u202ea", "x\ny", "k" * 300]
    frame = jobs_frame([{"labels": {key: str(place) for place, key in enumerate(keys)}}], labels=keys)

    assert user_columns(frame) == [
        "label_a\ufffd[31m",
        "label_a\ufffd[31m_2",
        "label_\ufffda",
        "label_x y",
        f"label_{'k' * 199}…",
    ]
    assert frame.iloc[0][user_columns(frame)].to_list() == ["0", "1", "2", "3", "4"]


def test_too_many_keys_are_not_made_columns_unasked():
    jobs = [{"labels": {f"key{number}": "x"}, "parameters": {}} for number in range(201)]

    assert len(user_columns(jobs_frame(jobs[:200], labels=True, parameters=True))) == 200
    with pytest.raises(UsageError, match=r"201 labels, .* name those wanted, as in labels=\['key0'\]"):
        jobs_frame(jobs, labels=True)
    assert user_columns(jobs_frame(jobs, labels=["key7"])) == ["label_key7"]


@pytest.mark.parametrize("key", ["x", "url", "image", "inputs", "imagePullCredential", "storage"])
@pytest.mark.parametrize("text", ["7", "https://user:pass@host.example/a?key=1#2", "\u00fc?\ud800", "a?b"])
def test_labels_are_shown_as_records_show_them(key, text):
    labels = {key: text}

    assert jobs_frame([{"labels": labels}], labels=True)[f"label_{key}"].tolist() == [
        redact({"labels": labels})["labels"][key]
    ]
