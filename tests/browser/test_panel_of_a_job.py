"""The panel of a real job on the local service, in a real JupyterLab: what is followed, saved, cancelled."""

import hashlib
import re

import pytest

import prominence_jupyter
from tests.browser.panel_page import GOES_ON, PanelPage
from tests.notebook.test_kernel import job

NUMBERS = "".join(f"{number}\n" for number in range(1, 200_001))
NOTES_REQUESTS = """
from prominence_jupyter.client.client import Client
asked, plain = [], Client.output_pieces

def noting(self, job_id, stream, *more, **named):
    asked.append(stream)
    return plain(self, job_id, stream, *more, **named)

Client.output_pieces = noting
"""
FOLLOWED = "[log.stream for log in one.watcher._jobs[str(one.id)].wanted()]"
TELLS_WHAT_IS_FOLLOWED = f"""
import pathlib, threading, time

def tell():
    while True:
        pathlib.Path("new").write_text(str({FOLLOWED}))
        pathlib.Path("new").rename("followed")
        time.sleep(0.05)

tell_always = threading.Thread(target=tell, daemon=True)
tell_always.start()
while not pathlib.Path("followed").exists() or pathlib.Path("followed").read_text() != "['stdout']":
    time.sleep(0.05)
"""
PROMPT = "(number) => window.jupyterapp.shell.currentWidget.content.widgets[number].promptNode.textContent"


@pytest.fixture
def run(open_notebook, start):
    """Return a function that submits a shell command as the job `one`; it returns its panel, the job running."""

    def run_one(cmd, *cells, before="", options="", **more):
        submits = f"%%prominence_job one {options}\n{job(f'/bin/sh -c {cmd!r}')}"
        notebook = open_notebook([f"{start}\n{before}", submits, *cells], **more)
        notebook.run_all()
        panel = PanelPage(notebook)
        panel.log.wait_for()
        panel.waits_for("running")
        return panel

    return run_one


def waits_until(panel, expression):
    """Ask the kernel until an expression is true there."""
    while not panel.notebook.value(expression):
        panel.page.wait_for_timeout(50)


def ends_as(panel, *words):
    """Wait for the record of the job with these words."""
    record = panel.page.locator(".jp-RenderedHTML")
    for word in words:
        record = record.filter(has_text=word)
    record.wait_for()
    panel.root.wait_for(state="detached")


def job_id(panel):
    return int(re.search(r"\d+", panel.root.locator(".prominence-id").inner_text()).group())


def test_a_log_is_asked_for_only_while_someone_looks_at_it(run):
    panel = run("echo words; echo errors >&2; sleep 300", before=NOTES_REQUESTS)
    panel.sees("words")
    assert panel.notebook.value("sorted({*asked})") == ["stdout"]
    panel.tab("stderr").click()
    panel.sees("errors")
    waits_until(panel, f"{FOLLOWED} == ['stderr']")
    panel.notebook.save()
    panel.notebook.reload()
    panel.sees("words")
    waits_until(panel, f"{FOLLOWED} == ['stdout']")
    panel.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs'); return 1; }")
    waits_until(panel, f"{FOLLOWED} == []")
    panel.notebook.run_code("one.delete()")


def test_a_page_that_is_closed_looks_at_nothing(run):
    panel = run("sleep 300", TELLS_WHAT_IS_FOLLOWED)
    followed = panel.notebook.path.with_name("followed")
    panel.notebook.wait_idle()
    panel.page.goto("about:blank")
    while followed.read_text() != "[]":
        panel.page.wait_for_timeout(50)


def test_a_whole_log_is_saved_beside_the_notebook_and_nothing_is_written_over(run):
    panel = run("seq 1 200000; sleep 300")
    panel.foot.get_by_text("200,000 lines").wait_for()
    folder, name = panel.notebook.path.parent, f"job-{job_id(panel)}-stdout"
    (folder / f"{name}.log").write_text("mine")
    for number in (2, 3):
        panel.button("Save").click()
        panel.foot.get_by_text(f"Saved as {name}-{number}.log").wait_for()
        saved = hashlib.sha256((folder / f"{name}-{number}.log").read_bytes()).hexdigest()
        assert saved == hashlib.sha256(NUMBERS.encode()).hexdigest()
    assert (folder / f"{name}.log").read_text() == "mine"
    panel.notebook.run_code("one.delete()")


def test_output_goes_on_appearing_while_a_cell_runs_for_seconds(run, done):
    panel = run("for i in $(seq 1 300); do echo tick $i; sleep 0.2; done", GOES_ON.format(str(done)))
    for number in (5, 15, 25):
        panel.sees(f"tick {number}")
        assert panel.page.evaluate(PROMPT, 2) == "[*]:"
    done.touch()
    panel.notebook.wait_idle()
    panel.notebook.run_code("one.delete()")


def test_a_page_loaded_again_while_job_and_cell_run_has_the_whole_log_once_no_cell_runs(run, done):
    panel = run("echo begin; seq 1 60000; sleep 2; echo more; sleep 300", GOES_ON.format(str(done)))
    panel.sees("60000")
    panel.notebook.save()
    panel.notebook.reload()
    done.touch()
    panel.sees("more")
    panel.goes_to_start("begin")
    panel.log_holds("begin\n" + NUMBERS[: NUMBERS.index("60001")] + "more")
    panel.notebook.run_code("one.delete()")


def test_a_panel_in_which_a_person_reads_stays_until_its_end_is_followed_again(run, done):
    panel = run(f"seq 1 200; while [ ! -e {done} ]; do sleep 0.1; done; echo last")
    panel.sees("200")
    panel.notebook.wait_idle()
    panel.scroll(-200)
    panel.button("Follow").wait_for()
    waits_until(panel, "True")  # what the page has said is in the kernel
    seen = panel.in_sight()
    done.touch()
    panel.waits_for("The job has ended: this view stays until you follow its end again")
    panel.page.locator(".jp-RenderedHTML").filter(has_text="completed").filter(has_text="last").wait_for()
    assert panel.in_sight() == seen
    panel.root.get_by_role("button", name="Follow").click()
    ends_as(panel, "completed", "last")


def test_a_job_that_another_process_cancels_shows_it_while_a_cell_waits_for_it(run, local_service):
    panel = run("echo words; sleep 300", options="--wait")
    panel.sees("words")
    prominence_jupyter.local().handle(job_id(panel)).delete()
    ends_as(panel, "deleted", "words")
    panel.notebook.wait_idle()


def test_a_cancel_while_a_cell_waits_names_what_works_at_once_and_it_does(run):
    panel = run("echo words; sleep 300", options="--wait")
    panel.sees("words")
    number = job_id(panel)
    panel.button("Cancel job").click()
    panel.button("Yes").click()
    panel.waits_for(
        f"At once: interrupt the cell, or %prominence local and %prominence delete {number} in another notebook."
    )
    panel.page.evaluate(
        "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt(); }"
    )
    ends_as(panel, "deleted", "words")
    said = panel.page.locator(".jp-OutputArea-output").filter(has_text="the waiting was interrupted").inner_text()
    assert f"%prominence watch {number}" in said
    assert f"%prominence delete {number}" in said
