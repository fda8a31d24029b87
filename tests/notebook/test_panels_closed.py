"""A thousand panels and tables, made and closed: nothing of them is left."""

import gc
import threading
import time
import weakref

import pytest
import responses
from ipywidgets.widgets import widget as widgets

from prominence_jupyter.jobs.session import Session
from prominence_jupyter.notebook.many_jobs.live_table import LiveTable
from prominence_jupyter.notebook.one_job.live_panel import LivePanel
from prominence_jupyter.panel.outbox import shared_outbox
from prominence_jupyter.panel.views.job_row import job_row
from prominence_jupyter.panel.workflow_head import WorkflowHead
from tests.conftest import URL

WITHIN_S = 20
RUNNING = {"id": 1, "name": "one", "status": "running", "events": {"createTime": 1, "startTime": 2}}


@pytest.fixture
def service():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(f"{URL}/jobs", json=[RUNNING])
        mock.get(f"{URL}/jobs/1", json=[RUNNING | {"resources": {}, "tasks": [], "execution": {}}])
        mock.get(f"{URL}/jobs/1/stdout", body=b"hello\n")
        yield mock


def until(condition):
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def ours():
    return [one.name for one in threading.enumerate() if one.name.startswith("prominence-")]


def count(made):
    gc.collect()
    return sum(one() is not None for one in made)


def test_a_panel_whose_making_is_interrupted_watches_nothing(service, transport, monkeypatch, caplog):
    job = (session := Session(transport)).job(1)

    def interrupted(*_args, **_more):
        until(lambda: len(service.calls) > 2)  # the watch has news meanwhile
        raise KeyboardInterrupt

    monkeypatch.setattr("prominence_jupyter.notebook.one_job.live_panel.JobPanel", interrupted)
    with pytest.raises(KeyboardInterrupt):
        LivePanel(job)
    until(lambda: not ours())
    assert session.watcher._jobs == {}
    assert not caplog.records


def test_a_thousand_panels_leave_nothing(service, transport):
    session, before, made = Session(transport), len(widgets._instances), []
    job, jobs = session.job(1), session.watch([1])
    rows = [job_row(job.record, ended=False)]
    for _ in range(500):
        live = LivePanel(job)
        live.panel.set_notice("stdout", "something to be sent")
        head = WorkflowHead({"id": "1"})
        table = LiveTable(jobs, rows, ids=lambda: {"1": 1}, on_shown=lambda _shown: None, head=head)
        table._select("1")
        made += [
            weakref.ref(one) for one in (live, live.panel, live._watched, head, table, table._table, table._selected)
        ]
        live.close()
        table.close()
    del live, head, table
    assert len(widgets._instances) == before
    # the watcher may have been telling one of them when it was closed
    until(lambda: not [key for key in list(shared_outbox()._waiting) if key[0] != "close"])
    until(lambda: not ours())
    assert session.watcher._jobs == {}
    until(lambda: count(made) == 0)
