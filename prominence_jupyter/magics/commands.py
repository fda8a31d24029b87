"""What the magics do, once their text has been parsed."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING, Any, Final

from prominence_jupyter import notebook
from prominence_jupyter.errors import JobFailed, UsageError
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.session import Session, connect, local
from prominence_jupyter.magics.cell import read_json
from prominence_jupyter.protocol.description import JobDescription
from prominence_jupyter.protocol.record import JobRecord

if TYPE_CHECKING:
    import pandas as pd

_SHOWN_CHARACTERS: Final = 64 * 1024


class Output(str):
    """The output of a job: all of it as text, and of a long one only the end when it is displayed."""

    __slots__ = ()

    def __repr__(self) -> str:
        if len(self) <= _SHOWN_CHARACTERS:
            return str(self)
        left_out = len(self) - _SHOWN_CHARACTERS
        return f"[{left_out:,} characters before this are not shown: keep all with `text = %prominence …`]\n" + str(
            self[-_SHOWN_CHARACTERS:]
        )


class Described(dict[str, Any]):
    """What a service knows of a job, displayed as JSON."""

    def __repr__(self) -> str:
        return json.dumps(self, indent=2, ensure_ascii=False)


class Commands:
    """The verbs, within one IPython shell.

    Parameters
    ----------
    shell
        Where variables are bound and outputs go.
    """

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._local: Session | None = None
        self._connected: Session | None = None

    def submit(self, options: Namespace, cell: str) -> JobDescription | None:
        """Do what a ``%%prominence_job`` cell asks for."""
        if options.timeout is not None and not options.wait:
            raise UsageError("%%prominence_job: --timeout goes with --wait")
        description = JobDescription.prepare(read_json(cell), labels=dict(options.label))
        if options.dry_run:
            return description
        job = self._session().submit(description)
        if options.name:
            self._shell.user_ns[options.name] = job
        with notebook.interruptible(job):
            shown = notebook.show(job, self._shell, panel=options.panel)
            if options.wait:
                _raise_unless_succeeded(job, shown.wait(options.timeout))
        return None

    def line(self, options: Namespace) -> object:
        """Do what a ``%prominence`` line asks for."""
        return getattr(self, f"do_{options.verb}")(options)

    def do_local(self, options: Namespace) -> None:
        """Start or join the local service and use it from here on; or tell of it, or stop it."""
        from prominence_jupyter.local_service import control  # noqa: PLC0415 - tornado, when it is first used

        if options.status:
            info = control.running()
            state = "runs" if info else "does not run; %prominence local starts it"
        elif options.stop:
            info = control.stop()
            self._local = None
            state = "has been stopped" if info else "did not run"
        else:
            self._local = local(cpus=options.cpus, memory_gb=options.memory)
            info = control.running()
            state = "runs, and this notebook now uses it: jobs run on this machine, without isolation"
        print(f"The local service {state}.")
        if info and not options.stop:
            print(f"{info.url}, with {info.cpus:g} cores and {info.memory_gb:.1f} GB for jobs; process {info.pid}.")

    def do_list(self, options: Namespace) -> pd.DataFrame:
        """Return active or ended jobs as a frame."""
        from prominence_jupyter.usage.frames import jobs_frame  # noqa: PLC0415 - pandas, when it is first used

        session = self._session()
        return session.completed(options.last) if options.completed else jobs_frame(session.jobs())

    def do_describe(self, options: Namespace) -> Described:
        """Return what the service knows of a job."""
        return Described(self._session().job(options.id).record.raw)

    def do_watch(self, options: Namespace) -> None:
        """Show a job's panel; in a terminal, follow it until it has ended."""
        job = self._session().job(options.id)
        with notebook.interruptible(job):
            notebook.show(job, self._shell, panel=True, follow=True)

    def do_wait(self, options: Namespace) -> None:
        """Wait for a job, showing it meanwhile."""
        job = self._session().job(options.id)
        with notebook.interruptible(job):
            _raise_unless_succeeded(job, notebook.show(job, self._shell, panel=True).wait(options.timeout))

    def do_stdout(self, options: Namespace) -> Output:
        """Return the standard output of a job."""
        return Output(Job(self._session(), options.id).stdout())

    def do_stderr(self, options: Namespace) -> Output:
        """Return the standard error of a job."""
        return Output(Job(self._session(), options.id).stderr())

    def do_delete(self, options: Namespace) -> None:
        """Delete a job."""
        Job(self._session(), options.id).delete()
        print(f"Job {options.id} has been deleted.")

    def _session(self) -> Session:
        """Return the local service's session after ``%prominence local``, else that of the settings as they are now."""
        if self._local is not None:
            return self._local
        fresh = connect()
        if self._connected is None or not self._connected.is_same_as(fresh):
            self._connected = fresh
        return self._connected


def _raise_unless_succeeded(job: Job, record: JobRecord) -> None:
    if record.succeeded:
        return
    codes = ", ".join(str(code) for code in record.exit_codes)
    reasons = [record.status_reason or "", f"exit code {codes}" if any(record.exit_codes) else ""]
    why = "; ".join(reason for reason in reasons if reason) or "no reason given"
    raise JobFailed(f"job {job.id} ended as {record.status} ({why}); its errors: %prominence stderr {job.id}")
