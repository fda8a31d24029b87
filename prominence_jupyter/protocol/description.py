"""`JobDescription`: what is asked for, complete and checked, ready to be sent."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prominence_jupyter.errors import DescriptionError
from prominence_jupyter.protocol.redaction import redact
from prominence_jupyter.protocol.validation import job_problems


@dataclass(frozen=True, slots=True)
class JobDescription:
    """A job description that keeps the rules. Make one with `prepare`."""

    body: Mapping[str, Any]
    """The JSON object to send. It may hold secrets: show `redacted` instead."""

    @classmethod
    def prepare(cls, body: Any, *, labels: Mapping[str, str] | None = None) -> JobDescription:
        """Check a description, add labels and fill in what the official client fills in.

        Parameters
        ----------
        body
            The description as a user wrote it; it is not changed.
        labels
            Added to its labels; they win over labels of the same name.

        Raises
        ------
        DescriptionError
            With every problem that was found.
        """
        complete = copy.deepcopy(body)
        if labels and isinstance(complete, dict) and isinstance(complete.setdefault("labels", {}), dict):
            complete["labels"] |= labels
        if problems := job_problems(complete):
            raise DescriptionError(problems)
        for task in complete["tasks"]:
            task.setdefault("runtime", default_runtime(task["image"]))
        return cls(complete)

    @property
    def name(self) -> str:
        """The job's name, empty when it has none."""
        return str(self.body.get("name", ""))

    def redacted(self) -> dict[str, Any]:
        """Return the description with its secrets hidden, to be shown."""
        shown: dict[str, Any] = redact(self.body)
        return shown

    def __repr__(self) -> str:
        return json.dumps(self.redacted(), indent=2, ensure_ascii=False)


def default_runtime(image: str) -> str:
    """Return the container runtime the official client picks: udocker for an image archive."""
    return "udocker" if ".tar" in image or ".tgz" in image else "singularity"
