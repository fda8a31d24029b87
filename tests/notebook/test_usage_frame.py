"""A frame of usage: data for pandas, a record for people."""

import copy
import pickle

import pandas as pd
import pytest

from prominence_jupyter.notebook.usage_frame import UsageFrame
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.usage.advice import advice
from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.frames import jobs_frame
from prominence_jupyter.usage.totals import totals
from tests.panel.records.page import assert_only_a_record
from tests.panel.records.test_record import HOSTILE


def job(number, name="sweep", used=0.5, cores=4, **fields):
    """A job that ran for an hour on so many cores, and used a share of them and 0.3 of 2 GB."""
    answer = {"id": number, "name": f"{name}-{number}", "status": "completed", "tasks": [{}]}
    answer |= {"resources": {"cpus": cores, "memory": 2, "nodes": 1, "disk": 10, "walltime": 720}}
    answer["events"] = {"createTime": 1795552000, "startTime": 1795552400, "endTime": 1795556000}
    task = {"exitCode": 0, "wallTimeUsage": 3600, "cpuTimeUsage": 3600 * cores * used}
    answer["execution"] = {"maxMemoryUsageKB": 300_000, "tasks": [task]}
    return answer | fields


KILLED = job(9, status="failed", statusReason="Walltime limit exceeded", execution={})
JOBS = [*(job(number, used=number / 10) for number in range(1, 6)), job(6, "over", used=1.2), KILLED]


def jobs(answers):
    return jobs_frame([JobRecord.from_json(answer) for answer in answers])


@pytest.fixture
def frame():
    return UsageFrame.of_jobs(efficiency(jobs(JOBS)))


@pytest.fixture
def groups():
    return UsageFrame.of_groups(totals(efficiency(jobs(JOBS)), "name"), "name")


@pytest.fixture
def advised():
    saving, right = (
        [job(number, name, used, cores) for number in range(5)] for name, used, cores in (("a", 0.2, 8), ("b", 0.9, 1))
    )
    return UsageFrame.of_advice(advice(jobs([*right, *saving, job(1, "once"), KILLED])))


def said(frame):
    """What is displayed: the HTML says the same as the text, in a wide terminal more."""
    page = assert_only_a_record(frame._repr_html_())
    return repr(frame), page.text


def test_jobs_are_displayed_with_their_totals_and_the_most_wasteful_first(frame):
    text, html = said(frame)
    assert text.startswith(
        "7 jobs · CPU 45 % low · memory 15 % low\n  ended       6 succeeded, 1 failed, which held 4.00 core-hours\n"
    )
    assert "28.0 held, 10.8 used, 13.2 wasted (55 % of known), 4.00 unknown" in text
    assert "remarks     no metrics: 1 · above 100 %: 1 · killed: walltime: 1" in text
    assert [line.split()[0] for line in text.splitlines()[6:13]] == ["1", "2", "3", "4", "5", "6", "9"]
    assert "120 % over" in html


def test_groups_are_displayed_with_the_totals_of_all(groups):
    text, _ = said(groups)
    assert text.startswith("7 jobs in 2 groups by name · CPU 45 % low · memory 15 % low\n")
    assert [line.split()[:2] for line in text.splitlines()[6:8]] == [["sweep-*", "6"], ["over-*", "1"]]


def test_advice_is_displayed_with_what_asks_for_attention_first(advised):
    text, html = said(advised)
    assert text.splitlines()[0].startswith("4 groups of jobs · ")
    order = [text.index(f"\n{name}-* · ") for name in ("a", "b", "once")]
    assert order == sorted(order)
    assert '"resources": {' in html


def test_the_totals_of_groups_are_those_of_their_jobs(frame, groups):
    assert repr(frame).splitlines()[0].split(" · ")[1:] == repr(groups).splitlines()[0].split(" · ")[1:]
    assert repr(frame).splitlines()[1:4] == repr(groups).splitlines()[1:4]


def test_what_only_the_first_of_several_nodes_tells_is_a_bound():
    """Of the first node 7.6 of 8 cores were used, so at least 7.6 of the 32: nobody may call that low."""
    wide = job(1, "wide", used=0.95, cores=8)
    wide["resources"] = wide["resources"] | {"nodes": 4}
    single = job(2, "narrow", used=0.2)
    frame = efficiency(jobs([wide, single]))
    rows = UsageFrame.of_jobs(frame), UsageFrame.of_groups(totals(frame, "name"), "name")
    for shown in map(said, rows):
        for text in shown:
            words = " ".join(text.split())
            assert "CPU ≥ 23 % · memory" in words
            assert "several nodes, CPU time of the first only: 1" in words
            assert "≥ 24 % 15 % low" in words
            assert "≤ 24.4" in words
            assert "20 % low 15 % low 3.20" in words


@pytest.mark.parametrize(
    "derive",
    [
        lambda frame: frame.head(2),
        lambda frame: frame[frame.cores > 1],
        lambda frame: frame[["id", "name"]],
        lambda frame: frame.sort_values("core_hours_wasted"),
        lambda frame: frame.assign(more=1),
        lambda frame: frame.set_index("id"),
        lambda frame: frame.groupby("status", observed=True)[["core_hours"]].sum(),
        lambda frame: frame.merge(frame, on="id"),
        lambda frame: pd.concat([frame, frame]),
        lambda frame: frame.copy(),
        copy.deepcopy,
    ],
)
def test_what_is_derived_is_a_plain_frame(frame, derive):
    assert type(derive(frame)) is pd.DataFrame
    assert "core-hours  " not in repr(derive(frame))


def test_the_data_are_those_it_was_made_of(frame):
    plain = efficiency(jobs(JOBS))
    pd.testing.assert_frame_equal(frame.copy(), plain)
    assert frame.to_csv() == plain.to_csv()
    assert frame.to_string() == plain.to_string()


def test_attributes_of_pandas_are_kept():
    plain = efficiency(jobs(JOBS))
    plain.attrs["unreadable"] = {"cpus": 2}
    assert UsageFrame.of_jobs(plain).attrs == {"unreadable": {"cpus": 2}}
    assert UsageFrame.of_jobs(plain).head().attrs == {"unreadable": {"cpus": 2}}


def test_one_that_was_pickled_is_displayed_alike(frame, groups, advised):
    for shown in (frame, groups, advised):
        assert repr(pickle.loads(pickle.dumps(shown))) == repr(shown)


def test_one_that_lost_what_the_record_needs_is_displayed_by_pandas(frame, groups):
    plain, texts = groups.copy(), efficiency(jobs(JOBS))
    del frame["remarks"], groups["jobs"]
    assert repr(groups) == repr(plain.drop(columns="jobs"))
    assert groups._repr_html_() == plain.drop(columns="jobs")._repr_html_()
    assert "<table" in frame._repr_html_()
    changed = UsageFrame.of_jobs(texts)
    changed["core_hours"] = "many"
    assert repr(changed) == repr(texts.assign(core_hours="many"))


def test_an_index_may_be_named_as_a_column(frame, groups, advised):
    for shown in (frame, groups, advised):
        before = repr(shown), shown._repr_html_()
        shown.index.name = "core_hours_saved" if shown is advised else "core_hours_wasted"
        assert (repr(shown), shown._repr_html_()) == before


def test_without_jobs_there_is_nothing_to_tell():
    nothing = efficiency(jobs([]))
    assert repr(UsageFrame.of_jobs(nothing)) == "0 jobs"
    assert repr(UsageFrame.of_groups(totals(nothing, "name"), "name")) == "0 jobs in 0 groups by name"
    assert repr(UsageFrame.of_advice(advice(jobs([])))) == "0 groups of jobs"


@pytest.mark.parametrize("columns", ["20", "100", "500"])
def test_a_terminal_gets_lines_that_fit(frame, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    room = min(max(int(columns), 80), 120)
    assert room - 12 < max(map(len, repr(frame).splitlines())) <= room


def test_hostile_names_are_text():
    hostile = [job(number, HOSTILE, status=HOSTILE if number else "completed", image=HOSTILE) for number in range(5)]
    by_name = efficiency(jobs(hostile))
    for shown in (
        UsageFrame.of_jobs(by_name),
        UsageFrame.of_groups(totals(by_name, "name"), "label:<script>"),
        UsageFrame.of_advice(advice(jobs(hostile))),
    ):
        text, html = said(shown)
        assert "<script>" in html
        assert not set("\u202e\x1b") & set(text + html)
