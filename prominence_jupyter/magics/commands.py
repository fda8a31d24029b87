"""What the magics do, once their text has been parsed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager
from http import HTTPStatus
from numbers import Integral
from typing import TYPE_CHECKING, Any, Final, Protocol

from prominence_jupyter.errors import NoSuchJob, UnexpectedAnswer, UsageError
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.jobs.session import Session, connect, local
from prominence_jupyter.magics.cell.description import read_job
from prominence_jupyter.magics.options import line_parser
from prominence_jupyter.magics.outcomes import raise_unless_all_succeeded, raise_unless_succeeded
from prominence_jupyter.magics.results import Described, DryRun, Output
from prominence_jupyter.notebook.display import ShownSet, interruptible, show, show_set
from prominence_jupyter.protocol.hints import hints
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.validation import job_problems

if TYPE_CHECKING:
    import pandas as pd

_IDS_OFFERED: Final = 20


class Settings(Protocol):
    """What ``%config ProminenceMagics`` sets."""

    url: str
    longest_pause_s: float
    panel: bool


class Commands:
    """The verbs, within one IPython shell.

    Parameters
    ----------
    shell
        Where variables are bound and outputs go.
    settings
        What ``%config ProminenceMagics`` sets, read whenever it is used.
    """

    def __init__(self, shell: Any, settings: Settings) -> None:
        self._shell = shell
        self._settings = settings
        self._local: Session | None = None
        self._connected: Session | None = None
        self._recent_ids: dict[str, None] = {}

    def submit(self, options: Namespace, cell: str) -> DryRun | None:
        """Do what a ``%%prominence_job`` cell asks for."""
        if options.timeout is not None and not options.wait:
            raise UsageError("%%prominence_job: --timeout goes with --wait")
        for problem in job_problems({"labels": dict(options.label)}):
            if problem.path[:1] == ("labels",):
                raise UsageError(f"%%prominence_job: --label {problem.path[-1]}=…: {problem.message}")
        description = read_job(cell, self._shell.user_ns, labels=dict(options.label))
        if options.dry_run:
            return DryRun(description)
        for hint in hints(description):
            print(hint)
        job = self._session().submit(description)
        self._recent_ids[str(job.id)] = None
        if options.name:
            self._shell.user_ns[options.name] = job
        with _interruptible(job):
            shown = show(job, self._shell, panel=options.panel and self._settings.panel)
            if options.wait:
                raise_unless_succeeded(job, shown.wait(options.timeout))
        return None

    def line(self, options: Namespace) -> object:
        """Do what a ``%prominence`` line asks for."""
        if options.verb is None:
            print(line_parser().format_help())
            return None
        try:
            return getattr(self, f"do_{options.verb}")(options)
        except UnexpectedAnswer as error:
            words = [
                typed for typed in [getattr(options, "id", "0"), *getattr(options, "ids", ())] if not typed.isdigit()
            ]
            if error.status == HTTPStatus.NOT_FOUND and words:
                said = f"there is no variable {words[0]} that holds a job, and no job with that id ({error})"
                raise NoSuchJob(said, error.status) from None
            raise

    def do_local(self, options: Namespace) -> None:
        """Start or join the local service and use it from here on; or tell of it, or stop it."""
        from prominence_jupyter.local_service import control  # noqa: PLC0415 - tornado, when it is first used

        if options.status:
            info = control.running()
            state = "runs" if info else "does not run; %prominence local starts it"
        elif options.stop:  # a notebook that used it goes on asking for it, and for no other service unasked
            info = control.stop()
            state = "has been stopped; %prominence local starts it again" if info else "did not run"
        else:
            self._local = local(cpus=options.cpus, memory_gb=options.memory)
            info = control.running()
            state = "runs, and this notebook now uses it: jobs run on this machine, without isolation"
        print(f"The local service {state}.")
        if info and not options.stop:
            print(f"{info.url}, with {info.cpus:g} cores and {info.memory_gb:.1f} GB for jobs; process {info.pid}.")

    def do_list(self, options: Namespace) -> pd.DataFrame | None:
        """Return active or ended jobs as a frame; with --live show them instead."""
        from prominence_jupyter.usage.frames import jobs_frame  # noqa: PLC0415 - pandas, when it is first used

        if options.last is not None and not options.completed:
            raise UsageError("%prominence list: --last goes with --completed")
        if options.live and options.completed:
            raise UsageError("%prominence list: --live shows active jobs; it does not go with --completed")
        session = self._session()
        if options.live:
            self.show_set(session.watch())
            return None
        frame = session.completed(options.last or 1) if options.completed else jobs_frame(session.jobs())
        if frame.empty and not options.completed:
            print("No job is active; those that have ended: %prominence list --completed --last 10")
        self._recent_ids |= dict.fromkeys(frame["id"].dropna().astype(str))
        return frame

    def do_describe(self, options: Namespace) -> Described:
        """Return what the service knows of a job."""
        return Described(self._found(options.id).record.raw)

    def do_watch(self, options: Namespace) -> None:
        """Show a job's panel, or a table of several; in a terminal, follow them until they have ended."""
        if bool(options.ids) == bool(options.constraint):
            raise UsageError("%prominence watch: name the ids of jobs, or a label: --constraint KEY=VALUE")
        if len(options.ids) == 1:
            job = self._found(options.ids[0])
            with _interruptible(job):
                show(job, self._shell, panel=self._settings.panel, follow=True)
        elif options.constraint:
            self.show_set(self._session().watch(label=options.constraint))
        else:
            self.show_set(self._jobs(options.ids))

    def show_set(self, jobs: JobSet, *, follow: bool = True, may_ask: bool = True) -> ShownSet:
        """Show many jobs; in a terminal, `follow` them until they have ended."""
        if may_ask:
            _ = jobs.records  # as for one job: what is shown first is not that nothing is known
        self._recent_ids |= dict.fromkeys(map(str, jobs.ids[-_IDS_OFFERED:]))
        return show_set(jobs, self._shell, panel=self._settings.panel, follow=follow)

    def do_wait(self, options: Namespace) -> None:
        """Wait for jobs, showing them meanwhile."""
        may_ask = options.timeout is None  # a service that does not answer would keep one longer than that
        if len(options.ids) == 1:
            job = (self._found if may_ask else self._named)(options.ids[0])
            with _interruptible(job):
                shown = show(job, self._shell, panel=self._settings.panel)
                raise_unless_succeeded(job, shown.wait(options.timeout))
            return
        jobs = self._jobs(options.ids)
        with interruptible("the jobs go on", " ".join(options.ids)):
            shown_set = self.show_set(jobs, follow=False, may_ask=may_ask)
            raise_unless_all_succeeded(shown_set.wait(options.timeout))

    def do_stdout(self, options: Namespace) -> Output:
        """Return the standard output of a job."""
        return Output(self._handle(options.id).stdout())

    def do_stderr(self, options: Namespace) -> Output:
        """Return the standard error of a job."""
        return Output(self._handle(options.id).stderr())

    def do_clone(self, options: Namespace) -> None:
        """Submit a copy of a job and show it."""
        job = self._handle(options.id).clone()
        self._recent_ids[str(job.id)] = None
        print(f"Submitted again as job {one_line(job.id)}.")
        show(job, self._shell, panel=self._settings.panel)

    def do_delete(self, options: Namespace) -> None:
        """Delete a job."""
        job = self._handle(options.id)
        job.delete()
        print(f"Job {one_line(job.id)} has been deleted.")

    def leave_local(self) -> None:
        """Use the service of the settings again, after ``%prominence local``."""
        if self._local is not None:
            self._local = None
            print("This notebook does not use the local service any more.")

    def jobs_in_use(self) -> dict[str, Job]:
        """Return the jobs that variables of the notebook hold, by name."""
        return {name: held for name, held in self._shell.user_ns.items() if isinstance(held, Job) and name[0] != "_"}

    def recent_ids(self) -> list[str]:
        """Return the ids of jobs that were submitted, listed or looked at here, the latest first."""
        return [*reversed(self._recent_ids)][:_IDS_OFFERED]

    def _handle(self, typed: str) -> Job:
        """Return the job that a variable holds, or one with that id; nothing is asked.

        Services give whole numbers or other text as ids.
        """
        if job := self.jobs_in_use().get(typed):
            return job
        held = self._shell.user_ns.get(typed)
        if not isinstance(held, bool) and isinstance(held, Integral):  # a variable that holds an id; NumPy's too
            typed = str(int(held))
        is_number = typed.isascii() and typed.isdigit() and not typed.startswith("0")
        return self._session().handle(int(typed) if is_number else typed)

    def _jobs(self, typed: Sequence[str]) -> JobSet:
        return self._session().watch(dict.fromkeys(self._named(words).id for words in typed))

    def _named(self, typed: str) -> Job:
        """Return a job; only what is no number and no variable is asked for, since it is probably misspelt."""
        job = self._handle(typed)
        return self._found(typed) if str(job.id) == typed and not typed.isdigit() else job

    def _found(self, typed: str) -> Job:
        """Return a job that the service is known to have."""
        job = self._handle(typed)
        _ = job.record
        self._recent_ids[str(job.id)] = None
        return job

    def _session(self) -> Session:
        """Return the local service's session after ``%prominence local``, else that of the settings as they are now."""
        if self._local is not None:
            return self._local
        fresh = connect(self._settings.url or None, longest_pause_s=self._settings.longest_pause_s)
        if self._connected is None or not self._connected.is_same_as(fresh):
            self._connected = fresh
        return self._connected


def _interruptible(job: Job) -> AbstractContextManager[None]:
    name = one_line(job.id)
    return interruptible(f"job {name} goes on", name)
