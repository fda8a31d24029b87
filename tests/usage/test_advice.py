"""What to ask for next time, against what a person would work out."""

import inspect
import json
import re
import warnings

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.validation import job_problems
from prominence_jupyter.usage import UnreadableValues, jobs_frame
from prominence_jupyter.usage.advice import advice
from tests.usage.answers import MEMORY, WALLTIME, answer, killed, kills, odd_answers, sound_answers

STATISTICS = ["asked", "median", "p95", "max"]
DTYPES = {
    "group": "string",
    "jobs": "Int64",
    "judged": "Int64",
    "cpus_asked": "Int64",
    **{f"cpus_{statistic}": "float64" for statistic in STATISTICS[1:]},
    **{f"memory_gb_{statistic}": "float64" for statistic in STATISTICS},
    **{f"walltime_min_{statistic}": "float64" for statistic in STATISTICS},
    **dict.fromkeys(["killed_memory", "killed_walltime"], "Int64"),
    **dict.fromkeys(["suggested_cpus", "suggested_memory_gb", "suggested_walltime_min"], "Int64"),
    **dict.fromkeys(["core_hours_asked", "core_hours_saved", "gb_hours_asked", "gb_hours_saved"], "float64"),
    **dict.fromkeys(["verdict", "why", "resources"], "string"),
}
SUGGESTED = [name for name in DTYPES if name.startswith("suggested_")]


def of(*answers, by="name", labels=(), **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableValues)
        return advice(jobs_frame(answers, labels=labels), by, **options)


def on(*answers, **options):
    found = of(*answers, **options)
    assert len(found) == 1
    return found.iloc[0]


def alike(*, count=3, **parts):
    return [answer(number, **parts) for number in range(1, count + 1)]


def suggested(found):
    return [None if pd.isna(found[name]) else int(found[name]) for name in SUGGESTED]


@pytest.mark.parametrize("answers", [[], [{}], [answer()], [*alike(), killed(MEMORY)]])
def test_every_frame_has_the_documented_columns(answers):
    found = of(*answers)

    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == DTYPES
    documented = inspect.getdoc(advice)
    assert all(re.search(rf"\b{name}\b", documented) for name in DTYPES if not name.endswith(("_p95", "_max")))


def test_wasteful_jobs_should_ask_for_less():
    """Three jobs of 100 s on 4 cores with 4 GB used 1 core and 1 GB: 3 x 100 s x 3 cores and x 2 GB to save."""
    found = on(*alike(cpu=100.0, peak_gb=1.0))

    assert found["verdict"] == "ask for less"
    assert suggested(found) == [1, 2, None]
    assert found["core_hours_saved"] == pytest.approx(3 * 100 * 3 / 3600)
    assert found["gb_hours_saved"] == pytest.approx(3 * 100 * 2 / 3600)
    assert json.loads(found["resources"]) == {"nodes": 1, "cpus": 1, "memory": 2, "disk": 10}
    assert found["why"] == "used at most 1 of 4 cores on average; used at most 1 of 4 GB"


def test_memory_is_never_less_than_a_job_that_failed_had_reached():
    found = on(*alike(cpu=100.0, peak_gb=1.0), answer(4, cpu=100.0, peak_gb=2.6, code=1))

    assert found[["memory_gb_p95", "memory_gb_max"]].tolist() == [1, 2.6]
    assert found["suggested_memory_gb"] == 3


def test_statistics_are_of_judged_jobs():
    jobs = [answer(number, cpu=100.0 * number, peak_gb=float(number)) for number in (1, 2, 3)]
    found = on(*jobs, answer(4, cpu=9000.0, code=1), answer(5, wall=0.5, cpu=9000.0))

    assert found[["jobs", "judged"]].tolist() == [5, 3]
    assert found[["cpus_median", "cpus_max", "memory_gb_median", "memory_gb_max"]].tolist() == [2, 3, 2, 3]
    assert found["cpus_p95"] == pytest.approx(2.9)
    assert found["walltime_min_max"] == pytest.approx(100 / 60)


@pytest.mark.parametrize(
    ("cpu", "cpus"), [(1.0, 1), (100.0, 1), (105.0, 1), (106.0, 2), (420.0, 4), (430.0, 5), (0.0, 1)]
)
def test_up_to_five_percent_more_than_whole_cores_are_those_cores(cpu, cpus):
    assert on(*alike(cpu=cpu))["suggested_cpus"] == cpus


@pytest.mark.parametrize(("peak", "memory"), [(0.0, 1), (0.3, 1), (0.83, 1), (0.84, 2), (2.5, 3), (2.51, 4), (5.0, 6)])
def test_memory_is_whole_gb_with_a_margin(peak, memory):
    assert on(*alike(peak_gb=peak))["suggested_memory_gb"] == memory


@pytest.mark.parametrize("peak", [3.4, 3.9, 4.0])
def test_memory_that_was_enough_for_all_is_enough(peak):
    found = on(*alike(cpu=400.0, peak_gb=peak))

    assert (found["suggested_memory_gb"], found["verdict"]) == (4, "about right")


def test_one_job_that_needed_more_decides_unless_told():
    jobs = [*alike(count=99, cpu=100.0, peak_gb=1.0), answer(100, cpu=400.0, peak_gb=3.5)]

    assert suggested(on(*jobs)) == [4, 4, None]
    told = on(*jobs, below_maximum=True)
    assert suggested(told) == [1, 2, None]
    assert told["why"].startswith("used 1 (p95), at most 4 of 4 cores on average; used 1 (p95), at most 3.5 of 4 GB")
    assert suggested(on(*jobs, margin=3)) == [4, 4, None]


@pytest.mark.parametrize(
    ("asked", "wall", "minutes", "verdict"),
    [
        (60, 50 * 60.0, 60, "about right"),
        (60, 40 * 60.0, 60, "about right"),  # 48 suggested
        (60, 36.5 * 60.0, 45, "about right"),
        (60, 30 * 60.0, 40, "about right"),
        (60, 56 * 60.0, 70, "ask for more"),
        (60, 54 * 60.0, 60, "about right"),  # 65 suggested
        (5, 20.0, 5, "about right"),
        (7, 20.0, 7, "about right"),
        (20, 20.0, 5, "about right"),
        (1, 20.0, 1, "about right"),
    ],
)
def test_a_little_less_walltime_is_not_worth_telling_and_none_is_waste(asked, wall, minutes, verdict):
    found = on(*alike(walltime=asked, wall=wall, cpu=4 * wall, peak_gb=3.0))

    assert (found["suggested_walltime_min"], found["verdict"]) == (minutes, verdict)


@pytest.mark.parametrize(
    ("asked", "wall", "average", "cpus", "minutes"),
    [
        (120, 50, 2.75, 3, 85),  # 50 x 1.2 x 1.42; it may take 71
        (60, 50, 2.75, 3, 85),
        (120, 50, 1.0, 1, 60),  # nothing says that it used more than one at any time
        (60, 50, 1.0, 1, 60),
        (None, 50, 2.75, 3, None),
    ],
)
def test_walltime_leaves_room_for_phases_that_need_more_cores(asked, wall, average, cpus, minutes):
    """8 cores a quarter of the time, and 1 else: on 3 cores it takes 3/4 + 8/3 x 1/4 = 1.42 times as long."""
    limit = {} if asked is None else {"walltime": asked}
    found = on(*alike(cpus=8, wall=60.0 * wall, cpu=60.0 * wall * average, **limit))

    assert suggested(found) == [cpus, 2, minutes]
    assert found["verdict"] == "ask for less"
    assert ("on fewer cores it may take 1.42 times as long" in found["why"]) == (average > 1)


def test_earlier_attempts_of_a_task_count_towards_the_walltime():
    """The last attempt took 100 s of the 600 that the job ran; fetching the image, 60 s, does not count."""
    jobs = alike(walltime=20, wall=100.0, cpu=400.0, events={"createTime": 0, "startTime": 1000, "endTime": 1600})
    for job in jobs:
        job["execution"]["tasks"][0] |= {"retries": 4, "imagePullTime": 60.0}

    assert on(*jobs)["walltime_min_max"] == pytest.approx(9)


def test_jobs_killed_for_memory_raise_the_suggestion():
    found = on(*alike(), killed(MEMORY, memory=6))

    assert suggested(found) == [1, 9, None]
    assert found["verdict"] == "ask for more"
    assert "1 job killed for memory" in found["why"]
    assert "asked for 4 to 6 GB, the most counts" in found["why"]


def test_jobs_killed_for_memory_ask_for_more_also_where_nothing_says_what_they_had():
    given = killed(MEMORY, memory=None)
    unknown = killed(MEMORY, memory=None) | {"execution": {}}

    for jobs in ([*alike(), given], [*alike(), unknown], [given]):
        found = on(*jobs)
        assert (found["suggested_memory_gb"], found["verdict"]) == (6, "ask for more")
    found = on(unknown)
    assert (suggested(found)[1], found["verdict"], found["resources"]) == (None, "ask for more", "")


def test_one_kill_is_enough_reason():
    found = on(killed(MEMORY, memory=3))

    assert found["verdict"] == "ask for more"
    assert json.loads(found["resources"]) == {"nodes": 1, "cpus": 4, "memory": 5, "disk": 10}
    assert found["why"] == "0 of 3 jobs needed succeeded, ran 1 s or more and report CPU time; 1 job killed for memory"
    assert found["gb_hours_saved"] == pytest.approx(100 * (3 - 5) / 3600)


def test_jobs_killed_at_their_walltime_limit_raise_the_suggestion():
    assert suggested(on(*alike(walltime=10), killed(WALLTIME, walltime=15)))[2] == 23
    assert suggested(on(killed(WALLTIME, walltime=10)))[2] == 15


def test_jobs_killed_at_a_limit_of_the_service_raise_it_from_what_they_ran():
    events = {"createTime": 1000, "startTime": 1000, "endTime": 1000 + 12 * 3600}

    assert suggested(on(*alike(), killed(WALLTIME, events=events)))[2] == 18 * 60


def test_a_limit_that_was_raised_since_is_about_right():
    found = on(*alike(cpu=400.0, memory=8, peak_gb=6.0), killed(MEMORY, memory=4))

    assert (found["suggested_memory_gb"], found["verdict"]) == (8, "about right")


def test_few_jobs_and_jobs_without_metrics_give_no_suggestion():
    few, silent = on(*alike(count=2)), on(*alike(cpu=None, wall=None, peak_gb=None))

    assert (few["verdict"], silent["verdict"]) == ("too few jobs", "no metrics")
    assert few["why"] == "2 of 3 jobs needed succeeded, ran 1 s or more and report CPU time"
    assert silent["why"] == "no job reports wall and CPU time"
    for found in (few, silent):
        assert suggested(found) == [None, None, None]
        assert found["resources"] == ""
        assert pd.isna(found["core_hours_saved"])
    assert on(*alike(count=2), fewest=2)["verdict"] == "ask for less"


def test_jobs_of_a_second_are_judged_and_shorter_ones_are_not():
    assert on(*alike(wall=1.0, cpu=1.0))["judged"] == 3
    assert on(*alike(wall=0.99, cpu=1.0))["judged"] == 0


def test_memory_that_is_not_reported_is_kept_as_asked_for():
    found = on(*alike(peak_gb=None, memory=4))

    assert suggested(found) == [1, 4, None]
    assert "no jobs with a peak of memory: what was asked for counts" in found["why"]


def test_jobs_on_several_nodes_keep_their_cpus_and_memory():
    found = on(*alike(nodes=2, cpu=100.0, peak_gb=1.0))

    assert suggested(found) == [4, 4, None]
    assert json.loads(found["resources"])["nodes"] == 2
    assert "2 nodes: CPU time and memory are those of the first, so both are kept" in found["why"]
    assert (found["verdict"], found["gb_hours_saved"]) == ("about right", 0)


def test_so_they_do_where_no_memory_is_reported():
    found = on(*alike(nodes=2, peak_gb=None))

    assert (found["verdict"], suggested(found)) == ("about right", [4, 4, None])


def test_a_range_of_cpus_is_judged_by_what_was_given():
    jobs = alike(cpus=None, given=8, cpu=200.0)
    found = on(*jobs)

    assert found["cpus_asked"] == 8
    assert found["suggested_cpus"] == 2


def test_to_ask_for_the_same_saves_nothing_of_what_is_given_beyond_that():
    found = on(*alike(cpus=2, given=8, cpu=200.0))

    assert (found["suggested_cpus"], found["core_hours_saved"]) == (2, 0)
    assert on(*alike(cpus=4, given=8, cpu=100.0))["core_hours_saved"] == pytest.approx(3 * 100 * 3 / 3600)


def test_one_job_on_more_nodes_is_said_and_counts_in_what_is_saved():
    """Two jobs on 1 node and one on 2, of 100 s, 4 cores and 4 GB a node: now all on 2 nodes."""
    found = on(*alike(count=2), answer(3, nodes=2, disk=20))

    assert json.loads(found["resources"]) == {"nodes": 2, "cpus": 4, "memory": 4, "disk": 20}
    assert "asked for 1 to 2 nodes, the most counts; asked for 10 to 20 GB of disk, the most counts" in found["why"]
    assert found["core_hours_saved"] == pytest.approx(100 * (4 + 4 + 8 - 3 * 8) / 3600)
    assert found["gb_hours_saved"] == pytest.approx(100 * (4 + 4 + 8 - 3 * 8) / 3600)


def test_without_the_disk_there_is_a_suggestion_and_no_block():
    found = on(*alike(disk=None))

    assert suggested(found) == [1, 2, None]
    assert found["resources"] == ""


def test_groups_are_judged_apart():
    jobs = [answer(number, name=f"a-{number}", labels={"grp": str(number % 2)}) for number in range(1, 7)]

    assert of(*jobs, killed(MEMORY, name="b"))["group"].tolist() == ["a-*", "b"]
    assert of(*jobs, by="label:grp", labels=["grp"])["judged"].tolist() == [3, 3]


def test_a_group_that_can_be_judged_says_nothing_of_the_others():
    jobs = [answer(number, name=f"a-{number}") for number in (1, 2, 3)]
    found = of(*jobs, answer(4, name="b"), answer(5, name="c", cpu=None), killed(WALLTIME, name="d", walltime=2))

    assert found["verdict"].tolist() == ["ask for less", "too few jobs", "no metrics", "ask for more"]
    assert [suggested(row) for _, row in found.iterrows()] == [[1, 2, None], [None] * 3, [None] * 3, [4, 4, 3]]


@pytest.mark.parametrize("options", [{"margin": -0.1}, {"margin": float("nan")}, {"margin": 20}, {"fewest": 0}])
def test_rules_that_make_no_sense_are_errors(options):
    with pytest.raises(UsageError, match=next(iter(options))):
        of(answer(), **options)


many = st.lists(sound_answers | kills, min_size=1, max_size=12)


@given(st.lists(odd_answers() | sound_answers, max_size=8), st.booleans())
def test_whatever_a_service_sends_a_suggestion_may_be_submitted(answers, below_maximum):
    found = of(*answers, fewest=1, below_maximum=below_maximum)

    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == DTYPES
    for block in found["resources"][found["resources"] != ""]:
        assert job_problems({"resources": json.loads(block), "tasks": [{"image": "busybox"}]}) == []


@given(many, st.floats(0, 10))
def test_no_suggestion_is_below_the_maximum_seen(answers, margin):
    found = of(*answers, fewest=1, margin=margin)

    for kind, tolerance in (("cpus", 1.05), ("memory_gb", 1), ("walltime_min", 1)):
        told = found[f"suggested_{kind}"].astype("float64")
        assert not (told * tolerance < found[f"{kind}_max"] - 1e-9).any()


@given(many, st.floats(0, 10), st.floats(0, 10), st.booleans())
def test_more_margin_never_suggests_less(answers, one, other, below_maximum):
    little = of(*answers, fewest=1, margin=min(one, other), below_maximum=below_maximum)
    much = of(*answers, fewest=1, margin=max(one, other), below_maximum=below_maximum)

    assert not (much[SUGGESTED] < little[SUGGESTED]).any(axis=None)


@given(many, kills, st.sampled_from([1, 3]))
def test_one_more_kill_never_lowers_what_it_was_killed_for(answers, kill, fewest):
    column = "suggested_memory_gb" if kill["statusReason"] == MEMORY else "suggested_walltime_min"
    before = of(*answers, fewest=fewest).set_index("group")[column].dropna()
    after = of(*answers, kill, fewest=fewest).set_index("group")[column]

    assert (after[before.index] >= before).all()


@given(many, st.randoms(use_true_random=False))
def test_the_order_of_jobs_changes_nothing(answers, chance):
    shuffled = answers.copy()
    chance.shuffle(shuffled)

    pd.testing.assert_frame_equal(of(*shuffled, fewest=1), of(*answers, fewest=1), rtol=1e-12)
