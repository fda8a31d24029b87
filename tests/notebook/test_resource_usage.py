"""The notebook resource-usage, run through as nbclient does: what it shows was measured from real processes."""

import re

import pytest

from tests.notebook import executed as notebooks
from tests.notebook.executed import complaints, shown


@pytest.fixture(scope="module")
def executed(local_service, tmp_path_factory):
    with notebooks.executed("resource-usage", tmp_path_factory.mktemp("local")) as notebook:
        yield notebook


def test_no_cell_has_written_an_error_or_a_warning(executed):
    assert complaints(executed) == []


def test_the_waste_is_told_in_text_and_in_html(executed):
    data = shown(executed, "%prominence usage --last 10")
    assert data["text/plain"].startswith("10 jobs · CPU ")
    for name in ("simulate-1", "analyse-2", "fetch-3", "broken"):
        assert name in data["text/html"]


def test_the_advice_is_what_a_person_would_work_out(executed):
    frame = shown(executed, "advice = %prominence usage --last 10 --advice")["text/plain"].splitlines()
    blocks = [line.split()[1:] for line in frame if line.startswith("simulate-*")]  # pandas breaks wide frames
    asked, used, suggested, memory, suggested_memory, *verdict = [
        cell for block in blocks for cell in block if cell != "\\"
    ]
    assert (asked, suggested, suggested_memory, verdict) == ("2", "1", "1", ["ask", "for", "less"])
    assert float(used) <= 1.1  # less on a busy machine
    assert 0.29 <= float(memory) <= 0.36


def test_jobs_that_take_the_advice_run_beside_those_that_do_not(executed):
    lines = shown(executed, "import json")["text/plain"].splitlines()
    rows = {line.split()[0]: line.split() for line in lines if re.match(r" *(simulate|advised) ", line)}
    assert (rows["simulate"][1], rows["advised"][1]) == ("4", "3")
    assert float(rows["simulate"][2]) < 56  # one of two cores, and the interpreter's start
    assert float(rows["advised"][2]) <= 110


def test_the_pictures_are_there(executed):
    for kind in ("timeline", "efficiency"):
        assert len(shown(executed, f"%prominence usage --last 13 --plot {kind}")["image/png"]) > 10_000
