"""`NamedJobs`: which jobs and workflows are meant by what is typed where an id belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral
from typing import Any, Final

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.jobs.workflows.workflow import Workflow
from prominence_jupyter.protocol.paths import JobId

_IDS_OFFERED: Final = 20


class NamedJobs:
    """Jobs and workflows as they are typed: the id, or the variable that holds one or its id.

    Parameters
    ----------
    variables
        Those of the notebook.
    session
        Gives the session in use.
    """

    def __init__(self, variables: dict[str, Any], session: Callable[[], Session]) -> None:
        self._variables = variables
        self._session = session
        self._recent_ids: dict[str, None] = {}
        self._recent_workflows: dict[str, None] = {}

    def jobs_in_use(self) -> dict[str, Job]:
        """Return the jobs that variables of the notebook hold, by name."""
        return {name: held for name, held in self._variables.items() if isinstance(held, Job) and name[0] != "_"}

    def workflows_in_use(self) -> dict[str, Workflow]:
        """Return the workflows that variables of the notebook hold, by name."""
        return {name: held for name, held in self._variables.items() if isinstance(held, Workflow) and name[0] != "_"}

    def tables(self) -> list[str]:
        """Return the names of the notebook's variables that hold a DataFrame, which is known without pandas."""
        return [name for name, held in self._variables.items() if _is_frame(held) and name[0] != "_"]

    def recent_workflows(self) -> list[str]:
        """Return the ids of workflows that were submitted, listed or looked at here, the latest first."""
        return [*reversed(self._recent_workflows)][:_IDS_OFFERED]

    def recent_ids(self) -> list[str]:
        """Return the ids of jobs that were submitted, listed or looked at here, the latest first."""
        return [*reversed(self._recent_ids)][:_IDS_OFFERED]

    def saw(self, ids: Iterable[Any]) -> None:
        """Remember ids, the latest last, to be offered by completion."""
        self._recent_ids |= dict.fromkeys([str(job_id) for job_id in ids][-_IDS_OFFERED:])

    def saw_workflows(self, ids: Iterable[Any]) -> None:
        """Remember ids of workflows, the latest last, to be offered by completion."""
        self._recent_workflows |= dict.fromkeys([str(workflow_id) for workflow_id in ids][-_IDS_OFFERED:])

    def workflow(self, typed: str) -> Workflow:
        """Return the workflow that a variable holds, or one with that id; as for jobs, a word is asked for."""
        if held := self.workflows_in_use().get(typed):
            return held
        session = self._session()
        workflow = Workflow(session.client, session.watcher, self._id(typed))
        if workflow.id == typed and not typed.isdigit():
            _ = workflow.record
        self.saw_workflows([workflow.id])
        return workflow

    def handle(self, typed: str) -> Job:
        """Return the job that a variable holds, or one with that id; nothing is asked.

        Services give whole numbers or other text as ids.
        """
        if job := self.jobs_in_use().get(typed):
            return job
        return self._session().handle(self._id(typed))

    def named(self, typed: str) -> Job:
        """Return a job; only what is no number and no variable is asked for, since it is probably misspelt."""
        job = self.handle(typed)
        return self.found(typed) if str(job.id) == typed and not typed.isdigit() else job

    def found(self, typed: str) -> Job:
        """Return a job that the service is known to have."""
        job = self.handle(typed)
        _ = job.record
        self.saw([job.id])
        return job

    def _id(self, typed: str) -> JobId:
        held = self._variables.get(typed)
        if not isinstance(held, bool) and isinstance(held, Integral):  # a variable that holds an id; NumPy's too
            typed = str(int(held))
        is_number = typed.isascii() and typed.isdigit() and not typed.startswith("0")
        return int(typed) if is_number else typed


def _is_frame(held: object) -> bool:
    return type(held).__name__ == "DataFrame" and type(held).__module__.partition(".")[0] == "pandas"
