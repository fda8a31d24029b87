"""How late a 10 ms heartbeat in the kernel's main thread is while we work, beside the same kernel without us.

Run it with: python benchmarks/heartbeat.py

A timer's signal is handled by the main thread, whatever runs there: a cell that sleeps, submits, or asks for usage.
What we do meanwhile: 200 panels follow 200 logs that grow, jobs are submitted, a table lives, 10,000 ended jobs are
analysed. Without us the cell sleeps, and asks with requests and pandas for the ended jobs. The services are stand-ins
on loopback, in processes of their own.
"""

import argparse
import asyncio
import contextlib
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from jupyter_client.manager import KernelManager

from benchmarks.figures import Figure, show
from benchmarks.standin_history import standin as history

LOGS = 200
ENDED = 10_000
WATCHED_S = 30.0
SUBMISSIONS = 20
LINES_A_SECOND = 20
LIMIT_MS = 100.0
BASE = "/api/v1"

BEAT = """
import signal, time
beats = []
def _beat(*_):
    beats.append(time.monotonic())
signal.signal(signal.SIGALRM, _beat)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
def lateness_ms():
    at = beats.copy()
    return [max(0.0, 1000 * (later - earlier) - 10) for earlier, later in zip(at, at[1:])]
"""
LOAD = """
import json, os
%load_ext prominence_jupyter
%config ProminenceMagics.cache = False
"""
DESCRIPTION = json.dumps(
    {
        "name": "one",
        "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
        "tasks": [{"image": "busybox", "cmd": "true"}],
    }
)
USAGE_WITHOUT_US = """
import pandas, requests
asked = {{"completed": "true", "num": "{num}", "detail": "true"}}
used = pandas.json_normalize(requests.get("{url}/jobs", params=asked, headers={{"Authorization": "Bearer x"}}).json())
"""
MAGIC = "get_ipython().run_line_magic('prominence', {line})"
SUBMIT = f"get_ipython().run_cell_magic('prominence_job', '', {DESCRIPTION!r})"


async def serve() -> None:
    """Serve jobs that all run, and write; until ended."""
    began = time.monotonic()
    created = int(time.time())
    count = LOGS

    def job(n: int) -> dict[str, object]:
        return {
            "id": n,
            "name": f"job-{n}",
            "status": "running",
            "events": {"createTime": created, "startTime": created},
            "resources": {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1},
            "tasks": [{"image": "busybox", "cmd": "true"}],
        }

    def log(offset: int) -> bytes:
        lines = int(LINES_A_SECOND * (time.monotonic() - began))
        return "".join(f"step {n:08} of the model\n" for n in range(lines)).encode()[offset:]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                await reader.readexactly(int(next(iter(re.findall(r"(?i)content-length: (\d+)", head)), 0)))
                method, target, _ = head.split(" ", 2)
                number = next(map(int, re.findall(r"/jobs/(\d+)", target)), None)
                status = "200 OK"
                if method == "POST":
                    count += 1
                    status, body = "201 Created", json.dumps({"id": count}).encode()
                elif "std" in target:
                    body = log(next(map(int, re.findall(r"offset=(\d+)", target)), 0))
                elif number is not None:
                    body = json.dumps([job(number)]).encode()
                else:
                    body = json.dumps([job(n) for n in range(1, count + 1)]).encode()
                kind = "text/plain" if "std" in target else "application/json"
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                )
                writer.write(body)
                await writer.drain()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{BASE}", flush=True)
    await server.serve_forever()


@contextlib.contextmanager
def running_jobs() -> Iterator[str]:
    """Run the service of the jobs that run within a ``with`` block, and give its URL."""
    with subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class Heart:
    """A kernel with a heartbeat."""

    def __init__(self) -> None:
        self._manager = KernelManager(kernel_name="python3")
        self._manager.start_kernel()
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)
        self.run(BEAT)

    def run(self, code: str, value: str = "None") -> object:
        """Run a cell, and return the value of an expression after it; what is told meanwhile is heard."""
        asked = self._client.execute(code, user_expressions={"value": f"__import__('json').dumps({value})"})
        while True:
            message = self._client.get_iopub_msg(timeout=300)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(message["content"]["traceback"]))
            if message["content"].get("execution_state") == "idle":
                break
        while (reply := self._client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != asked:
            continue
        return json.loads(eval(reply["content"]["user_expressions"]["value"]["data"]["text/plain"]))

    def beats_during(self, code: str) -> list[float]:
        """Return how late each beat was while a cell ran, in ms."""
        self.run("beats.clear()")
        return self.run(code, "lateness_ms()")  # type: ignore[return-value]

    def stop(self) -> None:
        """End the kernel."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


def p99(late_ms: list[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(late_ms, n=100)[98]


def measured(heart: Heart, url: str, history_url: str) -> dict[str, list[float]]:
    """Return the lateness of beats while we do each of the things."""
    heart.run(f"{LOAD}\n%config ProminenceMagics.url = {url!r}")
    line = MAGIC.format(line="f'watch {n}'")
    late = {
        f"{LOGS} panels are made": heart.beats_during(f"for n in range(1, {LOGS + 1}):\n    {line}"),
        f"{LOGS} logs are followed, the cell sleeps": heart.beats_during(f"time.sleep({WATCHED_S})"),
        "jobs are submitted meanwhile": heart.beats_during(f"for _ in range({SUBMISSIONS}):\n    {SUBMIT}"),
        "a table lives meanwhile": heart.beats_during(
            f"{MAGIC.format(line=repr('list --live'))}\ntime.sleep({WATCHED_S / 3})"
        ),
    }
    heart.run(f"%config ProminenceMagics.url = {history_url!r}")
    usage = f"used = {MAGIC.format(line=repr(f'usage --last {ENDED}'))}"
    return late | {f"usage of {ENDED:,} jobs meanwhile": heart.beats_during(usage)}


def main() -> None:
    """Measure the same kernel without us, and with."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", action="store_true", help="be the service of the jobs that run")
    if parser.parse_args().serve:
        asyncio.run(serve())
        return
    import os

    os.environ["PROMINENCE_TOKEN"] = "of-the-stand-in"
    with running_jobs() as url, history(ENDED, 0.02, lists_detail=True) as service:
        heart = Heart()
        asleep = heart.beats_during(f"time.sleep({WATCHED_S})")
        analysed = heart.beats_during(USAGE_WITHOUT_US.format(num=ENDED, url=service.url))
        heart.stop()
        heart = Heart()
        late = measured(heart, url, service.url)
        heart.stop()
    alone, everything = asleep + analysed, [one for beats in late.values() for one in beats]
    figures = []
    for what, beats in late.items():
        without = p99(analysed if what.startswith("usage") else asleep)
        figures.append(Figure(f"p99 while {what}", p99(beats), "ms", without + LIMIT_MS, without))
    figures += [
        Figure("p99 of all of it", p99(everything), "ms", p99(alone) + LIMIT_MS, p99(alone)),
        Figure("median of all of it", statistics.median(everything), "ms", None, statistics.median(alone)),
        Figure("longest of all", max(everything), "ms", None, max(alone)),
        Figure("beats", len(everything), "", None, len(alone)),
    ]
    show("lateness of a 10 ms heartbeat in the main thread", figures, "without us")


if __name__ == "__main__":
    main()
