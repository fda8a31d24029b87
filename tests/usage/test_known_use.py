"""Jobs whose true use is known, on a real local service with a declared capacity of 8 cores."""

import json
import shlex
import sys

import pytest

import prominence_jupyter
from prominence_jupyter.local_service import control
from prominence_jupyter.usage import jobs_frame
from prominence_jupyter.usage.advice import advice
from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.totals import totals

HOLD_300_MB_AND_BURN_2_S = """
import time
held = b"x" * 300_000_000
while time.process_time() < 2:
    pass
"""


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Three jobs that need 2 CPU seconds of one core and 300 MB, and ask for 4 cores and 2 GB."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROMINENCE_LOCAL_DIR", str(tmp_path_factory.mktemp("local")))
        control.start(cpus=8, memory_gb=8)
        session = prominence_jupyter.local()
        command = f"{shlex.quote(sys.executable)} -Ic {shlex.quote(HOLD_300_MB_AND_BURN_2_S)}"
        description = {
            "resources": {"nodes": 1, "cpus": 4, "memory": 2, "disk": 1, "walltime": 10},
            "tasks": [{"image": "busybox", "cmd": command}],
        }
        try:
            submitted = [session.submit(description | {"name": f"known-{number}"}) for number in range(3)]
            records = [job.wait(120) for job in submitted]
            assert [record.succeeded for record in records] == [True, True, True]
            yield jobs_frame(records)
        finally:
            control.stop()


def test_the_table_says_what_a_person_works_out(jobs):
    found = efficiency(jobs)

    assert found["cores"].tolist() == [4, 4, 4]
    assert found["cpu_time_s"].tolist() == pytest.approx([2, 2, 2], abs=0.2)
    by_hand = jobs["cpu_time_s"] / (jobs["wall_time_s"] * 4)
    assert found["cpu_efficiency"].tolist() == pytest.approx(by_hand.tolist(), rel=1e-14)
    assert (found["cpu_efficiency"] < 0.26).all()  # one of four; less where the machine was busy
    assert found["peak_memory_gb"].tolist() == pytest.approx([0.31, 0.31, 0.31], abs=0.02)
    assert found["memory_efficiency"].tolist() == pytest.approx([0.155, 0.155, 0.155], abs=0.01)
    assert found["remarks"].tolist() == ["", "", ""]


def test_the_totals_add_them_up(jobs):
    found = totals(efficiency(jobs), "name").iloc[0]

    assert found[["group", "jobs", "succeeded", "failed"]].tolist() == ["known-*", 3, 3, 0]
    assert found["core_hours_used"] == pytest.approx(6 / 3600, rel=0.1)


def test_the_advice_is_one_core_and_one_gb(jobs):
    found = advice(jobs).iloc[0]

    assert found["verdict"] == "ask for less"
    assert found[["suggested_cpus", "suggested_memory_gb", "suggested_walltime_min"]].tolist() == [1, 1, 10]
    assert json.loads(found["resources"]) == {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1, "walltime": 10}
    held_h = efficiency(jobs)["held_s"].sum() / 3600
    assert found["core_hours_saved"] == pytest.approx(held_h * (4 - 1))
    assert found["gb_hours_saved"] == pytest.approx(held_h * (2 - 1))
