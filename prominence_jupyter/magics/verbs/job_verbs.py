"""`JobVerbs`: the verbs that are about one job, and that show nothing live."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from prominence_jupyter.errors import UsageError
from prominence_jupyter.magics.named_jobs import NamedJobs
from prominence_jupyter.magics.verbs.results import Described, Output
from prominence_jupyter.protocol.plain_text import one_line


class JobVerbs:
    """The verbs about a job that `named` finds."""

    named: NamedJobs

    def do_describe(self, options: Namespace) -> Described:
        """Return what the service knows of a job."""
        return Described(self.named.found(options.id).record.raw)

    def do_stdout(self, options: Namespace) -> Output:
        """Return the standard output of a job."""
        return Output(self.named.handle(options.id).stdout())

    def do_stderr(self, options: Namespace) -> Output:
        """Return the standard error of a job."""
        return Output(self.named.handle(options.id).stderr())

    def do_delete(self, options: Namespace) -> None:
        """Delete a job."""
        job = self.named.handle(options.id)
        job.delete()
        print(f"Job {one_line(job.id)} has been deleted.")

    def do_remove(self, options: Namespace) -> None:
        """Let an ended job go from the active ones."""
        job = self.named.handle(options.id)
        job.remove()
        print(f"Job {one_line(job.id)} has been removed from the queue.")

    def do_exec(self, options: Namespace) -> Output:
        """Run a command beside a job, and return what it writes."""
        if not options.command:
            raise UsageError("%prominence exec: name the command after the job: %prominence exec ID ls -l")
        return Output(self.named.handle(options.id).execute(options.command))

    def do_download(self, options: Namespace) -> list[Path]:
        """Fetch the outputs of a job, and return where they are."""
        job = self.named.handle(options.id)
        paths = job.download(options.dir, force=options.force)
        if not paths:
            print(f"Job {one_line(job.id)} has left no output files.")
        return paths
