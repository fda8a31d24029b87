"""`JobDescription` and `WorkflowDescription`: what is asked for, complete and checked, ready to be sent."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from prominence_jupyter.errors import DescriptionError
from prominence_jupyter.protocol import labels as our_labels
from prominence_jupyter.protocol.labels import Label
from prominence_jupyter.protocol.redaction import redact
from prominence_jupyter.protocol.validation import Problem, default_runtime, job_problems, workflow_problems

__all__ = ["JobDescription", "WorkflowDescription", "default_runtime"]


class Body(dict[str, Any]):
    """A JSON object to send. It may hold secrets, and shows none of them where frames are printed."""

    def __repr__(self) -> str:
        return repr(redact(self))


@dataclass(frozen=True, slots=True, repr=False)
class _Description:
    body: Mapping[str, Any]
    """The JSON object to send. It may hold secrets: show `redacted` instead."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", Body(self.body))

    @property
    def name(self) -> str:
        """The name, empty when it has none."""
        return str(self.body.get("name", ""))

    def redacted(self) -> dict[str, Any]:
        """Return the description with its secrets hidden, to be shown."""
        shown: dict[str, Any] = redact(self.body)
        return shown

    def labelled(self, label: Label) -> Self:
        """Return the same with a label of ours."""
        key, value = label
        return type(self)({**self.body, "labels": {**self.body.get("labels", {}), key: value}})

    def __repr__(self) -> str:
        return json.dumps(self.redacted(), indent=2, ensure_ascii=False)


class JobDescription(_Description):
    """A job description that keeps the rules. Make one with `prepare`."""

    __slots__ = ()

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
        complete = _checked(body, labels, job_problems)
        _fill_in(complete)
        return cls(complete)


class WorkflowDescription(_Description):
    """A workflow description that keeps the rules. Make one with `prepare`."""

    __slots__ = ()

    @classmethod
    def prepare(cls, body: Any, *, labels: Mapping[str, str] | None = None) -> WorkflowDescription:
        """Check a description, add labels to the workflow and fill in each job what is filled in for a job alone.

        Parameters
        ----------
        body
            The description as a user wrote it; it is not changed.
        labels
            Added to the labels of the workflow; they win over labels of the same name.

        Raises
        ------
        DescriptionError
            With every problem that was found.
        """
        complete = _checked(body, labels, workflow_problems)
        for job in complete["jobs"]:
            _fill_in(job)
        return cls(complete)


def _checked(body: Any, labels: Mapping[str, str] | None, problems: Callable[[Any], list[Problem]]) -> dict[str, Any]:
    complete = copy.deepcopy(body)
    if labels and isinstance(complete, dict) and isinstance(complete.setdefault("labels", {}), dict):
        complete["labels"] |= labels
    ours = our_labels.misused(complete.get("labels")) if isinstance(complete, dict) else []
    if found := problems(complete) + ours:
        raise DescriptionError(found)
    checked: dict[str, Any] = complete
    return checked


def _fill_in(job: dict[str, Any]) -> None:
    for task in job["tasks"]:
        task.setdefault("runtime", default_runtime(task["image"]))
