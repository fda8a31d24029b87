"""The command ``prominence-jupyter``: ``demo`` and ``serve``."""

from __future__ import annotations

import argparse
import math
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Final

from prominence_jupyter import demo
from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.local_service import control, keeping
from prominence_jupyter.local_service.runner.runtimes import choice

_LAST_PORT: Final = 65535


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except ProminenceError as error:
        print(f"prominence-jupyter: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("prominence-jupyter", description="PROMINENCE batch jobs from a notebook.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    show = commands.add_parser("demo", help="start the local service and open the quickstart in JupyterLab")
    show.add_argument("--no-browser", dest="browser", action="store_false", help="print the address, open no browser")
    show.add_argument("--execute", action="store_true", help="run it here instead, print what it prints, and end")
    show.add_argument("--folder", type=Path, help="where the notebook goes (default: ./prominence-demo)")
    show.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="run the local service in this terminal")
    serve.add_argument("--port", type=_port, default=0, help="default: any free one")
    serve.add_argument("--cpus", type=_cores, metavar="N", help="cores its jobs may use together")
    serve.add_argument("--memory", type=_gigabytes, metavar="GB", help="memory its jobs may use together")
    serve.add_argument("--runtime", choices=choice.NAMES, help="what runs its jobs (default: the best that is there)")
    instead = serve.add_mutually_exclusive_group()
    instead.add_argument("--status", action="store_true", help="tell how it is; exit code 0 if it runs, else 1")
    instead.add_argument("--stop", action="store_true", help="stop it, wherever it was started; running jobs end")
    instead.add_argument("--clean", action="store_true", help="remove the files of jobs that have ended, outputs too")
    instead.add_argument(
        "--set-aside", action="store_true", help="move a damaged database aside, with the files of its jobs"
    )
    serve.set_defaults(run=_serve)
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) <= _LAST_PORT):
        raise argparse.ArgumentTypeError(f"must be 0 to {_LAST_PORT}, not {text}")
    return int(text)


def _cores(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {text}")
    return int(text)


def _gigabytes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, not {text}")
    return value


def _demo(options: argparse.Namespace) -> int:
    if not options.execute:
        notebook = demo.copy_quickstart(options.folder or Path("prominence-demo"))
        _start_for_demo()
        print(f"The quickstart is {notebook}.", flush=True)
        demo.open_in_lab(notebook, browser=options.browser)
    with tempfile.TemporaryDirectory() as folder:
        notebook = demo.copy_quickstart(options.folder or Path(folder))
        _start_for_demo()
        demo.execute(notebook)
    return 0


def _start_for_demo() -> None:
    control.start()
    print(
        f"The local service goes on when this has ended: {shlex.quote(sys.argv[0])} serve --stop ends it.", flush=True
    )


def _serve(options: argparse.Namespace) -> int:
    if options.status:
        return _status()
    if options.stop:
        print(f"The local service {'has been stopped' if control.stop() else 'did not run'}.")
        return 0
    if options.clean:
        before, after = keeping.clean()
        print(f"Disk use was {keeping.size_text(before)}, and is {keeping.size_text(after)}.")
        return 0
    if options.set_aside:
        print(f"The database and the files of its jobs are in {keeping.set_aside()} now.")
        return 0
    if info := control.running():
        control.require_capacity(info, cpus=options.cpus, memory_gb=options.memory)
        print(f"# the local service runs already, as process {info.pid}")
        _announce(info)
        return 0
    if options.runtime:
        os.environ[choice.VARIABLE] = options.runtime
    control.serve(cpus=options.cpus, memory_gb=options.memory, port=options.port, announce=_announce)
    return 0


def _status() -> int:
    found = keeping.report()
    print(f"The local service {'runs' if found.info else 'does not run'}.", *found.lines(), sep="\n")
    return 0 if found.info else 1


def _announce(info: control.ServiceInfo) -> None:
    """Print what a shell needs for the official CLI; the token itself is read from its file, not shown."""
    print(f"export PROMINENCE_URL={shlex.quote(info.url)}")
    print(f'export PROMINENCE_TOKEN="$(cat {shlex.quote(str(info.token_file))})"', flush=True)


if __name__ == "__main__":
    sys.exit(main())
