"""The command ``prominence-jupyter``: ``demo`` and ``serve``."""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from pathlib import Path

from prominence_jupyter import demo
from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.local_service import control


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
    serve.add_argument("--port", type=int, default=0, help="default: any free one")
    serve.add_argument("--cpus", type=int, metavar="N", help="cores its jobs may use together")
    serve.add_argument("--memory", type=float, metavar="GB", help="memory its jobs may use together")
    serve.set_defaults(run=_serve)
    return parser


def _demo(options: argparse.Namespace) -> int:
    control.start()
    if not options.execute:
        notebook = demo.copy_quickstart(options.folder or Path("prominence-demo"))
        print(f"The quickstart is {notebook}.", flush=True)
        demo.open_in_lab(notebook, browser=options.browser)
    with tempfile.TemporaryDirectory() as folder:
        demo.execute(demo.copy_quickstart(options.folder or Path(folder)))
    return 0


def _serve(options: argparse.Namespace) -> int:
    if info := control.running():
        print(f"# the local service runs already, as process {info.pid}")
        _announce(info)
        return 0
    control.serve(cpus=options.cpus, memory_gb=options.memory, port=options.port, announce=_announce)
    return 0


def _announce(info: control.ServiceInfo) -> None:
    """Print what a shell needs for the official CLI; the token itself is read from its file, not shown."""
    print(f"export PROMINENCE_URL={shlex.quote(info.url)}")
    print(f'export PROMINENCE_TOKEN="$(cat {shlex.quote(str(info.token_file))})"', flush=True)


if __name__ == "__main__":
    sys.exit(main())
