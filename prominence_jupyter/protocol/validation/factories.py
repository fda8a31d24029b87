"""What the factories of a workflow must be: they make many jobs of one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from prominence_jupyter.protocol.validation.job_count import leads_on
from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report, Rule
from prominence_jupyter.protocol.validation.shapes import ByType, ListOf, Object, Required
from prominence_jupyter.protocol.validation.values import Anything, Number, OneOf, Text, TextOrNumber, Whole, number
from prominence_jupyter.protocol.validation.words import show, whole

TYPES: Final = ("parameterSweep", "zip", "repeat")
_MOST_SWEPT: Final = 4
_UNCOUNTED: Final = 10**9
"""No number of jobs is meant by this; dividing by one that is far larger fails."""
_NAME: Final = Text(
    "letters, digits and _, not beginning with a digit, as $name needs", re.compile(r"[A-Za-z_]\w*", re.ASCII)
)
_VALUE: Final = TextOrNumber(
    re.compile(r"""[^\s\0-\x1f\x7f\ud800-\udfff"'\\=$]*"""),
    "a number, or text without spaces, quotes, backslashes, = and $ (the service breaks at them)",
)
"""The service writes values into a line of DAGMan, from there into a command line that it splits at spaces and ``=``,
and replaces the names of parameters in the values of those before.
"""


def _sweep(parameter: Mapping[str, Any], path: Path, report: Report) -> None:
    start, end, step = (number(parameter.get(key)) for key in ("start", "end", "step"))
    if "number" in parameter:
        _counted(parameter, path, report)
    if step is not None and step <= 0:
        report.add((*path, "step"), f"must be more than 0, not {show(parameter['step'])}")
    if start is None or end is None:
        return
    if end < start:
        report.add((*path, "end"), f"must not be less than start: no job would be made from {start:g} to {end:g}")
    elif step is not None and step > 0 and not leads_on(start, end, step):
        report.add((*path, "step"), "is too small a step to lead from start to end")


def _counted(parameter: Mapping[str, Any], path: Path, report: Report) -> None:
    if "step" in parameter:
        report.add((*path, "number"), "contradicts step; leave number out", at_key=True)
        return
    start, end, count = number(parameter.get("start")), number(parameter.get("end")), parameter["number"]
    instead = "step, the distance between two values"
    if start is not None and end is not None and whole(count) and 1 < count < _UNCOUNTED and start < end:
        instead = f'"step": {(end - start) / (count - 1):g}'
    report.add((*path, "number"), f"is what the service fails on; write {instead}", at_key=True)


_SWEPT: Final = Object(
    "a parameter of a sweep",
    {"name": _NAME, "start": Number(), "end": Number(), "step": Number(), "number": Anything()},
    required=(
        Required(("name",), "cmd uses it as $name"),
        Required(("start",), "it is the first value"),
        Required(("end",), "it is the last value"),
        Required(("step", "number"), "it is the distance between two values"),
    ),
    also=_sweep,
)
_ZIPPED: Final = Object(
    "a parameter of a zip",
    {"name": _NAME, "values": ListOf(_VALUE, "values, one for each job", least=1)},
    required=(
        Required(("name",), "cmd uses it as $name"),
        Required(("values",), "it holds one value for each job"),
    ),
)


def _parameters(factory: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    parameters = factory.get("parameters")
    if isinstance(parameters, list):
        yield from ((i, parameter) for i, parameter in enumerate(parameters) if isinstance(parameter, Mapping))


def _unique_names(factory: Mapping[str, Any], path: Path, report: Report) -> None:
    seen: set[str] = set()
    for index, parameter in _parameters(factory):
        name = parameter.get("name")
        if isinstance(name, str) and name in seen:
            report.add((*path, "parameters", index, "name"), f"is used twice: {show(name)}")
        elif isinstance(name, str):
            seen.add(name)


def _few_parameters(factory: Mapping[str, Any], path: Path, report: Report) -> None:
    _unique_names(factory, path, report)
    parameters = factory.get("parameters")
    if isinstance(parameters, list) and len(parameters) > _MOST_SWEPT:
        most = f"is one too many: a sweep takes {_MOST_SWEPT} parameters"
        report.add((*path, "parameters", _MOST_SWEPT), f"{most}; write the grid out as a zip instead")


def _equal_lengths(factory: Mapping[str, Any], path: Path, report: Report) -> None:
    _unique_names(factory, path, report)
    first = None
    for index, parameter in _parameters(factory):
        values = parameter.get("values")
        if not isinstance(values, list) or not values:
            continue
        first = first or len(values)
        if len(values) != first:
            message = f"must hold as many values as the first parameter: {first}, not {len(values)}"
            report.add((*path, "parameters", index, "values"), message)


def _factory(kind: str, fields: Mapping[str, Rule], *required: Required, also: Any = None) -> Object:
    return Object(
        f"a {kind} factory",
        {"name": Text(), "type": OneOf(TYPES), "jobs": ListOf(Text(), "names of jobs"), **fields},
        required=(
            Required(("name",), "any text will do"),
            Required(("type",), "it is parameterSweep, zip or repeat"),
            Required(("jobs",), "it lists the names of the jobs to multiply"),
            *required,
        ),
        also=also,
    )


_NEEDS_PARAMETERS: Final = Required(("parameters",), "it lists what varies from job to job")

FACTORY: Final = ByType(
    {
        "parameterSweep": _factory(
            "parameterSweep",
            {"parameters": ListOf(_SWEPT, "parameters [{name, start, end, step}]", least=1)},
            _NEEDS_PARAMETERS,
            also=_few_parameters,
        ),
        "zip": _factory(
            "zip",
            {"parameters": ListOf(_ZIPPED, "parameters [{name, values}]", least=1)},
            _NEEDS_PARAMETERS,
            also=_equal_lengths,
        ),
        "repeat": _factory("repeat", {"number": Whole()}, Required(("number",), "it says how many jobs to make")),
    },
    otherwise=_factory("parameterSweep, zip or repeat", {"parameters": Anything(), "number": Anything()}),
)
