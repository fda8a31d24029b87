"""A live table of 10,000 jobs that are watched at once, beside a DataFrame displayed anew, ipydatagrid and itables.

Run it with: python benchmarks/many_jobs.py

The service is a stand-in that lists as the deployed one does; every five seconds four jobs start and one ends. The
peers poll it in a cell every ten seconds, as a user would write it; those that are not installed are left out.
"""

import importlib.util
import re
import time
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.figures import Figure, show
from benchmarks.lab import MB, Bench, Frames, Lab, lab
from benchmarks.standin_service import Standin, standin

JOBS = 10_000
LATENCY_S = 0.05
SETTLE_S, MINUTE_S = 15, 60
PEER_TICKS, PEER_TICK_S = 3, 10

SETUP = "%load_ext prominence_jupyter"
WATCH = "%prominence list --live"
POLL = """
import os, time, pandas, requests
def jobs():
    answer = requests.get(os.environ["PROMINENCE_URL"] + "/jobs", headers={"Authorization": "Bearer x"}, timeout=30)
    return pandas.json_normalize(answer.json()).drop(columns="tasks")
"""
LOOP = f"for _ in range({PEER_TICKS}):\n    time.sleep({PEER_TICK_S})\n    "
PEERS = {
    "pandas": f"shown = display(display_id=True)\n{LOOP}shown.update(HTML(jobs().to_html()))",
    "ipydatagrid": f"grid = ipydatagrid.DataGrid(jobs())\ndisplay(grid)\n{LOOP}grid.data = jobs()",
    "itables": f"""
from itables.widget import ITable
table = ITable(jobs(), maxBytes=0)
display(table)
{LOOP}table.update(jobs(), maxBytes=0)""",
}
SCROLL = """async () => {
    const grid = [...document.querySelectorAll('.prominence-jobs-grid')].at(-1);
    const frame = () => new Promise(requestAnimationFrame);
    const end = performance.now() + 5000;
    for (let step = 0; performance.now() < end; step += 1) {
        grid.scrollTop = (grid.scrollTop + 997) % grid.scrollHeight;
        await frame();
    }
    return 1;
}"""


@dataclass(frozen=True)
class Held:
    """What a table that is watched costs: heap since before it was there, CPU while it is, how the page is drawn."""

    heap_mb: float
    cpu_percent: float
    frames: Frames
    saved_kb: float


def until_shown(bench: Bench) -> float:
    """Run the cell, and return the seconds until the table has all jobs."""
    begin = time.monotonic()
    bench.run_cell(1)
    title = bench.page.locator(".prominence-jobs", has_text=re.compile(r"(10,000|9,9\d\d) jobs"))  # some have ended
    bench.until(title.count, 60, "the table")
    return time.monotonic() - begin


def minute(bench: Bench, service: Standin) -> tuple[list[Figure], float]:
    """Let it be watched for a minute; return the figures, and the kernel's CPU in percent of a core."""
    requests, cpu, begin = service.counts(), bench.cpu_s(), time.time()
    bench.page.wait_for_timeout(MINUTE_S * 1000)
    passed, cpu = time.time() - begin, bench.cpu_s() - cpu
    requests = service.counts() - requests
    ticks = requests["GET /jobs"]
    listed = [at for at, _, path in bench.run(expression="asked") if path.endswith("/jobs") and at > begin]
    sent = [kind for at, kind, _ in bench.run(expression="sent") if begin < at < begin + passed]
    percent = 100 * cpu / passed
    return [
        Figure("listing requests in a minute", ticks),
        Figure("a tick", passed / ticks, "s", 10),
        Figure("a tick, longest", max((b - a for a, b in pairwise(listed)), default=0), "s", 10),
        Figure("other requests a tick (jobs that left the listing)", (requests.total() - ticks) / ticks),
        Figure("comm messages a tick", sent.count("comm_msg") / ticks, "", 1),
        Figure("other messages a tick", sum(kind != "comm_msg" for kind in sent) / ticks),
    ], percent


def use(bench: Bench) -> list[Figure]:
    """Scroll and filter the table by a script, across ticks."""
    bench.reset_frames()
    bench.page.evaluate(SCROLL)
    scrolled = bench.frames()
    bench.reset_frames()
    search = bench.page.locator(".prominence-jobs-search").last
    for text in ("point-0", "99", "running", "nothing like it"):
        search.press_sequentially(text, delay=60)
        bench.page.wait_for_timeout(500)
        search.fill("")
        bench.page.wait_for_timeout(300)
    for title in ("name", "status", "queued"):
        bench.page.locator(".prominence-jobs-sort", has_text=title).last.click()
        bench.page.wait_for_timeout(300)
    filtered = bench.frames()
    return [
        Figure("scrolling, longest gap between frames", scrolled.longest_s, "s", 0.2),
        Figure("scrolling, frames a second", scrolled.rate),
        Figure("filtering and sorting, longest gap between frames", filtered.longest_s, "s", 0.2),
    ]


def ours(lab_: Lab, service: Standin) -> tuple[list[Figure], Held]:
    """Measure our table."""
    bench = lab_.open([SETUP, WATCH])
    bench.run_cell_whole(0)
    idle_gap_s = bench.idle_gap_s()
    heap, saved = bench.heap(), bench.saved_bytes()
    bench.reset_frames()
    shown_s = until_shown(bench)
    at_first = bench.frames()
    bench.page.wait_for_timeout(SETTLE_S * 1000)
    bench.reset_frames()
    figures, percent = minute(bench, service)
    held = Held((bench.heap() - heap) / MB, percent, bench.frames(), (bench.saved_bytes() - saved) / 1000)
    figures = [
        Figure("longest gap between frames of an idle page", idle_gap_s, "s"),
        Figure("until all jobs are shown", shown_s, "s"),
        Figure("until then, longest gap between frames", at_first.longest_s, "s"),
        *figures,
        *use(bench),
    ]
    bench.close()
    return figures, held


def peer(lab_: Lab, module: str, code: str) -> Held:
    """Measure another way to show the jobs, for as long as it takes."""
    bench = lab_.open([f"{POLL}\nimport {module}\nfrom IPython.display import HTML", f"{code}\nprint('done')"])
    bench.run_cell_whole(0)
    heap, saved, cpu, begin = bench.heap(), bench.saved_bytes(), bench.cpu_s(), time.monotonic()
    bench.reset_frames()
    bench.run_cell_whole(1, 180)
    cpu, passed = bench.cpu_s() - cpu, time.monotonic() - begin
    frames = bench.frames()
    held = Held((bench.heap() - heap) / MB, 100 * cpu / passed, frames, (bench.saved_bytes() - saved) / 1000)
    bench.close()
    return held


def compare(mine: Held, other: Held | None) -> list[Figure]:
    """Return what both cost while they are watched."""
    return [
        Figure("kernel, CPU", mine.cpu_percent, "% of a core", 5, other and other.cpu_percent),
        Figure("longest gap between frames", mine.frames.longest_s, "s", None, other and other.frames.longest_s),
        Figure("page frozen, all gaps over 0.1 s", mine.frames.frozen_s, "s", None, other and other.frames.frozen_s),
        Figure("browser heap", mine.heap_mb, "MB", None, other and other.heap_mb),
        Figure("notebook saved", mine.saved_kb, "kB", None, other and other.saved_kb),
    ]


def main() -> None:
    """Measure ours, and what is installed beside it, in one run of JupyterLab."""
    with standin(JOBS, LATENCY_S) as service:
        environment = {"PROMINENCE_URL": service.url, "PROMINENCE_TOKEN": "of-the-stand-in"}
        with lab(environment=environment) as running:
            figures, held = ours(running, service)
            show(f"{JOBS:,} jobs watched for {MINUTE_S} s", figures + compare(held, None))
            for name, code in PEERS.items():
                if importlib.util.find_spec(name) is None:
                    print(f"\n{name} is left out: pip install {name}")
                    continue
                show(f"the same, beside {name}", compare(held, peer(running, name, code)), name)


if __name__ == "__main__":
    main()
