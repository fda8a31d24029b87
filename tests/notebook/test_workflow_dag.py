"""The notebook workflow-dag, run through: a graph of ten jobs, and one in which a job fails."""

import pytest

from tests.notebook import executed as notebooks
from tests.notebook.executed import complaints, shown


@pytest.fixture(scope="module")
def executed(local_service, tmp_path_factory):
    with notebooks.executed("workflow-dag", tmp_path_factory.mktemp("local")) as notebook:
        yield notebook


def test_no_cell_has_written_an_error_or_a_warning(executed):
    assert complaints(executed) == []


def test_the_record_tells_of_all_jobs(executed):
    text = shown(executed, "%%prominence_workflow diffusion --wait")["text/plain"]
    assert "10 jobs" in text
    assert "completed" in text


def test_results_came_through_the_graph(executed):
    rows = [line.split() for line in shown(executed, 'results = diffusion.results("json")')["text/plain"].splitlines()]
    walks = [row for row in rows if row[1:2] == ["walk"]]
    assert [row[3] for row in walks] == ["50", "100", "150", "200", "250", "300", "350", "400"]
    (fit,) = [row for row in rows if row[1:2] == ["fit"]]
    assert 0.8 < float(fit[-2]) < 1.2  # of independent steps of length 1 the expected square is their number


def test_what_depends_on_a_failed_job_has_not_run(executed):
    lines = shown(executed, "broken.wait()")["text/plain"].splitlines()
    assert lines[1].split() == ["0", "good", "completed", "0"]
    assert lines[2].split() == ["1", "bad", "completed", "3"]
    assert lines[3].split()[:4] == ["2", "last", "not", "run"]
    assert "no such data" in shown(executed, "%prominence stderr broken bad")["text/plain"]
