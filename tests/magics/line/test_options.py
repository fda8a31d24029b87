import pytest

from prominence_jupyter.errors import UsageError
from prominence_jupyter.magics.line.options import full_help, job_parser, line_parser, workflow_parser
from prominence_jupyter.magics.line.parser import HelpShown


def test_a_job_line_whole():
    options = job_parser().parse_line("pi --wait --timeout 90 --label study=one --label run=2 --no-panel")
    assert options.name == "pi"
    assert options.wait
    assert options.timeout == 90
    assert options.label == [("study", "one"), ("run", "2")]
    assert not options.panel
    assert not options.dry_run


def test_a_job_line_may_be_empty():
    options = job_parser().parse_line("")
    assert options.name is None
    assert options.panel
    assert not options.wait
    assert not options.once
    assert not options.force


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("two words", "unrecognized arguments: words"),
        ("2nd", "'2nd' cannot be the name of a variable"),
        ("--wiat", "unrecognized arguments: --wiat"),
        ("--timeout soon", "'soon' is not a number of seconds"),
        ("--timeout -1", "'-1' is not a number of seconds"),
        ("--timeout nan", "'nan' is not a number of seconds"),
        ("--label study", "'study' is not of the form KEY=VALUE"),
        ("--label 'open", "No closing quotation"),
    ],
)
def test_a_wrong_job_line_says_what_is_wrong(line, words):
    with pytest.raises(UsageError) as caught:
        job_parser().parse_line(line)
    assert words in str(caught.value)
    assert "%%prominence_job" in str(caught.value)


@pytest.mark.parametrize(
    ("line", "verb", "more"),
    [
        ("local", "local", {"status": False, "stop": False, "cpus": None, "memory": None}),
        ("local --status", "local", {"status": True}),
        ("local --cpus 2 --memory 4", "local", {"cpus": 2, "memory": 4.0}),
        ("list", "list", {"completed": False, "last": None}),
        ("list --completed --last 100", "list", {"completed": True, "last": 100}),
        ("describe 12", "describe", {"id": "12"}),
        ("watch abc-1", "watch", {"ids": ["abc-1"], "constraint": None}),
        ("watch 12 13", "watch", {"ids": ["12", "13"]}),
        ("watch --constraint sweep=7", "watch", {"ids": [], "constraint": ("sweep", "7")}),
        ("list --live", "list", {"live": True}),
        ("clone 12", "clone", {"id": "12"}),
        ("wait 12 --timeout 5", "wait", {"ids": ["12"], "timeout": 5}),
        ("wait 12 13", "wait", {"ids": ["12", "13"], "timeout": None}),
        ("stdout pi", "stdout", {"id": "pi"}),
        ("stderr 012", "stderr", {"id": "012"}),
        ("delete 12", "delete", {"id": "12"}),
        ("delete job 12", "delete", {"id": "12", "kind": "job"}),
        ("delete workflow 12", "delete", {"id": "12", "kind": "workflow"}),
        ("delete workflow", "delete", {"id": "workflow", "kind": ""}),
        ("watch workflow 12", "watch", {"ids": ["12"], "kind": "workflow"}),
        ("watch job", "watch", {"ids": ["job"], "kind": ""}),
        ("wait workflow 12 --timeout 5", "wait", {"ids": ["12"], "kind": "workflow", "timeout": 5}),
        ("wait job --timeout 5", "wait", {"ids": ["job"], "kind": ""}),
        ("download workflow 12 --dir out", "download", {"id": "12", "kind": "workflow", "dir": "out"}),
        ("wait --timeout 5 workflow 12", "wait", {"ids": ["12"], "kind": "workflow", "timeout": 5}),
        ("wait workflow --timeout 5 12", "wait", {"ids": ["12"], "kind": "workflow", "timeout": 5}),
        ("wait --timeout=5 job", "wait", {"ids": ["job"], "kind": "", "timeout": 5}),
        ("download --dir workflow job 12", "download", {"id": "12", "kind": "job", "dir": "workflow"}),
        ("download --force workflow 12", "download", {"id": "12", "kind": "workflow", "force": True}),
        ("list --name jobs", "list", {"kind": "", "name": "jobs"}),
        ("list --all workflows", "list", {"kind": "workflow", "all": True}),
        ("rerun 12", "rerun", {"id": "12"}),
        ("rerun workflow 12", "rerun", {"id": "12"}),
        ("list workflows --all --name x*", "list", {"kind": "workflow", "all": True, "name": "x*"}),
        ("list jobs", "list", {"kind": "job"}),
        ("stdout 12 scan 3", "stdout", {"id": "12", "job": "scan", "number": "3"}),
        ("stderr scan prepare", "stderr", {"id": "scan", "job": "prepare", "number": None}),
        ("exec job ls", "exec", {"id": "job", "command": ["ls"]}),
    ],
)
def test_verbs(line, verb, more):
    options = vars(line_parser().parse_line(line))
    assert options["verb"] == verb
    assert {key: options[key] for key in more} == more


@pytest.mark.parametrize(
    ("line", "sweep", "table"),
    [
        ("scan --sweep n=1,2 --sweep 'seed=0:4'", ["n=1,2", "seed=0:4"], None),
        ("scan --sweep n={{ ns }}", ["n={{ ns }}"], None),
        ("--sweep n={{ns}} scan", ["n={{ns}}"], None),
        ('scan --sweep "n={{ ns }}" --wait', ["n={{ ns }}"], None),
        ("""scan --sweep n={{ cfg["a b"]['c'] }}""", ["""n={{ cfg["a b"]['c'] }}"""], None),
        ("""scan --sweep "n={{ cfg["a b"] }}" """, ["""n={{ cfg["a b"] }}"""], None),
        ("scan --table {{ df }}", [], "{{ df }}"),
        ("scan --table df", [], "df"),
        ('scan --table {{ frames["it\'s"] }} --wait', [], '{{ frames["it\'s"] }}'),
        ("scan --sweep n={{ a + b }}", ["n={{ a + b }}"], None),
    ],
)
def test_variables_stay_whole_in_a_line(line, sweep, table):
    options = job_parser().parse_line(line)
    assert (options.name or "scan") == "scan"
    assert options.sweep == sweep
    assert options.table == table


def test_a_workflow_line_has_the_options_of_a_job_but_no_sweep():
    options = workflow_parser().parse_line(
        "study --wait --timeout 9 --dry-run --once --force --yes --label a=b --no-panel"
    )
    assert (options.name, options.wait, options.timeout, options.dry_run) == ("study", True, 9, True)
    assert (options.once, options.force, options.yes, options.panel) == (True, True, True, False)
    for line in ("--sweep=n=1", "scan --sweep n=1,2", "--sweep"):
        with pytest.raises(UsageError, match="--sweep goes with %%prominence_job; a workflow has factories; "):
            workflow_parser().parse_line(line)
    with pytest.raises(UsageError, match="--table goes with %%prominence_job"):
        workflow_parser().parse_line("--table {{ df }}")
    assert "--sweep" not in workflow_parser().format_help()
    assert "--sweep" not in workflow_parser().words


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        *(("lst", r"%prominence\?"), ("describe", "%prominence describe --help")),
        *(("local --stop --status", "%prominence local --help"), ("usage --csv x", "%prominence usage --help")),
    ],
)
def test_a_wrong_line_says_where_the_help_is(line, asked):
    with pytest.raises(UsageError, match=rf"%prominence.*; {asked} shows help$"):
        line_parser().parse_line(line)


@pytest.mark.parametrize(
    ("parser", "line", "meant"),
    [
        (line_parser, "lst", "list"),
        (line_parser, "describ 1", "describe"),
        (line_parser, "list --complete", "--completed"),
        (line_parser, "local --stopp", "--stop"),
        (job_parser, "--wiat", "--wait"),
        (job_parser, "--dryrun", "--dry-run"),
        (job_parser, "--onec", "--once"),
    ],
)
def test_a_misspelt_word_gets_a_suggestion(parser, line, meant):
    with pytest.raises(UsageError, match=f"; did you mean {meant}\\?"):
        parser().parse_line(line)


@pytest.mark.parametrize("name", ["class", "2nd", "a-b", "None"])
def test_a_name_that_no_variable_can_have_is_refused(name):
    with pytest.raises(UsageError, match="cannot be the name of a variable"):
        job_parser().parse_line(name)


def test_help_is_printed_and_nothing_is_done(capsys):
    with pytest.raises(HelpShown):
        line_parser().parse_line("list --help")
    assert "--completed" in capsys.readouterr().out


def test_the_help_has_every_verb():
    text = full_help()
    assert "%prominence VERB --help" in text
    for verb in ("local", "list", "describe", "watch", "wait", "stdout", "stderr", "delete", "rerun"):
        assert f"%prominence {verb}" in text
