"""Completion as a front end asks for it: IPython's completer gets the whole cell and the place of the cursor."""

import pandas as pd
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from prominence_jupyter import load_ipython_extension
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.jobs.workflows.workflow import Workflow


@pytest.fixture
def shell(transport):
    shell = InteractiveShell()
    load_ipython_extension(shell)
    session = Session(transport)
    scan = Workflow(session.client, session.watcher, 23)
    shell.user_ns |= {"pi": session.handle(17), "scan": scan, "other": 3, "rows": pd.DataFrame({"n": [1]})}
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def complete(shell):
    """Return the text that each completion would make of a cell; the cursor is at the mark |."""

    def ask(marked: str) -> list[str]:
        offset = marked.index("|")
        code = marked.replace("|", "", 1)
        with provisionalcompleter():
            found = list(shell.Completer.completions(code, offset))
        return [code[: one.start] + one.text + code[one.end :] for one in found]

    return ask


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("%prominence wa|", ["%prominence watch", "%prominence wait"]),
        ("df = %prominence li|", ["df = %prominence list"]),
        ("x = 1\ny = %prominence des|", ["x = 1\ny = %prominence describe"]),
        ("%prominence list --com|", ["%prominence list --completed"]),
        ("df = %prominence list --completed --la|", ["df = %prominence list --completed --last"]),
        ("%prominence watch p|", ["%prominence watch pi"]),
        ("%prominence usage --by s|", ["%prominence usage --by site", "%prominence usage --by status"]),
        ("df = %prominence usage --last 10 --plot t|", ["df = %prominence usage --last 10 --plot timeline"]),
        ("%prominence usage --by name --ad|", ["%prominence usage --by name --advice"]),
        ("%prominence watch 1|", ["%prominence watch 17"]),
        ("%prominence watch s|", ["%prominence watch scan"]),
        ("%prominence watch wo|", ["%prominence watch workflow"]),
        ("%prominence watch workflow s|", ["%prominence watch workflow scan"]),
        ("%prominence wait --timeout 5 wo|", ["%prominence wait --timeout 5 workflow"]),
        ("%prominence wait --timeout 5 workflow s|", ["%prominence wait --timeout 5 workflow scan"]),
        ("%prominence delete job p|", ["%prominence delete job pi"]),
        ("%prominence delete workflow 2|", ["%prominence delete workflow 23"]),
        ("%prominence rerun 2|", ["%prominence rerun 23"]),
        ("%prominence rerun w|", ["%prominence rerun workflow"]),
        ("%prominence list w|", ["%prominence list workflows"]),
        ("%prominence list workflows --comp|", ["%prominence list workflows --completed"]),
        ("%prominence stdout sc|", ["%prominence stdout scan"]),
        ("%%prominence_job p|\n{}", ["%%prominence_job pi\n{}"]),
        ("%%prominence_job pi --w|\n{}", ["%%prominence_job pi --wait\n{}"]),
        ("%%prominence_job scan --sw|\n{}", ["%%prominence_job scan --sweep\n{}"]),
        ("%%prominence_job scan --ta|\n{}", ["%%prominence_job scan --table\n{}"]),
        ("%%prominence_job --table |\n{}", ["%%prominence_job --table rows\n{}"]),
        ("%%prominence_job scan --table ro|\n{}", ["%%prominence_job scan --table rows\n{}"]),
        ("%%prominence_workflow sc|\n{}", ["%%prominence_workflow scan\n{}"]),
        ("%%prominence_workflow --y|\n{}", ["%%prominence_workflow --yes\n{}"]),
        ('%%prominence_workflow\n{"dep|', ['%%prominence_workflow\n{"dependencies"']),
        ('%%prominence_workflow\n{"jobs": [{"reso|', ['%%prominence_workflow\n{"jobs": [{"resources"']),
        ('%%prominence_workflow\n{"factories": [{"type": "z|', [
            '%%prominence_workflow\n{"factories": [{"type": "zip"',
        ]),
        ('%%prominence_workflow\n{"factories": [{"parameters": [{"sta|', [
            '%%prominence_workflow\n{"factories": [{"parameters": [{"start"',
        ]),
        ('%%prominence_job\n{"reso|', ['%%prominence_job\n{"resources"']),
        ('%%prominence_job\n{"reso|"', ['%%prominence_job\n{"resources"']),
        ('%%prominence_job\n{"resources": {"mem|', [
            '%%prominence_job\n{"resources": {"memory"',
            '%%prominence_job\n{"resources": {"memoryPerCpu"',
        ]),
        ('%%prominence_job\n{"resources": {"memory": 1, "mem|', [
            '%%prominence_job\n{"resources": {"memory": 1, "memoryPerCpu"',
        ]),
        ('%%prominence_job\n{"tasks": [{"runtime": "sing|', [
            '%%prominence_job\n{"tasks": [{"runtime": "singularity"',
        ]),
        ('%%prominence_job\n{\n  "policies": {\n    "leaveInQueue": t|', [
            '%%prominence_job\n{\n  "policies": {\n    "leaveInQueue": true',
        ]),
        ('%%prominence_job\n{\n  "tasks": [\n    {\n      "im|\n    }\n  ]\n}', [
            '%%prominence_job\n{\n  "tasks": [\n    {\n      "image"\n    }\n  ]\n}',
            '%%prominence_job\n{\n  "tasks": [\n    {\n      "imageSha256"\n    }\n  ]\n}',
            '%%prominence_job\n{\n  "tasks": [\n    {\n      "imagePullCredential"\n    }\n  ]\n}',
        ]),
    ],
)  # fmt: skip
def test_completions(complete, marked, expected):
    assert sorted(complete(marked)) == sorted(expected)


def test_ids_that_were_seen_lately_are_offered(shell, complete):
    shell.magics_manager.registry["ProminenceMagics"]._loaded().named.saw([1201, 1302])
    offered = complete("%prominence stdout 1|")
    assert sorted(offered) == [f"%prominence stdout {number}" for number in (1201, 1302, 17)]


def test_every_verb_is_offered(complete):
    offered = {text.split()[1] for text in complete("%prominence |")}
    assert {"local", "list", "describe", "watch", "wait", "stdout", "stderr", "delete"} <= offered


def test_elsewhere_we_offer_nothing(complete):
    assert complete("other.bit_le|") == ["other.bit_length"]


def test_no_name_is_offered_that_holds_no_job(complete):
    assert "%prominence watch other" not in complete("%prominence watch o|")


def test_a_broken_cell_breaks_nothing(complete):
    assert not [text for text in complete('%%prominence_job\n}}}]]"|') if "resources" in text]


def test_loading_the_extension_twice_changes_nothing(shell, complete):
    before = [*shell.Completer.custom_matchers]
    load_ipython_extension(shell)
    assert shell.Completer.custom_matchers == before
    assert complete("%prominence lis|") == ["%prominence list"]
