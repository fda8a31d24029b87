"""The table with a panel below it, without a browser: what is open, and what is closed."""

import threading

import pytest

from prominence_jupyter.notebook.many_jobs import live_table
from prominence_jupyter.notebook.many_jobs.live_table import LiveTable
from prominence_jupyter.panel.jobs_table import JobsTable
from prominence_jupyter.panel.views.job_row import job_row, row_id
from prominence_jupyter.protocol.record import JobRecord

LONG = "x" * 300


class Jobs:
    """Stands for a set of jobs that exist."""

    ids = (1, 2, LONG)

    def job(self, job_id):
        return job_id

    def delete(self, ids):
        return {job_id: RuntimeError("no") for job_id in ids}


@pytest.fixture
def opened(monkeypatch):
    """The panels that were opened, by job; job 2 cannot be opened."""
    panels = {}

    class Panel:
        def __init__(self, job):
            if job == 2:
                raise RuntimeError("no connection")
            self.panel = JobsTable([])
            self.is_closed = False
            panels[job] = self

        def close(self):
            self.is_closed = True
            self.panel.close()

    monkeypatch.setattr(live_table, "LivePanel", Panel)
    return panels


@pytest.fixture
def table():
    rows = [job_row(JobRecord(id=job_id), ended=False) for job_id in Jobs.ids]
    ids = {row_id(job_id): job_id for job_id in Jobs.ids}
    table = LiveTable(Jobs(), rows, ids=lambda: ids, on_shown=lambda _shown: None)
    yield table
    table.close()


def says(table, **content):
    table.widget.children[0]._handle_custom_msg(content, [])


def test_what_was_open_stays_when_another_cannot_be_opened(table, opened):
    says(table, select="1")
    says(table, select="2")
    assert not opened[1].is_closed
    assert table.widget.children[1] is opened[1].panel
    says(table, select=row_id(LONG))
    assert opened[1].is_closed
    assert table.widget.children[1] is opened[LONG].panel


def test_what_waits_for_nobody_to_read_is_called_once_the_panel_is_closed(table, opened):
    unused = threading.Event()
    says(table, select="1")
    table.when_unused(unused.set)
    assert not unused.is_set()
    says(table, select=None)
    assert unused.is_set()
    assert opened[1].is_closed


def test_where_nobody_reads_nothing_is_waited_for(table):
    unused = threading.Event()
    table.when_unused(unused.set)
    assert unused.is_set()


def test_closing_closes_what_is_open(table, opened):
    says(table, select="1")
    table.close()
    assert opened[1].is_closed


def test_jobs_that_could_not_be_cancelled_are_named_as_in_the_table(table):
    assert table._cancel(["1", row_id(LONG)]) == {"1": "no", row_id(LONG): "no"}
