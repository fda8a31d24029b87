"""`Wanted`: which ended jobs are asked for, and whether a job is one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from numbers import Integral
from typing import Any, Final

from prominence_jupyter.errors import UsageError
from prominence_jupyter.protocol.record import mapping, number
from prominence_jupyter.protocol.workflows.workflow_nodes import workflow_of

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_. -]+")
_PLAIN_LABEL: Final = re.compile(r"[A-Za-z0-9]+=[A-Za-z0-9_./-]+")
"""What the deployed service understands; it puts both into a query of its own, quotes and all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ended jobs are asked for; what is None does not matter.

    Raises
    ------
    UsageError
        A value makes no sense.
    """

    last: int | None = None
    """At most so many, the newest; None is all."""
    since: datetime | None = None
    """Ended then or later; a job without an end time matches neither this nor `until`."""
    until: datetime | None = None
    """Ended before."""
    name: str | None = None
    """The name of the job, exactly; with ``*`` and ``?`` as in names of files."""
    label: tuple[str, str] | None = None
    """Key and value."""
    workflow: int | str | None = None
    """The id of a workflow (digits; deployed service only), or its name: what stands before the first ``/`` of the
    names of its jobs."""
    site: str | None = None
    """Where it ran; ``execution.site``."""

    def __post_init__(self) -> None:
        if self.last is not None and (not _is_whole(self.last) or self.last < 1):
            raise UsageError(f"the number of jobs is a whole number from 1, not {self.last!r}")
        for moment in (self.since, self.until):
            if moment is not None and (not isinstance(moment, datetime) or moment.utcoffset() is None):
                raise UsageError(f"{moment!r} is no moment with a time zone")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise UsageError(
                f"no job can end from {self.since:%Y-%m-%d %H:%M} on and before {self.until:%Y-%m-%d %H:%M}"
            )
        for what, text in (("name", self.name), ("site", self.site)):
            if text is not None and (not isinstance(text, str) or not text):
                raise UsageError(f"the {what} of a job is text, not {text!r}")
        if self.workflow is not None and (not isinstance(self.workflow, str) and not _is_whole(self.workflow)):
            raise UsageError(f"a workflow is told by its id or its name, not by {self.workflow!r}")
        if self.workflow == "":
            raise UsageError("a workflow is told by its id or its name, not by empty text")
        if self.label is not None and not _is_label(self.label):
            raise UsageError(f"a label is a pair of key and value, both text, not {self.label!r}")

    @property
    def workflow_id(self) -> str | None:
        """The id of a workflow, when it is told by its id."""
        text = str(self.workflow)
        return text if self.workflow is not None and text.isascii() and text.isdigit() else None

    @property
    def parameters(self) -> dict[str, str]:
        """What a service may be asked to regard, as parameters of a listing; not every one does.

        The deployed service compares a name with that of a job within its workflow, so one with a ``/`` is not sent.
        """
        parameters = {}
        if self.name is not None and _PLAIN_NAME.fullmatch(self.name):
            parameters["name"] = self.name
        if self.label is not None and _PLAIN_LABEL.fullmatch("=".join(self.label)):
            parameters["constraint"] = "=".join(self.label)
        if self.workflow_id is not None:
            parameters |= {"workflow": "true", "id": self.workflow_id}
        return parameters

    @property
    def is_for_service(self) -> bool:
        """Whether `parameters` say all, so that a service that knows them gives hardly a job that does not match."""
        by_name = self.name is None or "name" in self.parameters
        by_label = self.label is None or "constraint" in self.parameters
        by_workflow = self.workflow is None or self.workflow_id is not None
        return by_name and by_label and by_workflow and self.since is None and self.until is None and self.site is None

    def matches(self, entry: Mapping[str, Any]) -> bool:
        """Tell whether a job matches, by all that a listing with detail says of it."""
        if self.label is not None and mapping(entry.get("labels")).get(self.label[0]) != self.label[1]:
            return False
        if self.site is not None and mapping(entry.get("execution")).get("site") != self.site:
            return False
        return self.may_match(entry)

    def may_match(self, entry: Mapping[str, Any]) -> bool:
        """Tell whether a job may match, by what a plain listing says of it: neither labels nor the site."""
        name = entry.get("name")
        if not self.matches_name(name):
            return False
        if self.workflow is not None and self.workflow_id is None and workflow_of(name) != self.workflow:
            return False
        if self.since is None and self.until is None:
            return True
        ended = number(mapping(entry.get("events")).get("endTime"))
        if ended is None or (self.since is not None and ended < self.since.timestamp()):
            return False
        return self.until is None or ended < self.until.timestamp()

    def matches_name(self, name: object) -> bool:
        """Tell whether the name of a job matches."""
        if self.name is None:
            return True
        return isinstance(name, str) and fnmatchcase(name, self.name.replace("[", "[[]"))  # no other sign is special


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _is_label(label: object) -> bool:
    return isinstance(label, tuple | list) and len(label) == 2 and all(isinstance(part, str) and part for part in label)  # noqa: PLR2004 - a pair
