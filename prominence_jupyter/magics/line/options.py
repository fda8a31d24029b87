"""What can be typed after the magics, as `argparse` parsers; they are also the text of their help."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Final

from prominence_jupyter.magics.line.parser import Misplaced, Parser
from prominence_jupyter.magics.line.typed import GROUPINGS, count, grouping, identifier, label, seconds

PLOTS: Final = ("timeline", "efficiency", "waiting", "sites", "core_hours")
"""The pictures of `%prominence usage`: those of `usage.plots`."""
_KIND: Final = {"job": "job", "workflow": "workflow"}
_KINDS: Final = {"jobs": "job", "workflows": "workflow"}
NAMED_ALIKE: Final = frozenset({"watch", "wait", "describe", "delete", "clone", "remove", "download"})
"""The verbs for jobs and workflows, to be told apart by a word before the id."""
_OR: Final = "or workflow ID"
OFFERED: Final[Mapping[str, Sequence[str]]] = {"--by": (*GROUPINGS, "label:"), "--plot": PLOTS}
"""What completion offers after an option."""


def job_parser() -> Parser:
    """Return the parser of the option line of ``%%prominence_job``."""
    parser = _cell_parser("job", "%%prominence_job", "Submit the job described in JSON in this cell, and watch it.")
    parser.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="N=VALUES",
        help="submit a workflow: a job for each value, which takes the place of $N in the cell. A list n=10,20,30, a "
        "range as Python's seed=0:4 or x=0:1:0.1, or a variable n={{ ns }}. Repeated: a job for each combination",
    )
    parser.add_argument(
        "--table", metavar="{{ DF }}", help="submit a workflow: a job for each row; its columns are the parameters"
    )
    return parser


def workflow_parser() -> Parser:
    """Return the parser of the option line of ``%%prominence_workflow``."""
    magic = "%%prominence_workflow"
    parser = _cell_parser("workflow", magic, "Submit the workflow described in JSON in this cell, and watch it.")
    for option in ("--sweep", "--table"):
        said = f"{option} goes with %%prominence_job; a workflow has factories"
        parser.add_argument(option, action=Misplaced, nargs="?", const=said, help=argparse.SUPPRESS)
    return parser


def _cell_parser(kind: str, magic: str, description: str) -> Parser:
    parser = Parser(magic, description=description)
    parser.add_argument("name", nargs="?", metavar="NAME", type=identifier, help=f"variable that will hold the {kind}")
    parser.add_argument(
        "--wait",
        action="store_true",
        help=f"wait until the {kind} has ended; an error if it did not succeed. To cancel it meanwhile: interrupt the "
        "cell, then %%prominence delete; or prominence delete in a terminal",
    )
    parser.add_argument("--timeout", type=seconds, metavar="S", help="with --wait: wait at most so many seconds")
    parser.add_argument("--dry-run", action="store_true", help="check the description and show it, submit nothing")
    parser.add_argument(
        "--once",
        action="store_true",
        help=f"join the {kind} that was submitted with --once and the same description, if it has not ended or ended "
        "well, instead of submitting it again",
    )
    parser.add_argument("--force", action="store_true", help="submit it even so")
    parser.add_argument(
        "--label", action="append", default=[], type=label, metavar="K=V", help="add a label (may be repeated)"
    )
    parser.add_argument("--yes", action="store_true", help="submit also what probably is a mistake, or many jobs")
    parser.add_argument(
        "--no-panel", dest="panel", action="store_false", help="show one line instead of the live panel"
    )
    return parser


def line_parser() -> Parser:
    """Return the parser of ``%prominence``."""
    parser = Parser(
        "%prominence",
        description="Work with PROMINENCE jobs. The verbs are those of the prominence CLI.",
        epilog="What each option of a verb means: %prominence VERB --help.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)

    _add_service_verbs(verbs)
    _add_list(verbs)
    _add_usage(verbs)
    cache = verbs.add_parser("cache", help="tell of the ended jobs that are kept on disk, so that they load at once")
    cache.add_argument("--clear", action="store_true", help="forget them")

    watch = verbs.add_parser(
        "watch", help="show a job's live panel, a live table of several, or a workflow", kinds=_KIND
    )
    watch.add_argument("ids", nargs="*", metavar="ID", help=f"ids of jobs, or the variables that hold them; {_OR}")
    watch.add_argument("--constraint", type=label, metavar="K=V", help="all jobs that have this label")

    for verb, text in {
        "describe": "everything the service knows of a job or workflow, as JSON",
        "delete": "delete a job or workflow that has not ended",
        "clone": "submit a copy of a job or workflow, and watch it",
        "remove": "let an ended job or workflow go that its policy leaveInQueue keeps among the active ones",
    }.items():
        _add_id(verbs.add_parser(verb, help=text, kinds=_KIND), f"id of the job, or the variable that holds it; {_OR}")
    _add_output_verbs(verbs)
    rerun = verbs.add_parser(
        "rerun", help="run what failed in a workflow that has ended, in a new one", kinds={"workflow": "workflow"}
    )
    rerun.add_argument("id", metavar="ID", help="id of the workflow, or the variable that holds it")

    execute = verbs.add_parser("exec", help="run a command beside a running job, and show what it writes")
    _add_id(execute)
    execute.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND", help="the command and its words")

    _add_download(verbs)
    wait = verbs.add_parser(
        "wait", help="wait until jobs or a workflow have ended; an error if one did not succeed", kinds=_KIND
    )
    wait.add_argument("ids", nargs="+", metavar="ID", help=f"ids of jobs, or the variables that hold them; {_OR}")
    wait.add_argument("--timeout", type=seconds, metavar="S", help="wait at most so many seconds")
    return parser


def _add_list(verbs: argparse._SubParsersAction[Parser]) -> None:
    listing = verbs.add_parser("list", help="jobs, or with the word workflows those, as a DataFrame", kinds=_KINDS)
    which = listing.add_mutually_exclusive_group()
    which.add_argument("--completed", action="store_true", help="jobs that have ended, with what they used")
    which.add_argument("--all", action="store_true", help="active jobs, and all that have ended")
    which.add_argument("--live", action="store_true", help="active jobs as a live table, new ones as they come")
    listing.add_argument("--last", type=count, metavar="N", help="with --completed: how many (default 1)")
    _add_filters(listing)


def _add_download(verbs: argparse._SubParsersAction[Parser]) -> None:
    download = verbs.add_parser(
        "download", help="fetch the output files and folders of an ended job, or of those of a workflow", kinds=_KIND
    )
    _add_id(download, f"id of the job, or the variable that holds it; {_OR}")
    download.add_argument(
        "--dir", metavar="FOLDER", default=".", help="where to put them (default: the working folder)"
    )
    download.add_argument("--force", action="store_true", help="write over files that are there")


def _add_service_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    """Add the verbs about which service is used, and as who."""
    local = verbs.add_parser("local", help="start or join the service on this machine, and use it in this notebook")
    what = local.add_mutually_exclusive_group()
    what.add_argument("--status", action="store_true", help="tell how it is, start nothing")
    what.add_argument("--stop", action="store_true", help="stop it; jobs that run are ended")
    what.add_argument("--clean", action="store_true", help="remove the files of jobs that have ended, outputs too")
    local.add_argument("--cpus", type=int, metavar="N", help="cores its jobs may use together")
    local.add_argument("--memory", type=float, metavar="GB", help="memory its jobs may use together")

    verbs.add_parser(
        "login",
        help="get a token for the service, by a code that you enter in a web page",
        description="Get a token for the service, by a code that you enter in a web page. Interrupt the cell to "
        "cancel. PROMINENCE_OIDC_URL says where to log in.",
    )
    who = "whose token is used, until when, and at which service"
    verbs.add_parser("whoami", help=who, description=f"Say {who}. Nothing is asked of the service.")
    verbs.add_parser("session", help="the session that the magics use: session = %%prominence session")


def _add_usage(verbs: argparse._SubParsersAction[Parser]) -> None:
    usage = verbs.add_parser(
        "usage",
        help="what ended jobs used and wasted, as a DataFrame",
        description="What ended jobs used and wasted, as a DataFrame; the most wasteful are shown.",
    )
    usage.add_argument(
        "--last", type=count, metavar="N", help="the last N (default 100; all with --since, --until or --workflow)"
    )
    usage.add_argument("--since", metavar="T", help="jobs that ended since then: 7d, 12h, 2026-11-01, 2026-11-01T08:30")
    usage.add_argument("--until", metavar="T", help="jobs that ended before then")
    _add_filters(usage)
    usage.add_argument("--workflow", metavar="W", help="jobs of this workflow: its id, or its name")
    usage.add_argument("--site", metavar="S", help="jobs that ran at this site")
    usage.add_argument("--by", type=grouping, metavar="G", help=f"one row a group: {', '.join(GROUPINGS)} or label:KEY")
    what = usage.add_mutually_exclusive_group()
    what.add_argument("--advice", action="store_true", help="what to ask for next time; groups are by name or --by")
    what.add_argument("--plot", choices=PLOTS, metavar="KIND", help=f"a picture: {', '.join(PLOTS)}")


def _add_filters(verb: Parser) -> None:
    verb.add_argument("--name", metavar="X", help="jobs of this name; * and ? stand for any letters, any letter")
    verb.add_argument("--constraint", type=label, metavar="K=V", help="jobs that have this label")


def _add_output_verbs(verbs: argparse._SubParsersAction[Parser]) -> None:
    for verb, text in {"stdout": "standard output", "stderr": "standard error"}.items():
        output = verbs.add_parser(verb, help=f"{text} of a job, while it runs too")
        _add_id(output, "id of the job or of its workflow, or the variable that holds it")
        output.add_argument("job", nargs="?", metavar="JOB", help="of a workflow: the name of the job in it")
        output.add_argument("number", nargs="?", metavar="NUMBER", help="of a factory: the number of the job, from 0")


def _add_id(verb: Parser, text: str = "id of the job, or the variable that holds it") -> None:
    verb.add_argument("id", metavar="ID", help=text)


def full_help() -> str:
    """Return the help of ``%prominence`` with that of every verb that has options of its own."""
    parser = line_parser()
    return "\n".join([parser.format_help(), *(verb.format_usage() for verb in parser.verbs.values())])
