"""What the factories of a workflow make: which jobs, by which names, with which parameters.

Numbers and values are those of the deployed service (``create_workflow.py`` of its source), so that parameters can be
found again from the number in a job's name where a service reports them mangled. A sweep by ``number`` is ours alone.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Value = str | int | float
"""Of a parameter. ``str(value)`` is the very text that stands in place of its name."""
_NAMED: Final = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})")


@dataclass(frozen=True, slots=True)
class Node:
    """One job that a workflow makes."""

    job: str
    """The name that it has in the description."""
    number: int | None = None
    """Its place among those of a factory, from 0; None without a factory."""
    parameters: Mapping[str, Value] | None = None
    """None without a factory; nothing in it when the factory only repeats."""

    @property
    def name(self) -> str:
        """Its name within the workflow: ``point/1``, or ``point`` without a factory."""
        return self.job if self.number is None else f"{self.job}/{self.number}"


def expand(workflow: Mapping[str, Any], most: int) -> list[Node]:
    """Return all jobs of a workflow, in the order of its description.

    Parameters
    ----------
    workflow
        A description that keeps the rules of `validation`; ``number`` in a sweep is allowed.
    most
        How many jobs there may be.

    Raises
    ------
    ValueError
        There are more; the text says so.
    """
    factories = {job: factory for factory in workflow.get("factories", []) for job in factory["jobs"]}
    nodes: list[Node] = []
    for job in workflow["jobs"]:
        factory = factories.get(job["name"])
        made = iter([Node(job["name"])]) if factory is None else _made(job["name"], factory, most)
        nodes += itertools.islice(made, most + 1 - len(nodes))
        if len(nodes) > most:
            raise ValueError(f"the workflow makes more than {most:,} jobs")
    return nodes


def filled(job: Mapping[str, Any], parameters: Mapping[str, Value]) -> dict[str, Any]:
    """Return the description of a job with its parameters in place of ``$name`` and ``${name}``.

    They are replaced in commands, values of variables, artifacts and the names of outputs; what else has a ``$`` is
    left alone. The description itself is not changed.
    """
    places = {key: _fill(job[key], parameters) for key in ("artifacts", "outputFiles", "outputDirs") if key in job}
    tasks = [
        {key: _fill(value, parameters) if key in {"cmd", "env"} else value for key, value in task.items()}
        for task in job["tasks"]
    ]
    return {**job, **places, "tasks": tasks}


def _fill(value: Any, parameters: Mapping[str, Value]) -> Any:
    if isinstance(value, str):
        return _NAMED.sub(lambda found: str(parameters.get(found[1] or found[2], found[0])), value)
    if isinstance(value, list):
        return [_fill(item, parameters) for item in value]
    if isinstance(value, dict):
        return {key: _fill(item, parameters) for key, item in value.items()}
    return value


def _made(job: str, factory: Mapping[str, Any], most: int) -> Iterator[Node]:
    for number, parameters in enumerate(_combinations(factory, most)):
        yield Node(job, number, parameters)


def _combinations(factory: Mapping[str, Any], most: int) -> Iterator[dict[str, Value]]:
    if factory["type"] == "repeat":
        yield from ({} for _ in range(factory["number"]))
        return
    names = [parameter["name"] for parameter in factory["parameters"]]
    rows: Iterable[tuple[Value, ...]]
    if factory["type"] == "zip":
        rows = zip(*(map(_sent, parameter["values"]) for parameter in factory["parameters"]), strict=True)
    else:  # no parameter need be read further than the jobs that there may be, and one that says there are more
        swept = (itertools.islice(_swept(parameter), most + 1) for parameter in factory["parameters"])
        rows = itertools.product(*(map(_sent, values) for values in swept))
    for row in rows:
        yield dict(zip(names, row, strict=True))


def _swept(parameter: Mapping[str, Any]) -> Iterator[float]:
    start, end = float(parameter["start"]), float(parameter["end"])
    if "step" not in parameter:
        last = parameter["number"] - 1
        yield from (end if last and i == last else start + (end - start) / (last or 1) * i for i in range(last + 1))
        return
    step, reached = float(parameter["step"]), start
    for i in itertools.count():
        if not reached <= end:
            return
        yield start + i * step
        reached += step  # added up, as the service does: rounding decides whether the end belongs to it


def _sent(value: Value) -> Value:
    """Return a value as the number or the text that stands for it in a command."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, int):
        return value
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            number = kind(value)
            if str(number) == value and math.isfinite(number):
                return number
    return value
