"""A job in lines: trouble with its output is told once."""

from prominence_jupyter.client.access.token import Token
from prominence_jupyter.client.access.token_source import FixedToken
from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.jobs.job import Job
from prominence_jupyter.notebook.one_job.job_lines import JobLines
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.watch.listener import Snapshot


class Client:
    """Stands for one of a service that is not asked."""

    class transport:  # noqa: N801 - a client's attribute
        url = "http://service"
        source = FixedToken(Token("a-token", "a test"))


def test_why_output_is_missing_is_told_once_and_names_are_plain(capsys):
    lines = JobLines(Job(Client(), None, "a\x1b[31m"))
    trouble = {"stdout": ProminenceError("the temporary folder\ntakes no more of it")}
    for status in ("running", "completed", "completed"):
        lines._news.put(Snapshot(JobRecord(id=1, status=status), output_troubles=trouble))
        lines._print_next()
    printed = capsys.readouterr().out.splitlines()
    assert (
        printed[0]
        == "[job a\N{REPLACEMENT CHARACTER}[31m: no more of its output: the temporary folder takes no more of it]"
    )
    assert sum("temporary folder" in line for line in printed) == 1
