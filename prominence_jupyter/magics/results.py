"""What magics return, made to be looked at: text and JSON as they are, not as their Python representation."""

from __future__ import annotations

import json
from typing import Any, Final

from prominence_jupyter.panel.records.console import console_lines
from prominence_jupyter.protocol.description import JobDescription

_SHOWN_CHARACTERS: Final = 64 * 1024


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

    def __init__(self, description: JobDescription) -> None:
        self.description = description

    def __repr__(self) -> str:
        return f"{self.description!r}\n\nChecked: variables, JSON, and every rule for jobs. Nothing was submitted."


class Described(dict[str, Any]):
    """What a service knows of a job, displayed as JSON."""

    def __repr__(self) -> str:
        return json.dumps(self, indent=2, ensure_ascii=False)
