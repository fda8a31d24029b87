"""What jobs used of what they held."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from prominence_jupyter.usage.groups import LABEL
from prominence_jupyter.usage.judging import amounts
from prominence_jupyter.usage.judging.amounts import SHORTEST_S, Numbers, ratio
from prominence_jupyter.usage.judging.remarks import remarks

_SECONDS_AN_HOUR: Final = 3600.0
_OVERHEAD: Final = ("image_pull", "stage_in", "stage_out")
_NUMBERS: Final = [
    "cores",
    "memory_gb",
    "peak_memory_gb",
    "held_s",
    "cpu_time_s",
    "cpu_efficiency",
    "memory_efficiency",
    "time_efficiency",
    "queue_share",
    "overhead_share",
    "core_hours",
    "core_hours_used",
    "core_hours_wasted",
    "gb_hours",
    "gb_hours_used",
    "gb_hours_wasted",
]


def efficiency(jobs: pd.DataFrame, *, shortest_s: float = SHORTEST_S) -> pd.DataFrame:
    """Return what each job used of what it held, in the rows and with the index of `jobs`.

    Shares are fractions: 1.0 is 100 %. More than that is shown as it is, and remarked. What a service did not
    report is missing, never 0; so is what is worked out from it.

    What a service tells limits what can be known:

    - Wall time, CPU time and exit code of a task are those of its *last attempt*. Earlier attempts were held, so
      they count as wasted.
    - Of a job that began again, after an eviction say, all times are those of its *last start*; what it held
      before is nowhere, and ``queue_share`` counts it as waiting.
    - CPU time and peak memory come from *one node*, the first. Of a job on several nodes ``cpu_efficiency`` and
      ``core_hours_used`` say too little, and ``core_hours_wasted`` too much.
    - The peak is that of the job's control group, which holds files too that the system keeps in memory while there
      is room. A job that reads or writes large files may seem to need all it asked for.
    - Jobs that were killed or deleted often have no metrics at all: what they held is known, what they used not.
    - Sidecars report nothing of their own.
    - 1 GB is 10^9 bytes everywhere. The deployed service lets a job have 1000 MiB for each GB, 4.9 % more.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    shortest_s
        Of jobs whose tasks ran shorter than this, in seconds, the three efficiencies are missing.

    Returns
    -------
    DataFrame
        ================== ================== =========== ====================================================
        column             dtype              unit        meaning
        ================== ================== =========== ====================================================
        id                 as in `jobs_frame`
        name               string
        workflow           category
        status             category
        succeeded          boolean
        site               category
        ended              datetime64[us,UTC]
        cores              Int64              cores       held on all nodes: cores a node given, else asked
                                                          for, x nodes given, else asked for, else 1
        memory_gb          float64            GB          asked for, a node: ``memory``, else
                                                          ``memoryPerCpu`` x cores asked for (given, where a
                                                          range was asked for)
        peak_memory_gb     float64            GB          most memory of all processes together, a node:
                                                          max_memory_kb x 1000 / 10^9
        held_s             float64            s           run_time, but no less than wall_time_s (times of
                                                          day are whole seconds)
        cpu_time_s         float64            s           used by all tasks, over all cores
        cpu_efficiency     float64            fraction    cpu_time_s / (wall_time_s x cores)
        memory_efficiency  float64            fraction    peak_memory_gb / memory_gb
        time_efficiency    float64            fraction    wall_time_s / (60 x walltime_limit_min)
        queue_share        float64            fraction    queued / (queued + run_time)
        overhead_share     float64            fraction    (image pull + stage in + stage out) / held_s; a
                                                          part that is not reported took no time, unless
                                                          none of the three is
        core_hours         float64            core hours  held_s x cores / 3600
        core_hours_used    float64            core hours  cpu_time_s / 3600
        core_hours_wasted  float64            core hours  core_hours - core_hours_used
        gb_hours           float64            GB hours    held_s x memory_gb x nodes / 3600
        gb_hours_used      float64            GB hours    held_s x peak_memory_gb x nodes / 3600: an upper
                                                          bound, as if at its peak all the time
        gb_hours_wasted    float64            GB hours    gb_hours - gb_hours_used
        remarks            string                         what has to be said, "; " between; "" for nothing
        image              string                         as in `jobs_frame`, to group by
        label_KEY          string                         likewise, for each label that `jobs` has
        ================== ================== =========== ====================================================
    """
    numbers = pd.DataFrame(_shares(jobs, shortest_s) | _hours(jobs), index=jobs.index)
    labels = [column for column in jobs.columns if str(column).startswith(LABEL)]
    return pd.concat(
        [
            jobs[["id", "name", "workflow", "status", "succeeded", "site", "ended"]],
            numbers[_NUMBERS].astype({"cores": "Int64"}),
            remarks(jobs, numbers, shortest_s).rename("remarks"),
            jobs[["image", *labels]],
        ],
        axis="columns",
    )


def _shares(jobs: pd.DataFrame, shortest_s: float) -> dict[str, Numbers]:
    wall = amounts.amounts(jobs["wall_time_s"])
    judged_wall = np.where(wall >= shortest_s, wall, np.nan)
    cores, cpu_time = amounts.cpus(jobs) * amounts.nodes(jobs), amounts.amounts(jobs["cpu_time_s"])
    memory, peak = amounts.memory_asked_gb(jobs), amounts.peak_memory_gb(jobs)
    queued = amounts.seconds(jobs["queued"])
    overhead = pd.DataFrame({part: amounts.amounts(jobs[f"{part}_time_s"]) for part in _OVERHEAD})
    return {
        "cores": cores,
        "memory_gb": memory,
        "peak_memory_gb": peak,
        "cpu_time_s": cpu_time,
        "cpu_efficiency": ratio(cpu_time, judged_wall * cores),
        "memory_efficiency": np.where(np.isnan(judged_wall), np.nan, ratio(peak, memory)),
        "time_efficiency": ratio(judged_wall, 60 * amounts.counts(jobs["walltime_limit_min"])),
        "queue_share": ratio(queued, queued + amounts.seconds(jobs["run_time"])),
        "overhead_share": ratio(overhead.sum(axis="columns", min_count=1).to_numpy(), amounts.held_s(jobs)),
    }


def _hours(jobs: pd.DataFrame) -> dict[str, Numbers]:
    held, nodes = amounts.held_s(jobs), amounts.nodes(jobs)
    core_hours = held * amounts.cpus(jobs) * nodes / _SECONDS_AN_HOUR
    core_hours_used = amounts.amounts(jobs["cpu_time_s"]) / _SECONDS_AN_HOUR
    gb_hours = held * amounts.memory_asked_gb(jobs) * nodes / _SECONDS_AN_HOUR
    gb_hours_used = held * amounts.peak_memory_gb(jobs) * nodes / _SECONDS_AN_HOUR
    return {
        "held_s": held,
        "core_hours": core_hours,
        "core_hours_used": core_hours_used,
        "core_hours_wasted": core_hours - core_hours_used,
        "gb_hours": gb_hours,
        "gb_hours_used": gb_hours_used,
        "gb_hours_wasted": gb_hours - gb_hours_used,
    }
