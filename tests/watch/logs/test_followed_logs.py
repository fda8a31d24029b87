"""Logs that are followed through cut answers, and restarts of jobs and of the service: byte for byte."""

import os
import time

import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.watch import rounds
from prominence_jupyter.watch.listener import Listener
from prominence_jupyter.watch.watcher import Watcher
from tests.conftest import TOKEN
from tests.fault_proxy import fault_proxy
from tests.faults import at_random
from tests.watch.logs.log_service import log_service

LOGS = 100
PATIENCE_S = 90
SEED = int(os.environ.get("PROMINENCE_TEST_SEED", "1"))
REQUESTS_BETWEEN_RESTARTS = 200


@pytest.mark.parametrize("offsets", [True, False])
def test_every_log_is_the_jobs_byte_for_byte(offsets, monkeypatch):
    monkeypatch.setattr(rounds, "_REST", 0.0)  # it is busy with many jobs at once, and need not be considerate
    with (
        log_service(LOGS, seed=SEED, offsets=offsets) as service,
        fault_proxy(service.url, at_random(SEED, 0.15)) as proxy,
    ):
        transport = Transport(proxy.url, Token(TOKEN, "a test"))
        watcher = Watcher(Client(transport, attempts=1), longest_pause_s=0.1)
        listener = Listener(lambda _: None, lambda *_: None)
        watched = {number: watcher.watch(number, listener) for number in service.jobs}
        restarts, until = 0, time.monotonic() + PATIENCE_S
        for job in watched.values():
            while not job.finished.wait(0.05) and time.monotonic() < until:
                if len(proxy.requests) > REQUESTS_BETWEEN_RESTARTS * (restarts + 1):
                    restarts += 1
                    proxy.refuse()
                    proxy.listen()
        wrong = [
            (number, job.snapshot, job.spool("stdout").size, len(service.jobs[number].log))
            for number, job in watched.items()
            if job.spool("stdout").tail(10**6).data != service.jobs[number].log or not job.snapshot.ended
        ]
        for job in watched.values():
            watcher.unwatch(job, listener)
        if thread := watcher._thread:
            thread.join(PATIENCE_S)
        transport._session.close()
    assert not wrong
    assert restarts >= 2
    assert len(proxy.requests) > 5 * LOGS
