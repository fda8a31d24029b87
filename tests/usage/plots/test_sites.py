"""Use by site."""

import numpy as np
import pytest

from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.plots import PLOTS
from tests.usage.plots.made import frame, job, legend, many, words


def bars(axes):
    """The lengths of the bars of each kind, by the words of the legend."""
    return {
        text.partition(":")[0]: np.array([bar.get_width() for bar in container])
        for text, container in zip(legend(axes), axes.containers, strict=True)
    }


def at(site, number=1, **more):
    made = job(number, **more)
    made["execution"]["site"] = site
    return made


def names(figure):
    return [label.get_text() for label in figure.axes[0].get_yticklabels()]


def test_bars_are_the_sums_of_the_frame():
    jobs = many(400)
    measured = efficiency(jobs).groupby(jobs["site"].astype(object))[["core_hours", "core_hours_used"]].sum()

    figure = PLOTS["sites"](jobs)

    left, right = figure.axes
    drawn = bars(left)
    beyond = drawn.get("used beyond what was held", 0)
    sites = names(figure)
    assert sites == list(measured.sort_values("core_hours", ascending=False).index)
    assert drawn["used"] + beyond == pytest.approx(measured["core_hours_used"][sites])
    held = drawn["used"] + drawn["held, not used"] + drawn["held, use not known"]
    assert held == pytest.approx(measured["core_hours"][sites])
    assert sum(bars(right).values()).tolist() == jobs["site"].value_counts()[sites].tolist()
    assert bars(right)["failed"].sum() == (jobs["status"] == "failed").sum()
    assert (left.get_xlabel(), right.get_xlabel()) == ("core-hours", "jobs")


def test_jobs_are_counted_by_how_they_ended():
    failed = job(2)
    failed["execution"]["tasks"][0]["exitCode"] = 3
    jobs = [job(1), failed, job(3, status="killed"), job(4, status="odd"), job(5, status="running", events={})]

    _, right = PLOTS["sites"](frame(*jobs)).axes

    assert {name: lengths.sum() for name, lengths in bars(right).items()} == {
        "completed": 1,
        "exit code not 0": 1,
        "killed": 1,
        "other status": 1,
        "not ended": 1,
    }


def test_after_twelve_sites_come_the_others():
    jobs = [at(f"Site-{i:02d}", i, ran=3600.0 * (20 - i)) for i in range(20)]

    figure = PLOTS["sites"](frame(*jobs))

    assert names(figure) == [*(f"Site-{i:02d}" for i in range(12)), "others (8 sites)"]
    assert bars(figure.axes[1])["completed"].tolist() == [1] * 12 + [8]
    assert bars(figure.axes[0])["used"][-1] == pytest.approx(sum(range(1, 9)))


def test_a_site_that_is_not_known_has_a_bar_and_so_has_use_that_is_not():
    figure = PLOTS["sites"](frame(job(), {"id": 2, "status": "deleted"}))

    assert names(figure) == ["Site-A", "unknown"]
    said = " ".join(words(figure))
    assert "not known" in said
    assert "Left out: 1 job with no known time, end or cores" in said


@pytest.mark.parametrize("site", ["", " ", None])
def test_a_site_without_a_name_is_not_known(site):
    made = job(2)
    made["execution"]["site"] = site

    left, _ = PLOTS["sites"](frame(job(1), made)).axes

    assert {label.get_text() for label in left.get_yticklabels()} == {"Site-A", "unknown"}
