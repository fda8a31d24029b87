"""The notebook parameter-sweep, run through: forty jobs, their results, and what a person would see of them."""

import re

import pytest

from tests.notebook import executed as notebooks
from tests.notebook.executed import cell, complaints, shown

SWEEP = '--sweep "n=100,1000,10000,100000,1000000" --sweep "seed=0:8"'


@pytest.fixture(scope="module")
def executed(local_service, tmp_path_factory):
    with notebooks.executed("parameter-sweep", tmp_path_factory.mktemp("local")) as notebook:
        yield notebook


def test_no_cell_has_written_an_error_or_a_warning(executed):
    assert complaints(executed) == []


def test_the_dry_run_counts_and_lists_the_jobs(executed):
    text = shown(executed, f"%%prominence_job --dry-run {SWEEP}")["text/plain"]
    assert "40 jobs" in text
    assert '"type": "zip"' in text
    assert "Nothing was submitted." in text


def test_the_record_of_the_sweep_is_final_and_has_the_parameters(executed):
    data = shown(executed, f"%%prominence_job scan --wait {SWEEP}")
    for form in ("text/plain", "text/html"):
        assert "40 jobs" in data[form]
        assert "pi-convergence" in data[form]
        assert "seed" in data[form]
    assert "as of" not in data["text/plain"]


def test_the_estimate_converges(executed):
    lines = shown(executed, "import math")["text/plain"].splitlines()
    rows = [line.split() for line in lines if re.match(r"\d+ ", line)]
    table = {int(n): (float(estimate), float(spread), float(expected)) for n, estimate, spread, expected, *_ in rows}
    assert [*table] == [100, 1_000, 10_000, 100_000, 1_000_000]
    assert abs(table[1_000_000][0] - 3.14159) < 0.002
    for n in table:
        assert 0.3 < table[n][1] / table[n][2] < 3  # the spread of eight seeds is what each seed says its error is


def test_there_is_a_picture(executed):
    assert len(shown(executed, "import matplotlib.pyplot as plt")["image/png"]) > 10_000


def test_a_row_of_a_table_is_a_job(executed):
    lines = shown(executed, r'more.results(r"inside: (?P<inside>\d+) of")[["n", "seed", "inside"]]')["text/plain"]
    rows = [line.split()[1:] for line in lines.splitlines()[1:]]
    assert [row[:2] for row in rows] == [["3000", "100"], ["30000", "101"], ["300000", "102"]]
    assert all(0.6 < int(inside) / int(n) < 0.9 for n, _, inside in rows)


def test_the_record_has_taken_the_place_of_the_panel(executed):
    kinds = [output["data"] for output in cell(executed, f"%%prominence_job scan --wait {SWEEP}").outputs]
    assert not any(
        "application/vnd.jupyter.widget-view+json" in data for data in kinds
    )  # the record has taken its place
