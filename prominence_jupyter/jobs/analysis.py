"""`Analysis`: the part of a `Session` that is about ended jobs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prominence_jupyter.history.ended_jobs import EndedJobs, Progress
from prominence_jupyter.history.moments import Moment, moment
from prominence_jupyter.history.wanted import Wanted
from prominence_jupyter.protocol.record import JobRecord

if TYPE_CHECKING:
    import pandas as pd


class Analysis:
    """Ended jobs as frames and records.

    Attributes
    ----------
    history
        Where they come from; ``history.cache`` is where they are kept, None for the local service.
    """

    def __init__(self, history: EndedJobs) -> None:
        self.history = history

    def completed(
        self,
        num: int | None = None,
        *,
        name: str | None = None,
        label: tuple[str, str] | None = None,
        workflow: int | str | None = None,
        site: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        labels: Iterable[str] | bool = (),
        parameters: Iterable[str] | bool = (),
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Return ended jobs as a frame, newest first; see `usage.jobs_frame` for its columns.

        Parameters
        ----------
        num
            At most so many, the newest of those that match. Default: all of them with `since`, `until` or
            `workflow`, else one, as the API has it.
        name
            The name of the job, exactly, or with ``*`` and ``?`` as in names of files.
        label
            Key and value of a label.
        workflow
            The id of a workflow (deployed service only), or its name: the jobs of one are named ``workflow/job``.
        site
            Where the jobs ran.
        since, until
            When they ended: a time ago ("7d", "12h"), or a date or time; see `history.moments`.
        labels, parameters
            Which of the jobs' labels and parameters become columns; True is all.
        progress
            Called as jobs come, with what is done, how much there is (or None) and "jobs".

        Raises
        ------
        UsageError
            A filter makes no sense.
        UnexpectedAnswer
            The service cannot list the jobs of a workflow by its id.
        """
        from prominence_jupyter.usage.frames import jobs_frame  # noqa: PLC0415 - pandas, when it is first used

        wanted = _wanted(num, since, until, name=name, label=label, workflow=workflow, site=site)
        return jobs_frame(self.history.entries(wanted, progress), labels=labels, parameters=parameters)

    def tasks(
        self,
        num: int | None = None,
        *,
        name: str | None = None,
        label: tuple[str, str] | None = None,
        workflow: int | str | None = None,
        site: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        progress: Progress | None = None,
    ) -> pd.DataFrame:
        """Return the tasks of ended jobs as a frame, see `usage.tasks_frame`; the jobs are told as for `completed`."""
        from prominence_jupyter.usage.frames import tasks_frame  # noqa: PLC0415 - pandas, when it is first used

        wanted = _wanted(num, since, until, name=name, label=label, workflow=workflow, site=site)
        return tasks_frame(self.history.entries(wanted, progress))

    def completed_records(
        self,
        num: int | None = None,
        *,
        name: str | None = None,
        label: tuple[str, str] | None = None,
        workflow: int | str | None = None,
        site: str | None = None,
        since: Moment | None = None,
        until: Moment | None = None,
        progress: Progress | None = None,
    ) -> list[JobRecord]:
        """Return ended jobs with all that is known of them, newest first; they are told as for `completed`."""
        wanted = _wanted(num, since, until, name=name, label=label, workflow=workflow, site=site)
        return [JobRecord.from_json(entry) for entry in self.history.entries(wanted, progress)]


def _wanted(
    num: int | None,
    since: Moment | None,
    until: Moment | None,
    *,
    name: str | None,
    label: tuple[str, str] | None,
    workflow: int | str | None,
    site: str | None,
) -> Wanted:
    if num is None and since is None and until is None and workflow is None:
        num = 1
    begin, end = (None if value is None else moment(value) for value in (since, until))
    return Wanted(num, begin, end, name, label, workflow, site)
