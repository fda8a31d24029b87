"""The local service: many short jobs, how soon one starts, and what it costs while it idles.

Run it with: python benchmarks/local_service.py

A thousand jobs of `true` are submitted one after the other over one connection, as a loop in a notebook does, and run
on two cores. Beside them a loop does the same with subprocess alone: a folder, two output files and a process a job,
two at a time.
"""

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import requests

from benchmarks.figures import Figure, show
from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.places.service_info import ServiceInfo
from prominence_jupyter.protocol import status

CORES = 2
IDLE_S = 60.0
PROBES = 20
TASK = {"image": "busybox", "runtime": "singularity", "cmd": "true"}
DESCRIPTION = {"name": "one", "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}, "tasks": [TASK]}


class Api:
    """The service over HTTP, by requests alone."""

    def __init__(self, info: ServiceInfo) -> None:
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["Authorization"] = f"Bearer {info.token()}"
        self._url = info.url

    def submit(self, description: dict[str, Any]) -> int:
        answer = self._http.post(f"{self._url}/jobs", json=description, timeout=60)
        answer.raise_for_status()
        return int(answer.json()["id"])

    def get(self, path: str) -> Any:
        return json.loads(self.text(path))

    def text(self, path: str) -> str:
        answer = self._http.get(self._url + path, timeout=60)
        answer.raise_for_status()
        return answer.text


@contextlib.contextmanager
def service() -> Iterator[ServiceInfo]:
    """Run a local service of this benchmark's own."""
    folder = tempfile.mkdtemp()
    os.environ |= {"PROMINENCE_LOCAL_DIR": folder, "PROMINENCE_LOCAL_RUNTIME": "host"}
    try:
        yield control.start(cpus=CORES, memory_gb=64)
    finally:
        control.stop()
        shutil.rmtree(folder)


def many_jobs(api: Api, count: int) -> tuple[float, float]:
    """Submit jobs of `true`; return seconds until the last was taken, and until the last had ended."""
    began = time.perf_counter()
    for _ in range(count):
        api.submit(DESCRIPTION)
    taken = time.perf_counter() - began
    while api.get("/jobs"):
        time.sleep(0.05)
    return taken, time.perf_counter() - began


def many_processes(count: int) -> float:
    """Do what must be done for as many jobs without a service; return seconds."""
    folder = Path(tempfile.mkdtemp())

    def one(number: int) -> None:
        work = folder / str(number) / "work"
        work.mkdir(parents=True)
        with (work.parent / "stdout").open("wb") as out, (work.parent / "stderr").open("wb") as err:
            subprocess.run(["true"], cwd=work, stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=True)

    began = time.perf_counter()
    with ThreadPoolExecutor(CORES) as pool:
        list(pool.map(one, range(count)))
    spent = time.perf_counter() - began
    shutil.rmtree(folder)
    return spent


def until_started(api: Api) -> float:
    """Return seconds from before the submission to what the job itself says of its start, as the median of a few."""
    waits = []
    for _ in range(PROBES):
        clock = "import time; print(time.time())"
        task = {**TASK, "cmd": f"{sys.executable} -I -S -c '{clock}'"}
        began = time.time()
        job_id = api.submit({**DESCRIPTION, "tasks": [task]})
        while (job := api.get(f"/jobs/{job_id}")[0])["status"] not in {status.COMPLETED, status.FAILED}:
            time.sleep(0.01)
        waits.append(float(api.text(f"/jobs/{job_id}/stdout")) - began)
        assert job["execution"]["tasks"][0]["exitCode"] == 0
    return sorted(waits)[len(waits) // 2]


def idling(info: ServiceInfo) -> tuple[float, float]:
    """Return CPU (% of a core) and resident memory (MB) of front and runner while nobody uses them."""
    everyone = [psutil.Process(info.pid), *psutil.Process(info.pid).children(recursive=True)]
    everyone += [one for one in psutil.process_iter() if _serves(one, info) and one not in everyone]
    time.sleep(2)
    before = sum(sum(one.cpu_times()[:2]) for one in everyone)
    time.sleep(IDLE_S)
    spent = sum(sum(one.cpu_times()[:2]) for one in everyone) - before
    return 100 * spent / IDLE_S, sum(one.memory_info().rss for one in everyone) / 1e6


def _serves(process: psutil.Process, info: ServiceInfo) -> bool:
    with contextlib.suppress(psutil.Error):
        words = " ".join(process.cmdline())
        return "prominence_jupyter.local_service.runner" in words and str(info.state_dir) in words
    return False


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1000)
    options = parser.parse_args()
    with service() as info:
        api = Api(info)
        start = until_started(api)
        idle_cpu, idle_mb = idling(info)
        alone = many_processes(options.jobs)
        taken, ended = many_jobs(api, options.jobs)
    show(
        "The local service",
        [
            Figure("submission to start, median", start, "s", 0.1),
            Figure("idle: CPU", idle_cpu, "% of a core", 0.5),
            Figure("idle: memory of front and runner", idle_mb, "MB", 80),
            Figure(f"{options.jobs:,} jobs of true: submitted", taken, "s", 5),
            Figure(f"{options.jobs:,} jobs of true: ended", ended, "s", 60, alone),
        ],
        "subprocess alone",
    )


if __name__ == "__main__":
    main()
