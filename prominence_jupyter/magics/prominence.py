"""The magics ``%prominence``, ``%%prominence_job`` and ``%%prominence_workflow``; what they do is imported late."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from traitlets import Bool, Float, Int, TraitError, Unicode, observe, validate

from prominence_jupyter.jobs.shown_progress import ProgressDisplay
from prominence_jupyter.magics.line.completion import matcher
from prominence_jupyter.magics.line.options import full_help, job_parser, line_parser, workflow_parser
from prominence_jupyter.magics.short_errors import short_errors

if TYPE_CHECKING:
    from prominence_jupyter.history.ended_jobs import Progress


def _helped_by(text: Callable[[], str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put the help of the options below the docstring, where ``?`` shows it."""

    def document(function: Callable[..., Any]) -> Callable[..., Any]:
        function.__doc__ = f"{function.__doc__}\n\n{text()}"
        return function

    return document


@magics_class
class ProminenceMagics(Magics):
    """PROMINENCE jobs from a notebook: settings of the magics, to be set with %config."""

    url = Unicode("", help="Base URL of the service; empty: PROMINENCE_URL, else that of EOSC.").tag(config=True)
    longest_pause_s = Float(10.0, min=1.0, help="Most seconds between two questions about jobs that are watched.").tag(
        config=True
    )
    cache = Bool(
        default_value=True,
        help="Keep ended jobs on disk, without secrets, so that they load at once.",
    ).tag(config=True)
    connections = Int(16, min=1, max=64, help="Most jobs that are asked for at the same time.").tag(config=True)
    once = Bool(default_value=False, help="Join jobs that are there already, as --once does.").tag(config=True)
    allow_http = Bool(
        default_value=False,
        help="Let the token go to http URLs of other machines: whoever is on the way can read it.",
    ).tag(config=True)
    panel = Bool(default_value=True, help="Show the live panel; else one line, as --no-panel does.").tag(config=True)

    def __init__(self, shell: Any) -> None:
        self._commands: Any = None
        super().__init__(shell, parent=shell)
        ProgressDisplay.make = self._progress_bar
        shell.Completer.custom_matchers.append(matcher(lambda: self._loaded().named))
        if getattr(shell, "kernel", None) is not None:  # a notebook: `session.watch(…)` at the end of a cell is a table
            formatter = shell.display_formatter.ipython_display_formatter
            formatter.for_type_by_name("prominence_jupyter.jobs.job_set", "JobSet", self._show_set)
            formatter.for_type_by_name("prominence_jupyter.jobs.workflows.workflow", "Workflow", self._show_workflow)

    def _progress_bar(self) -> AbstractContextManager[Progress]:
        """Return a bar for what Python code waits for, such as `Workflow.results`."""
        from prominence_jupyter.notebook.progress_bar import ProgressBar  # noqa: PLC0415 - when it is first used

        return ProgressBar(self.shell)

    @observe("url")
    def _url_changed(self, _change: Any) -> None:
        if self._commands is not None:
            self._commands.leave_local()

    @validate("longest_pause_s")
    def _is_finite(self, proposal: Any) -> float:
        if not math.isfinite(proposal["value"]):
            raise TraitError("longest_pause_s must be a number of seconds")
        return float(proposal["value"])

    @line_magic
    @no_var_expand
    @short_errors
    @_helped_by(full_help)
    def prominence(self, line: str) -> object:
        """List, watch and delete PROMINENCE jobs and workflows; see what they used; log in; start the local service."""
        return self._loaded().line(line_parser().parse_line(line))

    @cell_magic
    @no_var_expand
    @short_errors
    @_helped_by(lambda: job_parser().format_help())
    def prominence_job(self, line: str, cell: str) -> object:
        """Submit the job described in JSON in this cell, or with --sweep many of it, and show it while it runs."""
        return self._loaded().submit(job_parser().parse_line(line), cell)

    @cell_magic
    @no_var_expand
    @short_errors
    @_helped_by(lambda: workflow_parser().format_help())
    def prominence_workflow(self, line: str, cell: str) -> object:
        """Submit the workflow described in JSON in this cell and show it while it runs."""
        return self._loaded().submit_workflow(workflow_parser().parse_line(line), cell)

    def _show_set(self, jobs: Any) -> None:
        self._loaded().show_set(jobs)

    def _show_workflow(self, workflow: Any) -> None:
        from prominence_jupyter.notebook.display import show_workflow  # noqa: PLC0415 - %load_ext stays fast

        show_workflow(workflow, self.shell, panel=self.panel, follow=True)

    def _loaded(self) -> Any:
        if self._commands is None:
            from prominence_jupyter.magics.commands import Commands  # noqa: PLC0415 - %load_ext stays fast

            self._commands = Commands(self.shell, self)
        return self._commands
