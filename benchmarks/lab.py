"""Where the benchmarks of the panel work: a local service, JupyterLab and Chromium, and what is measured in them.

All of it is started afresh in a temporary folder and ended with the ``with`` block; traffic stays on loopback.
"""

import ast
import base64
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from benchmarks.probes import EXECUTE, KERNEL_PROBE, PAGE_PROBE, RESET_FRAMES
from prominence_jupyter.local_service import control
from tests.browser.jupyter import NO_CHROMIUM, JupyterServer, NotebookPage, chromium, launched, open_in

MB = 1e6
SAMPLE_S = 0.05


@dataclass(frozen=True)
class Frames:
    """How the page was drawn: longest gap between two frames, all gaps over 0.1 s together, frames a second."""

    longest_s: float
    frozen_s: float
    rate: float


class Peak:
    """The most memory a process has had within a ``with`` block, in bytes above what it had at the start."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self.grown = 0

    def __enter__(self) -> Self:
        self._before = self._process.memory_info().rss
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_S):
            self.grown = max(self.grown, self._process.memory_info().rss - self._before)


class Bench:
    """A notebook open in a page, with what is measured of its kernel and its page."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook, self.page = notebook, notebook.page
        self._devtools = self.page.context.new_cdp_session(self.page)
        self._devtools.send("HeapProfiler.enable")
        self._devtools.send("Performance.enable")
        self.run(KERNEL_PROBE)
        self.kernel = psutil.Process(self.run(expression="os.getpid()"))
        self.page.evaluate(PAGE_PROBE)
        self._since = time.monotonic()

    def run(self, code: str = "", expression: str = "None") -> Any:
        """Run code in the kernel without a cell, and return the value of an expression, which must be JSON."""
        reply = self.page.evaluate(EXECUTE, [code, f"__import__('json').dumps({expression})"])
        value = reply.get("user_expressions", {}).get("value", reply)
        if value["status"] != "ok":
            raise RuntimeError(f"{value['ename']}: {value['evalue']}\n" + "\n".join(value["traceback"]))
        return json.loads(ast.literal_eval(value["data"]["text/plain"]))

    def run_cell(self, index: int) -> None:
        """Start one cell, as a person does."""
        self.page.evaluate(
            """(index) => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                notebook.deselectAll();
                notebook.activeCellIndex = index;
                window.jupyterapp.commands.execute('notebook:run-cell');
                return 1;
            }""",
            index,
        )

    def run_cell_whole(self, index: int, timeout_s: float = 120) -> None:
        """Run one cell and wait for its end; of what it shows live there may be more to come."""
        self.run_cell(index)
        self.page.wait_for_timeout(300)
        self.notebook.wait_idle(timeout_s * 1000)

    def reset_frames(self) -> None:
        """Count frames from now on."""
        self.page.evaluate(RESET_FRAMES)
        self._since = time.monotonic()

    def frames(self) -> Frames:
        """Return how the page was drawn since they were reset; a gap that lasts still is over when this returns."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        noted = self.page.evaluate("() => window.benchFrames")
        rate = noted["count"] / (time.monotonic() - self._since)
        return Frames(noted["longest"] / 1000, noted["frozen"] / 1000, rate)

    def idle_gap_s(self, seconds: float = 3) -> float:
        """Return the longest gap between frames while nothing happens: what this machine is good for now."""
        self.reset_frames()
        self.page.wait_for_timeout(seconds * 1000)
        return self.frames().longest_s

    def heap(self) -> float:
        """Return the bytes of JavaScript on the page that are in use."""
        self._devtools.send("HeapProfiler.collectGarbage")
        metrics = self._devtools.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize")

    def saved_bytes(self) -> int:
        """Save the notebook and return its size."""
        self.notebook.save()
        return self.notebook.path.stat().st_size

    def cpu_s(self) -> float:
        """Return the seconds of CPU that the kernel has used."""
        times = self.kernel.cpu_times()
        return times.user + times.system

    def until(self, condition: Callable[[], Any], timeout_s: float, what: str) -> Any:
        """Wait until something is so, and return it; the page goes on meanwhile."""
        deadline = time.monotonic() + timeout_s
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what}: not within {timeout_s:.0f} s")
            self.page.wait_for_timeout(100)
        return value

    def mark(self, name: str, timeout_s: float) -> dict[str, float]:
        """Wait for a job's line "mark NAME at CLOCK" on the page; return when it was written and seen."""
        found = "(name) => window.benchSeen[name] ?? null"
        return self.until(lambda: self.page.evaluate(found, name), timeout_s, f"the line {name!r} on the page")

    def close(self) -> None:
        """Close the page and end its kernel."""
        self.notebook.shut_down_kernel()
        self.page.context.close()


@dataclass(frozen=True)
class Lab:
    """What runs: `open` opens one more notebook."""

    server: JupyterServer
    browser: Any

    def open(self, cells: Sequence[str], **options: Any) -> Bench:
        """Open a notebook with the given cells in a page of its own."""
        return Bench(open_in(self.browser, self.server, cells, **options))


@contextmanager
def lab(*, cpus: int | None = None, environment: dict[str, str] | None = None) -> Iterator[Lab]:
    """Start JupyterLab and Chromium, and, with so many cores for jobs, a local service."""
    if chromium() is None:
        raise SystemExit(NO_CHROMIUM)
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        for name in ("PROMINENCE_URL", "PROMINENCE_TOKEN"):
            os.environ.pop(name, None)
        os.environ |= {"PROMINENCE_LOCAL_DIR": str(root / "local"), "HOME": folder} | (environment or {})
        (root / "notebooks").mkdir()
        if cpus is not None:
            control.start(cpus=cpus, memory_gb=cpus)
        server = JupyterServer(root / "notebooks")
        try:
            with launched() as browser:
                yield Lab(server, browser)
        finally:
            server.stop()
            if cpus is not None:
                control.stop()


def description(name: str, script: str, *arguments: object) -> str:
    """Return a cell's JSON of a job that runs a Python script."""
    content = base64.b64encode(script.encode()).decode()
    task = {"image": "busybox", "cmd": " ".join(["python3 -u job.py", *map(str, arguments)])}
    resources = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}
    inputs = [{"filename": "job.py", "content": content}]
    return json.dumps({"name": name, "resources": resources, "inputs": inputs, "tasks": [task]})
