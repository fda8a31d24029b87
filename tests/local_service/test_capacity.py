import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import capacity
from prominence_jupyter.local_service.capacity import Capacity, Need

COUNTS = st.integers(1, 64)


def test_the_default_is_what_this_process_may_use():
    declared = Capacity.declared(None, None)
    assert 1 <= declared.cpus <= os.cpu_count()
    assert declared.memory_gb <= max(1, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)
    assert Capacity.declared(3, 0.5) == Capacity(3, 0.5)


@pytest.mark.parametrize("value", [0, -1, -0.5, float("nan"), float("inf"), pytest.param(10**400, id="vast")])
@pytest.mark.parametrize("name", ["cpus", "memory_gb"])
def test_what_is_no_measure_is_refused(name, value):
    with pytest.raises(LocalServiceError, match=f"^{name} must be a number above 0, not"):
        Capacity.declared(**{"cpus": None, "memory_gb": None, name: value})


def test_limits_of_control_groups_count(tmp_path, monkeypatch):
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "cpu.max").write_text("max 100000\n")
    (inner.parent / "cpu.max").write_text("150000 100000\n")
    (inner / "memory.max").write_text("2000000000\n")
    (inner.parent / "memory.max").write_text("3000000000\n")
    own = tmp_path / "cgroup"
    own.write_text("1:name=systemd:/x\n0::/outer/inner\n")
    monkeypatch.setattr(capacity, "_CGROUPS", tmp_path)
    monkeypatch.setattr(capacity, "_OWN_CGROUP", own)
    assert Capacity.declared(None, None) == Capacity(min(1.5, float(len(os.sched_getaffinity(0)))), 2)


@given(COUNTS, COUNTS, st.lists(st.tuples(COUNTS, COUNTS), max_size=5))
def test_jobs_fit_when_their_sums_do(cpus, memory, asked):
    needs = [Need.of({"cpus": c, "memory": m}) for c, m in asked]
    fits = sum(c for c, _ in asked) <= cpus and sum(m for _, m in asked) <= memory
    assert Capacity(cpus, memory).holds(needs) == fits


def test_needs_are_read_from_every_form():
    assert Need.of({"cpus": 3, "memoryPerCpu": 2}) == Need(3, 6)
    assert Need.of({"cpusRange": [2, 8], "memory": 1}) == Need(2, 1)
    assert Need.of({"cpusOptions": [8, 4], "memory": 1}) == Need(4, 1)
    assert Need.of({"totalCpusRange": [5, 9], "memory": 1}) == Need(5, 1)
    assert not Capacity(8, 8).could_run({"cpus": 1, "memory": 1, "nodes": 2})
