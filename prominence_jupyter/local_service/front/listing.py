"""Which jobs a request for a list wants: the query of ``GET /jobs``.

Parameters and what they do are those of the deployed service; see ``list-by-*.json`` of the recorded answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from prominence_jupyter.local_service.front.refused import Refused
from prominence_jupyter.local_service.store.wanted import Wanted
from prominence_jupyter.protocol.status import PENDING, RUNNING

_STATUSES: Final = {"idle": PENDING, "running": RUNNING}
"""What ``status`` may be, and what it is called here."""
_TOO_LARGE: Final = 2**63
"""More than SQLite takes as an integer."""


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read the parameters of a query; ``detail`` is not about which jobs.

    Raises
    ------
    Refused
        One of them has no value that it may have.
    """
    completed, everything = query.get("completed") == "true", "all" in query
    of_workflow = query.get("workflow") == "true"
    ids = _ids(query["id"]) if "id" in query else None
    named = ids is not None and not of_workflow
    all_of_them = everything or named
    status = _status(query.get("status"))
    return Wanted(
        active=all_of_them or not completed or status is not None,
        ended=(all_of_them or completed) and status is None,
        num=_whole_number(query.get("num", "1"), "num") if completed and not (all_of_them or of_workflow) else 0,
        ids=ids if named else None,
        workflow=ids[0] if ids and of_workflow else None,
        label=_label(query["constraint"]) if "constraint" in query else None,
        name=query.get("name"),
        status=status,
    )


def _status(word: str | None) -> str | None:
    if word not in {None, *_STATUSES}:
        raise Refused("invalid status specified", HTTPStatus.OK)  # list-bad-status.json
    return _STATUSES.get(word or "")


def _label(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not (key and separator) or "=" in value:
        raise Refused("Invalid constraint")
    return key, value


def _ids(text: str) -> list[int]:
    return [_whole_number(word, "id") for word in text.split(",")]


def _whole_number(text: str, name: str) -> int:
    try:
        value = int(text)
    except ValueError:  # also of a number with thousands of digits
        value = _TOO_LARGE
    if abs(value) >= _TOO_LARGE:
        raise Refused(f"{name} must be a whole number")
    return value
