"""CPU and memory used, against what was held and asked for."""

import itertools

import numpy as np
import pytest
from matplotlib.collections import PathCollection, QuadMesh

from prominence_jupyter.usage.efficiency import efficiency
from prominence_jupyter.usage.plots import PLOTS
from tests.usage.plots.made import frame, job, legend, many, words


def used(number=1, *, cpus=1, memory=4, cpu=0.5, peak=1.0):
    """A job that used a share of its CPUs, and so many GB."""
    made = job(number, ran=100.0, resources={"nodes": 1, "cpus": cpus, "memory": memory})
    made["execution"]["maxMemoryUsageKB"] = peak * 1e6
    made["execution"]["tasks"][0]["cpuTimeUsage"] = cpu * cpus * 100.0
    return made


def marks(axes):
    """Where the marks are: those of at most 100 %, then those above."""
    return [np.asarray(each.get_offsets()) for each in axes.collections if isinstance(each, PathCollection)]


def cells(axes):
    """How many jobs are in the cells of each scale."""
    return [int(mesh.get_array().sum()) for mesh in axes.collections if isinstance(mesh, QuadMesh)]


def test_few_jobs_are_marks_of_their_efficiency():
    left, right = PLOTS["efficiency"](frame(used(1, cpu=0.25, peak=2), used(2, cpu=1.1, peak=5, memory=8))).axes

    within, above = marks(left)
    assert within[:, 1] == pytest.approx([0.25])
    assert above[:, 1] == pytest.approx([1.1])
    (both,) = marks(right)
    assert both[:, 0] == pytest.approx([4, 8], rel=0.02)
    assert both[:, 1] == pytest.approx([2, 5])
    assert legend(left) == ["at most 100 %: 1 job", "above 100 %: 1 job", "100 %"]
    assert legend(right) == ["at most 100 %: 2 jobs", "100 %"]
    assert (left.get_xlabel(), left.get_ylabel()) == ("cores held", "CPU efficiency")
    assert (right.get_xlabel(), right.get_ylabel()) == ("memory asked for, GB a node", "peak memory, GB a node")


def test_what_is_above_100_percent_has_a_shape_of_its_own():
    left, _ = PLOTS["efficiency"](frame(used(1), used(2, cpu=1.1))).axes

    within, above = (each.get_paths()[0] for each in left.collections)
    assert len(within.vertices) != len(above.vertices)


def test_cores_stand_in_groups():
    left, _ = PLOTS["efficiency"](frame(*(used(i, cpus=i) for i in (1, 2, 3, 4, 5, 16)))).axes

    assert [label.get_text() for label in left.get_xticklabels()] == [
        "1",
        "2",
        "3\N{EN DASH}4",
        "5\N{EN DASH}8",
        "9\N{EN DASH}16",
    ]
    (points,) = marks(left)
    assert points[:, 0].round().tolist() == [0, 1, 2, 2, 3, 4]


def test_many_jobs_are_counted_in_cells():
    jobs = many(3000)
    measured = efficiency(jobs)

    figure = PLOTS["efficiency"](jobs)

    left, right, scale = figure.axes
    assert not marks(left) + marks(right)
    for axes, column in ((left, "cpu_efficiency"), (right, "memory_efficiency")):
        shares = measured[column].dropna()
        above = int((shares > 1).sum())
        assert cells(axes) == [len(shares) - above, above]
        assert legend(axes)[1] == f"above 100 %: {above:,} jobs"
    assert scale.get_ylabel() == "jobs in a cell"


def test_one_wrong_number_does_not_flatten_the_others():
    left, _ = PLOTS["efficiency"](frame(used(1), used(2, cpu=400))).axes

    assert left.get_ylim() == (0, 2)
    assert marks(left)[1][:, 1].tolist() == [2]


def test_jobs_without_data_are_counted():
    killed = job(3, status="killed", statusReason="Job used too much memory", execution={})
    several = used(4)
    several["resources"]["nodes"] = 2

    said = " ".join(" ".join(words(PLOTS["efficiency"](frame(used(1), used(2, cpu=300), killed, several)))).split())

    assert "CPU: median 50 %, known of 3 of 4 jobs. Memory: median 25 %, known of 3 of 4 jobs." in said
    assert "1 job above 200 % CPU drawn at the top." in said
    assert "1 job killed for using too much memory reported no peak." in said
    assert "1 job on several nodes: only the first node's use is known." in said


def test_one_half_may_have_nothing():
    no_peak, no_cpu = used(1), used(2)
    del no_peak["execution"]["maxMemoryUsageKB"]
    del no_cpu["execution"]["tasks"][0]["cpuTimeUsage"]

    assert "no job with memory metrics" in words(PLOTS["efficiency"](frame(no_peak)))
    assert "no job with CPU metrics" in words(PLOTS["efficiency"](frame(no_cpu)))


def test_a_peak_of_nothing_is_no_peak():
    made = used(peak=0)

    assert "no job with memory metrics" in words(PLOTS["efficiency"](frame(made)))
    del made["execution"]["tasks"][0]["cpuTimeUsage"]
    assert "Nothing to draw: no job here has metrics of a run of a second or longer." in words(
        PLOTS["efficiency"](frame(made))
    )


def test_no_cell_has_the_colours_of_two_scales_where_whole_powers_of_two_were_asked_for():
    jobs = many(5000)
    jobs["memory_gb"] = np.random.default_rng(1).choice([1.0, 2.0, 4.0, 8.0], len(jobs))

    _, axes, _ = PLOTS["efficiency"](jobs).axes

    within, above = (np.ma.filled(mesh.get_array(), 0) > 0 for mesh in axes.collections if isinstance(mesh, QuadMesh))
    assert within.any()
    assert above.any()
    assert not (within & above).any()


def test_names_of_many_groups_of_cores_do_not_overlap():
    figure = PLOTS["efficiency"](frame(*(used(n, cpus=2**n) for n in range(11))))
    figure.draw_without_rendering()

    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]

    assert len(boxes) == 11
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))
