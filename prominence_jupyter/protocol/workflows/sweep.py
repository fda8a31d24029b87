"""`swept`: the workflow that runs one job for each row of a table of parameters.

It has one factory of the type ``zip``, which a service takes for any number of parameters, where ``parameterSweep``
takes four, and none by ``number``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.validation.job_count import LARGEST_TOLD, MOST_JOBS
from prominence_jupyter.protocol.validation.words import cut
from prominence_jupyter.protocol.workflows.factories import Value

NAME: Final = "sweep"
"""Of the workflow and its job, where a description gives none."""
_MOST: Final = f"a workflow has at most {MOST_JOBS:,}"


def grid(parameters: Mapping[str, Iterable[Value]]) -> dict[str, list[Value]]:
    """Return the columns of the table that has a row for each combination; the last parameter varies fastest.

    Raises
    ------
    UsageError
        A parameter has no values, or there would be more jobs than a workflow may have: they are not made.
    """
    taken = {name: [*itertools.islice(values, MOST_JOBS + 1)] for name, values in parameters.items()}
    for name, values in taken.items():
        if not values:
            raise UsageError(f"the parameter {cut(name)} has no values, so that no job would be made")
    count = math.prod(map(len, taken.values()))
    if count > MOST_JOBS:
        exact = all(len(values) <= MOST_JOBS for values in taken.values()) and count <= LARGEST_TOLD
        raise UsageError(f"{f'{count:,}' if exact else 'far too many'} jobs would be made; {_MOST}")
    columns = zip(*itertools.product(*taken.values()), strict=True)
    return {name: [*column] for name, column in zip(taken, columns, strict=True)}


def swept(
    job: Mapping[str, Any], columns: Mapping[str, Sequence[Value]], labels: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the description of the workflow.

    Parameters
    ----------
    job
        The description of a job, with ``$name`` where a parameter belongs. Its labels are those of the workflow
        too. Its notifications become those of the workflow: one e-mail when all jobs have ended, not one for each.
    columns
        The values of each parameter: a row a job.
    labels
        Added to those of the job.
    """
    if labels and isinstance(given := job.get("labels", {}), Mapping):  # else the rules refuse them
        job = {**job, "labels": {**given, **labels}}
    name = job.get("name") or NAME
    whole: dict[str, Any] = {}
    told = job.get("notifications")
    if isinstance(told, list) and all(isinstance(one, Mapping) and one.get("event") == "jobFinished" for one in told):
        whole["notifications"] = [{**one, "event": "workflowFinished"} for one in told]  # else the rules refuse them
    one = {**{key: value for key, value in job.items() if key not in whole}, "name": name}
    parameters = [{"name": parameter, "values": [*values]} for parameter, values in columns.items()]
    factory = {"name": NAME, "type": "zip", "jobs": [name], "parameters": parameters}
    labelled = {"labels": job["labels"]} if "labels" in job else {}
    return {"name": name, "jobs": [one], "factories": [factory], **labelled, **whole}
