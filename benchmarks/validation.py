"""What it costs to check a workflow of 1,000 jobs, beside reading its JSON and checking it with jsonschema.

Run it with: python benchmarks/validation.py

Each figure is the median of several runs, in milliseconds. jsonschema is what one would use instead: it knows the same
keys, types and ranges, but not the rules between values, and stops at words like "is not of type".
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from prominence_jupyter.protocol.validation import workflow_problems

JOBS = 1000
RUNS = 15
GOAL_MS = 50.0


def workflow(jobs: int) -> dict[str, Any]:
    """Return a workflow whose jobs use most of what a description can hold, half of them waiting for the other."""
    return {
        "name": "study",
        "jobs": [job(f"point-{n:04}") for n in range(jobs)],
        "dependencies": {f"point-{n:04}": [f"point-{n + 1:04}"] for n in range(0, jobs, 2)},
        "labels": {"study": "one"},
        "policies": {"maximumRetries": 2},
    }


def job(name: str) -> dict[str, Any]:
    """Return one job of it."""
    task = {
        "image": "eoscprominence/testpi",
        "runtime": "singularity",
        "cmd": "/bin/sh -c 'python3 pi.py --steps 1000 > pi.txt'",
        "env": {"OMP_NUM_THREADS": 4, "MODE": "fast"},
        "workdir": "/tmp",
    }
    return {
        "name": name,
        "resources": {"nodes": 1, "cpus": 4, "memory": 8, "disk": 10, "walltime": 60},
        "tasks": [task, {"image": "busybox", "cmd": "echo done"}],
        "labels": {"study": "one", "point": name},
        "inputs": [{"filename": "pi.py", "content": "cHJpbnQoMy4xNCkK"}],
        "outputFiles": ["pi.txt"],
        "policies": {"maximumRetries": 2, "leaveInQueue": False},
    }


def schema() -> dict[str, Any]:
    """Return what of our rules JSON Schema can say of this workflow."""
    text, flag, whole = {"type": "string"}, {"type": "boolean"}, {"type": "integer", "minimum": 1}
    names = {"type": "array", "items": text}
    name = {"type": "string", "pattern": r"^[A-Za-z0-9\-_./]{1,512}$"}
    labels = {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z0-9]{1,512}$"},
        "additionalProperties": {"type": "string", "pattern": r"^[\w\-./]{1,512}$"},
    }
    task = closed(
        {
            "image": text,
            "runtime": {"enum": ["singularity", "udocker"]},
            "cmd": text,
            "env": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
            "workdir": text,
            "type": {"enum": ["basic", "sidecar", "openmpi", "mpich", "intelmpi"]},
            "procsPerNode": whole,
        },
        "image",
    )
    a_job = closed(
        {
            "name": name,
            "resources": closed(
                dict.fromkeys(("nodes", "cpus", "memory", "disk", "walltime"), whole), "cpus", "memory", "disk"
            ),
            "tasks": {"type": "array", "minItems": 1, "items": task},
            "labels": labels,
            "inputs": {"type": "array", "items": closed({"filename": text, "content": text}, "filename", "content")},
            "outputFiles": names,
            "policies": closed({"maximumRetries": whole | {"maximum": 6}, "leaveInQueue": flag}),
        },
        "name",
        "resources",
        "tasks",
    )
    return closed(
        {
            "name": name,
            "jobs": {"type": "array", "minItems": 1, "items": a_job},
            "dependencies": {"type": "object", "additionalProperties": names},
            "labels": labels,
            "policies": closed({"maximumRetries": whole | {"maximum": 10}}),
        },
        "name",
        "jobs",
    )


def closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """Return the schema of an object that has no other keys."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def rivals(text: str, body: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    """Return what is measured, by name; jsonschema only where it is installed."""
    measured: dict[str, Callable[[], Any]] = {
        "workflow_problems": lambda: workflow_problems(body),
        "json.loads": lambda: json.loads(text),
    }
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        return measured
    validator = Draft202012Validator(schema())
    return measured | {"jsonschema": lambda: list(validator.iter_errors(body))}


def main() -> None:
    """Measure all in turn, so that a machine that gets slower does so for all."""
    body = workflow(JOBS)
    text = json.dumps(body)
    measured = rivals(text, body)
    assert workflow_problems(body) == []
    assert "jsonschema" not in measured or measured["jsonschema"]() == []
    times: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(RUNS):
        for name, call in measured.items():
            start = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - start) * 1000)
    mine = statistics.median(times["workflow_problems"])
    print(f"{JOBS} jobs, {len(text) / 1000:.0f} kB of JSON, {RUNS} runs; the goal is {GOAL_MS:.0f} ms")
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name:20} {median:8.1f} ms   (from {min(taken):.1f} to {max(taken):.1f})   x {median / mine:.2f}")


if __name__ == "__main__":
    main()
