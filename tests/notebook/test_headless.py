"""Notebooks that run with nobody at a screen, as papermill and `nbconvert --execute` run them."""

import json

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebook.test_kernel import job

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
MUCH = "/bin/sh -c 'seq 1 50000; echo the end'"
CELLS = [
    "%load_ext prominence_jupyter\n%prominence local",
    f"%%prominence_job one --wait\n{job(MUCH, name='one')}",
    f"%%prominence_job two\n{job('sleep 1', name='two')}",
    "%prominence wait one two",
    f"%%prominence_job slow\n{job('sleep 300', name='slow')}",
    "import time\nwhile slow.status != 'running':\n    time.sleep(0.1)",
    "%prominence watch one slow",
]
WAITED, SET_WAITED, LEFT, SET_LEFT = 1, 3, 4, 6


@pytest.fixture(scope="module")
def executed(local_service):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    NotebookClient(notebook, kernel_name="python3", timeout=120).execute()
    return notebook


def record(notebook, cell):
    """The record that a cell has, as text."""
    *_, last = notebook.cells[cell].outputs
    return last["data"]["text/plain"]


def has_live_view(notebook, cell):
    return any(WIDGET_VIEW in output.get("data", {}) for output in notebook.cells[cell].outputs)


def test_a_job_that_was_waited_for_has_its_whole_record(executed):
    text = record(executed, WAITED)
    assert text.startswith("✓ completed · one · job ")
    assert text.endswith("49999\n50000\nthe end")
    assert not has_live_view(executed, WAITED)


def test_so_has_a_set_that_was_waited_for(executed):
    text = record(executed, SET_WAITED)
    assert text.startswith("2 jobs · ✓ 2 completed\n  submitted ")
    assert not has_live_view(executed, SET_WAITED)


def test_a_job_that_goes_on_has_a_dated_record(executed):
    text = record(executed, LEFT)
    assert " · slow · job " in text
    assert " UTC · refresh with %prominence watch " in text
    assert has_live_view(executed, LEFT)


def test_so_has_a_set_though_it_is_the_last_that_is_run(executed):
    assert record(executed, SET_LEFT).startswith("2 jobs · ✓ 1 completed · ◐ 1 running · as of 20")


def test_no_log_is_kept_in_the_state_of_widgets(executed):
    """Who executes a notebook saves the state of widgets too: code and style of each live view, but no log."""
    states = executed.metadata.widgets[WIDGET_STATE]["state"].values()
    for state in states:
        own = {name: value for name, value in state["state"].items() if name not in {"_esm", "_css"}}
        assert len(json.dumps([own, state.get("buffers")])) < 4000
