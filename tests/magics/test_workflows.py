"""Workflows and sweeps from cells and by verbs, in a shell beside the local service."""

import json

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from prominence_jupyter import load_ipython_extension
from prominence_jupyter.errors import JobFailed, NoSuchJob, NoSuchWorkflow, UsageError

RESOURCES = {"cpus": 1, "memory": 1, "disk": 1}


@pytest.fixture(scope="module")
def shell(local_service):
    shell = InteractiveShell()
    load_ipython_extension(shell)
    shell.run_line_magic("prominence", "local")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module")
def say(shell):
    return lambda line: shell.run_line_magic("prominence", line)


def job(cmd, **more):
    return {"resources": RESOURCES, "tasks": [{"image": "busybox", "cmd": cmd}]} | more


def run(shell, line, body, magic="prominence_job"):
    return shell.run_cell_magic(magic, line, json.dumps(body))


@pytest.fixture(scope="module")
def swept(shell):
    """A sweep that has ended: two of its four jobs fail."""
    shell.user_ns["ns"] = range(2)
    body = job("sh -c 'echo $n $seed; echo bad >&2; exit $n'")
    with pytest.raises(JobFailed) as failed:
        run(shell, 'swept --sweep n={{ ns }} --sweep "seed=0.5:1.5:0.5" --wait', body)
    shell.user_ns["failed"] = str(failed.value)
    return shell.user_ns["swept"]


def test_a_sweep_is_one_workflow_with_a_job_for_each_combination(swept):
    assert [node.parameters for node in swept.nodes.nodes.values()] == [
        {"n": n, "seed": seed} for n in (0, 1) for seed in (0.5, 1)
    ]
    assert swept.status == "failed"


def test_waiting_names_the_jobs_that_failed(swept, shell):
    assert shell.user_ns["failed"] == (
        f"2 of 4 jobs of workflow {swept.id} did not succeed: sweep/2 sweep/3; "
        f"errors of one: %prominence stderr {swept.id} sweep 2"
    )


@pytest.mark.parametrize("typed", ["swept", "{id}"])
def test_outputs_of_a_job_of_a_workflow(typed, swept, say):
    words = typed.format(id=swept.id)
    assert say(f"stdout {words} sweep 1") == "0 1\n"
    assert say(f"stderr {words} sweep 3") == "bad\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("stdout swept sweep", "has no job sweep; name its number too, from 0"),
        ("stdout swept swep 1", "has no job swep/1; did you mean sweep 1?"),
        ("stdout swept", "name one of its jobs: stdout ID JOB"),
        ("exec swept ls", "swept is a workflow; name one of its jobs"),
        ("watch swept swept", "name one workflow, and nothing else"),
        ("list workflows --last 2", "--last goes with --completed"),
        ("list workflows --live", "--live shows all active jobs"),
    ],
)
def test_what_cannot_be_meant(line, said, swept, say):
    with pytest.raises(UsageError, match=said.replace("?", "\\?")):
        say(line)


@pytest.mark.parametrize(
    ("factory", "found", "dtypes"),
    [
        (
            {
                "type": "zip",
                "parameters": [{"name": "x", "values": [-1.5, 1e-05]}, {"name": "word", "values": ["a", "007"]}],
            },
            {"x": [-1.5, 1e-05], "word": ["a", "007"], "said": ["-1.5 a", "1e-05 007"]},
            {"x": "float64", "word": "string", "said": "string"},
        ),
        (
            {"type": "parameterSweep", "parameters": [{"name": "x", "start": 1, "end": 3, "step": 2}]},
            {"x": [1, 3], "said": ["1 $word", "3 $word"]},
            {"x": "int64", "said": "string"},
        ),
        ({"type": "repeat", "number": 2}, {"number": [0, 1], "said": ["$x $word"] * 2}, {"number": "Int64"}),
    ],
    ids=["zip", "parameterSweep", "repeat"],
)
def test_each_factory_runs_from_a_cell_and_gives_its_results(shell, factory, found, dtypes):
    jobs = [job("echo $x $word", name="point")]
    body = {"name": "made", "jobs": jobs, "factories": [{"name": "f", "jobs": ["point"]} | factory]}
    run(shell, "made --wait --yes", body, "prominence_workflow")
    frame = shell.user_ns["made"].results(r"(?P<said>.+)")
    assert {name: frame[name].tolist() for name in found} == found
    assert {name: str(frame[name].dtype) for name in dtypes} == dtypes


def test_a_workflow_that_is_not_there(say):
    with pytest.raises(NoSuchWorkflow, match="there is no workflow 99999"):
        say("watch workflow 99999")
    with pytest.raises(NoSuchWorkflow, match="cannot be deleted"):
        say("delete workflow 99999")
    with pytest.raises(NoSuchJob, match="no variable scam that holds a workflow"):
        say("wait workflow scam")


def test_the_id_of_a_workflow_without_the_word(swept, say):
    with pytest.raises(NoSuchJob, match=f"of a workflow: %prominence describe workflow {swept.id}"):
        say(f"describe {swept.id}")


@pytest.mark.parametrize("typed", ["swept", "workflow swept", "workflow {id}"])
def test_describe_and_watch(typed, swept, say, capsys):
    words = typed.format(id=swept.id)
    assert say(f"describe {words}")["name"] == "sweep"
    say(f"watch {words}")
    assert f"[workflow {swept.id}: failed, 2 of 4 done, 2 failed]" in capsys.readouterr().out


def test_the_word_job_may_stand_before_an_id(shell, say):
    run(shell, "alone --wait", job("echo hello"))
    assert say(f"describe job {shell.user_ns['alone'].id}")["id"] == shell.user_ns["alone"].id


def test_a_variable_called_job_is_no_word(shell, say, capsys):
    run(shell, "job --wait", job("echo hello"))
    run(shell, "other --wait", job("echo hello"))
    assert say("describe job")["id"] == shell.user_ns["job"].id
    assert say(f"describe job {shell.user_ns['other'].id}")["id"] == shell.user_ns["other"].id
    assert shell.user_ns["job"].id in set(say("list jobs --completed --last 9").id)
    say("watch job other")
    assert "2 jobs: 2 completed" in capsys.readouterr().out
    with pytest.raises(UsageError, match="job is a job, and no workflow"):
        say("stdout job sweep 1")


def test_rerun_and_clone(swept, say, capsys):
    say("rerun swept")
    assert "What failed runs again in workflow " in capsys.readouterr().out
    say(f"clone workflow {swept.id}")
    assert "Submitted again as workflow " in capsys.readouterr().out


def test_the_listing_is_a_frame(swept, say):
    frame = say("list workflows --all")
    row = frame[frame.id == swept.id].iloc[0]
    assert (row["name"], row.status, row.total, row.done, row.failed) == ("sweep", "failed", 4, 2, 2)
    assert row.took > pd.Timedelta(0) or row.took == row.ended - row.created
    ended = say("list workflows --completed --last 1")
    assert len(ended) == 1
    assert ended.status[0] in {"completed", "failed"}
    assert [str(dtype) for dtype in ended.dtypes] == [
        *("Int64", "string", "category"),
        *["datetime64[us, UTC]"] * 3,
        "timedelta64[us]",
        *["Int64"] * 5,
    ]
    assert [str(dtype) for dtype in say("list workflows --name nothing").dtypes] == [str(d) for d in ended.dtypes]


def test_a_table_may_be_named_without_braces(shell, say):
    shell.user_ns["table"] = pd.DataFrame({"n": [3, 4], "who": ["ann", "bob"]})
    run(shell, "rows --table table --wait", job("echo $n $who", name="rows"))
    assert say("stdout rows rows 1") == "4 bob\n"


def test_a_workflow_from_a_cell(shell, say):
    body = {
        "name": "study",
        "jobs": [job("echo $i", name="a"), job("echo last", name="b")],
        "dependencies": {"a": ["b"]},
        "factories": [
            {"name": "f", "type": "parameterSweep", "jobs": ["a"], "parameters": [
                {"name": "i", "start": -1, "end": 0, "step": 0.5}
            ]}
        ],
    }  # fmt: skip
    run(shell, "study --wait --label k=v", body, "prominence_workflow")
    study = shell.user_ns["study"]
    assert study.status == "completed"
    assert study.record.labels["k"] == "v"
    assert say("stdout study a 1") == "-0.5\n"
    assert say("stdout study b") == "last\n"


def test_once_joins_a_workflow(shell, capsys):
    line = "{} --sweep n=7,8 --once"
    run(shell, line.format("first"), job("echo $n"))
    run(shell, line.format("second"), job("echo $n"))
    assert f"Joined workflow {shell.user_ns['first'].id}" in capsys.readouterr().out
    assert shell.user_ns["second"].id == shell.user_ns["first"].id
    run(shell, line.format("third") + " --force", job("echo $n"))
    assert shell.user_ns["third"].id != shell.user_ns["first"].id


def test_yes_submits_what_is_asked_about(shell):
    with pytest.raises(UsageError, match="no job uses seed"):
        run(shell, "sure --sweep n=1 --sweep seed=1,2", job("echo $n"))
    assert "sure" not in shell.user_ns
    run(shell, "sure --sweep n=1 --sweep seed=1,2 --yes --wait", job("echo $n"))
    assert shell.user_ns["sure"].status == "completed"


def test_a_dry_run_shows_the_jobs(shell):
    shown = repr(run(shell, "none --sweep n=0:1000 --dry-run", job("echo $n")))
    assert '"values": [0, 1, 2, ' in shown
    assert "It makes 1,000 jobs:\n  sweep/0  n=0\n  sweep/1  n=1\n" in shown
    assert "  sweep/19  n=19\n  … 979 more\n  sweep/999  n=999\n" in shown
    assert "none" not in shell.user_ns
    assert len(shown.splitlines()) < 80


def test_a_dry_run_shows_what_waits_for_what(shell):
    jobs = [job(f"echo {name}", name=name) for name in "abc"]
    body = {"name": "study", "jobs": jobs, "dependencies": {"a": ["c"], "b": ["c"]}}
    dry = run(shell, "--dry-run", body, "prominence_workflow")
    assert "What waits for what:\n  c waits for a and b\n" in repr(dry)
    assert json.loads(repr(dry).split("\n\n")[0])["dependencies"] == {"a": ["c"], "b": ["c"]}


def test_a_hint_names_the_job(shell, capsys):
    run(shell, "", {"name": "study", "jobs": [job("ls | wc", name="a")]}, "prominence_workflow")
    assert "Note: jobs[0].tasks[0].cmd is not run by a shell" in capsys.readouterr().out
