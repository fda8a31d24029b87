"""Which jobs are alike."""

import re

import pandas as pd
import pytest

from prominence_jupyter.errors import UsageError
from prominence_jupyter.usage import jobs_frame
from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.groups import group_of
from tests.usage.answers import answer


def groups(by, *answers, labels=()):
    return group_of(jobs_frame(answers, labels=labels), by).tolist()


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("point-0001", "point-*"),
        ("run-0.5", "run-*"),
        ("sweep/job/12", "sweep/job/*"),
        ("a1b22", "a*b*"),
        ("v1.2.3.", "v*."),
        ("plain", "plain"),
        ("٣", "٣"),  # a digit that no loop counts with
    ],
)
def test_numbers_in_a_name_do_not_tell_jobs_apart(name, group):
    assert groups("name", answer(name=name)) == [group]


def test_other_columns_are_groups_as_they_are():
    job = answer(name="flow/part/1")

    assert groups("image", job) == ["busybox"]
    assert groups("workflow", job) == ["flow"]
    assert groups("site", job) == ["Site-A"]
    assert groups("status", job) == ["completed"]
    assert groups("label:grp", answer(labels={"grp": "a1"}), labels=["grp"]) == ["a1"]


def test_a_job_without_such_a_thing_has_no_group():
    job = answer()
    del job["name"]

    assert groups("name", job) == [pd.NA]
    assert groups("workflow", job) == [pd.NA]
    assert groups("label:grp", job, labels=["grp"]) == [pd.NA]


def test_groups_have_the_index_of_the_frame_also_of_efficiencies():
    jobs = jobs_frame([answer(1), answer(2, labels={"grp": "a"})], labels=["grp"]).iloc[[1, 0]]

    for by in ("name", "image", "label:grp"):
        group = group_of(jobs, by)
        assert (group.name, str(group.dtype), list(group.index)) == ("group", "string", [1, 0])
        pd.testing.assert_series_equal(group_of(efficiency(jobs), by), group)


def test_an_unknown_group_is_an_error_that_names_the_possible_ones():
    with pytest.raises(UsageError, match='by "size"; possible: name, image, workflow, site, status, label:KEY'):
        groups("size", answer())


def test_a_label_that_the_frame_lacks_is_an_error_that_says_how_to_get_it():
    with pytest.raises(UsageError, match=re.escape('label "grp"; ask for it with labels=["grp"]')):
        groups("label:grp", answer())
