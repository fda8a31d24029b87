"""What jobs used, in the shapes of the deployed service (``job-two-tasks.json`` of the recorded answers)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from prominence_jupyter.local_service.capacity import Need

_RSS_UNIT_BYTES: Final = 1 if sys.platform == "darwin" else 1024
"""Unit of ``ru_maxrss``: getrusage(2) of macOS and of Linux."""


def max_rss_bytes(ru_maxrss: int) -> int:
    """Return the peak of the largest process in bytes."""
    return ru_maxrss * _RSS_UNIT_BYTES


def beginning(resources: Mapping[str, Any], runtime_version: Mapping[str, str]) -> dict[str, Any]:
    """Return ``execution`` of a job that starts; `runtime_version` says what runs its tasks."""
    need = Need.of(resources)
    return {
        "site": "local",
        "runtimeVersion": dict(runtime_version),
        "provisionedResources": {"cpus": need.cpus, "memory": need.memory_gb, "disk": resources["disk"], "nodes": 1},
    }


def cpu() -> dict[str, str]:
    """Return vendor, model and clock (MHz) of the processor, as far as the machine tells; text, as the service's."""
    try:
        first = Path("/proc/cpuinfo").read_text(errors="replace").partition("\n\n")[0]
    except OSError:
        return {}
    told = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in first.splitlines())}
    names = {"vendor": "vendor_id", "model": "model name", "clock": "cpu MHz"}
    return {name: told[key] for name, key in names.items() if told.get(key)}
