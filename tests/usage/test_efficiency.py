"""Efficiencies of odd jobs and of any; what common ones come to is in test_worked_examples.py."""

import inspect
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.usage import UnreadableValues, jobs_frame
from prominence_jupyter.usage.advice import advice
from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.totals import totals
from tests.usage.answers import MEMORY, answer, killed, odd_answers

NUMBERS = [
    *("memory_gb", "peak_memory_gb", "held_s", "cpu_time_s", "cpu_efficiency", "memory_efficiency", "time_efficiency"),
    *("queue_share", "overhead_share", "core_hours", "core_hours_used", "core_hours_wasted"),
    *("gb_hours", "gb_hours_used", "gb_hours_wasted"),
]
DTYPES = {
    "id": "Int64",
    "name": "string",
    "workflow": "category",
    "status": "category",
    "succeeded": "boolean",
    "site": "category",
    "ended": "datetime64[us, UTC]",
    "cores": "Int64",
    **dict.fromkeys(NUMBERS, "float64"),
    "remarks": "string",
    "image": "string",
}


def frame(answers, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableValues)
        return jobs_frame(answers, **options)


def only(**parts):
    return efficiency(frame([answer(**parts)])).iloc[0]


def dtypes(found):
    return {name: str(dtype) for name, dtype in found.dtypes.items()}


@pytest.mark.parametrize("answers", [[], [{}], [{"id": 1}, {"status": "running"}], [answer(), killed(MEMORY)]])
def test_every_frame_has_the_documented_columns(answers):
    found = efficiency(frame(answers))

    assert dtypes(found) == DTYPES
    documented = re.findall(r"^    (\w+) ", inspect.cleandoc(efficiency.__doc__), re.MULTILINE)
    assert [name for name in documented if name in DTYPES] == list(DTYPES)


def test_the_index_and_the_labels_are_kept():
    jobs = frame([answer(1), answer(2, labels={"grp": "b"})], labels=["grp"]).iloc[[1, 0]]
    found = efficiency(jobs)

    assert list(found.index) == [1, 0]
    assert found["id"].tolist() == [2, 1]
    assert found.columns[-1] == "label_grp"


def test_the_frame_given_is_not_changed():
    jobs = frame([answer(), killed(MEMORY)])
    before = jobs.copy(deep=True)
    efficiency(jobs)

    pd.testing.assert_frame_equal(jobs, before)


def test_a_job_as_short_as_said_is_not_judged():
    jobs = frame([answer(wall=9.99, cpu=5.0), answer(wall=10.0, cpu=5.0)])
    found = efficiency(jobs, shortest_s=10)

    assert found["cpu_efficiency"].isna().tolist() == [True, False]
    assert found["remarks"].tolist() == ["insufficient data: ran 9.99 s", ""]
    assert found["core_hours_used"].notna().all()


def test_what_cannot_be_is_missing():
    found = only(cpus=0, memory=0, walltime=0, cpu=-5.0, peak_gb=-1.0)

    assert pd.isna(found[["cores", "memory_gb", "time_efficiency", "cpu_time_s", "peak_memory_gb"]]).all()
    assert pd.isna(found[["core_hours", "gb_hours", "cpu_efficiency", "memory_efficiency"]]).all()


def test_no_cpu_time_used_is_an_efficiency_of_0():
    assert only(cpu=0.0)["cpu_efficiency"] == 0


def test_clocks_that_disagree_are_said_and_the_wall_time_counts():
    found = only(wall=50.0, events={"createTime": 2000, "startTime": 1900, "endTime": 1000})

    assert found["held_s"] == 50
    assert pd.isna(found["queue_share"])
    assert found["remarks"] == "clocks disagree"


def test_a_job_that_still_runs_is_said_and_has_held_nothing_known():
    found = only(status="running", events={"createTime": 1000, "startTime": 1010}, execution={"site": "Site-A"})

    assert found["remarks"] == "not ended"
    assert pd.isna(found["core_hours"])


def test_a_line_of_a_listing_has_an_efficiency_without_numbers():
    line = {"id": 3, "name": "x", "status": "completed", "events": {"createTime": 1, "startTime": 2, "endTime": 9}}
    found = efficiency(frame([line])).iloc[0]

    assert found["held_s"] == 7
    assert found["remarks"] == "no metrics"
    assert pd.isna(found[["cores", "core_hours", "cpu_efficiency"]]).all()


def test_the_largest_process_is_never_taken_for_the_memory_of_the_job():
    job = answer(peak_gb=None)
    job["execution"]["tasks"][0]["maxResidentSetSizeKB"] = 500_000

    assert pd.isna(efficiency(frame([job])).iloc[0]["peak_memory_gb"])


def test_remarks_on_many_rows_are_each_row_s_own():
    jobs = frame([answer(), killed(MEMORY), answer(wall=0.3, cpu=0.1), answer(nodes=2)])

    assert efficiency(jobs)["remarks"].tolist() == [
        "",
        "killed: memory; no metrics",
        "insufficient data: ran 0.3 s",
        "2 nodes: CPU time of the first only",
    ]


@pytest.mark.parametrize("more", [[], [answer(2, code=1)], [killed(MEMORY)], [{"id": 3, "events": {"startTime": 5}}]])
def test_a_frame_that_was_kept_as_csv_says_the_same(more, tmp_path):
    jobs = frame([answer(1), *more])
    jobs.to_csv(tmp_path / "jobs.csv", index=False)
    again = pd.read_csv(tmp_path / "jobs.csv")

    pd.testing.assert_frame_equal(efficiency(again)[NUMBERS], efficiency(jobs)[NUMBERS])
    assert efficiency(again)["remarks"].tolist() == efficiency(jobs)["remarks"].tolist()
    for found in (advice, lambda frame: totals(efficiency(frame))):
        pd.testing.assert_frame_equal(found(again), found(jobs))


def test_columns_of_a_user_need_no_names():
    jobs = frame([answer(1)])

    pd.testing.assert_frame_equal(efficiency(jobs.assign(mine=1).rename(columns={"mine": 0})), efficiency(jobs))


@given(st.lists(odd_answers(), max_size=5), st.randoms(use_true_random=False))
def test_any_jobs_have_efficiencies_whatever_their_order(answers, chance):
    found = efficiency(frame(answers))

    assert dtypes(found) | {"id": "Int64"} == DTYPES
    assert not np.isinf(found[NUMBERS].to_numpy()).any()
    order = list(range(len(answers)))
    chance.shuffle(order)
    again = efficiency(frame([answers[place] for place in order]))
    columns = ["cores", *NUMBERS, "remarks"]
    pd.testing.assert_frame_equal(again[columns], found[columns].iloc[order].reset_index(drop=True), check_exact=True)


@given(st.lists(odd_answers(), max_size=5))
def test_used_and_wasted_are_what_was_held(answers):
    found = efficiency(frame(answers))

    for kind in ("core_hours", "gb_hours"):
        both = found[f"{kind}_used"] + found[f"{kind}_wasted"]
        known = found[[kind, f"{kind}_used"]].notna().all(axis=1)
        assert both.notna().equals(known)
        largest = found[[kind, f"{kind}_used"]].max(axis=1)
        assert ((both - found[kind]).abs() <= 1e-12 * largest)[known].all()
