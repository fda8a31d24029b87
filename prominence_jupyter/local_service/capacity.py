"""`Capacity` and `Need`: what the service may give to jobs, and what one job asks for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from prominence_jupyter.errors import LocalServiceError

BYTES_A_GB: Final = 1e9
_CGROUPS: Final = Path("/sys/fs/cgroup")
_OWN_CGROUP: Final = Path("/proc/self/cgroup")


@dataclass(frozen=True, slots=True)
class Need:
    """CPUs and memory (GB) on one node."""

    cpus: float = 0
    memory_gb: float = 0

    def __add__(self, other: Need) -> Need:
        return Need(self.cpus + other.cpus, self.memory_gb + other.memory_gb)

    @classmethod
    def of(cls, resources: Mapping[str, Any]) -> Self:
        """Return what a job gets: the fewest CPUs it accepts, and the memory it asks for."""
        cpus = resources.get("cpus") or min(
            next(resources[key] for key in ("cpusRange", "cpusOptions", "totalCpusRange") if key in resources)
        )
        return cls(cpus, resources.get("memory") or resources["memoryPerCpu"] * cpus)


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is declared. Jobs start as it allows; it does not limit what they then use."""

    cpus: float
    memory_gb: float

    @classmethod
    def declared(cls, cpus: float | None, memory_gb: float | None) -> Self:
        """Return a capacity; None stands for all that this process may use, at least 1 CPU and 1 GB.

        Raises
        ------
        LocalServiceError
            A number is 0, negative, infinite or none at all.
        """
        for name, value in (("cpus", cpus), ("memory_gb", memory_gb)):
            if value is not None and not 0 < value <= sys.float_info.max:
                raise LocalServiceError(f"{name} must be a number above 0, not {value}.")
        return cls(
            max(1.0, _usable_cpus()) if cpus is None else float(cpus),
            max(1.0, _usable_bytes() / BYTES_A_GB) if memory_gb is None else float(memory_gb),
        )

    def holds(self, needs: Iterable[Need]) -> bool:
        """Tell whether these fit at the same time."""
        total = sum(needs, Need())
        return total.cpus <= self.cpus and total.memory_gb <= self.memory_gb

    def could_run(self, resources: Mapping[str, Any]) -> bool:
        """Tell whether a job fits when nothing else runs. There is one node."""
        return resources.get("nodes", 1) == 1 and self.holds([Need.of(resources)])


def _usable_cpus() -> float:
    affinity = getattr(os, "sched_getaffinity", None)  # macOS has none
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min([float(count), *_cgroup_limits("cpu.max", _quota)])


def _usable_bytes() -> float:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([float(total), *_cgroup_limits("memory.max", float)])


def _quota(text: str) -> float:
    quota, period = text.split()
    return float(quota) / float(period)


def _cgroup_limits(name: str, read: Callable[[str], float]) -> list[float]:
    """Return the limits of this process's control group (version 2) and of those around it."""
    try:
        lines = _OWN_CGROUP.read_text().splitlines()
    except OSError:
        return []
    own = next((line.removeprefix("0::/") for line in lines if line.startswith("0::/")), "")
    limits = []
    for folder in (_CGROUPS / own, *(_CGROUPS / own).parents):
        try:
            text = (folder / name).read_text().strip()
        except OSError:
            continue  # the root has no limit, nor has a group without this controller
        if not text.startswith("max"):
            limits.append(read(text))
    return limits
