"""The rules that descriptions must keep, checked before anything is sent.

Every problem is found in one go, each with its place. The client and the local service share these rules. They are
data (`Rule`): each says what a value must be, so they can be read as well as applied.
"""

from __future__ import annotations

from typing import Any

from prominence_jupyter.protocol.validation.job import JOB
from prominence_jupyter.protocol.validation.problem import Problem
from prominence_jupyter.protocol.validation.report import Report, Rule
from prominence_jupyter.protocol.validation.tasks import default_runtime
from prominence_jupyter.protocol.validation.workflow import WORKFLOW

__all__ = ["JOB", "WORKFLOW", "Problem", "Rule", "default_runtime", "job_problems", "workflow_problems"]


def job_problems(description: Any) -> list[Problem]:
    """Return every problem of a job description, in the order it is written; an empty list means it may be sent."""
    return _problems(JOB, description)


def workflow_problems(description: Any) -> list[Problem]:
    """Return every problem of a workflow description, in the order it is written."""
    return _problems(WORKFLOW, description)


def _problems(rule: Rule, description: Any) -> list[Problem]:
    report = Report(WORKFLOW)
    rule.check(description, (), report)
    return report.in_order(description) if report.problems else []
