"""1,000 ended jobs as a frame, from a stand-in 20 ms away: with detail in listings, without it, and from the cache.

Beside it the official client's way to the same: list the jobs, then describe each, with a connection for each request.

Run it with: python benchmarks/history.py
"""

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from prominence import ProminenceClient

from benchmarks.figures import Figure, agrees, show
from benchmarks.standin_history import Standin, standin
from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.http.transport import Transport
from prominence_jupyter.history.cache import Cache
from prominence_jupyter.jobs.session import Session

JOBS = 1000
LATENCY_S = 0.02
TIMES = 7
TOKEN = "of-the-stand-in"


def session(service: Standin, folder: Path) -> Session:
    """Return a new session, as a kernel has it that was just started."""
    return Session(Transport(service.url, Token(TOKEN, "a benchmark")), cache=Cache(folder))


@dataclass(frozen=True)
class Measured:
    """Medians of the seconds, and the requests and the frame of one time."""

    wall_s: float
    cpu_s: float
    asked: Counter[str]
    frame: pd.DataFrame


def ours(service: Standin, folder: Callable[[], Path]) -> Measured:
    """Ask for all jobs, some times, with the cache in that folder."""
    wall, cpu = [], []
    for _ in range(TIMES):
        opened = session(service, folder())
        before = service.counts()
        begin, worked = time.perf_counter(), time.process_time()
        frame = opened.completed(JOBS)
        wall.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - worked)
        asked = service.counts() - before
    asked["connections"] -= 1  # that of counts() itself
    return Measured(statistics.median(wall), statistics.median(cpu), asked, frame)


def official(service: Standin) -> tuple[float, int]:
    """Return the seconds that the official client takes for the same, once, and the number of its jobs."""
    os.environ["PROMINENCE_URL"], os.environ["PROMINENCE_TOKEN"] = service.url, TOKEN
    client = ProminenceClient()
    client._headers = {"Authorization": f"Bearer {TOKEN}"}  # noqa: SLF001 - otherwise it wants a token of its issuer's
    begin = time.perf_counter()
    listed = client.list_jobs("completed", JOBS)
    frame = pd.json_normalize([client.describe_job(job["id"]) for job in listed])
    return time.perf_counter() - begin, len(frame)


def figures(
    what: str, limit_s: float, measured: Measured, official_s: float, requests: tuple[int, int]
) -> list[Figure]:
    """Return the lines of one kind; `requests` are the most listings and the most requests for single jobs."""
    listings, singles = requests
    return [
        Figure(what, measured.wall_s, "s", limit_s, official_s),
        Figure("  CPU time", measured.cpu_s, "s"),
        Figure("  listings", measured.asked["listings"], "", listings),
        Figure("  requests for single jobs", measured.asked["single jobs"], "", singles),
        Figure("  connections", measured.asked["connections"], "", 16),
    ]


def measure(service: Standin, fresh: Callable[[], Path]) -> tuple[Measured, Measured]:
    """Return what it costs with an empty cache, and with a full one."""
    kept = fresh()
    session(service, kept).completed(JOBS)
    return ours(service, fresh), ours(service, lambda: kept)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as root:

        def fresh() -> Path:
            return Path(tempfile.mkdtemp(dir=root))

        with standin(JOBS, LATENCY_S, lists_detail=True) as service:
            whole, cached = measure(service, fresh)
        with standin(JOBS, LATENCY_S, lists_detail=False) as service:
            plain, plain_cached = measure(service, fresh)
            official_s, described = official(service)
    show(
        f"{JOBS:,} ended jobs as a frame, {LATENCY_S * 1000:.0f} ms latency, medians of {TIMES}",
        [
            *figures("listing with detail", 0.15, whole, official_s, (1, 0)),
            *figures("no detail in listings", 2.0, plain, official_s, (1, JOBS)),
            *figures("from the cache", 0.1, cached, official_s, (1, 0)),
            *figures("from the cache, no detail in listings", 0.1, plain_cached, official_s, (1, 0)),
        ],
        "official client",
    )
    agrees("the frames are equal", all(m.frame.equals(whole.frame) for m in (cached, plain, plain_cached)))
    agrees("the official client gives as many jobs", described == JOBS)


if __name__ == "__main__":
    main()
