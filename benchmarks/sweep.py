"""A sweep of 1,000 jobs: its submission, and its results beside fetching the same outputs by hand.

The peer is a script: `requests`, 16 threads, a connection kept alive for each. Both fetch 1,000 outputs, in turns, from
the local service that has run them, and from a stand-in that answers after 20 ms as a service far away does. What one
does with the outputs is part of neither.

Run it with: python benchmarks/sweep.py
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter

import prominence_jupyter
from benchmarks.figures import Figure, agrees, show
from benchmarks.standin_sweep import standin_sweep
from prominence_jupyter.client.http.transport import CONNECTIONS
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.local_service import control

JOBS = 1000
TURNS = 7
LIMIT = 1.5
LATENCY_S = 0.02
DESCRIPTION = {
    "name": "sweep",
    "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
    "tasks": [{"image": "busybox", "cmd": """/bin/sh -c 'echo "{\\"square\\": $((n * n))}"'""", "env": {"n": "$n"}}],
}


def count_requests(session: Session) -> list[str]:
    """Return a list that grows with each request that a session sends."""
    http = session.client.transport._session  # noqa: SLF001 - where requests leave
    sent, send = [], http.request

    def counting(method: str, url: str, **options: object) -> requests.Response:
        sent.append(method)
        return send(method, url, **options)

    http.request = counting  # type: ignore[method-assign]
    return sent


def fetched(url: str, token: str, ids: list[int]) -> list[bytes]:
    """Fetch outputs as a script would."""
    http = requests.Session()
    http.trust_env = False
    http.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    http.headers["Authorization"] = f"Bearer {token}"
    with http, ThreadPoolExecutor(CONNECTIONS) as threads:
        return list(threads.map(lambda n: http.get(f"{url}/jobs/{n}/stdout", timeout=30).content, ids))


def took(do: Callable[[], object]) -> float:
    """Return the seconds that something takes."""
    begin = time.perf_counter()
    do()
    return time.perf_counter() - begin


def compared(what: str, session: Session, workflow_id: int | str) -> list[Figure]:
    """Have results and a script fetch the same outputs in turns."""
    frame = session.workflow(workflow_id).results("json")
    agrees("each job gives its result", (frame["square"] == frame["n"] ** 2).all() and len(frame) == JOBS)
    url, token, ids = session.url, session.client.transport.token.reveal(), frame["id"].tolist()
    ours, theirs, listing = [], [], []
    for _ in range(TURNS):
        theirs.append(took(lambda: fetched(url, token, ids)))
        workflow = session.workflow(workflow_id)
        listing.append(took(workflow.results))
        ours.append(took(lambda: workflow.results("json")))  # noqa: B023 - called at once
    script, results, plain = map(statistics.median, (theirs, ours, listing))
    return [
        Figure(f"results('json') {what}", results, "s", LIMIT * script, script),
        Figure("… without the listing and the frame", results - plain, "s", None, script),
    ]


def measure_local() -> None:
    """Run the sweep on the local service."""
    session = prominence_jupyter.local()
    sent = count_requests(session)
    begin = time.perf_counter()
    workflow = session.sweep(DESCRIPTION, {"n": range(JOBS)})
    submitted_s = time.perf_counter() - begin
    requests_to_submit = len(sent)
    workflow.wait()
    ran_s = time.perf_counter() - begin
    figures = [
        Figure("requests to submit it", requests_to_submit, limit=1),
        Figure("submission", submitted_s, "s"),
        Figure("until all have run", ran_s, "s"),
    ]
    show(f"A sweep of {JOBS:,} jobs on the local service", figures)
    show("Its results", compared("from the local service", session, workflow.id), "a script with 16 threads")


def measure_far() -> None:
    """Fetch the results of one that has ended from a stand-in far away."""
    with standin_sweep(JOBS, LATENCY_S) as url:
        session = prominence_jupyter.connect(url, "x")
        what = f"from {1000 * LATENCY_S:.0f} ms away"
        show("The same far away", compared(what, session, 1), "a script with 16 threads")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PROMINENCE_LOCAL_DIR": folder, "PROMINENCE_LOCAL_RUNTIME": "host"}
        os.environ["XDG_CACHE_HOME"] = str(Path(folder, "cache"))
        control.start(cpus=64, memory_gb=64)
        try:
            measure_local()
        finally:
            control.stop()
        measure_far()
