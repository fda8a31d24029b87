"""PROMINENCE jobs from a notebook.

``%load_ext prominence_jupyter`` gives the magics; `connect` and `local` give the same from Python.
Importing this package does nothing: what is heavy is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from prominence_jupyter.errors import ProminenceError as ProminenceError
    from prominence_jupyter.jobs.connecting import connect as connect
    from prominence_jupyter.jobs.connecting import local as local
    from prominence_jupyter.jobs.job import Job as Job
    from prominence_jupyter.jobs.job_set import JobSet as JobSet
    from prominence_jupyter.jobs.session import Session as Session
    from prominence_jupyter.jobs.workflows.workflow import Workflow as Workflow
    from prominence_jupyter.protocol.description import JobDescription as JobDescription
    from prominence_jupyter.protocol.record import JobRecord as JobRecord
    from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord as WorkflowRecord
    from prominence_jupyter.usage import plots as plots
    from prominence_jupyter.usage.advice import advice as advice
    from prominence_jupyter.usage.efficiency import efficiency as efficiency
    from prominence_jupyter.usage.frames import both_frames as both_frames
    from prominence_jupyter.usage.frames import jobs_frame as jobs_frame
    from prominence_jupyter.usage.frames import tasks_frame as tasks_frame
    from prominence_jupyter.usage.reading.json_entries import read_entries as read_entries
    from prominence_jupyter.usage.totals import totals as totals

_HOMES = {
    "Job": "jobs.job",
    "JobDescription": "protocol.description",
    "JobRecord": "protocol.record",
    "JobSet": "jobs.job_set",
    "ProminenceError": "errors",
    "Session": "jobs.session",
    "Workflow": "jobs.workflows.workflow",
    "WorkflowRecord": "protocol.workflows.workflow_record",
    "advice": "usage.advice",
    "both_frames": "usage.frames",
    "connect": "jobs.connecting",
    "efficiency": "usage.efficiency",
    "jobs_frame": "usage.frames",
    "local": "jobs.connecting",
    "read_entries": "usage.reading.json_entries",
    "tasks_frame": "usage.frames",
    "totals": "usage.totals",
}

_FOLDERS = {"plots": "usage.plots"}
"""Names that are modules themselves."""

__all__ = [*sorted([*_HOMES, *_FOLDERS]), "load_ipython_extension"]  # noqa: PLE0604 - names, all of them


def __getattr__(name: str) -> Any:
    if name in _FOLDERS:
        return import_module(f"{__name__}.{_FOLDERS[name]}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics; called by ``%load_ext prominence_jupyter``. A second call changes nothing."""
    from prominence_jupyter.magics.prominence import ProminenceMagics  # noqa: PLC0415 - only where there is IPython

    if ProminenceMagics.__name__ not in shell.magics_manager.registry:
        shell.register_magics(ProminenceMagics)
