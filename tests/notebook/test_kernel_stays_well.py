"""A real kernel and a service that hangs: Ctrl-C is felt, time limits hold, and the kernel ends when it is to end."""

import sys
import time

import pytest

from tests.notebook.conftest import Kernel
from tests.notebook.hanging_service import hanging
from tests.notebook.test_kernel import SEED, error, value

LIMIT_S = 0.5
"""The issue's: within so long an interrupt is felt."""
WITHIN_S = 20
SUBMISSION = f"%%prominence_job one\n{SEED}"
DELETION = """\
try:
    session.watch([1, 2]).delete()
except KeyboardInterrupt:
    raise KeyboardInterrupt from None  # to show many frames takes IPython long
"""
VERBS = [
    "%prominence list",
    "%prominence list --completed --last 3",
    "%prominence list --all",
    "%prominence list --live",
    "%prominence usage",
    "%prominence describe 1",
    "%prominence watch 1",
    "%prominence watch 1 2",
    "%prominence watch --constraint a=b",
    "%prominence wait 1",
    "%prominence wait 1 2",
    "%prominence stdout 1",
    "%prominence delete 1",
    "%prominence clone 1",
    DELETION,
    SUBMISSION,
]
USE = """
import os
os.environ["PROMINENCE_TOKEN"] = "a-token"
%load_ext prominence_jupyter
%config ProminenceMagics.url = {url!r}
import prominence_jupyter
session = prominence_jupyter.connect({url!r})
"""
SLOW_NAMES = """
import socket, threading, pathlib, tempfile
found, asked, really = threading.Event(), pathlib.Path(tempfile.mkdtemp()) / "asked", socket.getaddrinfo

def slow(*args, **kwargs):
    asked.touch()
    found.wait(60)
    return really(*args, **kwargs)

socket.getaddrinfo = slow
"""


@pytest.fixture(scope="module")
def kernel():
    running = Kernel()
    running.run("1 / 0")  # IPython takes half a second for its first traceback
    yield running
    running.stop()


def run_and_interrupt(kernel, code, wait_until_asked):
    """Run a cell, interrupt it when its request hangs; return its error and how long that took."""
    cell = kernel.client.execute(code)
    wait_until_asked()
    began = time.monotonic()
    kernel.manager.interrupt_kernel()
    shown = None
    while True:
        message = kernel.client.get_iopub_msg(timeout=WITHIN_S)
        if message["parent_header"].get("msg_id") != cell:
            continue
        if message["msg_type"] == "error":
            shown = message["content"]
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            took_s = time.monotonic() - began
            kernel.client.get_shell_msg(timeout=WITHIN_S)
            return shown, took_s


def check(kernel, code, wait_until_asked):
    shown, took_s = run_and_interrupt(kernel, code, wait_until_asked)
    assert shown is not None, code
    uncertain = {"SubmissionUncertain"} if code.startswith("%%prominence_job") else set()  # where it has been sent
    assert shown["ename"] in {"KeyboardInterrupt"} | uncertain, (code, shown["evalue"])
    assert took_s < LIMIT_S, code


@pytest.mark.parametrize("code", VERBS, ids=lambda code: code.removeprefix("try:\n").split("\n")[0])
def test_an_interrupt_ends_every_verb_of_a_service_that_says_nothing(kernel, code):
    with hanging("silent") as service:
        kernel.run(USE.format(url=service.url))
        check(kernel, code, service.wait_until_asked)
    assert value(kernel, "1 + 1") == 2


@pytest.mark.parametrize("way", ["drips", "stops", "deaf"])
def test_however_it_hangs(kernel, way):
    if way == "deaf" and sys.platform != "linux":
        pytest.skip("a queue that is full refuses elsewhere")
    with hanging(way) as service:
        kernel.run(USE.format(url=service.url))
        for code in ("%prominence list", "%prominence describe 1", SUBMISSION):
            check(kernel, code, service.wait_until_asked)


def test_while_a_name_is_looked_up(kernel):
    from pathlib import Path

    kernel.run(USE.format(url="http://localhost:1/api/v1"))
    kernel.run(SLOW_NAMES)
    asked = Path(value(kernel, "str(asked)"))

    def wait_until_asked():
        deadline = time.monotonic() + WITHIN_S
        while not asked.exists():
            assert time.monotonic() < deadline
            time.sleep(0.005)
        asked.unlink()

    for code in ("%prominence list", SUBMISSION):
        check(kernel, code, wait_until_asked)
    kernel.run("found.set()\nsocket.getaddrinfo = really")


SHORT = """
from prominence_jupyter.client.http import transport
transport._LONGEST_HEAD_S = {seconds}
"""


@pytest.mark.parametrize("way", ["silent", "drips"])
def test_a_service_that_hangs_holds_a_cell_no_longer_than_it_may(kernel, way):
    with hanging(way) as service:
        kernel.run(USE.format(url=service.url))
        kernel.run(SHORT.format(seconds=0.6))
        shown = error(kernel.run("%prominence list", timeout=WITHIN_S))
        kernel.run(SHORT.format(seconds=60.0))
    assert shown["ename"] == "RequestLost"
    assert "no answer within" in shown["evalue"]


def test_waiting_with_a_limit_holds_a_cell_no_longer(kernel):
    with hanging("silent") as service:
        kernel.run(USE.format(url=service.url))
        for ids in ("1", "1 2", "workflow 1"):
            shown = error(kernel.run(f"%prominence wait {ids} --timeout 0.3", timeout=WITHIN_S))
            assert shown["ename"] == "WaitTimeout"
            assert "had not ended after 0.3 s as far as is known (the service has not answered yet)" in shown["evalue"]


def test_a_kernel_ends_at_once_while_requests_hang():
    ending = Kernel()
    try:
        with hanging("silent") as service:
            ending.run(USE.format(url=service.url))
            ending.run("%prominence wait 1 --timeout 0.1")
            ending.run("session.watch([1, 2]).watch(print)")
            service.wait_until_asked()
            process = ending.manager.provisioner.process
            ending.manager.request_shutdown()
            assert process.wait(timeout=4) == 0  # a Jupyter server kills it after 5 s
    finally:
        ending.stop()
