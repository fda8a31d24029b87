"""The description of a job as it can be submitted again, from what the service reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.protocol.labels import without_ours
from prominence_jupyter.protocol.record import JobRecord, mapping, sequence
from prominence_jupyter.protocol.validation import JOB

DESCRIPTION_LIMIT: Final = 64 * 1024
"""Characters of a description that are shown, at most."""

_OUTPUTS: Final = ("outputFiles", "outputDirs")
"""Names in a description; objects with a name, a URL and a size in the report of a finished job."""


def description_json(record: JobRecord) -> str:
    """Return the description of a job as indented JSON, with its secrets hidden.

    Without what the service adds to it (id, status, events, execution) and without labels of ours. Empty while the
    service has not told it: a plain listing has only a part. Characters that cannot be seen, or change the direction
    of others, are escaped.
    """
    if not record.has_detail:
        return ""
    asked = {key: _as_asked(key, record.raw[key]) for key in JOB.fields if record.raw.get(key)}
    description = {key: value for key, value in asked.items() if value}
    text = json.dumps(description, indent=2, ensure_ascii=False)
    cut = text[:DESCRIPTION_LIMIT]
    shown = "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in cut)
    if len(text) <= DESCRIPTION_LIMIT and len(shown) <= DESCRIPTION_LIMIT:
        return shown
    return f"{shown[:DESCRIPTION_LIMIT]}\n… the first {DESCRIPTION_LIMIT // 1024} KB of it"


def _as_asked(key: str, value: Any) -> Any:
    if key == "labels":
        return without_ours(mapping(value))
    if key not in _OUTPUTS:
        return value
    return [item["name"] if isinstance(item, Mapping) and "name" in item else item for item in sequence(value)]
