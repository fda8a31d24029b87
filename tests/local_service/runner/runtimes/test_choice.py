import pytest

from prominence_jupyter.errors import LocalServiceError
from prominence_jupyter.local_service import control
from prominence_jupyter.local_service.runner.runtimes import choice
from prominence_jupyter.local_service.state import StateDir

SCRIPTS = {
    "apptainer": "echo apptainer version 1.3.4",
    "udocker": "echo version: 1.3.17",
    "proot": "true",
    "bwrap": "echo bubblewrap 0.8.0",
}


TASKS = [{"image": "image.tar"}, {"image": "busybox"}]


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Make a machine on which only some programs are installed."""

    def make(*names, **scripts):
        for name in names:
            path = tmp_path / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"#!/bin/sh\n{scripts.get(name, SCRIPTS[name])}\n")
            path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))
        monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
        return StateDir(tmp_path / "state")

    return make


@pytest.mark.parametrize(
    ("programs", "version"),
    [
        (("apptainer", "udocker", "proot", "bwrap"), {"apptainer": "1.3.4"}),
        (("udocker", "proot", "bwrap"), {"udocker": "1.3.17"}),
        (("udocker", "bwrap"), {"bubblewrap": "0.8.0, host files"}),
    ],
)
def test_the_first_that_the_machine_has_is_chosen(machine, programs, version):
    assert choice.chosen({}, machine(*programs)).version(TASKS) == version
    assert choice.chosen({"PROMINENCE_LOCAL_RUNTIME": "host"}, machine(*programs)).version(TASKS).keys() == {"host"}


def test_what_was_fallen_back_from_is_told(machine):
    state = machine("bwrap", bwrap='[ "$1" = --version ]')
    told = choice.chosen({"PROMINENCE_LOCAL_RUNTIME": "auto"}, state).version(TASKS)["host"]
    assert told.endswith("no isolation; bubblewrap cannot make namespaces here")
    with pytest.raises(LocalServiceError, match=r"bubblewrap, but .* cannot make namespaces here"):
        choice.chosen({"PROMINENCE_LOCAL_RUNTIME": "bubblewrap"}, state)


@pytest.mark.parametrize("name", ["apptainer", "udocker", "bubblewrap", "docker"])
def test_a_runtime_that_is_not_there_is_refused(machine, name):
    with pytest.raises(LocalServiceError, match=name):
        choice.require({"PROMINENCE_LOCAL_RUNTIME": name}, machine())


def test_a_service_with_an_impossible_runtime_does_not_start_and_says_why(own_folder, monkeypatch):
    monkeypatch.setenv("PROMINENCE_LOCAL_RUNTIME", "docker")
    with pytest.raises(LocalServiceError, match="must be one of auto, apptainer, udocker, bubblewrap, host, not 'dock"):
        control.start()
    assert control.running() is None
