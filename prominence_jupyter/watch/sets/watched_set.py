"""`WatchedSet`: what is known of many jobs that are watched together, and the one place where that changes.

It asks nothing itself. The watcher gives it each listing of active jobs, and answers about the jobs it `lacks`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.record import JobRecord
from prominence_jupyter.protocol.workflows.workflow_nodes import attempt_order
from prominence_jupyter.watch.judging.absence import Absence
from prominence_jupyter.watch.judging.certainty import Certainty
from prominence_jupyter.watch.judging.reports import best, is_settled, may_have_ended
from prominence_jupyter.watch.sets.audience import Audience
from prominence_jupyter.watch.sets.set_change import Entry, SetListener
from prominence_jupyter.watch.sets.watched_workflow import WatchedWorkflow

Label = tuple[str, str]


class WatchedSet:
    """Jobs that are watched together.

    Parameters
    ----------
    entries
        The jobs it begins with.
    label
        Jobs that carry this label come to it when they appear.
    everything
        All active jobs come to it. Such a set never finishes.
    workflow
        Its jobs come to it. Such a set finishes when the workflow makes no more.
    """

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        *,
        label: Label | None = None,
        everything: bool = False,
        workflow: WatchedWorkflow | None = None,
    ) -> None:
        self.label: Final = label
        self.everything: Final = everything
        self.workflow: Final = workflow
        self.finished = threading.Event()
        """Set when nothing can change any more: every job has ended, or is gone."""
        self.stale_since: float | None = None
        self.trouble: ProminenceError | None = None
        self.failures = 0
        """How often in a row nothing could be asked, for the same kind of reason."""
        self.ticks = 0
        """How often it was told what the service answered, or that it did not answer."""
        self._heard: float | None = None
        """When there was news of every job last (Unix seconds)."""
        self._ticked = threading.Condition()
        self._entries = {str(entry.job_id): entry for entry in entries}
        self._open = {key: entry for key, entry in self._entries.items() if not entry.is_closed}
        self._seen: set[str] = set()
        """Ids of the last listing for which this set was told which of them carry its label."""
        self._listed: dict[str, JobRecord] = {}
        """Entries of the listing to which the reports belong."""
        self._asked: dict[str, JobRecord] = {}
        """Entries of the listing that seemed to have ended when they were asked about."""
        self._absences: dict[str, Absence] = {}
        self._certainties: dict[str, Certainty] = {}
        self._audience = Audience(self._entries, workflow)
        self._lock = threading.Lock()

    @property
    def entries(self) -> dict[str, Entry]:
        """All jobs by id, as text, in the order in which they came. From any thread."""
        with self._lock:
            return self._entries.copy()

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to ask, or someone to tell."""
        return self._audience.is_joined or (self._audience.is_there and not self.finished.is_set())

    @property
    def is_over(self) -> bool:
        """Whether nothing can change any more, as far as is known."""
        return not self._open and not self.everything and (self.workflow is None or self.workflow.is_over)

    @property
    def awaits_workflow(self) -> bool:
        """Whether only the workflow itself can tell if more is to come."""
        return not self._open and self.workflow is not None and self.workflow.may_go_on

    def await_tick(self, after: int, timeout_s: float) -> bool:
        """Wait until `ticks` is more than it was; return whether it is. From any thread."""
        with self._ticked:
            return self._ticked.wait_for(lambda: self.ticks > after, timeout_s)

    def is_asked(self) -> bool:
        """Tell whether the service has been asked about every job at least once. From any thread."""
        is_listed = self.workflow is None or self.workflow.is_listed
        entries = self.entries.items()
        return is_listed and all(entry.record or entry.gone or key in self._absences for key, entry in entries)

    def join(self, listener: SetListener) -> None:
        """Let a listener wait for `let_in`. From any thread."""
        self._audience.join(listener)

    def leave(self, listener: SetListener) -> bool:
        """Drop a listener; return whether none is left. From any thread."""
        return self._audience.leave(listener)

    def let_in(self) -> bool:
        """Tell new listeners all that is known, if anything is; return whether there were any."""
        is_known = self.ticks or any(entry.record for entry in self._entries.values())
        return self._audience.let_in(self._entries if is_known else None, self.stale_since, self.trouble)

    def has_strangers(self, listing: Mapping[str, JobRecord]) -> bool:
        """Tell whether jobs are listed of which it is not known whether they carry the label."""
        return self.label is not None and not listing.keys() <= self._seen

    def admit(self, records: Iterable[JobRecord], listing: Mapping[str, JobRecord]) -> None:
        """Take in jobs that carry the label; those of the listing are no strangers any more."""
        self._seen = {*listing}
        self._add({str(record.id): record for record in records})

    def lacks(self, listing: Mapping[str, JobRecord]) -> dict[str, JobId]:
        """Return the jobs whose end only an answer of their own can tell."""
        lacking = {}
        for key, entry in self._open.items():
            listed = listing.get(key)
            unclear = not is_settled(entry.record) if listed is None else may_have_ended(listed)
            if unclear and (listed is None or listed != self._asked.get(key)):
                lacking[key] = entry.job_id
        return lacking

    def report(
        self,
        listing: Mapping[str, JobRecord],
        answers: Mapping[str, JobRecord | None],
        trouble: ProminenceError | None = None,
    ) -> bool:
        """Take a listing and answers that are newer; tell what has changed; return whether anything has.

        Parameters
        ----------
        listing
            All active jobs.
        answers
            About jobs it `lacks`, as far as they came; None for one that the service did not give or refused.
        trouble
            What has kept the other answers from coming.
        """
        self.take(listing, answers)
        return self.conclude(trouble)

    def take(self, listing: Mapping[str, JobRecord], answers: Mapping[str, JobRecord | None]) -> None:
        """Take the same, and tell nobody yet."""
        if self.workflow is None or self.workflow.trouble is None:
            self.failures = 0
        if self.everything:
            self._add({key: listing[key] for key in listing.keys() - self._entries.keys()})
        for key in [*self._open]:
            listed = listing.get(key)
            if key in answers or listed is None or listed is not self._listed.get(key):
                self._look(key, listed, answers)

    def take_all(self, workflow: WatchedWorkflow, records: Iterable[JobRecord]) -> None:
        """Take all jobs of its workflow, which are newer than the last plain listing; tell nobody yet."""
        found = {str(record.id): record for record in sorted(records, key=attempt_order) if workflow.has(record)}
        workflow.listed(found)
        self._add(found)
        self.take(workflow.listing, {key: found.get(key) for key in self._open})

    def miss(self, error: ProminenceError) -> None:
        """Note that the service could not be asked: data get stale, a status does not change."""
        self.failures = self.failures + 1 if type(error) is type(self.trouble) else 1
        self.conclude(error)

    def _add(self, records: Mapping[str, JobRecord]) -> None:
        for key, record in records.items():
            if key not in self._entries and record.id is not None:
                self._set(key, Entry(record.id, record))

    def _look(self, key: str, listed: JobRecord | None, answers: Mapping[str, JobRecord | None]) -> None:
        """Take what is new of one job that has not ended."""
        entry, answer = self._entries[key], answers.get(key)
        _keep(self._listed, key, listed)
        if answer or listed is None:
            _keep(self._asked, key, listed)
        if answer or listed:
            self._absences.pop(key, None)
        elif key in answers:
            self._miss(key, entry)
            return
        record = answer or best(entry.record, listed)
        if record is None:
            return
        may_be_last = answer or listed or is_settled(record)
        certainty = self._certainties.setdefault(key, Certainty())
        is_last = bool(may_be_last) and certainty.is_enough(record, listed_active=listed is not None)
        self._set(key, Entry(entry.job_id if record.id is None else record.id, record, ended=is_last))

    def _miss(self, key: str, entry: Entry) -> None:
        """Take note that the service gave nothing of a job."""
        if self._absences.setdefault(key, Absence()).goes_on(was_there=entry.record is not None):
            self._set(key, replace(entry, gone=True))

    def _set(self, key: str, entry: Entry) -> None:
        """Change an entry: the only place that does. One that has ended or is gone stays as it is."""
        before = self._entries.get(key)
        if before == entry or (before and before.is_closed):
            return
        with self._lock:
            self._entries[key] = entry
        if entry.is_closed:
            self._open.pop(key, None)
            for kept in (self._listed, self._asked, self._absences, self._certainties):
                kept.pop(key, None)
        else:
            self._open[key] = entry

    def conclude(self, trouble: ProminenceError | None) -> bool:
        """Tell the listeners what differs from what they know; finish if that was all; return whether it was news."""
        if type(trouble) is not type(self.trouble):  # its words may name another request each time
            self.trouble = trouble
        now = time.time()
        if trouble is None:
            self.stale_since, self._heard = None, now
        elif self.stale_since is None:
            self.stale_since = min(now, self._heard or now)
        is_news = self._audience.tell(self._entries, self.stale_since, self.trouble)
        if self.is_over and trouble is None:
            self.finished.set()
        with self._ticked:
            self.ticks += 1
            self._ticked.notify_all()
        return is_news


def _keep(kept: dict[str, JobRecord], key: str, record: JobRecord | None) -> None:
    if record is None:
        kept.pop(key, None)
    else:
        kept[key] = record
