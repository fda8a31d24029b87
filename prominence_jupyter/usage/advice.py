"""What to ask for next time."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from prominence_jupyter.errors import UsageError
from prominence_jupyter.usage.groups import group_of
from prominence_jupyter.usage.judging import amounts
from prominence_jupyter.usage.judging.evidence import KINDS, Codes, evidence
from prominence_jupyter.usage.judging.suggestion import Rules, can_tell, judges, slower, suggestions, whole
from prominence_jupyter.usage.judging.why import why

LESS: Final = "ask for less"
RIGHT: Final = "about right"
MORE: Final = "ask for more"
TOO_FEW: Final = "too few jobs"
NO_METRICS: Final = "no metrics"

_HELD: Final = ["cpus", "memory_gb"]
"""What a job keeps from others, used or not; a walltime that is too long costs nobody anything."""
_WHOLE: Final = ("jobs", "judged", "cpus_asked", "killed_memory", "killed_walltime")
_STATISTICS: Final = ("asked", "median", "p95", "max")
_TEXTS: Final = ("group", "verdict", "why", "resources")


def advice(
    jobs: pd.DataFrame, by: str = "name", *, margin: float = 0.2, fewest: int = 3, below_maximum: bool = False
) -> pd.DataFrame:
    """Return what to ask for next time: a row a group of like jobs, by name of the group.

    The rules:

    1. A job is *judged* when it succeeded, its tasks ran 1 s or more, and it reports wall and CPU time. A group needs
       `fewest` such jobs, and as many that report the peak of their memory for advice on memory.
    2. cpus: CPU time / wall time is the number of cores that a job used on average, on the (first) node. The largest
       of the group is rounded up, without a margin; up to 5 % more than whole cores count as those cores. An average
       hides phases: a job that uses 8 cores a quarter of the time, and 1 else, used 2.75. On 3 cores it takes
       1.42 times as long. ``why`` says so of any group that may have such phases.
    3. memory: the larger of p95 x (1 + `margin`) and the maximum, rounded up to whole GB, a node. The maximum is
       that of all jobs of the group, also of those that failed. It is no more than was asked for where that was
       enough for all: the peak counts files that the system keeps in memory while there is room.
    4. walltime: likewise, rounded up to 5 minutes; but no change of less than 25 % or 5 minutes less, or 10 % more.
       What counts is all the time of a job but the fetching of images, as much longer as it may take on fewer
       cores. Where none was asked for, none is suggested.
    5. Jobs that were killed for memory or at their walltime raise the suggestion to at least 1.5 times what they had
       asked for, however few they are. Where they had asked for no walltime: 1.5 times what they ran. Where nothing
       says what memory they had asked for: 1.5 times what was given, or what others asked for, or "ask for more" only.
    6. nodes and disk are kept as asked for. So is what cannot be judged, but never less than what was used: cpus and
       memory of jobs on several nodes, since those are reported of the first node only, and memory that is not
       reported.
    7. Where jobs of a group asked differently, the most of each counts as asked for, and ``why`` says so. Where
       cpus were asked for as a range or options, what was given counts, and memory by CPU is counted by node.

    Parameters
    ----------
    jobs
        A frame of `jobs_frame`.
    by
        What makes jobs alike: see `group_of`.
    margin
        How much more memory and walltime than p95, as a fraction: 0 to 10.
    fewest
        Jobs that a group needs to be judged, at least 1.
    below_maximum
        Suggest less than a job was seen to use, where p95 is less: some jobs of a group will then be too large.

    Returns
    -------
    DataFrame
        ====================== ======= ========== ==============================================================
        column                 dtype   unit       meaning
        ====================== ======= ========== ==============================================================
        group                  string             missing for jobs that have no such thing; the last row
        jobs                   Int64   jobs       all of the group
        judged                 Int64   jobs       by which use is judged
        cpus_asked             Int64   cores      most asked for, a node
        cpus_median, _p95,     float64 cores      used on average by judged jobs, a node: cpu_time_s /
        _max                                      wall_time_s
        memory_gb_asked        float64 GB         most asked for, a node
        memory_gb_median,      float64 GB         peak of judged jobs, a node; _max: of all jobs
        _p95, _max
        walltime_min_asked     float64 min        most asked for
        walltime_min_median,   float64 min        taken by judged jobs, of what counts towards the limit
        _p95, _max
        killed_memory          Int64   jobs       killed for using too much memory
        killed_walltime        Int64   jobs       killed at their walltime limit
        suggested_cpus         Int64   cores      a node; missing where nothing is suggested, and likewise:
        suggested_memory_gb    Int64   GB         a node
        suggested_walltime_min Int64   min
        core_hours_asked       float64 core hours sum over all jobs of held_s x nodes x cores asked for / 3600
        core_hours_saved       float64 core hours sum over all jobs of held_s x (nodes x cores asked for - nodes x
                                                  cores suggested) / 3600: had they run as long; negative when
                                                  more is suggested. What was given beyond that may be again
        gb_hours_asked         float64 GB hours   likewise with memory
        gb_hours_saved         float64 GB hours   likewise with memory
        verdict                string             "ask for more" (of anything; of walltime only because of
                                                  fewer cpus is less), else "ask for less" (of what is held:
                                                  cpus or memory), "about right"; "too few jobs", "no metrics"
        why                    string             the reasons, short
        resources              string             JSON to paste as ``resources``; "" without a suggestion, or
                                                  where not all of it is known
        ====================== ======= ========== ==============================================================

    Raises
    ------
    UsageError
        `by` is nothing that jobs can be grouped by, or `margin` or `fewest` make no sense.
    """
    rules = _checked(Rules(margin, fewest, below_maximum))
    groups = jobs.assign(group=group_of(jobs, by)).groupby("group", dropna=False)
    codes = groups.ngroup().to_numpy()
    found = evidence(jobs, codes)
    suggested = suggestions(found, rules)
    result = found.assign(
        group=groups.size().index.astype("string"),
        verdict=_verdicts(found, suggested, rules),
        why=_whys(found, suggested, rules),
        resources=[_resources(row) for row in _rows(found[["nodes", "disk_gb"]].join(suggested))],
        **_saved(jobs, codes, suggested.assign(nodes=found["nodes"])),
        **{f"suggested_{kind}": suggested[kind] for kind in KINDS},
    )
    return _in_order(result)


def _checked(rules: Rules) -> Rules:
    if not 0 <= rules.margin <= 10:  # noqa: PLR2004 - told to the user below
        raise UsageError(f"margin must be a fraction from 0 to 10, not {rules.margin}; 0.2 is 20 % more")
    if rules.fewest < 1:
        raise UsageError(f"fewest must be at least 1 job, not {rules.fewest}")
    return rules


def _verdicts(found: pd.DataFrame, suggested: pd.DataFrame, rules: Rules) -> np.ndarray[Any, np.dtype[np.str_]]:
    asked = pd.DataFrame({kind: whole(found[f"{kind}_asked"].to_numpy(dtype="float64")) for kind in KINDS})
    asked["walltime_min"] = asked["walltime_min"].fillna(0)  # without one a suggestion comes from kills
    no_metrics = (found["measured"] == 0) | (found["judged"] >= rules.fewest)
    untold = ~can_tell(found, rules)
    more, less = suggested > asked, suggested < asked
    more["memory_gb"] |= (found["killed_memory"] > 0) & asked["memory_gb"].isna()  # than what, nobody knows
    more["walltime_min"] &= ~less["cpus"] | (found["killed_walltime"] > 0)
    return np.select(
        [
            untold & no_metrics,
            untold,
            more.any(axis="columns"),
            less[_HELD].any(axis="columns"),
        ],
        [NO_METRICS, TOO_FEW, MORE, LESS],
        RIGHT,
    )


def _whys(found: pd.DataFrame, suggested: pd.DataFrame, rules: Rules) -> list[str]:
    frame = found.assign(
        slower=slower(found, suggested["cpus"].to_numpy()),
        **{f"{kind}_judged": judges(found, kind, rules) for kind in KINDS},
    )
    return [why(row, rules) for row in _rows(frame)]


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _resources(row: Mapping[str, Any]) -> str:
    wanted = {name: row[kind] for name, kind in _BLOCK.items()}
    if any(math.isnan(wanted[name]) for name in wanted if name != "walltime"):
        return ""
    return json.dumps({name: math.ceil(value) for name, value in wanted.items() if not math.isnan(value)})


_BLOCK: Final = {
    "nodes": "nodes",
    "cpus": "cpus",
    "memory": "memory_gb",
    "disk": "disk_gb",
    "walltime": "walltime_min",
}


def _saved(jobs: pd.DataFrame, codes: Codes, suggested: pd.DataFrame) -> dict[str, pd.Series]:
    hours, nodes = amounts.held_s(jobs) / 3600, amounts.nodes_asked(jobs)
    wanted = suggested.reindex(codes)
    asked = {"core_hours": (amounts.cpus_asked(jobs), "cpus"), "gb_hours": (amounts.memory_asked_gb(jobs), "memory_gb")}
    amount = {}
    for name, (each, kind) in asked.items():
        amount[f"{name}_asked"] = hours * nodes * each
        amount[f"{name}_saved"] = amount[f"{name}_asked"] - hours * (wanted["nodes"] * wanted[kind]).to_numpy()
    sums = pd.DataFrame(amount).groupby(codes).sum(min_count=1)
    return {str(name): sums[name] for name in sums}


def _in_order(result: pd.DataFrame) -> pd.DataFrame:
    statistics = [f"{kind}_{statistic}" for kind in KINDS for statistic in _STATISTICS]
    suggested = [f"suggested_{kind}" for kind in KINDS]
    columns = ["group", "jobs", "judged", *statistics, "killed_memory", "killed_walltime", *suggested]
    columns += ["core_hours_asked", "core_hours_saved", "gb_hours_asked", "gb_hours_saved"]
    columns += ["verdict", "why", "resources"]
    dtypes = dict.fromkeys((*_WHOLE, *suggested), "Int64") | dict.fromkeys(_TEXTS, "string")
    return result[columns].astype(dtypes).reset_index(drop=True)
