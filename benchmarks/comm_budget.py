"""Fifty panels of fifty jobs that print at once: what leaves the kernel, and whether every byte arrives.

Run it with: python benchmarks/comm_budget.py

Real jobs of the local service. A panel that sends a message for each answer would send as many as there are requests
for output.
"""

import contextlib
import itertools
import time

from benchmarks.figures import Figure, agrees, show
from benchmarks.lab import MB, Bench, Peak, description, lab
from benchmarks.panel_log import SETUP, TALK, fingerprint
from benchmarks.probes import KEEP_SPOOLS
from prominence_jupyter.local_service.places.scratch import Scratch
from prominence_jupyter.local_service.places.state import state_dir

JOBS = 50
JOB_BYTES, JOB_S = 2_000_000, 20
LONGEST_S = 150
BUDGET = 50
JOBS_A_CELL = 10
SUBMIT = """
for number in range({first}, {first} + {count}):
    get_ipython().run_cell_magic("prominence_job", "latest", bodies[number])
    jobs.append(latest)
"""
COMPLETE = r"""() => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    const outputs = cells.flatMap(cell => cell.outputArea?.model.toJSON() ?? []);
    const texts = outputs.map(output => [output.data?.['text/html'] ?? ''].flat().join(''));
    const records = texts.filter(text => text.includes('completed'));
    return new Set(records.flatMap(text => text.match(/mark job\d+end at/g) ?? [])).size;
}"""


def busiest(times: list[float], window_s: float = 1.0) -> int:
    """Return the most events within any window of time."""
    first = most = 0
    for last, at in enumerate(times):
        while times[first] < at - window_s:
            first += 1
        most = max(most, last - first + 1)
    return most


def all_logs_agree(bench: Bench) -> tuple[int, int]:
    """Return how many logs were spooled as the jobs wrote them, and how many bytes these are together."""
    spooled = {tuple(log) for log in bench.run(expression="[fingerprint(spool) for spool in spools]")}
    ids = bench.run(expression="[job.id for job in jobs]")
    written = [tuple(fingerprint(Scratch(state_dir().job(job_id)).output("stdout"))) for job_id in ids]
    return sum(log in spooled for log in written), sum(int(str(size)) for size, _ in written)


def main() -> None:
    """Measure one run."""
    bodies = [description(f"job{n}", TALK, f"job{n}", JOB_BYTES, JOB_S) for n in range(JOBS)]
    with lab(cpus=JOBS + 4) as running:
        cells = [SUBMIT.format(first=first, count=JOBS_A_CELL) for first in range(0, JOBS, JOBS_A_CELL)]
        bench = running.open([f"{SETUP}\nbodies, jobs = {bodies!r}, []", *cells])
        bench.run(KEEP_SPOOLS)
        bench.run_cell_whole(0)
        idle_gap_s = bench.idle_gap_s()
        heap, cpu, begin = bench.heap(), bench.cpu_s(), time.time()
        bench.reset_frames()
        with Peak(bench.kernel) as memory:
            for index in range(1, len(cells) + 1):
                bench.run_cell(index)
            bench.notebook.wait_idle(120_000)
            submitted_s, submitting = time.time() - begin, bench.frames()
            bench.reset_frames()
            bench.mark("job0end", LONGEST_S)
            printing = bench.frames()
            bench.reset_frames()
            with contextlib.suppress(TimeoutError):  # then the number of records says it
                bench.until(lambda: bench.page.evaluate(COMPLETE) == JOBS, LONGEST_S, "all records")
        passed, cpu, ending = time.time() - begin, bench.cpu_s() - cpu, bench.frames()
        seen = bench.page.evaluate("() => Object.entries(window.benchSeen)")
        late = [mark["seen"] - mark["written"] for name, mark in seen if name.endswith("end")]
        sent = bench.run(expression="sent")
        messages = [(at, size) for at, kind, size in sent if kind == "comm_msg" and at > begin]
        updates = [at for at, kind, _ in sent if kind == "update_display_data" and at > begin]
        logs, written = all_logs_agree(bench)
        asked = [at for at, _, path in bench.run(expression="asked") if "/stdout" in path]
        pauses = sorted(b - a for a, b in itertools.pairwise(asked))
        figures = [
            Figure("longest gap between frames of an idle page", idle_gap_s, "s"),
            Figure("until all are submitted", submitted_s, "s"),
            Figure("until all records are complete", passed, "s"),
            Figure("comm messages in the busiest second", busiest([at for at, _ in messages]), "", BUDGET),
            Figure("comm messages, all", len(messages)),
            Figure("bytes in them", sum(size for _, size in messages) / MB, "MB"),
            Figure("comms opened", sum(kind == "comm_open" and at > begin for at, kind, _ in sent)),
            Figure("record updates in the busiest second", busiest(updates)),
            Figure("all messages of the kernel in the busiest second", busiest([at for at, *_ in sent if at > begin])),
            Figure("requests for output", len(asked)),
            Figure("requests for output in the busiest second", busiest(asked)),
            Figure("between two of them, median", pauses[len(pauses) // 2], "s"),
            Figure("records complete, with the last line", bench.page.evaluate(COMPLETE), "", None, JOBS),
            Figure("last lines seen on the page", len(late), "", None, JOBS),
            Figure("from the last write of a job to the page, longest", max(late, default=0), "s"),
            Figure("longest gap between frames while submitting", submitting.longest_s, "s"),
            Figure("longest gap between frames while they print", printing.longest_s, "s"),
            Figure("longest gap between frames while they end", ending.longest_s, "s"),
            Figure("kernel, memory at its peak", memory.grown / MB, "MB"),
            Figure("kernel, CPU", 100 * cpu / passed, "% of a core"),
            Figure("browser heap", (bench.heap() - heap) / MB, "MB"),
        ]
        show(f"{JOBS} panels, {written / MB:.0f} MB of log in {JOB_S} s", figures, "expected")
        agrees(f"logs spooled byte for byte: {logs} of {JOBS}", logs == JOBS)
        bench.close()


if __name__ == "__main__":
    main()
