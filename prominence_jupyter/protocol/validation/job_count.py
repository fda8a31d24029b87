"""How many jobs a factory or a workflow makes, told without making them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.protocol.validation.values import number
from prominence_jupyter.protocol.validation.words import whole

MOST_JOBS: Final = 100_000
"""Jobs that a workflow may have: more are not meant, or no one could look after them."""
LARGEST_TOLD: Final = 10**15
"""Above this the number of jobs says nothing any more."""


def job_count(workflow: Mapping[str, Any]) -> int:
    """Return how many jobs a description makes that keeps the rules."""
    factories = {job: factory for factory in workflow.get("factories", []) for job in factory["jobs"]}
    made = (factories.get(job["name"]) for job in workflow["jobs"])
    return sum(1 if factory is None else made_of_each(factory) or 0 for factory in made)


def made_of_each(factory: Mapping[str, Any]) -> int | None:
    """Return how many jobs a factory makes of each that it names; None where it breaks rules, so that none can tell."""
    if factory.get("type") == "repeat":
        repeated = factory.get("number")
        return repeated if whole(repeated) else None
    parameters = factory.get("parameters")
    if not isinstance(parameters, list) or not all(isinstance(parameter, Mapping) for parameter in parameters):
        return None
    if factory.get("type") == "zip":
        lengths = {len(values) if isinstance(values := each.get("values"), list) else None for each in parameters}
        return lengths.pop() if len(lengths) == 1 else None
    count = 1
    for parameter in parameters:
        values = _swept(parameter)
        if values is None:
            return None
        count *= values
    return count


def place_of_count(factory: Mapping[str, Any]) -> tuple[str | int, ...]:
    """Return the place within a factory that says how many jobs it makes."""
    if factory.get("type") == "repeat":
        return ("number",)
    if factory.get("type") == "parameterSweep" and len(factory["parameters"]) == 1:
        return ("parameters", 0, "step")
    return ("parameters",)


def leads_on(start: float, end: float, step: float) -> bool:
    """Tell whether adding a step changes a number as large as those of a sweep."""
    largest = max(abs(start), abs(end))
    return step + largest != largest


def _swept(parameter: Mapping[str, Any]) -> int | None:
    start, end, step = (number(parameter.get(key)) for key in ("start", "end", "step"))
    if start is None or end is None or step is None or step <= 0 or not leads_on(start, end, step):
        return None
    about = (end - start) / step
    if about > 2 * MOST_JOBS:
        return int(min(about, LARGEST_TOLD)) + 1
    reached, count = start, 0
    while reached <= end and count <= 2 * MOST_JOBS + 1:  # added up, as the service does
        reached, count = reached + step, count + 1
    return count
