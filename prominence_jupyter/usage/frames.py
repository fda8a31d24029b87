"""Records of jobs as DataFrames: one row a job, or one row a task.

Pure functions. Every frame has all its columns with their dtypes, also when it has no rows. What a service did not
report, or reported in a form that cannot be, is missing: never 0 and never an error.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.usage import arrays
from prominence_jupyter.usage.columns import JOB_COLUMNS, TASK_COLUMNS


def jobs_frame(records: Iterable[JobRecord]) -> pd.DataFrame:
    """Return one row a job, in the order of the records.

    The index counts the rows; the id is a column, ready for ``merge`` and ``groupby``. A record that occurs twice
    gives two rows. "Asked for" is what the description says, "given" what the service set aside. Listings without
    detail have neither, nor what the job used.

    Parameters
    ----------
    records
        What a service reported about each job.

    Returns
    -------
    DataFrame
        ===================== ================== ====== =====================================================
        column                dtype              unit   meaning; JSON field it comes from
        ===================== ================== ====== =====================================================
        id                    Int64 or string           ``id``; string for all when any id is not an integer
        name                  string                    ``name``
        status                category                  ``status``; ``failed`` is provisional while the
                                                        active listing still has the job
        status_reason         string                    ``statusReason``
        site                  category                  where it ran; ``execution.site``
        created               datetime64[us,UTC]        ``events.createTime``
        started               datetime64[us,UTC]        ``events.startTime``
        ended                 datetime64[us,UTC]        ``events.endTime``
        queued                timedelta64[us]           started - created
        run_time              timedelta64[us]           ended - started; fetching images and files counts too
        nodes                 Int64                     asked for; ``resources.nodes``
        cpus                  Int64                     asked for, a node; ``resources.cpus``; missing when a
                                                        range or options were asked for
        memory_gb             float64            GB     asked for, a node; ``resources.memory``; missing when
                                                        it was asked for by CPU
        disk_gb               float64            GB     asked for; ``resources.disk``
        walltime_limit_min    float64            min    asked for; ``resources.walltime``
        provisioned_cpus      Int64                     given; ``execution.provisionedResources.cpus``
        provisioned_memory_gb float64            GB     given; ``execution.provisionedResources.memory``
        tasks                 Int64                     number of ``tasks``
        image                 string                    image of the first task; ``tasks[0].image``
        exit_code             Int64                     first that is not 0, else 0; missing when no task
                                                        reports one; ``execution.tasks[].exitCode``
        succeeded             boolean                   completed, and every exit code is 0; missing while
                                                        the status is not final, or no exit code is known
        retries               Int64                     of the whole job; ``execution.retries``
        wall_time_s           float64            s      sum over tasks; ``execution.tasks[].wallTimeUsage``
        cpu_time_s            float64            s      sum over tasks and CPUs, so it may exceed the wall
                                                        time; ``execution.tasks[].cpuTimeUsage``
        max_memory_kb         float64            1000 B peak of all processes of the job together;
                                                        ``execution.maxMemoryUsageKB``
        max_resident_set_kib  float64            1024 B peak of the largest single process;
                                                        ``execution.tasks[].maxResidentSetSizeKB``
        ===================== ================== ====== =====================================================
    """
    jobs = list(records)
    columns = {column.name: column.build([column.read(job) for job in jobs]) for column in JOB_COLUMNS}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(jobs)))


def tasks_frame(records: Iterable[JobRecord]) -> pd.DataFrame:
    """Return one row a task, in the order of the records and of the tasks of each.

    The index counts the rows. A task that did not run has a row too, with what is known of it. ``job_id`` has the
    dtype of ``id`` in `jobs_frame` of the same records.

    Parameters
    ----------
    records
        What a service reported about each job.

    Returns
    -------
    DataFrame
        ===================== ================== ====== =====================================================
        column                dtype              unit   meaning; JSON field it comes from
        ===================== ================== ====== =====================================================
        job_id                Int64 or string           ``id`` of the job; string for all when any is not an
                                                        integer
        task                  int64                     place in ``tasks``, from 0
        name                  string                    ``name`` of the job
        image                 string                    ``tasks[].image``
        cmd                   string                    ``tasks[].cmd``
        exit_code             Int64                     negative: the signal that ended it;
                                                        ``execution.tasks[].exitCode``
        retries               Int64                     ``execution.tasks[].retries``
        image_pull_status     category                  ``execution.tasks[].imagePullStatus``
        image_pull_time_s     float64            s      missing when the image was cached;
                                                        ``execution.tasks[].imagePullTime``
        wall_time_s           float64            s      ``execution.tasks[].wallTimeUsage``
        cpu_time_s            float64            s      over all CPUs, so it may exceed the wall time;
                                                        ``execution.tasks[].cpuTimeUsage``
        max_resident_set_kib  float64            1024 B peak of the largest single process;
                                                        ``execution.tasks[].maxResidentSetSizeKB``
        ===================== ================== ====== =====================================================
    """
    jobs = list(records)
    tasks = [task for job in jobs for task in job.tasks]
    owners = [row for row, job in enumerate(jobs) for _ in job.tasks]
    columns = {
        "job_id": arrays.ids([job.id for job in jobs]).take(owners),
        "task": pd.Series([place for job in jobs for place in range(len(job.tasks))], dtype="int64"),
        "name": arrays.texts([jobs[owner].name for owner in owners]),
        **{column.name: column.build([column.read(task) for task in tasks]) for column in TASK_COLUMNS},
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(tasks)))
