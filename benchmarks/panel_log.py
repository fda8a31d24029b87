"""A log of 100 MB in the panel of a job, and how late a line is seen, beside `ipywidgets.Output` and `print`.

Run it with: python benchmarks/panel_log.py

A real job of the local service, submitted by a cell in JupyterLab in headless Chromium, prints a million lines: at a
steady pace, and as fast as it can. What a user would use instead gets 0.4 MB, 250 times less, in pieces of 4 KB: it is
quadratic. A last job writes its clock four times a second, and the page notes when each line is there.
"""

import hashlib
import statistics
import time
from itertools import pairwise
from pathlib import Path

from benchmarks.figures import Figure, agrees, show
from benchmarks.lab import MB, Bench, Frames, Lab, Peak, description, lab
from benchmarks.probes import KEEP_SPOOLS
from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import state_dir

LOG_BYTES = 100_000_000
PACE_S = 15
CLOCK_S = 60
PEER_BYTES, PEER_PIECE = 400_000, 4_000

SETUP = "%load_ext prominence_jupyter\n%prominence local"
TALK = """
import sys, time
name, size, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
begin, block = time.monotonic(), 100
print(f"mark {name}begin at {time.time():.3f}", flush=True)
for first in range(0, size // 100, block):
    lines = (f"{n:09d} a step of the model, and how far it is from the last {n % 997:8.3f}" for n in
             range(first, first + block))
    sys.stdout.write("".join(f"{line:<99}\\n" for line in lines))
    ahead = begin + seconds * (first + block) * 100 / size - time.monotonic()
    if ahead > 0.01:
        sys.stdout.flush()
        time.sleep(ahead)
print(f"mark {name}end at {time.time():.3f}", flush=True)
"""
CLOCK = """
import sys, time
for tick in range(int(float(sys.argv[2]) * 4)):
    print(f"mark tick{tick} at {time.time():.3f}", flush=True)
    time.sleep(0.25)
"""
TEXT = f"text = ''.join(f'{{n:08d}} ' + 90 * 'x' + chr(10) for n in range({PEER_BYTES // 100}))"
PEERS = {
    "Output.append_stdout": f"""
import ipywidgets, time
{TEXT}
out = ipywidgets.Output()
display(out)
for start in range(0, len(text), {PEER_PIECE}):
    out.append_stdout(text[start : start + {PEER_PIECE}])
out.append_stdout(f"mark peerend at {{time.time():.3f}}" + chr(10))""",
    "print": f"""
import sys, time
{TEXT}
for start in range(0, len(text), {PEER_PIECE}):
    print(text[start : start + {PEER_PIECE}], end="", flush=True)
print(f"mark peerend at {{time.time():.3f}}")""",
}


class Cost:
    """What text on the page cost, from `__init__` to `take`."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._heap, self._saved, self._cpu = bench.heap(), bench.saved_bytes(), bench.cpu_s()
        bench.reset_frames()

    def take(self) -> "Cost":
        """Measure."""
        bench = self._bench
        self.frames: Frames = bench.frames()
        self.cpu_s = bench.cpu_s() - self._cpu
        self.heap = (bench.heap() - self._heap) / MB
        self.saved_kb = (bench.saved_bytes() - self._saved) / 1000
        return self


def record_is_complete(bench: Bench, mark: str) -> bool:
    """Tell whether an output of the page says that a job is completed, and has its last line."""
    return bool(
        bench.page.evaluate(
            """(mark) => [...document.querySelectorAll('.jp-OutputArea-output')].some(output =>
                output.textContent.includes(`mark ${mark} at`) && output.textContent.includes('completed'))""",
            mark,
        )
    )


def log_of(bench: Bench, name: str) -> tuple[list[object], list[object]]:
    """Return size and SHA-256 of what the kernel has spooled of a job's log, and of the log itself."""
    spooled = bench.run(expression="max(map(fingerprint, spools))")
    path = Scratch(state_dir().job(bench.run(expression=f"{name}.id"))).output("stdout")
    return spooled, fingerprint(path)


def fingerprint(path: Path) -> list[object]:
    """Return size and SHA-256 of a file."""
    with path.open("rb") as file:
        return [path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()]


def follow(lab_: Lab, name: str, seconds: float) -> tuple[list[Figure], Cost, bool]:
    """Let a job print the whole log within some seconds, 0 for as fast as it can, and follow it."""
    job = f"%%prominence_job {name}\n{description(name, TALK, name, LOG_BYTES, seconds)}"
    bench = lab_.open([SETUP, f"%%prominence_job warm\n{description('warm', TALK, 'warm', 1000, 0)}", job])
    bench.run(KEEP_SPOOLS)
    bench.run_cell_whole(0)
    bench.run_cell(1)
    bench.until(lambda: record_is_complete(bench, "warmend"), 60, "the record of the first job")
    idle_gap_s = bench.idle_gap_s()
    cost = Cost(bench)
    with Peak(bench.kernel) as memory:
        bench.run_cell(2)
        end = bench.mark(f"{name}end", 180)
        bench.until(lambda: record_is_complete(bench, f"{name}end"), 60, "the record of the job")
        complete = time.time()
    cost.take()
    spooled, written = log_of(bench, name)
    began = bench.run(expression=f"{name}.record.started")
    bench.close()
    return (
        [
            Figure("longest gap between frames of an idle page", idle_gap_s, "s"),
            Figure("the job's own time", end["written"] - began, "s"),
            Figure("its last line on the page, after it was written", end["seen"] - end["written"], "s", 20),
            Figure("its record complete, after the last line", complete - end["written"], "s", 20),
            Figure("kernel, memory at its peak", memory.grown / MB, "MB", 20),
        ],
        cost,
        spooled == written,
    )


def compare(cost: Cost, peer: Cost | None) -> list[Figure]:
    """Return what the page and the kernel paid."""
    return [
        Figure("longest gap between frames", cost.frames.longest_s, "s", 0.3, peer and peer.frames.longest_s),
        Figure("page frozen, all gaps over 0.1 s", cost.frames.frozen_s, "s", None, peer and peer.frames.frozen_s),
        Figure("browser heap", cost.heap, "MB", 50, peer and peer.heap),
        Figure("notebook saved", cost.saved_kb, "kB", 100, peer and peer.saved_kb),
        Figure("kernel, CPU", cost.cpu_s, "s", None, peer and peer.cpu_s),
    ]


def peer_cost(lab_: Lab, code: str) -> Cost:
    """Let a cell show 0.4 MB in another way."""
    bench = lab_.open([code])
    cost = Cost(bench)
    bench.run_cell(0)
    bench.mark("peerend", 180)
    cost.take()
    bench.close()
    return cost


def latency(lab_: Lab) -> list[Figure]:
    """Let a job write its clock for a minute."""
    job = f"%%prominence_job clock\n{description('clock', CLOCK, 'clock', CLOCK_S)}"
    bench = lab_.open([SETUP, job])
    bench.run_cell_whole(0)
    bench.run_cell(1)
    bench.mark(f"tick{CLOCK_S * 4 - 1}", CLOCK_S + 60)
    seen = bench.page.evaluate("() => Object.values(window.benchSeen)")
    flowing = [tick for tick in seen if seen[0]["written"] + 3 < tick["written"] < seen[-1]["written"] - 1]
    late = [tick["seen"] - tick["written"] for tick in flowing]
    asked = [at for at, _, path in bench.run(expression="asked") if "/stdout" in path]
    pauses = [b - a for a, b in pairwise(at for at in asked if flowing[0]["written"] < at < flowing[-1]["written"])]
    bench.close()
    interval = statistics.median(pauses)
    return [
        Figure("polling interval in force, median", interval, "s", 1),
        Figure("polling interval in force, longest", max(pauses), "s"),
        Figure("from a write to the page, median", statistics.median(late), "s", 1.5 * interval),
        Figure("from a write to the page, 90 %", statistics.quantiles(late, n=10)[-1], "s"),
        Figure("lines seen, of all written", len(seen), "", None, CLOCK_S * 4),
    ]


def main() -> None:
    """Measure all of it in one run of JupyterLab."""
    with lab(cpus=4) as running:
        peers = {name: peer_cost(running, code) for name, code in PEERS.items()}
        for name, seconds in (("paced", PACE_S), ("fast", 0)):
            figures, cost, same = follow(running, name, seconds)
            show(
                f"{LOG_BYTES / MB:.0f} MB of log, {name}",
                figures + compare(cost, peers["Output.append_stdout"]),
                "append_stdout, 0.4 MB",
            )
            agrees("spooled log has the size and SHA-256 of the job's", same)
        show("the same, beside print", compare(cost, peers["print"]), "print, 0.4 MB")
        show(f"a clock for {CLOCK_S} s", latency(running), "written")


if __name__ == "__main__":
    main()
