"""100,000 ended jobs: the bytes of one listing to both frames, beside `json.loads` and `pandas.json_normalize`.

Run it with: python benchmarks/frames.py

The jobs have the shape of the deployed service's answers (tests/contract/list-completed.json); names, ids and figures
differ. Both sides run in turn, in one process, with the garbage collector as Python starts with it. Memory is what
stays allocated when only the frames are kept.
"""

import gc
import json
import random
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pandas as pd

from benchmarks.figures import Figure, agrees, show
from prominence_jupyter.usage import both_frames, read_entries

JOBS = 100_000
ROUNDS = 5
FASTER, SMALLER = 3, 2
MB = 1e6
CPU = {"clock": "2400.000", "model": "Example CPU", "vendor": "GenuineIntel"}
SITES = ["Site-A", "Site-B", "OpenStack-UNIV-LILLE"]
"""The second tells nothing of its CPUs and versions, as some do."""
FAILS, PULLS = 0.05, 0.5


def executed(chance: random.Random) -> dict[str, Any]:
    """Return what the service reports of one task."""
    wall = chance.expovariate(1 / 600)
    entry = {
        "cpuTimeUsage": wall * chance.random(),
        "exitCode": int(chance.random() < FAILS),
        "imagePullStatus": "cached",
        "maxResidentSetSizeKB": chance.randrange(10_000, 4_000_000),
        "retries": 0,
        "wallTimeUsage": wall,
    }
    if chance.random() < PULLS:
        return entry | {"imagePullStatus": "completed", "imagePullTime": chance.expovariate(1 / 20)}
    return entry


def execution(chance: random.Random, cpus: int) -> dict[str, Any]:
    """Return how one job ran."""
    site = chance.choice(SITES)
    about = {} if site == SITES[1] else {"cpu": CPU, "runtimeVersion": {"singularity": "3.8.7"}}
    return about | {
        "maxMemoryUsageKB": chance.randrange(20_000, 8_000_000) / 2,
        "provisionedResources": {"cpus": cpus, "disk": 11, "memory": 8, "nodes": 1},
        "site": site,
        "tasks": [executed(chance)],
    }


def job(number: int, chance: random.Random) -> dict[str, Any]:
    """Return one ended job, as a listing with detail has it; one in twenty failed before it ran."""
    created = 1_795_454_766 + 7 * number
    started = created + chance.randrange(600)
    cpus = chance.choice([1, 2, 4])
    entry = {
        "events": {"createTime": created, "endTime": started + chance.randrange(3600), "startTime": started},
        "execution": execution(chance, cpus),
        "id": number,
        "name": f"scan-{number % 40}/point/{number}",
        "resources": {"cpus": cpus, "disk": 10, "memory": chance.choice([1, 2, 8]), "nodes": 1},
        "status": "completed",
        "tasks": [{"cmd": f"echo {number}", "image": "busybox", "runtime": "singularity"}],
    }
    if chance.random() < FAILS:
        del entry["execution"]
        return entry | {"status": "failed", "statusReason": "No matching resources currently available"}
    return entry


def ours(data: bytes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both frames."""
    return both_frames(read_entries(data))


def theirs(data: bytes) -> pd.DataFrame:
    """Return what a user would make without this package: fewer columns, and lists where the tasks are."""
    return pd.json_normalize(json.loads(data))


def seconds(make: Callable[[bytes], Any], data: bytes) -> float:
    """Return the time that it takes."""
    gc.collect()
    begin = time.perf_counter()
    make(data)
    return time.perf_counter() - begin


def kept_mb(make: Callable[[bytes], Any], data: bytes) -> float:
    """Return what its result holds on to."""
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = make(data)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return (after - before) / MB


def deep_mb(*frames: pd.DataFrame) -> float:
    """Return what pandas says: it counts text as often as it is referred to, and of a list only its outside."""
    return sum(int(frame.memory_usage(deep=True).sum()) for frame in frames) / MB


def main() -> None:
    """Measure, and print."""
    chance = random.Random(1)
    data = json.dumps([job(number, chance) for number in range(JOBS)], separators=(",", ":")).encode()
    times = [(seconds(ours, data), seconds(theirs, data)) for _ in range(ROUNDS)]
    mine, other = (statistics.median(side) for side in zip(*times, strict=True))
    kept, other_kept = kept_mb(ours, data), kept_mb(theirs, data)
    by_job, by_task = ours(data)
    figures = [
        Figure("bytes to both frames, median", mine, "s", other / FASTER, other),
        Figure("memory that the frames keep", kept, "MB", other_kept / SMALLER, other_kept),
        Figure("the same as pandas counts it", deep_mb(by_job, by_task), "MB", None, deep_mb(theirs(data))),
    ]
    show(f"{JOBS:,} jobs, {len(data) / MB:.0f} MB of JSON", figures, "json_normalize")
    agrees("a row for every job and task", (len(by_job), len(by_task)) == (JOBS, JOBS))
    agrees("nothing unreadable", not by_job.attrs["unreadable"] and not by_task.attrs["unreadable"])
    agrees("the collector is on, as it was found", gc.isenabled())


if __name__ == "__main__":
    main()
