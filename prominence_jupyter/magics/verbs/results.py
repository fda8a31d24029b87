"""What magics return, made to be looked at: text and JSON as they are, not as their Python representation."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from prominence_jupyter.panel.records.console import console_lines
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.validation.job_count import MOST_JOBS
from prominence_jupyter.protocol.validation.words import either
from prominence_jupyter.protocol.workflows.factories import Node, expand

_SHOWN_CHARACTERS: Final = 64 * 1024
_SHOWN_JOBS: Final = 20
_SHOWN_VALUES: Final = 40


class Output(str):
    """The output of a job: all of it as text, and of a long one only the end when it is displayed."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Show what a terminal would: of a progress bar its last state, and no escapes."""
        left_out = max(0, len(self) - _SHOWN_CHARACTERS)
        shown = "\n".join(line.text for line in console_lines(str(self[left_out:])))
        if not left_out:
            return shown
        return f"[{left_out:,} characters before this are not shown: keep all with `text = %prominence …`]\n{shown}"


class DryRun:
    """A description that passed every check, displayed as the JSON that would be sent, secrets hidden.

    Attributes
    ----------
    description
        It can be submitted with `Session.submit`.
    """

    def __init__(self, description: JobDescription | WorkflowDescription) -> None:
        self.description = description

    def __repr__(self) -> str:
        return f"{self.description!r}\n\nChecked: variables, JSON, and every rule for jobs. Nothing was submitted."


class WorkflowDryRun(DryRun):
    """A description of a workflow that passed every check, displayed with the jobs that it would make.

    Attributes
    ----------
    description
        It can be submitted with `Session.submit_workflow`.
    """

    description: WorkflowDescription

    def __repr__(self) -> str:
        nodes = expand(self.description.body, MOST_JOBS)
        shown = nodes if len(nodes) <= _SHOWN_JOBS + 2 else [*nodes[:_SHOWN_JOBS], nodes[-1]]
        lines = [_job_line(node) for node in shown]
        if len(shown) < len(nodes):
            lines.insert(_SHOWN_JOBS, f"  … {len(nodes) - len(shown):,} more")
        waits = [*_waits(self.description.body.get("dependencies", {}))]
        count = f"{len(nodes):,} {'job' if len(nodes) == 1 else 'jobs'}"
        return "\n".join(
            [
                _written(self.description.redacted()),
                "",
                f"It makes {count}:",
                *lines,
                *(["", "What waits for what:", *waits] if waits else []),
                "",
                "Checked: variables, JSON, and every rule for workflows. Nothing was submitted.",
            ]
        )


def _job_line(node: Node) -> str:
    parameters = "  ".join(f"{name}={value}" for name, value in (node.parameters or {}).items())
    return f"  {node.name}{'  ' if parameters else ''}{parameters}"


def _waits(dependencies: Mapping[str, Sequence[str]]) -> Iterator[str]:
    parents: dict[str, list[str]] = {}
    for parent, children in dependencies.items():
        for child in children:
            parents.setdefault(child, []).append(parent)
    yield from (f"  {child} waits for {either(waited, 'and')}" for child, waited in parents.items())


def _written(value: Any, indent: str = "") -> str:
    """Write JSON as `json.dumps` with an indent does, but lists of values in one line, and of long ones the ends."""
    inner = f"{indent}  "
    if isinstance(value, dict) and value:
        items = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {_written(held, inner)}" for key, held in value.items()
        ]
        return "\n".join(["{", ",\n".join(items), f"{indent}}}"])
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return "\n".join(["[", ",\n".join(f"{inner}{_written(item, inner)}" for item in value), f"{indent}]"])
    if isinstance(value, list) and len(value) > _SHOWN_VALUES:
        ends = [json.dumps(item, ensure_ascii=False) for item in (*value[: _SHOWN_VALUES - 1], value[-1])]
        return f"[{', '.join(ends[:-1])}, … {len(value) - _SHOWN_VALUES:,} more …, {ends[-1]}]"
    return json.dumps(value, ensure_ascii=False)


class Described(dict[str, Any]):
    """What a service knows of a job or workflow, displayed as JSON."""

    def __repr__(self) -> str:
        return json.dumps(self, indent=2, ensure_ascii=False)
