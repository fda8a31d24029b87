"""Values as they are typed after options; what is wrong is an `argparse.ArgumentTypeError`."""

from __future__ import annotations

import argparse
import builtins
import keyword
from typing import Final

GROUPINGS: Final = ("name", "image", "workflow", "site", "status")
"""What `%prominence usage` can group by, beside labels: those of `usage.groups.group_of`."""


def identifier(text: str) -> str:
    """Take the name of a variable."""
    is_taken = keyword.iskeyword(text) or hasattr(builtins, text) or text in {"get_ipython", "In", "Out"}
    if not text.isidentifier() or is_taken or text.startswith("_"):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be the name of a variable")
    return text


def count(text: str) -> int:
    """Take a number of jobs, above 0."""
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of jobs")
    return int(text)


def grouping(text: str) -> str:
    """Take what jobs can be grouped by: what is wrong is told before thousands of jobs are asked for."""
    kind, colon, key = text.partition(":")
    if text not in GROUPINGS and not (colon and kind == "label" and key.strip()):
        meant = f"; a label is label:{text}" if text.isalnum() else ""
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(GROUPINGS)}, label:KEY{meant}")
    return text


def seconds(text: str) -> float:
    """Take a time, above 0."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return value


def label(text: str) -> tuple[str, str]:
    """Take KEY=VALUE."""
    key, equals, value = text.partition("=")
    if not equals or not key or not value:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form KEY=VALUE")
    return key, value
