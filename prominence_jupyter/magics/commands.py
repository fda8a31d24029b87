"""What the magics do, once their text has been parsed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from prominence_jupyter.errors import NoSuchJob, UnexpectedAnswer, UsageError
from prominence_jupyter.jobs.connecting import connect, local
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.job_set import JobSet
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.magics.cell.description import read_job
from prominence_jupyter.magics.line.options import NAMED_ALIKE, line_parser
from prominence_jupyter.magics.named_jobs import NamedJobs
from prominence_jupyter.magics.verbs import analysis
from prominence_jupyter.magics.verbs.job_verbs import JobVerbs
from prominence_jupyter.magics.verbs.once import submitted
from prominence_jupyter.magics.verbs.outcomes import raise_unless_all_succeeded, raise_unless_succeeded
from prominence_jupyter.magics.verbs.results import DryRun
from prominence_jupyter.magics.verbs.workflow_cells import checked_labels
from prominence_jupyter.magics.verbs.workflow_verbs import WorkflowVerbs
from prominence_jupyter.notebook.display import ShownSet, interruptible, show, show_set
from prominence_jupyter.protocol.hints import hints
from prominence_jupyter.protocol.plain_text import one_line

if TYPE_CHECKING:
    import pandas as pd


class Settings(Protocol):
    """What ``%config ProminenceMagics`` sets."""

    url: str
    longest_pause_s: float
    once: bool
    panel: bool
    cache: bool
    connections: int
    allow_http: bool


class Commands(JobVerbs, WorkflowVerbs):
    """The verbs, within one IPython shell.

    Parameters
    ----------
    shell
        Where variables are bound and outputs go.
    settings
        What ``%config ProminenceMagics`` sets, read whenever it is used.

    Attributes
    ----------
    named
        Which jobs are meant by what is typed.
    """

    def __init__(self, shell: Any, settings: Settings) -> None:
        self._shell = shell
        self._settings = settings
        self._local: Session | None = None
        self._connected: Session | None = None
        self.named = NamedJobs(shell.user_ns, self._session)

    def submit(self, options: Namespace, cell: str) -> DryRun | None:
        """Do what a ``%%prominence_job`` cell asks for."""
        if options.sweep or options.table is not None:
            return self.submit_sweep(options, cell)
        labels = checked_labels(options, "%%prominence_job")
        description = read_job(cell, self._shell.user_ns, labels=labels)
        if options.dry_run:
            return DryRun(description)
        for hint in hints(description):
            print(hint)
        job = submitted(self._session(), description, once=options.once or self._settings.once, force=options.force)
        self.named.saw([job.id])
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
        if options.kind == "job" and "ids" in options and {"job", *options.ids} <= self.named.jobs_in_use().keys():
            options.ids.insert(0, "job")  # a variable of that name, among others
        try:
            do = self.verb_of_workflow(options) or getattr(self, f"do_{options.verb}")
            return do(options)
        except NoSuchJob as error:
            ids = [getattr(options, "id", ""), *getattr(options, "ids", ())]
            if options.verb in NAMED_ALIKE and (number := next((typed for typed in ids if typed.isdigit()), "")):
                said = f"{error}; of a workflow: %prominence {options.verb} workflow {number}"
                raise NoSuchJob(said, error.status).with_traceback(error.__traceback__) from None
            raise
        except UnexpectedAnswer as error:
            words = [
                typed for typed in [getattr(options, "id", "0"), *getattr(options, "ids", ())] if not typed.isdigit()
            ]
            if error.status == HTTPStatus.NOT_FOUND and words:
                kind = options.kind or "job"
                said = f"there is no variable {words[0]} that holds a {kind}, and no {kind} with that id ({error})"
                raise NoSuchJob(said, error.status) from None
            raise

    def do_local(self, options: Namespace) -> None:
        """Start or join the local service and use it from here on; or tell of it, stop it or clean up after it."""
        from prominence_jupyter.local_service import control, keeping  # noqa: PLC0415 - SQLite, when it is first used

        if options.clean:
            before, after = map(keeping.size_text, keeping.clean())
            print(f"Disk use of the local service was {before}, and is {after}.")
            return
        if options.stop:  # a notebook that used it goes on asking for it, and for no other service unasked
            state, lines = (
                "has been stopped; %prominence local starts it again" if control.stop() else "did not run",
                [],
            )
        elif options.status:
            found = keeping.report()
            state, lines = "runs" if found.info else "does not run; %prominence local starts it", found.lines()
        else:
            self._local = local(cpus=options.cpus, memory_gb=options.memory)
            state = "runs, and this notebook now uses it: jobs run on this machine; the panel of each says in what"
            lines = [info.words()] if (info := control.running()) else []
        print(f"The local service {state}.", *lines, sep="\n")

    def do_list(self, options: Namespace) -> pd.DataFrame | None:
        """Return active or ended jobs or workflows as a frame; with --live show jobs instead."""
        session = self._session()
        if options.live:
            if options.name or options.constraint or options.last or options.kind == "workflow":
                raise UsageError("%prominence list: --live shows all active jobs; nothing else goes with it")
            self.show_set(session.watch())
            return None
        if options.kind == "workflow":
            workflows = analysis.workflows_listed(session, options)
            self.named.saw_workflows(workflows["id"].dropna()[::-1])
            return workflows
        frame = analysis.listed(session, options, self._shell)
        self.named.saw(frame["id"].dropna()[::-1])  # the newest stand first
        return frame

    def do_usage(self, options: Namespace) -> object:
        """Return what ended jobs used."""
        return analysis.used(self._session(), options, self._shell)

    def do_cache(self, options: Namespace) -> None:
        """Tell of the ended jobs that are kept on disk, or forget them."""
        analysis.cached(self._session(), options)

    def do_watch(self, options: Namespace) -> None:
        """Show a job's panel, or a table of several; in a terminal, follow them until they have ended."""
        if bool(options.ids) == bool(options.constraint):
            raise UsageError("%prominence watch: name the ids of jobs, or a label: --constraint KEY=VALUE")
        if len(options.ids) == 1:
            job = self.named.found(options.ids[0])
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
        self.named.saw(jobs.ids)
        return show_set(jobs, self._shell, panel=self._settings.panel, follow=follow)

    def do_wait(self, options: Namespace) -> None:
        """Wait for jobs, showing them meanwhile."""
        may_ask = options.timeout is None  # a service that does not answer would keep one longer than that
        if len(options.ids) == 1:
            job = (self.named.found if may_ask else self.named.named)(options.ids[0])
            with _interruptible(job):
                shown = show(job, self._shell, panel=self._settings.panel)
                raise_unless_succeeded(job, shown.wait(options.timeout))
            return
        jobs = self._jobs(options.ids)
        is_local = jobs.client.transport.is_local
        with interruptible("the jobs go on", " ".join(options.ids), is_local=is_local):
            shown_set = self.show_set(jobs, follow=False, may_ask=may_ask)
            raise_unless_all_succeeded(shown_set.wait(options.timeout))

    def do_clone(self, options: Namespace) -> None:
        """Submit a copy of a job and show it."""
        job = self.named.handle(options.id).clone()
        self.named.saw([job.id])
        print(f"Submitted again as job {one_line(job.id)}.")
        show(job, self._shell, panel=self._settings.panel)

    def do_login(self, options: Namespace) -> None:  # noqa: ARG002 - as the other verbs
        """Get a new token, which what is watched here picks up by itself."""
        from prominence_jupyter.magics.verbs.login import logged_in  # noqa: PLC0415 - when someone logs in

        settings, is_local = self._settings, self._local is not None
        logged_in(self._shell, settings.url, allow_http=settings.allow_http, is_local=is_local)

    def do_session(self, options: Namespace) -> Session:  # noqa: ARG002 - as the other verbs
        """Return the session that the magics use, for use from Python."""
        return self._session()

    def do_whoami(self, options: Namespace) -> object:  # noqa: ARG002 - as above
        """Return who jobs are submitted as, and where."""
        from prominence_jupyter.magics.verbs.login import who_am_i  # noqa: PLC0415 - as above

        return who_am_i(self._local, self._settings.url)

    def leave_local(self) -> None:
        """Use the service of the settings again, after ``%prominence local``."""
        if self._local is not None:
            self._local = None
            print("This notebook does not use the local service any more.")

    def _jobs(self, typed: Sequence[str]) -> JobSet:
        return self._session().watch(dict.fromkeys(self.named.named(words).id for words in typed))

    def _session(self) -> Session:
        """Return the local service's session after ``%prominence local``, else that of the settings as they are now."""
        if self._local is not None:
            return self._local
        settings = self._settings
        fresh = connect(
            settings.url or None,
            longest_pause_s=settings.longest_pause_s,
            cache=settings.cache,
            connections=settings.connections,
            allow_http=settings.allow_http,
        )
        if self._connected is None or not self._connected.is_same_as(fresh):
            self._connected = fresh
        return self._connected


def _interruptible(job: Job) -> AbstractContextManager[None]:
    name = one_line(job.id)
    return interruptible(f"job {name} goes on", name, is_local=job.client.transport.is_local)
