"""Sums and shares of groups of jobs."""

import inspect
import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import UsageError
from prominence_jupyter.usage import jobs_frame
from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.totals import totals
from tests.usage.answers import MEMORY, answer, killed, sound_answers

DTYPES = {
    "group": "string",
    **dict.fromkeys(["jobs", "succeeded", "failed", "no_metrics", "insufficient", "first_node"], "Int64"),
    **dict.fromkeys(["core_hours", "core_hours_used", "core_hours_wasted", "core_hours_failed"], "float64"),
    **dict.fromkeys(["gb_hours", "gb_hours_used", "gb_hours_wasted"], "float64"),
    **dict.fromkeys(["cpu_efficiency", "memory_efficiency"], "float64"),
}


def of(*answers, by=None, labels=()):
    return totals(efficiency(jobs_frame(answers, labels=labels)), by)


@pytest.mark.parametrize("answers", [[], [{}], [answer()], [answer(), killed(MEMORY)]])
@pytest.mark.parametrize("by", [None, "name", "site"])
def test_every_frame_has_the_documented_columns(answers, by):
    found = of(*answers, by=by)

    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == DTYPES
    documented = re.findall(r"^    (\w+) +(?:string|Int64|float64)", inspect.cleandoc(totals.__doc__), re.MULTILINE)
    assert documented == list(DTYPES)


def test_jobs_are_counted_by_how_they_ended():
    found = of(
        answer(),
        answer(code=1),
        answer(wall=0.5, cpu=0.1),
        killed(MEMORY),
        {"id": 7, "name": "x", "status": "running", "events": {"createTime": 1000, "startTime": 1010}},
    ).iloc[0]

    assert found["group"] == "all"
    assert found[["jobs", "succeeded", "failed", "no_metrics", "insufficient"]].tolist() == [5, 2, 2, 1, 1]


def test_what_failed_jobs_held_is_a_sum_of_its_own():
    """Each held 4 cores for 100 s."""
    found = of(answer(), answer(code=1), killed(MEMORY), answer(name="other"), by="name")

    assert found["core_hours_failed"].tolist() == pytest.approx([0.0, 800 / 3600])


def test_jobs_whose_use_is_known_of_their_first_node_are_counted():
    found = of(answer(nodes=4), answer(nodes=4, cpu=None), answer()).iloc[0]

    assert found[["jobs", "first_node"]].tolist() == [3, 1]


def test_jobs_are_counted_where_a_file_made_objects_of_truth_values():
    frame = efficiency(jobs_frame([answer(), answer(code=1), killed(MEMORY), {}]))
    read_again = frame.astype({"succeeded": object})

    pd.testing.assert_frame_equal(totals(read_again), totals(frame))


def test_a_share_is_weighted_by_what_was_held():
    """(100 + 720) CPU seconds of 100 x 4 + 900 x 4 held; GB hours of 4 GB, at peaks of 1 and 3 GB."""
    found = of(answer(wall=100.0, cpu=100.0, peak_gb=1.0), answer(wall=900.0, cpu=720.0, peak_gb=3.0)).iloc[0]

    assert found["core_hours"] == pytest.approx(4000 / 3600)
    assert found["core_hours_used"] == pytest.approx(820 / 3600)
    assert found["core_hours_wasted"] == pytest.approx(3180 / 3600)
    assert found["cpu_efficiency"] == pytest.approx(820 / 4000)
    assert found["gb_hours_used"] == pytest.approx((100 * 1 + 900 * 3) / 3600)
    assert found["memory_efficiency"] == pytest.approx((100 * 1 + 900 * 3) / (1000 * 4))


def test_jobs_without_metrics_are_held_but_in_no_share():
    found = of(answer(wall=100.0, cpu=100.0), killed(MEMORY)).iloc[0]

    assert found["core_hours"] == pytest.approx(800 / 3600)
    assert found["core_hours_wasted"] == pytest.approx(300 / 3600)
    assert found["cpu_efficiency"] == pytest.approx(0.25)


def test_where_nothing_is_known_a_sum_is_missing_and_never_0():
    found = of(killed(MEMORY)).iloc[0]

    assert found[["core_hours_used", "core_hours_wasted", "cpu_efficiency", "memory_efficiency"]].isna().all()


def test_groups_are_sorted_and_jobs_without_one_come_last():
    nameless = answer(5)
    del nameless["name"]
    found = of(nameless, answer(1, name="b-1"), answer(2, name="a-1"), answer(3, name="b-2"), by="name")

    assert found["group"].tolist() == ["a-*", "b-*", pd.NA]
    assert found["jobs"].tolist() == [1, 2, 1]


def test_labels_and_images_group_too():
    answers = [answer(1, labels={"grp": "x"}), answer(2, labels={"grp": "y"})]

    assert of(*answers, by="label:grp", labels=["grp"])["group"].tolist() == ["x", "y"]
    assert of(*answers, by="image")["jobs"].tolist() == [2]
    with pytest.raises(UsageError, match=r'labels=\["grp"\]'):
        of(*answers, by="label:grp")


@given(st.lists(sound_answers, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_jobs_changes_nothing(answers, chance):
    shuffled = answers.copy()
    chance.shuffle(shuffled)

    pd.testing.assert_frame_equal(of(*shuffled, by="name"), of(*answers, by="name"), rtol=1e-12)
