"""Wrong workflows and sweeps as people write them, in a kernel: one exact error each, before anything is sent.

The text of every error is kept in ``wrong_workflows.txt``. To write it anew after a change of words, delete it, run
this test twice and look at the difference.
"""

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from tests.standin import standin

SNAPSHOT = Path(__file__).parent / "wrong_workflows.txt"
RESOURCES = '"resources": {"cpus": 1, "memory": 1, "disk": 1}'
SETUP = """%load_ext prominence_jupyter
import datetime
import numpy, pandas
ns, none, word = [10, 20, 30], [], "text"
gap = pandas.DataFrame({"n": [1, 2, 3, 4], "x": [0.5, 1.0, 1.5, numpy.nan]})
dated = pandas.DataFrame({"n": [1, 2], "day": pandas.to_datetime(["2026-11-28", "2026-11-29"])})
named = pandas.DataFrame({"my n": [1, 2]})
broken = {"n": [1, 2], "who": ["ann", "bob b"]}
uneven = {"n": [1, 2, 3], "seed": [1, 2]}
extra = pandas.DataFrame({"n": [1, 2], "seed": [1, 2], "weight": [0.1, 0.2]})
"""


def job(name: str, cmd: str = "echo hello", more: str = "") -> str:
    named = f'"name": "{name}", ' if name else ""
    return f'{{{named}{RESOURCES}, "tasks": [{{"image": "busybox", "cmd": "{cmd}"}}]{more}}}'


def workflow(*jobs: str, **parts: str) -> str:
    lines = ['"name": "study"', '"jobs": [\n    ' + ",\n    ".join(jobs) + "\n  ]"]
    lines += [f'"{key}": {value}' for key, value in parts.items()]
    return "{\n  " + ",\n  ".join(lines) + "\n}"


def factory(kind: str, rest: str, jobs: str = '"point"') -> str:
    return f'[\n    {{"name": "f", "type": "{kind}", "jobs": [{jobs}], {rest}}}\n  ]'


def swept(start: str, end: str, step: str) -> str:
    parameter = f'{{"name": "n", "start": {start}, "end": {end}, "step": {step}}}'
    return factory("parameterSweep", f'"parameters": [{parameter}]')


def zipped(**values: str) -> str:
    parameters = ", ".join(f'{{"name": "{name}", "values": {listed}}}' for name, listed in values.items())
    return factory("zip", f'"parameters": [{parameters}]')


AB = (job("one"), job("two"), job("three"))
POINT = job("point", "run $n $seed")
WORKFLOWS = {
    "a cycle": workflow(*AB, dependencies='{"one": ["two"], "two": ["three"], "three": ["one"]}'),
    "an unknown child": workflow(*AB, dependencies='{"one": ["tow"]}'),
    "an unknown parent": workflow(*AB, dependencies='{"four": ["one"]}'),
    "unequal lengths": workflow(POINT, factories=zipped(n="[1, 2, 3]", seed="[1, 2]")),
    "duplicate names": workflow(job("one"), job("two"), job("one")),
    "duplicate names, that others wait for": workflow(
        job("one"), job("two"), job("one"), dependencies='{"one": ["two"]}'
    ),
    "a name that a factory makes": workflow(POINT, job("point_1"), factories=zipped(n="[1, 2]", seed="[1, 2]")),
    "a job without a name": workflow(job("one"), job("")),
    "a job without a name, that others wait for": workflow(job("one"), job(""), dependencies='{"one": ["two"]}'),
    "an unused parameter": workflow(job("point", "run $n"), factories=zipped(n="[1, 2]", seed="[1, 2]")),
    "a misspelt parameter": workflow(job("point", "run $n $sede"), factories=zipped(n="[1, 2]", seed="[1, 2]")),
    "an unknown type of factory": workflow(job("point", "run $n"), factories=factory("sweep", '"parameters": []')),
    "an empty range": workflow(job("point", "run $n"), factories=swept("4", "0", "1")),
    "a range that leads away": workflow(job("point", "run $n"), factories=swept("0", "4", "-1")),
    "a thousand million jobs by a sweep": workflow(job("point", "run $n"), factories=swept("0", "1", "1e-9")),
    "a thousand million jobs by repeating": workflow(job("point"), factories=factory("repeat", '"number": 1000000000')),
    "a factory of an unknown job": workflow(*AB, factories=factory("repeat", '"number": 3', '"four"')),
    "a job in two factories": workflow(
        job("point"),
        factories='[\n    {"name": "f", "type": "repeat", "jobs": ["point"], "number": 3},\n'
        '    {"name": "g", "type": "repeat", "jobs": ["point"], "number": 4}\n  ]',
    ),
    "more jobs than are meant": workflow(job("point"), factories=factory("repeat", '"number": 1001')),
    "a name with a space": workflow(job("one")).replace('"study"', '"my study"'),
    "no jobs": '{"name": "study"}',
    "a job alone": job("one"),
}
SWEPT = job("", "run $n $seed")
SWEEPS = {
    "a parameter that is not used": ("--sweep n=1,2 --sweep seed=0:4", job("", "run $n")),
    "a misspelt name in the cell": ("--sweep n=1,2 --sweep seed=0:4", job("", "run $n --seed $sede")),
    "a name in capitals": ("--sweep n=1,2", job("", "run $N")),
    "an empty range, swept": ("--sweep n=1,2 --sweep seed=4:0", SWEPT),
    "a thousand million jobs, swept": ("--sweep n=0:1000000000", job("", "run $n")),
    "a thousand million jobs in a grid": ("--sweep n=0:1000 --sweep seed=0:1000 --sweep x=0:1000", SWEPT),
    "many jobs, swept": ("--sweep n=0:100 --sweep seed=0:20", SWEPT),
    "swept twice": ("--sweep n=1,2 --sweep n=3", SWEPT),
    "no values": ("--sweep n", SWEPT),
    "a parameter with a minus": ("--sweep n-jobs=1,2", SWEPT),
    "a value with a space": ('--sweep "n=a b,c"', job("", "run $n")),
    "an undefined variable, swept": ("--sweep n={{ nss }}", SWEPT),
    "a variable without values": ("--sweep n={{ none }}", SWEPT),
    "a variable that is text": ("--sweep n={{ word }}", SWEPT),
    "a call": ("--sweep 'n={{ range(3) }}'", SWEPT),
    "a sweep and a table": ("--sweep n=1,2 --table {{ gap }}", SWEPT),
    "a gap in a table": ("--table {{ gap }}", job("", "run $n $x")),
    "dates in a table": ("--table dated", job("", "run $n $day")),
    "a column with a space": ("--table {{ named }}", job("", "run $n")),
    "text with a space in a table": ("--table broken", job("", "run $n $who")),
    "columns that are not equally long": ("--table {{ uneven }}", SWEPT),
    "a column that is not used": ("--table extra", SWEPT),
    "a table that is none": ("--table {{ word }}", SWEPT),
    "a name with a space, swept": ("--sweep n=1,2", job("my scan", "run $n")),
    "a rule of jobs": ("--sweep n=1,2", '{"tasks": [{"image": "busybox", "cmd": "run $n"}]}'),
    "a web address": ("--sweep n=1,2", job("", "run $n", ', "artifacts": [{"url": "https://example.org/a"}]')),
    "a list, swept": ("--sweep n=1,2", "[]"),
    "a workflow, swept": ("--sweep n=1,2", workflow(job("one"))),
    "a misspelt option of a sweep": ("--swep n=1,2", SWEPT),
}
CELLS = {name: f"%%prominence_workflow\n{body}" for name, body in WORKFLOWS.items()} | {
    name: f"%%prominence_job scan {line}\n{body}" for name, (line, body) in SWEEPS.items()
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """The error of every cell, all run in one kernel beside a service that would count submissions."""
    folder = tmp_path_factory.mktemp("wrong")
    cells = [SETUP, *CELLS.values()]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    config = Config({"KernelManager": {"transport": "ipc", "ip": str(folder / "k")}})
    with standin() as service, pytest.MonkeyPatch.context() as patch:
        for key, value in {"HOME": str(folder), "PROMINENCE_URL": service.url, "PROMINENCE_TOKEN": "opaque"}.items():
            patch.setenv(key, value)
        NotebookClient(notebook, timeout=60, kernel_name="python3", config=config, allow_errors=True).execute()
        assert service.submissions == 0
    assert not notebook.cells[0].outputs
    return {name: cell.outputs for name, cell in zip(CELLS, notebook.cells[1:], strict=True)}


def snapshot() -> dict[str, str]:
    if not SNAPSHOT.exists():
        return {}
    parts = SNAPSHOT.read_text(encoding="utf-8").split("=== ")[1:]
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1].rstrip("\n") for part in parts}


@pytest.mark.parametrize("name", CELLS)
def test_one_exact_error(name, shown):
    (error,) = shown[name]
    assert error.output_type == "error", error
    text = "\n".join(error.traceback)
    known = snapshot()
    if name not in known and not os.environ.get("CI"):
        with SNAPSHOT.open("a", encoding="utf-8") as file:
            file.write(f"=== {name}\n{text}\n\n")
        pytest.fail(f"no text was kept for {name!r}; it has been written to {SNAPSHOT.name}, look at it and run again")
    assert text == known[name]
    assert text.count("^ ") + text.count("^\n") <= 1, "more than one place is marked"


def test_the_cells_are_json_otherwise():
    for body in [*WORKFLOWS.values(), *(body for _, body in SWEEPS.values())]:
        json.loads(body)
