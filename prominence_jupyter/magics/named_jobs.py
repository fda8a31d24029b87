"""`NamedJobs`: which jobs are meant by what is typed where an id belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral
from typing import Any, Final

from prominence_jupyter.jobs.job import Job
from prominence_jupyter.jobs.session import Session

_IDS_OFFERED: Final = 20


class NamedJobs:
    """Jobs as they are typed: the id, or the variable that holds the job or its id.

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

    def jobs_in_use(self) -> dict[str, Job]:
        """Return the jobs that variables of the notebook hold, by name."""
        return {name: held for name, held in self._variables.items() if isinstance(held, Job) and name[0] != "_"}

    def recent_ids(self) -> list[str]:
        """Return the ids of jobs that were submitted, listed or looked at here, the latest first."""
        return [*reversed(self._recent_ids)][:_IDS_OFFERED]

    def saw(self, ids: Iterable[Any]) -> None:
        """Remember ids, the latest last, to be offered by completion."""
        self._recent_ids |= dict.fromkeys([str(job_id) for job_id in ids][-_IDS_OFFERED:])

    def handle(self, typed: str) -> Job:
        """Return the job that a variable holds, or one with that id; nothing is asked.

        Services give whole numbers or other text as ids.
        """
        if job := self.jobs_in_use().get(typed):
            return job
        held = self._variables.get(typed)
        if not isinstance(held, bool) and isinstance(held, Integral):  # a variable that holds an id; NumPy's too
            typed = str(int(held))
        is_number = typed.isascii() and typed.isdigit() and not typed.startswith("0")
        return self._session().handle(int(typed) if is_number else typed)

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
