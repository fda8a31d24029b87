"""Ctrl-C while a cell submits to a service that hangs, in a real kernel."""

import os
import signal
import threading
import time

import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import Transport
from tests.fault_proxy import Fault, Request, fault_proxy, hang
from tests.notebook.test_kernel import error, job, texts, value

LIMIT_S = 0.5
CELL = f"""
import time
try:
    get_ipython().run_cell_magic("prominence_job", "one", {job("sleep 60")!r})
finally:
    felt = time.monotonic()
"""


class Interrupter:
    """Lets submissions hang, and interrupts the kernel when one has come."""

    def __init__(self, kernel, service: Client) -> None:
        self._kernel = kernel
        self._service = service
        self._pid = value(kernel, "__import__('os').getpid()")
        self._posted = threading.Event()
        self.fault = hang(forwards=False)
        self.hears_nothing = False

    def script(self, request: Request) -> Fault | None:
        if request.method == "POST":
            self._posted.set()
            return self.fault
        return hang(forwards=False) if self.hears_nothing else None

    def submit(self) -> tuple[dict, float]:
        """Submit a job; return the error, and how long it took in the kernel after the interrupt."""
        sent, count = [], len(self._service.all_jobs())

        def interrupt():
            assert self._posted.wait(30)
            while self.fault.forwards and len(self._service.all_jobs()) == count:  # it has been sent, and is on its way
                time.sleep(0.01)
            sent.append(time.monotonic())
            os.kill(self._pid, signal.SIGINT)  # as the manager does it, which would need an event loop in this thread

        self._posted.clear()
        thread = threading.Thread(target=interrupt)
        thread.start()
        outputs = self._kernel.run(CELL)
        thread.join()
        return error(outputs), value(self._kernel, "felt") - sent[0]


@pytest.fixture
def interrupter(kernel, local_service):
    transport = Transport(local_service.url, Token(local_service.token(), "a test"), is_local=True)
    made = Interrupter(kernel, Client(transport))
    with fault_proxy(local_service.url, made.script) as proxy:
        kernel.run(f"import os\nos.environ['PROMINENCE_TOKEN'] = {local_service.token()!r}")
        kernel.run(f"%config ProminenceMagics.url = {proxy.url!r}")
        yield made
    transport._session.close()


def test_an_interrupt_is_felt_at_once_and_says_what_is_known(kernel, interrupter):
    shown, took = interrupter.submit()
    assert shown["ename"] == "SubmissionUncertain"
    assert "Look with %prominence list --all --constraint pjsubmission=" in shown["evalue"]
    assert took < LIMIT_S

    interrupter.fault = hang(forwards=True)
    shown, took = interrupter.submit()
    assert shown["ename"] == "KeyboardInterrupt"
    assert took < LIMIT_S
    job_id = shown["evalue"].split()[3]
    assert f"job {job_id} has been submitted and goes on" in shown["evalue"]
    assert f"Job {job_id} has been deleted" in texts(kernel.run(f"%prominence delete {job_id}"))

    interrupter.hears_nothing = True
    shown, took = interrupter.submit()
    assert shown["ename"] == "SubmissionUncertain"
    assert took < LIMIT_S
    assert value(kernel, "1 + 1") == 2
