"""Records of jobs as DataFrames: one row a job, or one row a task.

Pure functions. Every frame has all its columns with their dtypes, also when it has no rows. What a service did not
report is missing, never 0. So is what it reported in a form that cannot be; that is counted and said in a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from prominence_jupyter.usage.reading import arrays
from prominence_jupyter.usage.reading.columns import JOB_COLUMNS, TASK_COLUMNS, Column
from prominence_jupyter.usage.reading.entries import Job, plain_entries
from prominence_jupyter.usage.reading.json_entries import collector_paused
from prominence_jupyter.usage.reading.runs import read_columns
from prominence_jupyter.usage.reading.unreadable import warn_of
from prominence_jupyter.usage.reading.user_columns import label_columns, parameter_columns
from prominence_jupyter.usage.reading.values import Read


def jobs_frame(
    jobs: Iterable[Job], *, labels: Iterable[str] | bool = (), parameters: Iterable[str] | bool = ()
) -> pd.DataFrame:
    """Return one row a job, in the order of the jobs.

    The index counts the rows; the id is a column, ready for ``merge`` and ``groupby``. A job that occurs twice
    gives two rows. "Asked for" is what the description says, "given" what the service set aside. Listings without
    detail have neither, nor what the job used. Of secrets, which a service sends back, none is in a frame. Text is as
    it was sent, but for control characters and marks of direction, which are U+FFFD.

    Parameters
    ----------
    jobs
        What a service reported about each job: records, or JSON objects as it sent them.
    labels
        Keys of ``labels`` to have as columns ``label_KEY`` of text, or True for every key that occurs, in
        alphabetical order.
    parameters
        Likewise of ``parameters`` (jobs of a workflow's factory have them), as columns ``parameter_KEY``: float64
        where all values are numbers, else text.
        A service may have mangled them: -1.5 may be missing, 1e-05 may be 1.

    Returns
    -------
    DataFrame
        ``attrs["unreadable"]`` has the number of values by column that were sent and could not be read.

        ===================== ================== ====== =====================================================
        column                dtype              unit   meaning; JSON field it comes from
        ===================== ================== ====== =====================================================
        id                    Int64 or string           ``id``; string for all when any id is not an integer
        name                  string                    ``name``
        workflow              category                  what stands before the first "/" of the name: jobs of
                                                        workflows are named workflow/job or
                                                        workflow/job/number
        status                category                  ``status``; ``failed`` is provisional while the
                                                        active listing still has the job
        status_reason         string                    ``statusReason``
        site                  category                  where it ran; ``execution.site``
        created               datetime64[us,UTC]        ``events.createTime``
        started               datetime64[us,UTC]        of the last start; ``events.startTime``
        ended                 datetime64[us,UTC]        ``events.endTime``
        queued                timedelta64[us]           started - created
        run_time              timedelta64[us]           ended - started; fetching images and files counts too
        nodes                 Int64                     asked for; ``resources.nodes``
        cpus                  Int64                     asked for, a node; ``resources.cpus``; missing when a
                                                        range or options were asked for
        memory_gb             float64            GB     asked for, a node; ``resources.memory``; missing when
                                                        it was asked for by CPU
        memory_per_cpu_gb     float64            GB     asked for, a CPU; ``resources.memoryPerCpu``
        disk_gb               float64            GB     asked for; ``resources.disk``
        walltime_limit_min    float64            min    asked for; ``resources.walltime``
        provisioned_nodes     Int64                     given; ``execution.provisionedResources.nodes``
        provisioned_cpus      Int64                     given, a node;
                                                        ``execution.provisionedResources.cpus``
        provisioned_memory_gb float64            GB     given, a node;
                                                        ``execution.provisionedResources.memory``
        provisioned_disk_gb   float64            GB     given, a node;
                                                        ``execution.provisionedResources.disk``
        tasks                 Int64                     number of ``tasks``
        image                 string                    image of the first task; ``tasks[0].image``
        exit_code             Int64                     first that is not 0, else 0; missing when no task
                                                        reports one; ``execution.tasks[].exitCode``
        succeeded             boolean                   completed, and every exit code is 0; missing while
                                                        the status is not final, or no exit code is known
        retries               Int64                     how often the whole job began again, after evictions
                                                        too; ``execution.retries``
        task_retries          Int64                     sum over tasks; ``execution.tasks[].retries``
        wall_time_s           float64            s      sum over tasks but sidecars, of the last attempt of
                                                        each; ``execution.tasks[].wallTimeUsage``
        cpu_time_s            float64            s      sum over all tasks, likewise, over CPUs too, so it may
                                                        exceed the wall time; of several nodes, only of the
                                                        one that reports; ``execution.tasks[].cpuTimeUsage``
        image_pull_time_s     float64            s      sum over tasks; missing when all images were cached;
                                                        ``execution.tasks[].imagePullTime``
        stage_in_time_s       float64            s      fetching files; ``execution.stageInTime``
        stage_out_time_s      float64            s      storing files; ``execution.stageOutTime``
        max_memory_kb         float64            1000 B peak of all processes of the job together, on the
                                                        node that reports; ``execution.maxMemoryUsageKB``
        max_resident_set_kib  float64            1024 B peak of the largest single process;
                                                        ``execution.tasks[].maxResidentSetSizeKB``
        ===================== ================== ====== =====================================================

    Raises
    ------
    UsageError
        All labels or parameters were asked for, and there are more keys than make sense as columns.

    Warns
    -----
    UnreadableValues
        Something could not be read.
    """
    return _made(jobs, named=(labels, parameters), of_tasks=False)[0]


def tasks_frame(jobs: Iterable[Job]) -> pd.DataFrame:
    """Return one row a task, in the order of the jobs and of the tasks of each.

    The index counts the rows. A task that did not run has a row too, with what is known of it. ``job_id`` has the
    dtype of ``id`` in `jobs_frame` of the same jobs.

    Parameters
    ----------
    jobs
        What a service reported about each job: records, or JSON objects as it sent them.

    Returns
    -------
    DataFrame
        ``attrs["unreadable"]`` has the number of values by column that were sent and could not be read.

        ===================== ================== ====== =====================================================
        column                dtype              unit   meaning; JSON field it comes from
        ===================== ================== ====== =====================================================
        job_id                Int64 or string           ``id`` of the job; string for all when any is not an
                                                        integer
        task                  int64                     place in ``tasks``, from 0
        name                  string                    ``name`` of the job
        image                 string                    ``tasks[].image``
        cmd                   string                    ``tasks[].cmd``
        type                  category                  basic, sidecar, openmpi, …; missing is basic;
                                                        ``tasks[].type``
        exit_code             Int64                     negative: the signal that ended it;
                                                        ``execution.tasks[].exitCode``, where the deployed
                                                        service has nothing about sidecars
        retries               Int64                     ``execution.tasks[].retries``
        image_pull_status     category                  ``execution.tasks[].imagePullStatus``
        image_pull_time_s     float64            s      missing when the image was cached;
                                                        ``execution.tasks[].imagePullTime``
        wall_time_s           float64            s      of the last attempt;
                                                        ``execution.tasks[].wallTimeUsage``
        cpu_time_s            float64            s      of the last attempt, over all CPUs, so it may exceed
                                                        the wall time; ``execution.tasks[].cpuTimeUsage``
        max_resident_set_kib  float64            1024 B peak of the largest single process;
                                                        ``execution.tasks[].maxResidentSetSizeKB``
        ===================== ================== ====== =====================================================

    Warns
    -----
    UnreadableValues
        Something could not be read.
    """
    return _made(jobs, of_jobs=False)[1]


def both_frames(
    jobs: Iterable[Job], *, labels: Iterable[str] | bool = (), parameters: Iterable[str] | bool = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return `jobs_frame` and `tasks_frame` of the same jobs, in less time than one after the other.

    Parameters
    ----------
    jobs, labels, parameters
        As for `jobs_frame`.
    """
    return _made(jobs, named=(labels, parameters))


def _made(
    jobs: Iterable[Job],
    *,
    named: tuple[Iterable[str] | bool, Iterable[str] | bool] = ((), ()),
    of_jobs: bool = True,
    of_tasks: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a frame of jobs and one of tasks; one that is not wanted has no columns."""
    with collector_paused():
        entries = plain_entries(jobs)
        jobs_read, tasks_read = read_columns(entries, of_jobs=of_jobs, of_tasks=of_tasks)
        users = label_columns(entries, named[0]) | parameter_columns(entries, named[1])
        columns = (*JOB_COLUMNS, *(Column(name, arrays.as_given) for name in users)) if of_jobs else ()
        frames = _frame(columns, jobs_read | users), _frame(TASK_COLUMNS if of_tasks else (), tasks_read)
    for frame in frames:
        warn_of(frame.attrs["unreadable"])
    return frames


def _frame(columns: Sequence[Column], read: Mapping[str, Read]) -> pd.DataFrame:
    built = {column.name: column.build(read[column.name].values) for column in columns}
    rows = len(next(iter(built.values()), ()))
    frame = pd.DataFrame(built, index=pd.RangeIndex(rows))
    unreadable = {column.name: read[column.name].unreadable for column in columns}
    frame.attrs["unreadable"] = {name: count for name, count in unreadable.items() if count}
    return frame
