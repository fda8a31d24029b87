"""What a job used in all."""

from prominence_jupyter.panel.records.job_usage import JobUsage
from prominence_jupyter.protocol.record import JobRecord, TaskRecord


def test_times_add_up_and_the_largest_peak_counts():
    tasks = (TaskRecord(cpu_time_s=1.5, max_resident_set_kib=1000), TaskRecord(cpu_time_s=2, max_resident_set_kib=3000))
    assert JobUsage.of(JobRecord(tasks=tasks)) == JobUsage(cpu_time_s=3.5, peak_memory_mb=3.072)


def test_all_processes_together_come_before_the_largest():
    record = JobRecord(max_memory_kb=4500, tasks=(TaskRecord(max_resident_set_kib=1000),))
    assert JobUsage.of(record) == JobUsage(peak_memory_mb=4.5)


def test_what_is_not_told_is_unknown():
    assert JobUsage.of(JobRecord(tasks=(TaskRecord(),))) == JobUsage()
