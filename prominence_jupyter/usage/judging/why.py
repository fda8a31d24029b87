"""Why something is suggested, in a few words a group."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

from prominence_jupyter.usage.judging.amounts import SHORTEST_S
from prominence_jupyter.usage.judging.suggestion import TOLERANCE, Rules

_UNITS: Final = {"cpus": "cores", "memory_gb": "GB", "walltime_min": "min"}
_SEPARATOR: Final = "; "


def why(group: Mapping[str, Any], rules: Rules) -> str:
    """Return the reasons for a suggestion, or for none.

    Parameters
    ----------
    group
        A row of `evidence`, and of each kind: ``{kind}_judged``, whether its use decided; and ``slower``.
    rules
        What the user chose.
    """
    return _SEPARATOR.join(_reasons(group, rules))


def _reasons(group: Mapping[str, Any], rules: Rules) -> Iterator[str]:
    killed = group["killed_memory"] + group["killed_walltime"]
    if not group["measured"] and not killed:
        yield "no job reports wall and CPU time"
        return
    if group["judged"] < rules.fewest:
        needed = f"{group['judged']} of {_jobs(rules.fewest)} needed"
        yield f"{needed} succeeded, ran {SHORTEST_S:g} s or more and report CPU time"
        if not killed:
            return
    for kind in _UNITS:
        yield from _use(group, kind, rules)
    if group["slower"] > TOLERANCE:
        yield f"on fewer cores it may take {_amount(group['slower'])} times as long"
    yield from _kills(group)
    yield from _kept(group, rules)
    for kind, unit in _UNITS.items():
        yield from _asked_differently(group[f"{kind}_asked_least"], group[f"{kind}_asked"], unit)
    yield from _asked_differently(group["nodes_least"], group["nodes"], "nodes")
    yield from _asked_differently(group["disk_gb_least"], group["disk_gb"], "GB of disk")


def _use(group: Mapping[str, Any], kind: str, rules: Rules) -> Iterator[str]:
    if group[f"{kind}_judged"]:
        asked = group[f"{kind}_asked"]
        of = "" if math.isnan(asked) else f" of {_amount(asked)}"
        average = " on average" if kind == "cpus" else ""
        high = f"{_amount(group[f'{kind}_p95'])} (p95), " if rules.below_maximum else ""
        yield f"used {high}at most {_amount(group[f'{kind}_max'])}{of} {_UNITS[kind]}{average}"


def _kills(group: Mapping[str, Any]) -> Iterator[str]:
    if group["killed_memory"]:
        yield f"{_jobs(group['killed_memory'])} killed for memory"
    if group["killed_walltime"]:
        yield f"{_jobs(group['killed_walltime'])} killed at the walltime limit"


def _kept(group: Mapping[str, Any], rules: Rules) -> Iterator[str]:
    if group["judged"] < rules.fewest:
        return
    if group["nodes"] > 1:
        yield f"{group['nodes']:.0f} nodes: CPU time and memory are those of the first, so both are kept"
    elif not group["memory_gb_judged"]:
        yield f"{_jobs(group['memory_gb_known'])} with a peak of memory: what was asked for counts"


def _asked_differently(least: float, most: float, unit: str) -> Iterator[str]:
    if least < most:
        yield f"asked for {_amount(least)} to {_amount(most)} {unit}, the most counts"


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count or 'no'} jobs"


def _amount(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:,.0f}"  # noqa: PLR2004 - three digits are enough to read
