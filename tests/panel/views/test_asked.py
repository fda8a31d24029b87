"""What a job asked for, in words."""

import pytest

from prominence_jupyter.panel.views.asked import Asked


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        (
            {"cpus": 4, "memory": 8, "disk": 10, "walltime": 60, "nodes": 2},
            "4 CPUs, 8 GB memory, 10 GB disk, 60 min, 2 nodes",
        ),
        ({"cpusRange": [1, 4], "memoryPerCpu": 2}, "1 to 4 CPUs, 2 GB per CPU memory"),
        ({"cpusOptions": [1, 4]}, "1 or 4 CPUs"),
        ({"totalCpusRange": [8, 16]}, "8 to 16 CPUs in all"),
        ({"cpus": 1, "nodes": 1}, "1 CPU, 1 node"),
        ({"cpus": "1", "memory": None, "disk": [], "cpusRange": "1-4"}, "1 CPU"),
        ({"cpus": True, "memory": {}, "cpusRange": [1, "x"]}, ""),
        ({}, ""),
    ],
)
def test_asked(resources, words):
    assert Asked.of(resources).words == words
