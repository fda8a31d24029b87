"""`WorkflowResults`: the part of a `Workflow` that is about what its jobs said and left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prominence_jupyter.client.client import Client
from prominence_jupyter.history.ended_jobs import Progress
from prominence_jupyter.jobs.workflows.parsing import Parse
from prominence_jupyter.jobs.workflows.results import Results
from prominence_jupyter.jobs.workflows.workflow_files import saved
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

if TYPE_CHECKING:
    import pandas as pd


class WorkflowResults:
    """What the jobs of a workflow said and left.

    Attributes
    ----------
    client
        Asks for it.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._results = Results(client)

    @property
    def record(self) -> WorkflowRecord:
        """The workflow as the service reports it now."""
        raise NotImplementedError

    @property
    def reruns(self) -> WorkflowResults | None:
        """The workflow of which it runs again what failed, where that is known."""
        raise NotImplementedError

    def job_records(self) -> list[JobRecord]:
        """Return its jobs as the service reports them now."""
        raise NotImplementedError

    def results(self, parse: Parse | None = None, progress: Progress | None = None) -> pd.DataFrame:
        """Return a row for each job, in the order of the description; also while the workflow goes on.

        Only jobs that have ended well are asked for their output, each once in the life of this handle, whatever it is
        parsed for. An interrupt keeps what has come, and the next call fetches the rest.

        Parameters
        ----------
        parse
            What to read from the standard output of each job. A function of it: a dict that it returns becomes columns,
            anything else the column ``result``. A regular expression with named groups, which become columns, of
            numbers where all are; its last match counts. Or ``"json"``: the last line that is JSON. By default nothing
            is read, and no output is fetched.
        progress
            Called as outputs come, with how many have, how many there are and "outputs". By default it is shown in a
            notebook.

        Returns
        -------
        DataFrame
            ======================= ==========================================================================
            column                  meaning
            ======================= ==========================================================================
            each parameter          as it was sent: int64 or float64 where all are numbers, else string
            job, number             which job of the description, which of those that its factory made; where
                                    there is something to tell apart
            id                      of the job; missing before its turn
            status                  ``waiting`` before its turn, ``not run`` if that never came, ``done before``
                                    in the workflow that this one reruns, ``not listed`` where the service lacks
                                    the job; ``failed for now`` while it waits for resources or is held
            exit_code … site        as in `jobs_frame`: exit_code, queued, run_time, wall_time_s, cpu_time_s,
                                    max_memory_kb, site
            each name that was read int64, float64, bool or string as the values are, else object
            problem                 why nothing was read of a job that has ended; missing where all is well
            ======================= ==========================================================================

            A column of whole numbers is Int64 where one is missing; a missing float is NaN. A parameter that is called
            as one of these columns becomes ``NAME_parameter``; what was read and is called as one of them, or as a
            parameter, ``NAME_result``. Of a job that was tried again the last attempt counts. Jobs that belong to no
            part of the description come last.

        Raises
        ------
        UsageError
            `parse` is nothing of the kind.

        Warns
        -----
        OutputsUnread
            Some jobs have not ended, some outputs of jobs that ended well could not be read, or the service does not
            list all jobs of a workflow that has ended; the column ``problem`` says why.
        """
        is_rerun = self.reruns is not None
        return self._results.frame(self.record, self.job_records(), parse, progress, is_rerun=is_rerun)

    def download(
        self, folder: str | Path = ".", *, force: bool = False, progress: Progress | None = None
    ) -> list[Path]:
        """Fetch the output files of all jobs that have ended, several at a time; return their paths.

        Those of job ``point`` and number 3 go to ``FOLDER/point/3``; folders are packed. A file that has come
        before is left alone, so that a second call fetches the rest: it has the right size, and the time at which its
        job ended.

        Parameters
        ----------
        folder
            Where; made if need be.
        force
            Fetch all anew, and write over what is there.
        progress
            Called with how many jobs are done, how many there are and "jobs". By default it is shown in a notebook.

        Raises
        ------
        UsageError
            There is such a file already, of another job; nothing was fetched.

        Warns
        -----
        OutputsUnread
            Some files could not be had; all others are there.
        """
        return saved(self.client, self.record, self.job_records(), Path(folder), force=force, progress=progress)
