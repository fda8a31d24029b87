"""Submissions to a real local service through a proxy that does its worst: what is told of each is what came of it."""

import json
import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.errors import ProminenceError, SubmissionUncertain
from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.places.state import state_dir
from prominence_jupyter.local_service.store.store import Store
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.labels import SUBMISSION
from tests.fault_proxy import (
    Fault,
    FaultProxy,
    Request,
    cut_body,
    cut_head,
    delayed,
    dropped,
    fault_proxy,
    hang,
    instead,
    reply,
    reset,
)

SEEDS, EACH, CLIENTS = 4, 500, 8
PATIENCE_S = 0.4
"""Of a client with a service that hangs."""
DESCRIPTION = JobDescription.prepare(
    {
        "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
        "tasks": [{"image": "busybox", "cmd": "sleep 3600"}],
    }
)
HTML = reply(200, b"<!doctype html><title>Welcome</title>", content_type="text/html")
NOT_A_JOB = reply(201, b'{"id": null}')
BUSY, BUSY_FOR_LONG = (reply(429, b"{}", Retry_After=seconds) for seconds in ("1", "3600"))
FAILED = reply(500, b"<title>500</title>", content_type="text/html")
REFUSED = reply(400, b'{"error": "not today"}')
COMMON = [
    *(reset(forwards=False), reset(forwards=True), dropped(forwards=False), dropped()),
    *(cut_head(0.05), cut_head(0.5), cut_head(0.99), cut_body(0.0), cut_body(0.5), cut_body(0.9, end="reset")),
    *(instead(answer, forwards=forwards) for answer in (FAILED, HTML, NOT_A_JOB) for forwards in (False, True)),
    *(instead(BUSY, forwards=False), instead(BUSY_FOR_LONG, forwards=False), instead(REFUSED, forwards=False)),
    delayed(0.002),
]
SLOW = [hang(forwards=False), hang(forwards=True), delayed(2 * PATIENCE_S)]


@dataclass
class Outcome:
    """What a client was told of one submission, and what the proxy saw of it."""

    answer: object
    seen: list[Request]
    clones: list[object] = field(default_factory=list)

    @property
    def labels(self):
        posted = [json.loads(request.body)["labels"][SUBMISSION] for request in self.seen if request.method == "POST"]
        return set(posted)


class Worker:
    """One client behind a proxy of its own, one submission after the other."""

    def __init__(self, info, proxy: FaultProxy, chance: random.Random) -> None:
        self.proxy, self.chance = proxy, chance
        self.refuses = False
        proxy.script = self.fault
        self.client = Client(Transport(proxy.url, Token(info.token(), "x"), is_local=True, sleep=self.sleep))

    def fault(self, request: Request) -> Fault | None:
        drawn = self.chance.random()
        if drawn < 0.005:
            return self.chance.choice(SLOW)
        return self.chance.choice(COMMON) if drawn < (0.5 if request.method == "POST" else 0.25) else None

    def sleep(self, _seconds: float) -> None:
        """Time passes: who refused connections takes them again, perhaps."""
        if self.refuses and self.chance.random() < 0.3:
            self.listen()

    def listen(self) -> None:
        if self.refuses:
            self.proxy.listen()
            self.refuses = False

    def submit(self) -> Outcome:
        if self.chance.random() < 0.1:
            self.proxy.refuse()
            self.refuses = True
        before = len(self.proxy.requests)
        outcome = Outcome(told(lambda: self.client.submit(DESCRIPTION)), self.proxy.requests[before:])
        self.listen()
        if isinstance(outcome.answer, int) and self.chance.random() < 0.05:
            outcome.clones.append(told(lambda: self.client.clone(outcome.answer)))
        return outcome


def told(ask):
    try:
        return ask()
    except ProminenceError as error:
        return error


@pytest.fixture
def service(tmp_path, monkeypatch):
    """A local service that runs one job: the others wait."""
    monkeypatch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path))
    monkeypatch.setattr("prominence_jupyter.client.http.transport._TIMEOUT_S", (5.0, PATIENCE_S))
    monkeypatch.setattr("prominence_jupyter.client.submitting.submission._ANSWERED", 2)
    yield control.start(cpus=1, memory_gb=1)
    control.stop()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_told_of_a_submission_is_what_came_of_it(service, seed):
    def run(number):
        with fault_proxy(service.url) as proxy:
            worker = Worker(service, proxy, random.Random(f"{seed} {number}"))
            return [worker.submit() for _ in range(EACH // CLIENTS + 1)]

    with ThreadPoolExecutor(CLIENTS) as clients:
        outcomes = [outcome for done in clients.map(run, range(CLIENTS)) for outcome in done]
    assert len(outcomes) >= EACH

    with Store(state_dir().database) as store:
        kept = defaultdict(list)
        for row in sorted(store.jobs.active(), key=lambda row: row.id):
            kept[row.description["labels"][SUBMISSION]].append(row.id)
    for outcome in outcomes:
        check(outcome, kept)
    answers = [type(outcome.answer).__name__ for outcome in outcomes]
    assert {"int", "SubmissionUncertain", "Unreachable", "RequestRefused", "ServiceFailed"} == set(answers)


def check(outcome: Outcome, kept: dict[str, list[int]]) -> None:
    """Compare what was told with what the service has."""
    answer = outcome.answer
    assert len(outcome.labels) <= 1
    (label,) = outcome.labels or [None]
    original, copies = kept[label][:1], kept[label][1:]
    assert len(copies) <= len(outcome.clones)
    if isinstance(answer, int):
        assert original == [answer]
        assert all(clone == copies[0] for clone in outcome.clones if isinstance(clone, int))
    elif isinstance(answer, SubmissionUncertain):
        assert answer.label == (SUBMISSION, label)
        said = str(answer)  # who has waited, and who could ask, knows better
        assert not original or "no answer within" in said or "could not be looked for" in said
    else:
        assert not original
