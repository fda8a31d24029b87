"""What stays open of jobs that have ended: as little as a page that was loaded again needs."""

import pytest

from tests.notebook.test_kernel import job, value

OPEN = """
import gc, os
from ipywidgets import Widget
from ipywidgets.widgets import widget as widgets
from prominence_jupyter.panel.outbox import shared_outbox

def spools():
    gc.collect()
    links = []
    for number in os.listdir("/proc/self/fd"):
        try:
            links.append(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:  # the one that lists them
            continue
    return sum("(deleted)" in link for link in links)

def settled():
    import threading
    done = threading.Event()
    shared_outbox().post(("settled",), done.set)
    return done.wait(10)
"""
KEPT = 16


@pytest.fixture
def counted(kernel):
    kernel.run(OPEN)
    assert value(kernel, "settled()") is True
    return kernel


def test_after_many_jobs_a_few_panels_and_files_are_left(counted):
    for _ in range(30):
        counted.run(f"%%prominence_job one --wait\n{job('echo hi')}")
    assert value(counted, "settled()") is True
    assert value(counted, "len(widgets._instances)") == 2 * KEPT  # each with its layout
    counted.run("del one")
    assert value(counted, "spools()") <= KEPT + 2  # the latest may still be held by their threads


def test_after_many_tables_a_few_are_left(counted):
    counted.run(f"%%prominence_job one --wait --no-panel\n{job('true')}")
    counted.run(f"%%prominence_job two --wait --no-panel\n{job('true')}")
    for _ in range(20):
        counted.run("%prominence wait one two")
    assert value(counted, "settled()") is True
    assert value(counted, "len(widgets._instances)") == 4 * KEPT  # a box and a table, each with its layout
