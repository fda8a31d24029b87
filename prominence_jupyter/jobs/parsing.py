"""What a user wants to be read from the output of a job."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Parse = Callable[[str], Any] | str | re.Pattern[str]
"""A function of the output, a regular expression with named groups, or "json"."""
