"""What can be typed after the magics, as `argparse` parsers; they are also the text of their help."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import Final

from prominence_jupyter.magics.parser import Parser
from prominence_jupyter.magics.typed import GROUPINGS, count, grouping, identifier, label, seconds

PLOTS: Final = ("timeline", "efficiency", "waiting", "sites", "core_hours")
"""The pictures of `%prominence usage`: those of `usage.plots`."""
OFFERED: Final[Mapping[str, Sequence[str]]] = {"--by": (*GROUPINGS, "label:"), "--plot": PLOTS}
"""What completion offers after an option."""


def job_parser() -> Parser:
    """Return the parser of the option line of ``%%prominence_job``."""
    parser = Parser("%%prominence_job", description="Submit the job described in JSON in this cell, and watch it.")
    parser.add_argument("name", nargs="?", metavar="NAME", type=identifier, help="variable that will hold the job")
    parser.add_argument(
        "--wait",
        action="store_true",
        help="wait until the job has ended; an error if it did not succeed. To cancel it meanwhile: interrupt the "
        "cell, then %%prominence delete; or prominence delete in a terminal",
    )
    parser.add_argument("--timeout", type=seconds, metavar="S", help="with --wait: wait at most so many seconds")
    parser.add_argument("--dry-run", action="store_true", help="check the description and show it, submit nothing")
    parser.add_argument(
        "--once",
        action="store_true",
        help="join the job that was submitted with --once and the same description, if it has not ended or ended well, "
        "instead of submitting it again",
    )
    parser.add_argument("--force", action="store_true", help="submit it even so")
    parser.add_argument(
        "--label", action="append", default=[], type=label, metavar="K=V", help="add a label (may be repeated)"
    )
    parser.add_argument(
        "--no-panel", dest="panel", action="store_false", help="show one line instead of the live panel"
    )
    return parser


def line_parser() -> Parser:
    """Return the parser of ``%prominence``."""
    parser = Parser(
        "%prominence",
        description="Work with PROMINENCE jobs. The verbs are those of the prominence CLI.",
        epilog="What each option of a verb means: %%prominence VERB --help.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)

    _add_service_verbs(verbs)
    listing = verbs.add_parser("list", help="jobs as a DataFrame")
    which = listing.add_mutually_exclusive_group()
    which.add_argument("--completed", action="store_true", help="jobs that have ended, with what they used")
    which.add_argument("--all", action="store_true", help="active jobs, and all that have ended")
    which.add_argument("--live", action="store_true", help="active jobs as a live table, new ones as they come")
    listing.add_argument("--last", type=count, metavar="N", help="with --completed: how many (default 1)")
    _add_filters(listing)

    _add_usage(verbs)
    cache = verbs.add_parser("cache", help="tell of the ended jobs that are kept on disk, so that they load at once")
    cache.add_argument("--clear", action="store_true", help="forget them")

    watch = verbs.add_parser("watch", help="show a job's live panel, or a live table of several")
    watch.add_argument("ids", nargs="*", metavar="ID", help="ids of jobs, or the variables that hold them")
    watch.add_argument("--constraint", type=label, metavar="K=V", help="all jobs that have this label")

    for verb, text in {
        "describe": "everything the service knows of a job, as JSON",
        "stdout": "standard output of a job, while it runs too",
        "stderr": "standard error of a job, while it runs too",
        "delete": "delete a job that has not ended",
        "clone": "submit a copy of a job, and watch it",
        "remove": "let an ended job go that its policy leaveInQueue keeps among the active ones",
    }.items():
        _add_id(verbs.add_parser(verb, help=text))

    execute = verbs.add_parser("exec", help="run a command beside a running job, and show what it writes")
    _add_id(execute)
    execute.add_argument("command", nargs=argparse.REMAINDER, metavar="COMMAND", help="the command and its words")

    download = verbs.add_parser("download", help="fetch the output files and folders of an ended job")
    _add_id(download)
    download.add_argument(
        "--dir", metavar="FOLDER", default=".", help="where to put them (default: the working folder)"
    )
    download.add_argument("--force", action="store_true", help="write over files that are there")

    wait = verbs.add_parser("wait", help="wait until jobs have ended; an error if one did not succeed")
    wait.add_argument("ids", nargs="+", metavar="ID", help="ids of jobs, or the variables that hold them")
    wait.add_argument("--timeout", type=seconds, metavar="S", help="wait at most so many seconds")
    return parser


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


def _add_id(verb: Parser) -> None:
    verb.add_argument("id", metavar="ID", help="id of the job, or the variable that holds it")


def full_help() -> str:
    """Return the help of ``%prominence`` with that of every verb that has options of its own."""
    parser = line_parser()
    return "\n".join([parser.format_help(), *(verb.format_usage() for verb in parser.verbs.values())])
