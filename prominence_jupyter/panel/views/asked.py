"""`Asked`: the resources a job asked for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prominence_jupyter.panel.views.words import amount_text
from prominence_jupyter.protocol.record import number, sequence


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job asked for; each text is empty where it did not."""

    cpus: str = ""
    """For each node: "4 CPUs", "1 to 4 CPUs"; likewise `memory` and `disk`."""
    memory: str = ""
    disk: str = ""
    walltime: str = ""
    nodes: str = ""

    @property
    def words(self) -> str:
        """All of it in one line: "1 CPU, 1 GB memory, 10 GB disk, 60 min, 2 nodes"."""
        known = (
            self.cpus,
            self.memory and f"{self.memory} memory",
            self.disk and f"{self.disk} disk",
            self.walltime,
            self.nodes,
        )
        return ", ".join(part for part in known if part)

    @classmethod
    def of(cls, resources: Mapping[str, Any]) -> Asked:
        """Read the resources of a description."""
        return cls(
            cpus=_cpus(resources),
            memory=_with_unit(resources, "memory", "GB") or _with_unit(resources, "memoryPerCpu", "GB per CPU"),
            disk=_with_unit(resources, "disk", "GB"),
            walltime=_with_unit(resources, "walltime", "min"),
            nodes=_counted(amount_text(number(resources.get("nodes"))), "node"),
        )


def _cpus(resources: Mapping[str, Any]) -> str:
    for key, between in (("cpusRange", " to "), ("cpusOptions", " or "), ("totalCpusRange", " to ")):
        pair = [amount_text(number(value)) for value in sequence(resources.get(key))[:2]]
        if all(pair) and pair:
            return f"{between.join(pair)} CPUs" + (" in all" if key == "totalCpusRange" else "")
    return _counted(amount_text(number(resources.get("cpus"))), "CPU")


def _with_unit(resources: Mapping[str, Any], key: str, unit: str) -> str:
    amount = amount_text(number(resources.get(key)))
    return amount and f"{amount} {unit}"


def _counted(amount: str, noun: str) -> str:
    return amount and f"{amount} {noun}{'' if amount == '1' else 's'}"
