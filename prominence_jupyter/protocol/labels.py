"""Labels of ours, by which a service can be asked for a job again.

Each submission carries a value that no other has, so that its job can be found when the answer was lost. A job that
is to be there once carries a hash of what was asked for. A service copies both when it clones a job.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.protocol.validation import Problem

Label = tuple[str, str]
"""Key and value."""
SUBMISSION: Final = "pjsubmission"
CONTENT: Final = "pjcontent"
OURS: Final = frozenset({SUBMISSION, CONTENT})
_RANDOM_BYTES: Final = 16
_RANDOM: Final = re.compile(f"[0-9a-f]{{{2 * _RANDOM_BYTES}}}")


def new_submission() -> Label:
    """Return the label of a submission that is about to be made."""
    return SUBMISSION, secrets.token_hex(_RANDOM_BYTES)


def submission_of(labels: Mapping[str, Any]) -> Label | None:
    """Return the label of the submission that made a job, or that of the job it is a clone of; None if it has none."""
    value = labels.get(SUBMISSION)
    return (SUBMISSION, value) if isinstance(value, str) and _RANDOM.fullmatch(value) else None


def without_ours(labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return the labels that a user gave."""
    return {key: value for key, value in labels.items() if key not in OURS}


def misused(labels: Any) -> list[Problem]:
    """Return a problem for each of our keys in the labels of a description."""
    if not isinstance(labels, Mapping):
        return []
    said = "is a label that each submission gets anew; leave it out"
    return [Problem(("labels", key), said, at_key=True) for key in labels if key in OURS]
