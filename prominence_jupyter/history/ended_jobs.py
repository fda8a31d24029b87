"""`EndedJobs`: the ended jobs that someone wants to analyse, with as few requests as the service allows."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from prominence_jupyter.client.client import Client
from prominence_jupyter.client.http.transport import CONNECTIONS
from prominence_jupyter.errors import AnswerTooLong, DetailMissing, UnexpectedAnswer, UsageError
from prominence_jupyter.history.cache import Cache, Entry, has_id
from prominence_jupyter.history.details import described
from prominence_jupyter.history.wanted import Wanted
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.record import mapping, number
from prominence_jupyter.protocol.workflows.workflow_nodes import workflow_of

Progress = Callable[[int, int | None, str], None]
"""Called with what is done, how much there is (None while that is not known) and the word for it, such as "jobs"."""

_FIRST_WINDOW: Final = 500
_SMALLEST_WINDOW: Final = 100
_GROWTH: Final = 4
"""A listing always starts at the newest job, so to look further back is to ask for all of it again."""
_LAST_ONES: Final = 20
"""So many at the end of a listing must have ended too early, before it is certain that all others have."""
_FEW: Final = 2
"""So many requests after one another on each connection, for single jobs, are quicker than a listing."""
_SPARSE: Final = 10
"""Nor is a listing worth it where fewer than every tenth of its jobs is missing."""
_ENDED_MEANWHILE: Final = 10
"""Jobs that may have ended since the listing, and stand before those that are looked for."""
_KEEP_EVERY_S: Final = 0.5


class EndedJobs:
    """The ended jobs of one service.

    Parameters
    ----------
    client
        The service.
    cache
        Where ended jobs are kept; None to ask for all of them each time.
    connections
        How many jobs are asked for at once, where the service gives no detail in listings.

    Attributes
    ----------
    cache
        As given: see its ``path``, ``size()``, ``count()`` and ``clear()``.
    """

    def __init__(self, client: Client, cache: Cache | None, connections: int = CONNECTIONS) -> None:
        if isinstance(connections, bool) or not isinstance(connections, int) or connections < 1:
            raise UsageError(f"the number of connections is a whole number from 1, not {connections!r}")
        self.client = client
        self.cache = cache
        self.connections: Final = connections
        self.lists_detail: bool | None = None
        """Whether the service gives detail in listings, as far as that is known."""

    @property
    def url(self) -> str:
        """Base URL of the service."""
        return self.client.transport.url

    def is_as(self, other: EndedJobs) -> bool:
        """Tell whether another one of the same service has the same settings."""
        mine, theirs = (jobs.cache and jobs.cache.is_on_disk for jobs in (self, other))
        return mine == theirs and self.connections == other.connections

    def entries(self, wanted: Wanted, progress: Progress | None = None) -> list[Entry]:
        """Return jobs as JSON, newest first, no id twice, secrets hidden.

        A job that the service does not describe is there as it was listed, without detail; a `DetailMissing` warning
        says so.

        Parameters
        ----------
        wanted
            Which ones.
        progress
            Told of jobs as they come.

        Raises
        ------
        KeyboardInterrupt
            It says how many jobs came; they are kept.
        UnexpectedAnswer
            The service cannot list the jobs of a workflow.
        """
        return _Search(self, wanted, progress or _tell_nobody).run()


class _Search:
    """One question: a window on the newest jobs, that grows until what is wanted must be in it."""

    def __init__(self, jobs: EndedJobs, wanted: Wanted, progress: Progress) -> None:
        self._jobs = jobs
        self._wanted = wanted
        self._progress = progress
        self._known: dict[str, Entry] = {}
        self._failures: dict[str, Exception] = {}
        self._is_too_long = False

    def run(self) -> list[Entry]:
        self._progress(0, None, "jobs")
        wanted, window = self._wanted, _first_window(self._wanted)
        while True:
            listed = self._listing(window, detail=self._starts_with_detail())
            candidates = [entry for entry in _once(listed) if wanted.may_match(entry)]
            if wanted.label is None and wanted.site is None:  # then the listing told all
                candidates = candidates[: wanted.last]
            whole = self._with_detail(candidates, listed)
            found = [entry for entry in whole if wanted.matches(entry)][: wanted.last]
            # The deployed service leaves out jobs whose files it cannot read, so a few short of the window is not all.
            is_all = not window // 2 < len(listed) <= window
            if len(found) == wanted.last or is_all or _is_before(listed, wanted):
                self._warn(found)
                return found
            window *= _GROWTH

    def _starts_with_detail(self) -> bool:
        """Tell whether to ask for detail at once: not when some of it is here already."""
        cache = self._jobs.cache
        return cache is None or (not self._known and not cache.has_any(self._jobs.url))

    def _listing(self, num: int, *, detail: bool) -> list[Entry]:
        """Return a listing, with detail if the service gives it there and it is not too long."""
        if not detail or self._is_too_long or self._jobs.lists_detail is False:
            listed = self._jobs.client.ended_entries(num, self._wanted.parameters, detail=False)
        else:
            try:
                listed = self._jobs.client.ended_entries(num, self._wanted.parameters, detail=True)
            except AnswerTooLong:
                self._is_too_long = True
                return self._listing(num, detail=False)
            if listed and not self._jobs.lists_detail:
                self._jobs.lists_detail = any("resources" in entry for entry in listed)
        self._check_workflow(listed)
        self._learn(entry for entry in listed if "resources" in entry)
        return listed

    def _with_detail(self, candidates: Sequence[Entry], listed: Sequence[Entry]) -> list[Entry]:
        """Return jobs with detail: those known, those of the cache, and only what is missing from the service."""
        missing = self._missing(candidates)
        if missing and self._jobs.cache is not None:
            self._known |= self._jobs.cache.find(self._jobs.url, missing)
            missing = self._missing(missing)
        if missing and self._jobs.lists_detail is not False and not self._is_too_long:
            last = str(missing[-1]["id"])
            depth = max(place for place, entry in enumerate(listed, 1) if str(entry.get("id")) == last)
            if len(missing) > max(_FEW * self._jobs.connections, depth // _SPARSE):
                self._listing(depth + _ENDED_MEANWHILE, detail=True)
                missing = self._missing(missing)
        if missing:
            self._ask_for_each(missing, len(candidates))
        self._progress(len(candidates), len(candidates), "jobs")
        return [self._known.get(str(entry["id"]), entry) if has_id(entry) else entry for entry in candidates]

    def _missing(self, entries: Iterable[Entry]) -> list[Entry]:
        return [entry for entry in entries if has_id(entry) and str(entry["id"]) not in self._known]

    def _ask_for_each(self, missing: Sequence[Entry], total: int) -> None:
        """Ask for jobs one by one; what came is kept every now and then, and when it is interrupted."""
        plain = {str(entry["id"]): entry for entry in missing}
        done, batch, since = total - len(missing), list[Entry](), time.monotonic()
        try:
            ids = [entry["id"] for entry in missing]
            with described(self._jobs.client, ids, self._jobs.connections) as answers:
                for answer in answers:
                    if answer is not None:
                        key, entry, error = answer
                        done += 1
                        self._known[key] = entry or plain[key]
                        if entry:
                            batch.append(entry)
                        elif error:
                            self._failures[key] = error
                    if time.monotonic() - since > _KEEP_EVERY_S:
                        self._keep(batch)
                        batch, since = [], time.monotonic()
                    self._progress(done, total, "jobs")
        except KeyboardInterrupt:
            kept = " and are kept; run it again to go on" if self._jobs.cache else ""
            raise KeyboardInterrupt(f"interrupted: {done:,} of {total:,} jobs were fetched{kept}") from None
        finally:
            self._keep(batch)

    def _learn(self, entries: Iterable[Entry]) -> None:
        whole = {str(entry["id"]): entry for entry in entries if has_id(entry)}
        new = [entry for key, entry in whole.items() if key not in self._known]
        self._known |= whole
        self._keep(new)

    def _keep(self, entries: Sequence[Entry]) -> None:
        if self._jobs.cache is not None:
            self._jobs.cache.keep(self._jobs.url, entries)

    def _check_workflow(self, listed: Iterable[Entry]) -> None:
        """Raise when a service gave others than the jobs of a workflow, whose names begin with that of the workflow."""
        if self._wanted.workflow_id is None:
            return
        names = {workflow_of(entry.get("name")) for entry in listed}
        if len(names) > 1 or None in names or any(str(entry.get("id")) == self._wanted.workflow_id for entry in listed):
            said = "cannot list the jobs of a workflow by its id: it gave others; try the workflow's name"
            raise UnexpectedAnswer(f"{self._jobs.url} {said}")

    def _warn(self, found: Sequence[Entry]) -> None:
        failed = [key for entry in found if (key := str(entry.get("id"))) in self._failures]
        if failed:
            why = f"job {one_line(failed[0], 40)}: {one_line(self._failures[failed[0]])}"
            said = f"the service did not describe {len(failed):,} of {len(found):,} jobs ({why}): they have no detail"
            warnings.warn(said, DetailMissing, stacklevel=5)


def _first_window(wanted: Wanted) -> int:
    if wanted.last is None:
        return _FIRST_WINDOW
    return int(wanted.last) if wanted.is_for_service else max(_GROWTH * int(wanted.last), _SMALLEST_WINDOW)


def _is_before(listed: Sequence[Entry], wanted: Wanted) -> bool:
    """Tell whether whatever a longer listing would have besides ended too early; listings are roughly in order."""
    if wanted.since is None:
        return False
    times = [number(mapping(entry.get("events")).get("endTime")) for entry in listed[-_LAST_ONES:]]
    ended = [moment for moment in times if moment is not None]
    return bool(ended) and max(ended) < wanted.since.timestamp()


def _once(entries: Iterable[Entry]) -> list[Entry]:
    """Return the first entry of each id: for a moment a job may be listed twice."""
    first: dict[str | int, Entry] = {}
    for place, entry in enumerate(entries):
        first.setdefault(str(entry["id"]) if has_id(entry) else place, entry)
    return list(first.values())


def _tell_nobody(_done: int, _total: int | None, _words: str) -> None:
    """Take the place of a progress bar."""
