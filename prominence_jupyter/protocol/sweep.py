"""`swept`: the workflow that runs one job for each row of a table of parameters.

It has one factory of the type ``zip``, which a service takes for any number of parameters, where ``parameterSweep``
takes four, and none by ``number``.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Final

from prominence_jupyter.protocol.factories import Value

NAME: Final = "sweep"
"""Of the workflow and its job, where a description gives none."""


def grid(parameters: Mapping[str, Sequence[Value]]) -> dict[str, list[Value]]:
    """Return the columns of the table that has a row for each combination; the last parameter varies fastest."""
    rows = itertools.product(*parameters.values())
    columns = zip(*rows, strict=True)
    return {name: [*column] for name, column in zip(parameters, columns, strict=True)}


def swept(job: Mapping[str, Any], columns: Mapping[str, Sequence[Value]]) -> dict[str, Any]:
    """Return the description of the workflow.

    Parameters
    ----------
    job
        The description of a job, with ``$name`` where a parameter belongs. Its labels become those of the workflow.
    columns
        The values of each parameter, all of one length: a row a job.
    """
    name = str(job.get("name") or NAME)
    labels = {"labels": job["labels"]} if "labels" in job else {}
    one = {**{key: value for key, value in job.items() if key != "labels"}, "name": name}
    parameters = [{"name": parameter, "values": [*values]} for parameter, values in columns.items()]
    factory = {"name": NAME, "type": "zip", "jobs": [name], "parameters": parameters}
    return {"name": name, "jobs": [one], "factories": [factory], **labels}
