"""`%prominence list`, `usage` and `cache`, typed in a shell, about jobs that really ran on the local service."""

import json
import re

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

import prominence_jupyter
from prominence_jupyter.errors import CacheLeftOut, UsageError
from prominence_jupyter.jobs.analysis import Analysis
from prominence_jupyter.usage.plots.drawing.figure import UsageFigure

RESOURCES = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}
LONG = 300


@pytest.fixture(scope="module")
def session(local_service):
    return prominence_jupyter.local()


@pytest.fixture(scope="module")
def ended(session):
    """Jobs of two names, of which one kind has a label; the ids, the newest first."""
    tasks = [{"image": "busybox", "runtime": "singularity", "cmd": "sleep 1.2"}]
    jobs = [
        session.submit({"name": f"{name}-{number}", "labels": labels, "resources": RESOURCES, "tasks": tasks})
        for number in (1, 2, 3)
        for name, labels in (("idle", {"study": "one"}), ("other", {}))
    ]
    session.watch(jobs).wait(60)
    return {job.record.name: job.id for job in jobs}


@pytest.fixture
def shell(local_service):
    shell = InteractiveShell()
    shell.run_line_magic("load_ext", "prominence_jupyter")
    shell.run_line_magic("prominence", "local")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def prominence(shell):
    """Return a function that runs a line of `%prominence`, errors as they are."""
    commands = shell.magics_manager.registry["ProminenceMagics"]
    return lambda line: commands.prominence.__wrapped__(commands, line)


def test_usage_is_a_frame_of_the_newest_jobs_that_reads_well(ended, prominence):
    used = prominence("usage --last 6")
    assert isinstance(used, pd.DataFrame)
    assert set(used["name"]) == set(ended)
    assert used["cpu_efficiency"].between(0, 0.2).all()
    assert repr(used).startswith("6 jobs · CPU ")
    assert "idle-1" in used._repr_html_()


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("usage --name idle-2", {"idle-2"}),
        ("usage --last 2 --name 'idle-*'", None),
        ("usage --constraint study=one --since 1h", {"idle-1", "idle-2", "idle-3"}),
        ("usage --site local --name 'other-?' --since 1d", {"other-1", "other-2", "other-3"}),
    ],
)
def test_filters(ended, prominence, line, names):
    found = prominence(line)
    if names is None:
        assert len(found) == 2
        assert set(found["name"]) <= {"idle-1", "idle-2", "idle-3"}
    else:
        assert set(found["name"]) == names


def test_groups_have_a_row_each(ended, prominence):
    groups = prominence("usage --last 6 --by label:study")
    assert dict(zip(groups["group"].fillna("none"), groups["jobs"], strict=True)) == {"one": 3, "none": 3}
    assert list(prominence("usage --last 6 --by name")["group"]) == ["idle-*", "other-*"]


def test_advice_is_by_name_and_gives_a_block_that_is_accepted(ended, prominence):
    advice = prominence("usage --last 6 --advice")
    assert list(advice["group"]) == ["idle-*", "other-*"]
    assert [json.loads(block) for block in advice["resources"]] == [RESOURCES] * 2
    assert "resources" in repr(advice)


@pytest.mark.parametrize("kind", ["timeline", "efficiency", "waiting", "sites", "core_hours"])
def test_a_plot_is_a_figure_and_a_terminal_says_how_to_see_it(ended, prominence, capsys, kind):
    figure = prominence(f"usage --last 6 --plot {kind}")
    assert isinstance(figure, UsageFigure)
    assert "figure.savefig('usage.png')" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("usage --by colour", r"name, image, workflow, site"),
        ("usage --since yesterday", r"yesterday"),
        ("usage --since 1h --until 2h", r"no job can end from"),
        ("usage --plot pie", r"timeline"),
        ("usage --plot timeline --advice", r"not allowed with"),
        ("usage --by name --plot core_hours", r"--by goes with the table"),
        ("list --last 3", r"--last goes with --completed"),
        ("list --live --name x", r"--live shows all"),
        ("list --all --completed", r"not allowed with"),
    ],
)
def test_a_wrong_line_is_one_clear_error(ended, prominence, line, words):
    with pytest.raises(UsageError, match=words):
        prominence(line)


@pytest.mark.parametrize(
    "line", ["usage --by colour", "usage --by label:", "usage --by ''", "usage --plot sites --by name"]
)
def test_a_wrong_grouping_is_told_before_any_job_is_asked_for(prominence, monkeypatch, line):
    monkeypatch.setattr(Analysis, "completed", lambda *_, **__: pytest.fail("jobs were asked for"))
    with pytest.raises(UsageError, match="--by"):
        prominence(line)


def test_nothing_that_fits_is_said(ended, prominence, capsys):
    assert prominence("usage --name no-such-job").empty
    assert prominence("usage --name no-such-job --plot sites") is None
    assert "No job that has ended fits" in capsys.readouterr().out
    assert prominence("list --all --name no-such-job").empty
    assert "There is no such job." in capsys.readouterr().out


def test_list_finds_by_name_and_by_label(ended, prominence, session):
    tasks = [{"image": "busybox", "runtime": "singularity", "cmd": f"sleep {LONG}"}]
    running = session.submit({"name": "idle-9", "labels": {"study": "one"}, "resources": RESOURCES, "tasks": tasks})
    try:
        assert set(prominence("list --name 'idle-*'")["id"]) == {running.id}
        assert set(prominence("list --constraint study=one")["id"]) == {running.id}
        expected = {running.id, *(number for name, number in ended.items() if name.startswith("idle"))}
        assert set(prominence("list --all --constraint study=one")["id"]) == expected
        assert set(prominence("list --all --name 'idle-*'")["id"]) == expected
        assert set(prominence("list --completed --last 9 --name 'idle-*'")["id"]) == expected - {running.id}
    finally:
        running.delete()
        running.wait(60)


def test_the_cache_tells_where_it_is_and_forgets(ended, session, shell, monkeypatch, tmp_path, prominence, capsys):
    prominence("cache")
    assert "nothing of them is kept" in capsys.readouterr().out
    token = session.client.transport.token.reveal()
    monkeypatch.setenv("PROMINENCE_TOKEN", token)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    shell.run_line_magic("config", f"ProminenceMagics.url = '{session.url}'")
    prominence("usage --last 6")
    capsys.readouterr()
    prominence("cache")
    told = capsys.readouterr().out
    assert re.search(r"^6 ended jobs are kept in \S+ \(\d+\.\d MB\),\nwithout the secrets", told)
    assert token not in told
    prominence("cache --clear")
    assert "6 ended jobs were forgotten" in capsys.readouterr().out
    prominence("cache")
    assert capsys.readouterr().out.startswith("0 ended jobs")


def test_a_cache_that_cannot_be_used_is_said_to_be_in_memory(shell, monkeypatch, tmp_path, prominence, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PROMINENCE_TOKEN", "token-of-a-test")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    shell.run_line_magic("config", "ProminenceMagics.url = 'http://127.0.0.1:9/api/v1'")
    with pytest.warns(CacheLeftOut):
        prominence("cache")
    assert "0 ended jobs are kept in memory, until the kernel ends (0.0 MB)" in capsys.readouterr().out
