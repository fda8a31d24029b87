"""What a workflow description must be: jobs, and how they depend on each other.

Sources: as for a job description. The service hands a workflow to HTCondor's DAGMan, whose rules for names it keeps.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.protocol.validation.dependencies import check_dependencies
from prominence_jupyter.protocol.validation.factories import FACTORY
from prominence_jupyter.protocol.validation.job import JOB, LABELS, PLACEMENT, notifications
from prominence_jupyter.protocol.validation.job_count import LARGEST_TOLD, MOST_JOBS, made_of_each, place_of_count
from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report
from prominence_jupyter.protocol.validation.shapes import ListOf, NamesAndValues, Object, Required
from prominence_jupyter.protocol.validation.values import Flag, Text, Whole
from prominence_jupyter.protocol.validation.words import cut, show

_RESERVED: Final = frozenset({"parent", "child", "all_nodes"})
"""Words of DAGMan, in any case."""
_NAME_SAYS: Final = "text of 1 to 512 letters, digits and - _ . / without spaces"
_JOB_NAME: Final = re.compile(r"(?!/)(?!(.*/)?\.{1,2}(/|$))[A-Za-z0-9\-_./]{1,512}")
_MADE: Final = re.compile(r"(?P<job>.+)[_/](?P<number>0|[1-9][0-9]{0,17})")
"""The name of a job that a factory makes."""

WORKFLOW_JOB: Final = dataclasses.replace(
    JOB,
    fields={**JOB.fields, "name": Text(f"{_NAME_SAYS}, and no path that leads elsewhere", _JOB_NAME)},
    required=(Required(("name",), "each job of a workflow needs one of its own"), *JOB.required),
)


def _between(workflow: Mapping[str, Any], path: Path, report: Report) -> None:
    jobs = workflow.get("jobs")
    if not isinstance(jobs, list):
        return
    names: dict[str, int] = {}
    for index, job in enumerate(jobs):
        name = job.get("name") if isinstance(job, Mapping) else None
        if not isinstance(name, str):
            continue
        if name in names:
            report.add((*path, "jobs", index, "name"), f"is the name of jobs[{names[name]}] too: {show(name)}")
        elif name.lower() in _RESERVED:
            report.add((*path, "jobs", index, "name"), f"is a word that the service needs itself: {show(name)}")
        names.setdefault(name, index)
    complete = len(names) == len(jobs) and all(map(_JOB_NAME.fullmatch, names))
    check_dependencies(workflow.get("dependencies"), (*path, "dependencies"), names, report, complete=complete)
    _check_factories(workflow, path, names, report, complete=complete)
    _check_made(workflow, path, names, report)
    _check_count(workflow, path, report)


def _check_factories(
    workflow: Mapping[str, Any], path: Path, names: Mapping[str, int], report: Report, *, complete: bool
) -> None:
    factories = workflow.get("factories")
    taken: dict[str, int] = {}
    for index, factory in enumerate(factories if isinstance(factories, list) else []):
        jobs = factory.get("jobs") if isinstance(factory, Mapping) else None
        for place, name in enumerate(jobs if isinstance(jobs, list) else []):
            if not isinstance(name, str):
                continue
            here = (*path, "factories", index, "jobs", place)
            if name not in names:
                if complete:
                    report.unknown_name(name, here, names)
            elif name in taken:
                if taken[name] != index:
                    report.add(here, f"is in factories[{taken[name]}] too; a job can be in one factory")
            else:
                taken[name] = index
                if factory.get("type") in ("parameterSweep", "zip"):
                    _check_artifacts(workflow["jobs"][names[name]], (*path, "jobs", names[name]), report)


def _check_made(workflow: Mapping[str, Any], path: Path, names: Mapping[str, int], report: Report) -> None:
    """Report jobs that are called as one that a factory makes: ``a/1`` in listings, ``a_1`` in the service's DAG."""
    factories = workflow.get("factories")
    made = {
        name: made_of_each(factory) or 0
        for factory in (factories if isinstance(factories, list) else [])
        if isinstance(factory, Mapping) and isinstance(factory.get("jobs"), list)
        for name in factory["jobs"]
        if isinstance(name, str)
    }
    for name, index in names.items() if made else ():
        found = None if name in made else _MADE.fullmatch(name)
        if found and int(found["number"]) < made.get(found["job"], 0):
            of = f"number {found['number']} of those made of {cut(found['job'])}"
            report.add((*path, "jobs", index, "name"), f"is what the service calls {of} by a factory; choose another")


def _check_count(workflow: Mapping[str, Any], path: Path, report: Report) -> None:
    factories = workflow.get("factories")
    made = len(workflow["jobs"])
    most, place = made, (*path, "jobs")
    for index, factory in enumerate(factories if isinstance(factories, list) else []):
        of_each = made_of_each(factory) if isinstance(factory, Mapping) else None
        if of_each is None or not isinstance(factory.get("jobs"), list):
            continue
        jobs = of_each * len(factory["jobs"])
        made += jobs - len(factory["jobs"])
        if jobs > most:
            most, place = jobs, (*path, "factories", index, *place_of_count(factory))
    if made > MOST_JOBS:
        count = most if most > MOST_JOBS else made
        makes = f"{count:,} jobs" if count <= LARGEST_TOLD else "far too many jobs"
        together = "" if count == most else ", with all others,"
        report.add(place, f"makes{together} {makes}; a workflow has at most {MOST_JOBS:,}")


def _check_artifacts(job: Mapping[str, Any], path: Path, report: Report) -> None:
    artifacts = job.get("artifacts")
    for index, artifact in enumerate(artifacts if isinstance(artifacts, list) else []):
        url = artifact.get("url") if isinstance(artifact, Mapping) else None
        if isinstance(url, str) and "http" in url:
            fails = f"the service fails on a web address in a job of a factory ({cut(str(job['name']))})"
            report.add((*path, "artifacts", index, "url"), f"{fails}; upload the file, or fetch it in cmd")


WORKFLOW: Final = Object(
    "a workflow",
    {
        "name": Text(_NAME_SAYS, re.compile(r"[A-Za-z0-9\-_./]{1,512}")),
        "jobs": ListOf(WORKFLOW_JOB, "jobs [{...}]", least=1),
        "dependencies": NamesAndValues(ListOf(Text("the name of a job"), "names of jobs", least=1)),
        "factories": ListOf(FACTORY, "factories [{name, type, jobs}]"),
        "policies": Object(
            "policies",
            {
                "maximumRetries": Whole(most=10),
                "maximumReruns": Whole(most=10),
                "leaveInQueue": Flag(),
                "placement": PLACEMENT,
            },
        ),
        "labels": LABELS,
        "notifications": notifications("workflowFinished"),
    },
    required=(
        Required(("name",), "the service cannot start a workflow without one"),
        Required(("jobs",), "it lists the jobs [{...}], each with a name"),
    ),
    also=_between,
)
