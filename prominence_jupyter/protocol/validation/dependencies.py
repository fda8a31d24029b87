"""Which job of a workflow waits for which: names that exist, and no circles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any, Final

from prominence_jupyter.protocol.validation.problem import Path
from prominence_jupyter.protocol.validation.report import Report
from prominence_jupyter.protocol.validation.words import cut, show

_SHOWN: Final = 6
"""Names of a circle that are written out."""
_MOST_CIRCLES: Final = 10


def check_dependencies(
    dependencies: Any, path: Path, names: Collection[str], report: Report, *, complete: bool
) -> None:
    """Report unknown names, circles, and names that the service confuses.

    Parameters
    ----------
    dependencies
        From a job to those that wait for it; what is not of this shape is passed over.
    path
        Where it stands.
    names
        The names of all jobs.
    report
        Takes the problems.
    complete
        Whether the names are all there are. If not, one that is unknown may be meant for a job without a good name.
    """
    if not isinstance(dependencies, Mapping):
        return
    mentions: dict[str, tuple[Path, bool]] = {}
    edges: dict[tuple[str, str], Path] = {}
    for name, here, at_key in _mentions(dependencies, path):
        if name in names:
            mentions.setdefault(name, (here, at_key))
            if not at_key and here[-2] in names:
                edges[str(here[-2]), name] = here
        elif complete:
            report.unknown_name(name, here, names, at_key=at_key)
    if complete:
        _check_confusion(mentions, names, report)
    _check_circles(edges, report)


def _mentions(dependencies: Mapping[Any, Any], path: Path) -> Iterator[tuple[str, Path, bool]]:
    for parent, children in dependencies.items():
        if isinstance(parent, str):
            yield parent, (*path, parent), True
        for index, child in enumerate(children if isinstance(children, list) else []):
            if isinstance(child, str):
                yield child, (*path, parent, index), False


def _check_confusion(mentions: Mapping[str, tuple[Path, bool]], names: Collection[str], report: Report) -> None:
    # the service looks for all jobs whose names *hold* the one written, so step1 means step10 as well
    all_names = "\n".join(names)
    for name, (here, at_key) in mentions.items():
        if all_names.count(name) > 1:
            longer = [other for other in names if name in other and other != name]
            if longer:
                also = f"the service takes {show(longer[0])} for it as well, whose name holds {show(name)}"
                report.add(here, f"{also}; rename one, for example with leading zeros", at_key=at_key)


def _check_circles(edges: Mapping[tuple[str, str], Path], report: Report) -> None:
    left = dict.fromkeys(edges)
    order = {edge: number for number, edge in enumerate(edges)}
    for _ in range(_MOST_CIRCLES):
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for parent, child in left:
            sorter.add(child, parent)
        try:
            sorter.prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]
            closing = max(pairwise(circle), key=order.__getitem__)
            start = circle.index(closing[1])
            around = [*circle[start:-1], *circle[:start], closing[1]]
            report.add(edges[closing], f"these jobs would wait for each other for ever: {_written(around)}")
            del left[closing]
        else:
            return


def _written(circle: list[str]) -> str:
    shown = [cut(name) for name in circle]
    if len(shown) > _SHOWN:
        shown = [*shown[: _SHOWN - 2], "…", shown[-1]]
    return " → ".join(shown)
