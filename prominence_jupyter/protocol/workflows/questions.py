"""`questions`: what a service would take, but probably is a mistake.

A parameter that is misspelt makes each job of a sweep do the same, and nobody is told: that is asked about, before.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from prominence_jupyter.protocol.validation import WORKFLOW, Problem
from prominence_jupyter.protocol.validation.job_count import job_count, place_of_count
from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report
from prominence_jupyter.protocol.validation.words import cut, either, show

ASKED_ABOVE: Final = 1000
"""Jobs that are submitted without a question."""
_VARIABLE: Final = "PROMINENCE_PARAMETER_"
_OUTPUTS: Final = ("outputFiles", "outputDirs")
_DOLLAR: Final = re.compile(
    r"\\.|\$\$|\$(?:(?P<bare>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*)\})", re.DOTALL
)
"""A name that a service replaces, and before it what hides a ``$``: a backslash, another one."""
_SHELL_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]*")
_ASSIGNED: Final = re.compile(
    r"""(?<![\w.$-])(?P<name>[A-Za-z_]\w*)(?:\[[^\]]*\])?\+?=(?!["']?\$\{?(?P=name)\b)"""
    r"""|(?:\b(?:for|select|getopts\s+\S+)|(?<!\S)(?:-v|--arg|--argjson))\s+(?P<loop>[A-Za-z_]\w*)"""
    r"""|\b(?:read|export|local|declare|typeset|readonly|mapfile|readarray)(?P<list>(?:\s+-?\w+)+)"""
    r"""|(?:\bmy\s+)?\$(?P<perl>[A-Za-z_]\w*)\s*=(?![=~])"""
    r"""|\b(?:for|foreach)\s+(?:my\s+|our\s+)?\$(?P<each>[A-Za-z_]\w*)\s*\(""",
    re.VERBOSE,
)
"""Names that a command itself gives a value: by the shell, awk, jq or Perl."""


def questions(workflow: Mapping[str, Any]) -> list[Problem]:
    """Return what to ask about a workflow that keeps the rules, in the order in which it is written.

    Asked about are: a ``$name`` in a job of a factory that is none of its parameters and no likely variable of a
    shell, a parameter that no job of its factory uses, a parameter in the name of an output that the service leaves
    there, and more than 1,000 jobs.
    """
    report = Report(WORKFLOW)
    places = {job["name"]: place for place, job in enumerate(workflow["jobs"])}
    made_by = {name: index for index, factory in enumerate(workflow.get("factories", [])) for name in factory["jobs"]}
    for index, factory in enumerate(workflow.get("factories", [])):
        jobs = [_Job(places[name], workflow["jobs"][places[name]]) for name in made_by if made_by[name] == index]
        _ask_about_names(factory, index, jobs, report)
    count = job_count(workflow)
    if count > ASKED_ABOVE:
        report.problems.append(Problem(_many(workflow), f"{count:,} jobs would be made"))
    return report.in_order(workflow)


@dataclass(frozen=True, slots=True)
class _Name:
    """A ``$name`` and where it stands."""

    name: str
    written: str
    path: Path


@dataclass(frozen=True)
class _Job:
    """A job of a factory."""

    place: int
    body: Mapping[str, Any] = field(repr=False)

    def texts(self) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
        """Return the texts in which a service replaces parameters, with their places and tasks."""
        here: Path = ("jobs", self.place)
        for index, task in enumerate(self.body["tasks"]):
            at = (*here, "tasks", index)
            if "cmd" in task:
                yield (*at, "cmd"), task["cmd"], task
            yield from (((*at, "env", key), str(value), task) for key, value in task.get("env", {}).items())
        for index, artifact in enumerate(self.body.get("artifacts", [])):
            yield from (((*here, "artifacts", index, key), str(text), {}) for key, text in artifact.items())
        for key in _OUTPUTS:
            yield from (((*here, key, index), text, {}) for index, text in enumerate(self.body.get(key, [])))

    def names(self) -> Iterator[_Name]:
        """Return the names that a service would replace, if they were parameters."""
        for path, text, task in self.texts():
            known = {*task.get("env", {}), *_assigned(task.get("cmd", ""))}
            for found in _DOLLAR.finditer(text):
                name = found["bare"] or found["braced"]
                if name and name not in known:
                    yield _Name(name, found[0], path)

    def mentions(self, parameter: str) -> bool:
        """Tell whether the job reads the variable of a parameter, or all of them; in its input files too."""
        reads = re.compile(rf"{_VARIABLE}(?:{parameter}\b|(?!\w))")
        if any(reads.search(text) for _, text, _ in self.texts()):
            return True
        return any(reads.search(_content(given)) for given in self.body.get("inputs", []))

    def uses(self, parameter: str) -> bool:
        """Tell whether a parameter makes a difference to the job."""
        replaced = re.compile(rf"\$(?:{parameter}(?!\w)|\{{{parameter}\}})", re.ASCII)
        return any(replaced.search(text) for _, text, _ in self.texts()) or self.mentions(parameter)


def _ask_about_names(factory: Mapping[str, Any], index: int, jobs: Sequence[_Job], report: Report) -> None:
    parameters = [parameter["name"] for parameter in factory.get("parameters", [])]
    unused = [name for name in parameters if not any(job.uses(name) for job in jobs)]
    meant: set[str] = set()
    seen: set[tuple[Path, str]] = set()
    for job in jobs:
        for found in job.names():
            if (found.path, found.name) in seen or _is_known(found.name, parameters):
                continue
            seen.add((found.path, found.name))
            near = _near(found.name, parameters, unused, report)
            meant.add(near)
            report.problems.append(Problem(found.path, _unknown(found.name, near, parameters), part=found.written))
        report.problems += _left_in_outputs(job, parameters)
    for name in unused:
        if name not in meant:  # else it is the same mistake
            path = ("factories", index, "parameters", parameters.index(name), "name")
            report.add(path, f"no job uses {cut(name)}: write ${cut(name)} where its value belongs")


def _left_in_outputs(job: _Job, parameters: Sequence[str]) -> Iterator[Problem]:
    """Return the names of outputs that the service would look for with a ``$name`` in them: it fills in one only."""
    for path, text, _ in job.texts():
        if path[2] not in _OUTPUTS:
            continue
        names = [(found["bare"] or found["braced"], found[0]) for found in _DOLLAR.finditer(text)]
        if left := [(name, written) for name, written in names if name in parameters[:-1]]:
            only = f"the service fills in only ${cut(parameters[-1])}, the last parameter, in the names of outputs"
            kept = f"leave ${cut(left[0][0])} out (the outputs of each job are kept apart)"
            yield Problem(path, f"{only}: {kept}", part=left[0][1])


def _is_known(name: str, parameters: Sequence[str]) -> bool:
    """Tell whether a name is a parameter or that of its variable, or probably a variable of the shell."""
    if name in parameters or name.removeprefix(_VARIABLE) in parameters:
        return True
    return bool(_SHELL_NAME.fullmatch(name)) and name.lower() not in [parameter.lower() for parameter in parameters]


def _near(name: str, parameters: Sequence[str], unused: Sequence[str], report: Report) -> str:
    """Return the parameter that was probably meant: before more text, one much like it, or the only one left."""
    if joined := [parameter for parameter in parameters if name.startswith(f"{parameter}_")]:
        return max(joined, key=len)
    near = report.near(name.removeprefix(_VARIABLE), tuple(parameters))
    return near or (unused[0] if len(unused) == 1 else "")


def _unknown(name: str, near: str, parameters: Sequence[str]) -> str:
    said = f"no parameter has the name {show(name.removeprefix(_VARIABLE))}"
    if near and name.startswith(f"{near}_"):
        return f"{said}; did you mean ${{{cut(near)}}}{cut(name[len(near) :])}?"
    if near:
        return f"{said}; did you mean ${cut(near)}?"
    if not parameters:
        return f"{said}: a factory that repeats has none"
    return f"{said}; there is {either([f'${cut(parameter)}' for parameter in parameters], 'and')}"


def _assigned(cmd: str) -> Iterator[str]:
    for found in _ASSIGNED.finditer(cmd):
        yield from next(filter(None, found.group("list", "name", "loop", "perl", "each"))).split()


def _content(given: Mapping[str, Any]) -> str:
    try:
        return base64.b64decode(given["content"]).decode(errors="replace")
    except (binascii.Error, ValueError):
        return ""


def _many(workflow: Mapping[str, Any]) -> Path:
    """Return the place that makes most of the jobs, as far as there is one."""
    factories = workflow.get("factories", [])
    if len(factories) != 1:
        return ("factories",) if factories else ("jobs",)
    return ("factories", 0, *place_of_count(factories[0]))
