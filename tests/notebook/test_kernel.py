"""The magics in a real kernel, on a real local service."""

import json
import re
import textwrap

import pytest

SEED = textwrap.dedent("""\
    {
      "resources": {
        "memory": 1,
        "cpus": 1,
        "nodes": 1,
        "disk": 10
      },
      "name": "calculate-pi",
      "tasks": [
        {
          "image": "eoscprominence/testpi",
          "runtime": "singularity"
        }
      ]
    }
""")


def job(cmd: str, **more) -> str:
    resources = {"nodes": 1, "cpus": 1, "memory": 1, "disk": 1}
    return json.dumps({"name": "test", "resources": resources, "tasks": [{"image": "busybox", "cmd": cmd}]} | more)


def texts(outputs: list[dict]) -> str:
    return "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


def value(kernel, expression: str) -> object:
    """The value of an expression in the kernel, which must be JSON."""
    printed = kernel.run(f"import json\nprint('=>' + json.dumps({expression}))")
    return json.loads(texts(printed).split("=>")[1])


def error(outputs: list[dict]) -> dict:
    (only,) = [output for output in outputs if output["output_type"] == "error"]
    return only


def test_the_seeds_cell_runs_and_its_record_tells_it(kernel):
    outputs = kernel.run(f"%%prominence_job pi --wait\n{SEED}")
    assert not [output for output in outputs if output["output_type"] == "error"]
    live, record = kernel.displays.values()
    assert "application/vnd.jupyter.widget-view+json" not in live  # the record has taken its place
    for words in ("calculate-pi", "completed", "Plouffe", "3.141592653589793238462643"):
        assert words in record["text/plain"]
        assert words in record["text/html"]
    assert value(kernel, "[pi.status, pi.done(), list(pi.record.exit_codes)]") == ["completed", True, [0]]


def test_a_job_is_bound_at_once_and_goes_on_by_itself(kernel):
    kernel.run(f"%%prominence_job slow\n{job('sleep 1')}")
    assert value(kernel, "slow.done()") is False
    assert value(kernel, "slow.wait(30).status") == "completed"


def test_a_killed_kernel_loses_nothing(new_kernel):
    first = new_kernel()
    six_lines = "/bin/sh -c 'for n in 1 2 3 4 5 6; do echo line $n; sleep 0.4; done'"
    first.run(f"%%prominence_job slow\n{job(six_lines)}")
    job_id = value(first, "slow.id")
    first.manager.shutdown_kernel(now=True)

    second = new_kernel()
    second.run(f"%prominence watch {job_id}")
    second.run(f"%prominence wait {job_id}")
    for account in second.displays.values():
        if "text/html" in account:
            assert re.findall(r"line \d", account["text/plain"]) == [f"line {n}" for n in range(1, 7)]
    assert value(second, f"str(get_ipython().run_line_magic('prominence', 'stdout {job_id}'))") == "".join(
        f"line {n}\n" for n in range(1, 7)
    )


@pytest.mark.parametrize(
    ("cell", "name", "words"),
    [
        ("%%prominence_job\n{", "UsageError", "this cell is not JSON"),
        ("%%prominence_job\n[]", "DescriptionError", "must be a JSON object"),
        ('%%prominence_job\n{"tasks": []}', "DescriptionError", "resources is missing"),
        ("%%prominence_job --wiat\n{}", "UsageError", "unrecognized arguments: --wiat"),
        ("%prominence lst", "UsageError", "invalid choice: 'lst'"),
        ("%prominence describe 999999", "NoSuchJob", "there is no job 999999"),
        ("%prominence stdout 999999", "NoSuchJob", "Job does not exist"),
        ("%prominence delete 999999", "NoSuchJob", "cannot be deleted"),
    ],
)
def test_a_mistake_is_one_short_error_and_nothing_is_submitted(kernel, cell, name, words):
    before = value(kernel, "len(__import__('prominence_jupyter').local().jobs())")
    shown = error(kernel.run(cell))
    assert shown["ename"] == name
    assert words in "\n".join(shown["traceback"])
    assert len(shown["traceback"]) <= 6
    assert value(kernel, "len(__import__('prominence_jupyter').local().jobs())") == before


def test_waiting_for_a_job_that_fails_is_an_error_and_the_job_is_bound(kernel):
    exits = job("/bin/sh -c 'exit 3'")
    shown = error(kernel.run(f"%%prominence_job bad --wait\n{exits}"))
    assert shown["ename"] == "JobFailed"
    assert "exit code 3" in shown["evalue"]
    assert value(kernel, "[bad.status, list(bad.record.exit_codes)]") == ["completed", [3]]


def test_the_record_of_a_failed_job_shows_its_standard_error(kernel):
    kernel.displays.clear()
    fails = job("/bin/sh -c 'echo the input is missing >&2; exit 3'")
    kernel.run(f"%%prominence_job bad --wait\n{fails}")
    record = [*kernel.displays.values()][-1]
    for account in record.values():
        assert "the input is missing" in account.partition("standard error")[2]
    assert texts(kernel.run("bad")).endswith("completed>")


def test_a_command_that_needs_a_shell_is_pointed_out(kernel):
    printed = texts(kernel.run(f"%%prominence_job one --wait\n{job('echo hi && ls')}"))
    assert "tasks[0].cmd is not run by a shell, so && means nothing special" in printed


@pytest.mark.parametrize("line", ["watch nosuch", "stdout nosuch", "delete nosuch"])
def test_a_name_that_holds_no_job_is_called_so(kernel, line):
    shown = error(kernel.run(f"%prominence {line}"))
    assert shown["ename"] == "NoSuchJob"
    assert "there is no variable nosuch that holds a job" in shown["evalue"]


def test_a_variable_that_holds_an_id_will_do(kernel):
    kernel.run(f"%%prominence_job one --wait\n{job('echo hello')}")
    (shown,) = kernel.run("number = one.id\n%prominence stdout number")
    assert shown["data"]["text/plain"].strip() == "hello"


def test_the_number_of_jobs_goes_with_those_that_have_ended(kernel):
    printed = kernel.run("%prominence list --last 3")
    assert error(printed)["evalue"].endswith("--last goes with --completed")


def test_an_interrupt_ends_the_waiting_and_not_the_job(kernel):
    outputs = kernel.run(f"%%prominence_job slow --wait\n{job('sleep 30')}", interrupt_when="running")
    shown = error(outputs)
    assert shown["ename"] == "KeyboardInterrupt"
    job_id = value(kernel, "slow.id")
    assert f"%prominence watch {job_id}" in "\n".join(shown["traceback"])
    assert f"%prominence delete {job_id}" in "\n".join(shown["traceback"])
    assert value(kernel, "slow.status") == "running"
    assert f"Job {job_id} has been deleted" in texts(kernel.run(f"%prominence delete {job_id}"))
    assert value(kernel, "slow.wait(30).status") == "deleted"


def test_a_time_limit_ends_the_waiting_and_not_the_job(kernel):
    shown = error(kernel.run(f"%%prominence_job slow --wait --timeout 0.5\n{job('sleep 30')}"))
    assert shown["ename"] == "WaitTimeout"
    assert value(kernel, "slow.done()") is False
    kernel.run("slow.delete()")


def test_a_dry_run_shows_the_description_and_submits_nothing(kernel):
    secret = {"username": "me", "token": "PULL-TOKEN"}
    cell = job("true", tasks=[{"image": "busybox", "cmd": "true", "imagePullCredential": secret}])
    (shown,) = kernel.run(f"%%prominence_job --dry-run --label study=one\n{cell}")
    text, _, after = shown["data"]["text/plain"].partition("\n\n")
    description = json.loads(text)
    assert after.endswith("Nothing was submitted.")
    assert description["labels"] == {"study": "one"}
    assert description["tasks"][0]["runtime"] == "singularity"
    assert description["tasks"][0]["imagePullCredential"] == {"username": "me", "token": "[hidden]"}


def test_listings_are_frames(kernel):
    kernel.run(f"%%prominence_job one --wait\n{job('echo hello', name='listed')}")
    kernel.run("df = %prominence list --completed --last 3")
    assert value(kernel, "[df['name'][0], df['status'][0], int(df['exit_code'][0])]") == ["listed", "completed", 0]
    kernel.run("active = %prominence list")
    assert value(kernel, "list(active.columns) == list(df.columns)") is True
    assert value(kernel, "len(__import__('prominence_jupyter').local().tasks(1))") == 1


def test_describe_gives_json(kernel):
    kernel.run(f"%%prominence_job one --wait\n{job('true')}")
    kernel.run("described = get_ipython().run_line_magic('prominence', f'describe {one.id}')")
    assert value(kernel, "described['status']") == "completed"
    (shown,) = kernel.run("described")
    assert json.loads(shown["data"]["text/plain"])["name"] == "test"


def test_help_names_the_verbs(kernel):
    reply = kernel.client.inspect("%prominence", reply=True, timeout=20)
    text = reply["content"]["data"]["text/plain"]
    for verb in ("local", "list", "describe", "watch", "wait", "stdout", "stderr", "delete"):
        assert verb in text


def test_without_a_panel_there_is_one_output(kernel):
    kernel.displays.clear()
    kernel.run(f"%%prominence_job one --wait --no-panel\n{job('true')}")
    (record,) = kernel.displays.values()
    assert "completed" in record["text/plain"]


def test_the_token_is_in_no_traceback_however_long(kernel):
    kernel.run("%xmode Verbose")
    outputs = kernel.run("import prominence_jupyter\nprominence_jupyter.local().job('no/such')")
    shown = "\n".join(error(outputs)["traceback"])
    token = value(kernel, "prominence_jupyter.local().client.transport.token.reveal()")
    assert "session.py" in shown
    assert token not in shown


def test_a_traceback_is_there_with_verbose_only_and_without_values(kernel):
    kernel.run("%xmode Verbose\nsecret = 'hunter2'")
    shown = "\n".join(error(kernel.run("%prominence describe 999999"))["traceback"])
    assert "in do_describe" in shown
    assert "NoSuchJob: there is no job 999999" in shown
    kernel.run("%xmode Context")
    assert "in do_describe" not in "\n".join(error(kernel.run("%prominence describe 999999"))["traceback"])


@pytest.mark.parametrize("url", ["http://[::1", f"http://{'a' * 70}.b/x"])
def test_a_url_that_breaks_libraries_shows_no_token(kernel, url):
    kernel.run("import os\nos.environ['PROMINENCE_TOKEN'] = 'SECRET-TOKEN'\n%xmode Verbose")
    outputs = kernel.run(f"%config ProminenceMagics.url = {url!r}\n%prominence list")
    assert "does not use the local service any more" in texts(outputs)
    assert "SECRET-TOKEN" not in "\n".join(error(outputs)["traceback"])


def test_a_wrong_label_of_the_line_is_named(kernel):
    shown = error(kernel.run(f"%%prominence_job --label a-b=c\n{job('true')}"))
    assert shown["evalue"].startswith("%%prominence_job: --label a-b=…: the name of a label")


@pytest.mark.parametrize("name", ["get_ipython", "_x", "print", "Out"])
def test_a_name_that_would_break_the_notebook_is_refused(kernel, name):
    assert "cannot be the name of a variable" in error(kernel.run(f"%%prominence_job {name}\n{job('true')}"))["evalue"]


SHORT = """
from ipywidgets.widgets import widget as widgets
from prominence_jupyter.panel.job_panel import JobPanel
from prominence_jupyter.watch.logs.spool import Spool

Spool.__init__.__kwdefaults__["cap"] = 3
"""


def test_a_log_that_is_not_kept_whole_says_so_in_the_panel_and_in_what_is_saved(kernel):
    kernel.run(SHORT)
    kernel.run(f"%%prominence_job one --wait\n{job('echo hello')}")
    kernel.run("(panel,) = [one for one in widgets._instances.values() if isinstance(one, JobPanel)]")
    assert "only its first 3e-09 GB are followed" in value(kernel, "panel.logs_state()['stdout']['notice']")
    assert value(kernel, "panel.logs_state()['stderr']['notice']") == ""
    kernel.run("import os, tempfile\nos.chdir(tempfile.mkdtemp())\nsaid = panel._actions.save('stdout')")
    assert "the first 0 bytes, not the whole: only its first" in value(kernel, "said")
