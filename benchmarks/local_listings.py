"""Listings of a local service that has run 100,000 jobs, over HTTP: medians in milliseconds.

Beside them the same jobs in a file of JSON lines, read and sorted anew, as a script without a service would.

Run it with: python benchmarks/local_listings.py
"""

import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import requests

from benchmarks.figures import Figure, show
from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.places.service_info import ServiceInfo
from prominence_jupyter.local_service.places.state import state_dir
from prominence_jupyter.local_service.store.database import open_database
from prominence_jupyter.local_service.store.jobs import insert_job
from prominence_jupyter.protocol import status

JOBS = 100_000
OLD = 1000
TIMES = 50
WITHIN_MS = {
    "one job": ("/jobs/50000", 5),
    "the active jobs": ("/jobs", 5),
    "the last 100": ("/jobs?completed=true&num=100", 20),
    "… with detail": ("/jobs?completed=true&num=100&detail=true", 20),
    "… of a name that half have": ("/jobs?completed=true&num=100&name=batch", 20),
    "… of a label that all have": ("/jobs?completed=true&num=100&constraint=study=one", 20),
    "… of a label that 1,000 have": ("/jobs?completed=true&num=100&constraint=old=yes", 20),
    "all of a label that one has": ("/jobs?all=true&constraint=pjsubmission=s777", 5),
}
EXECUTION = {
    "site": "local",
    "runtimeVersion": {"host": "Linux x86_64, no isolation"},
    "provisionedResources": {"cpus": 1, "memory": 1, "disk": 10, "nodes": 1},
    "tasks": [{"exitCode": 0, "retries": 0, "imagePullStatus": "completed", "cpuTimeUsage": 0.1, "wallTimeUsage": 0.2}],
    "maxMemoryUsageKB": 20000.5,
}


def fill() -> None:
    """Write the jobs as if they had run, a second each."""
    database = open_database(state_dir().make().database)
    database.execute("BEGIN")
    for number in range(JOBS):
        description = {
            "name": "batch" if number % 2 else f"fit-{number % 50}",
            "resources": {"cpus": 1, "memory": 1, "disk": 10, "nodes": 1},
            "tasks": [{"image": "busybox", "runtime": "singularity", "cmd": f"/bin/sh -c 'echo {number}'"}],
            "labels": {"study": "one", "pjsubmission": f"s{number}", "old": "yes" if number < OLD else "no"},
        }
        times = {"started": 1.8e9 + number, "finished": 1.8e9 + number + 1}
        ended = {"status": status.COMPLETED, "execution": json.dumps(EXECUTION), **times}
        insert_job(database, description, lambda job_id: f"{job_id:0200}", ended)
    database.execute("COMMIT")
    database.close()


def median_ms(http: requests.Session, url: str) -> float:
    """Return how long one request takes."""
    took = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        http.get(url, timeout=30).raise_for_status()
        took.append(time.perf_counter() - begin)
    return 1000 * statistics.median(took)


def from_a_file_ms(http: requests.Session, url: str) -> float:
    """Return how long it takes to find the last of the jobs in a file with a line for each."""
    jobs = http.get(f"{url}/jobs?completed=true&num=0&detail=true", timeout=300).json()
    with tempfile.NamedTemporaryFile("w+") as file:
        file.writelines(json.dumps(job) + "\n" for job in jobs)
        file.flush()
        begin = time.perf_counter()
        with Path(file.name).open() as lines:
            found = sorted(map(json.loads, lines), key=lambda job: (job["events"]["endTime"], job["id"]))
        took = time.perf_counter() - begin
    assert len(found) == JOBS
    return 1000 * took


def measure(info: ServiceInfo) -> None:
    """Ask and print."""
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {info.token()}"
        peer = from_a_file_ms(http, info.url)
        show(
            f"Listings of {JOBS:,} ended jobs",
            [
                Figure(what, median_ms(http, info.url + path), "ms", most, peer)
                for what, (path, most) in WITHIN_MS.items()
            ],
            "a file of JSON lines",
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PROMINENCE_LOCAL_DIR"] = folder
        fill()
        try:
            measure(control.start(cpus=1, memory_gb=1))
        finally:
            control.stop()
