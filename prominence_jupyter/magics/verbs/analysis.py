"""The verbs of ``%prominence`` that give frames: list, usage, cache."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any, Final

from prominence_jupyter.errors import UsageError
from prominence_jupyter.jobs.session import Session
from prominence_jupyter.notebook.progress_bar import ProgressBar
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord

if TYPE_CHECKING:
    import pandas as pd

    from prominence_jupyter.notebook.usage_frame import UsageFrame
    from prominence_jupyter.usage.plots.drawing.figure import UsageFigure

_USUAL_LAST: Final = 100
"""Jobs that ``%prominence usage`` looks at when it is not told which."""
_MB: Final = 1e6


def listed(session: Session, options: Namespace, shell: Any) -> pd.DataFrame:
    """Return active or ended jobs as ``%prominence list`` wants them.

    Raises
    ------
    UsageError
        Options exclude each other.
    """
    from prominence_jupyter.usage.frames import jobs_frame  # noqa: PLC0415 - pandas, when it is first used

    _check_last(options)
    filters = {"name": options.name, "label": options.constraint}
    if options.completed:
        with ProgressBar(shell) as progress:
            return session.completed(options.last or 1, **filters, progress=progress)
    jobs = jobs_frame(session.jobs(all=options.all, **filters))
    if jobs.empty:
        print(_nothing(options))
    return jobs


def workflows_listed(session: Session, options: Namespace) -> pd.DataFrame:
    """Return active or ended workflows as ``%prominence list workflows`` wants them.

    Raises
    ------
    UsageError
        Options exclude each other.
    """
    from prominence_jupyter.usage.workflows_frame import workflows_frame  # noqa: PLC0415 - pandas, when first used

    _check_last(options)
    is_all = options.all or options.completed
    records = session.workflows(all=is_all, name=options.name, label=options.constraint)
    if options.completed:
        ended = sorted((record for record in records if record.has_ended), key=_order, reverse=True)
        records = ended[: options.last or 1]
    frame = workflows_frame(records)
    if frame.empty:
        print(_no_workflow(options))
    return frame


def used(session: Session, options: Namespace, shell: Any) -> UsageFrame | UsageFigure | None:
    """Return what ended jobs used, what to ask for, or a picture of it, as ``%prominence usage`` wants it.

    Raises
    ------
    UsageError
        Options exclude each other.
    """
    if options.plot and options.by:
        raise UsageError("%prominence usage: --by goes with the table and with --advice, not with --plot")
    plot = _plot(options.plot) if options.plot else None
    jobs = _ended(session, options, shell)
    if jobs.empty:
        print("No job that has ended fits; %prominence list --completed shows the last one of all.")
        if plot is not None:
            return None
    if plot is not None:
        return _picture(plot(jobs), shell)

    from prominence_jupyter.notebook.usage_frame import UsageFrame  # noqa: PLC0415 - pandas, when it is first used
    from prominence_jupyter.usage.advice import advice  # noqa: PLC0415 - as above
    from prominence_jupyter.usage.efficiency import efficiency  # noqa: PLC0415 - as above
    from prominence_jupyter.usage.totals import totals  # noqa: PLC0415 - as above

    if options.advice:
        return UsageFrame.of_advice(advice(jobs, options.by or "name"))
    if options.by:
        return UsageFrame.of_groups(totals(efficiency(jobs), options.by), options.by)
    return UsageFrame.of_jobs(efficiency(jobs))


def cached(session: Session, options: Namespace) -> None:
    """Tell of the cache of ended jobs, or empty it, as ``%prominence cache`` wants it."""
    cache = session.history.cache
    if cache is None:
        print("The local service is asked for its jobs each time; nothing of them is kept.")
    elif options.clear:
        count = cache.count()
        cache.clear()
        print(f"{count:,} ended jobs were forgotten; they are asked for anew when they are needed.")
    else:
        count = cache.count()  # first: it finds out whether the file can be used
        where = f"in {cache.path}" if cache.path else "in memory, until the kernel ends"
        print(f"{count:,} ended jobs are kept {where} ({cache.size() / _MB:.1f} MB),")
        print("without the secrets that a service gives back: pull tokens, inputs, signed URLs, keys of storage.")
        print("%prominence cache --clear forgets them; %config ProminenceMagics.cache = False keeps none on disk.")


def _ended(session: Session, options: Namespace, shell: Any) -> pd.DataFrame:
    """Return the jobs to look at, with the label that groups them as a column."""
    is_bounded = options.since or options.until or options.workflow
    kind, _, key = (options.by or "").partition(":")
    with ProgressBar(shell) as progress:
        return session.completed(
            options.last or (None if is_bounded else _USUAL_LAST),
            name=options.name,
            label=options.constraint,
            workflow=options.workflow,
            site=options.site,
            since=options.since,
            until=options.until,
            labels=[key] if kind == "label" and key else (),
            progress=progress,
        )


def _plot(kind: str) -> Any:
    from prominence_jupyter.usage.plots import PLOTS  # noqa: PLC0415 - matplotlib, when it is first used

    return PLOTS[kind]


def _picture(figure: UsageFigure, shell: Any) -> UsageFigure:
    if getattr(shell, "kernel", None) is None:
        print("A terminal shows no picture: figure = %prominence usage --plot …, then figure.savefig('usage.png').")
    return figure


def _nothing(options: Namespace) -> str:
    if options.name or options.constraint:
        return "No such job is active." if not options.all else "There is no such job."
    if options.all:
        return "There is no job."
    return "No job is active; those that have ended: %prominence list --completed --last 10"


def _check_last(options: Namespace) -> None:
    if options.last is not None and not options.completed:
        raise UsageError("%prominence list: --last goes with --completed")


def _order(record: WorkflowRecord) -> tuple[float, int]:
    return record.ended or record.created or 0.0, record.id if isinstance(record.id, int) else 0


def _no_workflow(options: Namespace) -> str:
    if options.name or options.constraint:
        return "There is no such workflow." if options.all or options.completed else "No such workflow is active."
    if options.all or options.completed:
        return "There is no workflow." if options.all else "No workflow has ended."
    return "No workflow is active; those that have ended: %prominence list workflows --completed --last 10"
