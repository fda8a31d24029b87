"""What is asked about before a workflow is submitted."""

import base64

import pytest

from prominence_jupyter.protocol.validation import workflow_problems
from prominence_jupyter.protocol.workflows.questions import questions

RESOURCES = {"cpus": 1, "memory": 1, "disk": 1}


def swept(cmd, *names, env=None, **more):
    """A workflow of one swept job, with a parameter of each name."""
    task = {"image": "busybox", "cmd": cmd} | ({"env": env} if env else {})
    job = {"name": "a", "resources": RESOURCES, "tasks": [task], **more}
    factory = {"name": "f", "type": "zip", "jobs": ["a"], "parameters": [{"name": n, "values": [1, 2]} for n in names]}
    workflow = {"name": "w", "jobs": [job], "factories": [factory]}
    assert not workflow_problems(workflow)
    return workflow


def asked(workflow):
    return [str(problem) for problem in questions(workflow)]


@pytest.mark.parametrize(
    "cmd",
    [
        "run $n ${seed}",
        "sh -c 'run $n $PROMINENCE_PARAMETER_seed'",
        "python -c 'import os; print($n, os.environ[\"PROMINENCE_PARAMETER_seed\"])'",
        "env-reader PROMINENCE_PARAMETER_",
        "sh -c 'x=$n; for i in 1 2; do echo $x $i $seed; done'",
        "sh -c 'echo $n $seed | while read -r a b; do echo $a ${b}; done'",
        "sh -c 'export left; echo $n $seed $left'",
        "sh -c 'echo $1 $? $$ $@ $# $! $0 $n $seed'",
        r"sh -c 'echo \$nothing $n $seed'",
        r"""sh -c "awk '{print $NF, $1, $2 * $n * $seed}'" """,
        "sh -c \"awk -v col=$n '{print $col, $seed}'\"",
        "sh -c 'echo $HOME $PROMINENCE_CPUS $LD_LIBRARY_PATH_2 $n $seed'",
        "perl -e 'my $x = $n; print $x + $seed'",
        "perl -e 'foreach my $k (1..$n) { print $k, $seed }'",
        "perl -e 'for $k (1..$n) { print $k, $seed }'",
        "bash -c 'printf -v y %03d $n; run $y $seed'",
        "sh -c 'jq --arg v $n --argjson w $seed .[$v:$w] in.json'",
        "sh -c 'case $n in 1) file=a;; *) file=b;; esac; run $file $seed'",
        "sh -c 'N=3; run $N $n $seed'",
    ],
)
def test_nothing_is_asked(cmd):
    assert asked(swept(cmd, "n", "seed")) == []


@pytest.mark.parametrize(
    ("cmd", "said"),
    [
        ("run $n $sede", 'no parameter has the name "sede"; did you mean $seed?'),
        ("run $n ${sede}", 'no parameter has the name "sede"; did you mean $seed?'),
        ("run $n --sede=$sede", 'no parameter has the name "sede"; did you mean $seed?'),
        ("run $n sede=$sede", 'no parameter has the name "sede"; did you mean $seed?'),
        ("run $N $seed", 'no parameter has the name "N"; did you mean $n?'),
        ("run $n $SEED", 'no parameter has the name "SEED"; did you mean $seed?'),
        ("run $n $x", 'no parameter has the name "x"; did you mean $seed?'),  # the only one that is not used
        ("run $n $seed $xyz", 'no parameter has the name "xyz"; there is $n and $seed'),
        ("run $n $seed out-$n_1.txt", 'no parameter has the name "n_1"; did you mean ${n}_1?'),
        ("sh -c 'run $n $PROMINENCE_PARAMETER_sede'", 'no parameter has the name "sede"; did you mean $seed?'),
    ],
)
def test_a_name_that_is_no_parameter(cmd, said):
    (problem,) = questions(swept(cmd, "n", "seed"))
    assert problem.message == said
    assert problem.path == ("jobs", 0, "tasks", 0, "cmd")
    assert problem.part in cmd


def test_a_name_in_each_place():
    places = {"artifacts": [{"url": "in-$sede.dat"}], "outputFiles": ["$sede.txt"], "outputDirs": ["d/${sede}"]}
    found = questions(swept("run $n $seed", "n", "seed", env={"S": "$sede"}, **places))
    assert [problem.where for problem in found] == [
        "jobs[0].tasks[0].env.S",
        "jobs[0].artifacts[0].url",
        "jobs[0].outputFiles[0]",
        "jobs[0].outputDirs[0]",
    ]


@pytest.mark.parametrize(
    ("output", "left"),
    [
        ("out.txt", None),
        ("out-$seed.txt", None),
        ("$seed/${seed}.txt", None),
        ("out-$n.txt", "$n"),
        ("out-${n}-$seed.txt", "${n}"),
    ],
)
def test_only_the_last_parameter_is_filled_in_in_the_name_of_an_output(output, left):
    found = questions(swept("run $n $seed", "n", "seed", outputFiles=["log", output]))
    assert [(problem.where, problem.part) for problem in found] == ([("jobs[0].outputFiles[1]", left)] if left else [])
    for problem in found:
        assert problem.message == (
            "the service fills in only $seed, the last parameter, in the names of outputs: leave $n out "
            "(the outputs of each job are kept apart)"
        )


def test_a_variable_of_the_task_is_known():
    assert asked(swept("sh -c 'run $n $mode'", "n", env={"mode": "fast"})) == []


def test_a_parameter_that_no_job_uses():
    assert asked(swept("run $n", "n", "seed")) == [
        "factories[0].parameters[1].name: no job uses seed: write $seed where its value belongs"
    ]
    assert asked(swept("run $n ${seed:-1}", "n", "seed"))  # a service replaces only $seed and ${seed}


def test_an_input_file_may_read_the_variable():
    script = base64.b64encode(b'import os\nseed = os.environ["PROMINENCE_PARAMETER_seed"]\n').decode()
    assert asked(swept("run $n", "n", "seed", inputs=[{"filename": "run.py", "content": script}])) == []
    other = base64.b64encode(b"seed = 1").decode()
    assert asked(swept("run $n", "n", "seed", inputs=[{"filename": "run.py", "content": other}]))


def test_one_job_of_the_factory_is_enough():
    workflow = swept("run $n", "n", "seed")
    workflow["jobs"].append({**workflow["jobs"][0], "name": "b", "tasks": [{"image": "busybox", "cmd": "run $seed"}]})
    workflow["factories"][0]["jobs"].append("b")
    assert asked(workflow) == []


def test_jobs_without_a_factory_are_not_asked_about():
    workflow = swept("run $n", "n")
    workflow["jobs"].append({**workflow["jobs"][0], "name": "b", "tasks": [{"image": "busybox", "cmd": "run $who"}]})
    assert asked(workflow) == []


def test_a_factory_that_repeats_has_no_parameters():
    workflow = swept("run $i", "i")
    workflow["factories"] = [{"name": "f", "type": "repeat", "jobs": ["a"], "number": 3}]
    assert asked(workflow) == ['jobs[0].tasks[0].cmd: no parameter has the name "i": a factory that repeats has none']


@pytest.mark.parametrize(("number", "told"), [(1000, []), (1001, ["factories[0].number: 1,001 jobs would be made"])])
def test_more_than_a_thousand_jobs(number, told):
    workflow = swept("run", "i")
    workflow["factories"] = [{"name": "f", "type": "repeat", "jobs": ["a"], "number": number}]
    assert asked(workflow) == told
