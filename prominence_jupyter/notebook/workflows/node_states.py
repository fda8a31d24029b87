"""`NodeStates`: what is known of the jobs that a workflow makes, put together from reports of the service's jobs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from prominence_jupyter.panel.views.workflows.node_row import NodeState
from prominence_jupyter.panel.views.workflows.workflow_graph import dependencies
from prominence_jupyter.protocol import status
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.workflows.absent_jobs import DONE_BEFORE, NOT_LISTED, NOT_RUN, absent_jobs
from prominence_jupyter.protocol.workflows.factories import Node
from prominence_jupyter.protocol.workflows.workflow_nodes import WorkflowNodes, attempt_order
from prominence_jupyter.protocol.workflows.workflow_record import WorkflowRecord
from prominence_jupyter.watch.sets.set_change import Entry


class NodeStates:
    """The jobs of one workflow, each with its newest attempt.

    Parameters
    ----------
    is_rerun
        Whether the workflow is known to run what failed in another one.

    Attributes
    ----------
    states
        What is known of them, by the names that they have within the workflow, in the order of its description. A job
        that the description does not tell of comes after the others.
    parameters
        The names of all parameters.
    """

    def __init__(self, *, is_rerun: bool = False) -> None:
        self.states: dict[str, NodeState] = {}
        self.parameters: list[str] = []
        self._nodes = WorkflowNodes("", [])
        self._entries: dict[str, Entry] = {}
        self._is_described = False
        self._early: list[Entry] = []
        """Jobs that were told of before it was known which there are."""
        self._parents: dict[str, list[str]] = {}
        self._passed: frozenset[str] = frozenset()
        """Described jobs that others waited for which have begun."""
        self._is_rerun = is_rerun
        self._absent: dict[str, str] = {}
        """Why there are no jobs of some, once all that there will ever be are known."""

    def take(self, record: WorkflowRecord | None, entries: Iterable[Entry], *, is_over: bool) -> list[NodeState]:
        """Take what is new of the workflow, and of some of its jobs; return what has changed.

        Parameters
        ----------
        record
            What the service said last of the workflow.
        entries
            The jobs.
        is_over
            Whether all jobs that there will ever be are known: there is a reason why others are not there.
        """
        if not self._is_described and not (record and record.raw):
            self._early += entries
            return []
        before, entries = self.states, [*self._early, *entries]
        self._early.clear()
        if not self._is_described and record:
            self._describe(record)
        changed = dict.fromkeys(filter(None, map(self._note, entries)))
        situation = (self._reasons(record) if is_over else {}, self._waited_for())
        if situation != (self._absent, self._passed) or self.states is not before:
            self._absent, self._passed = situation
            changed = dict.fromkeys([*self.states, *changed])
        fresh = {name: self._state(name) for name in changed}
        news = [state for name, state in fresh.items() if before.get(name) != state]
        self.states.update(fresh)
        return news

    def job_ids(self) -> dict[str, JobId]:
        """Return the id of the newest attempt of each that has one, by their names within the workflow."""
        return {name: entry.job_id for name, entry in self._entries.items()}

    def _describe(self, record: WorkflowRecord) -> None:
        """Learn which jobs there are."""
        self._is_described = True
        self._nodes = WorkflowNodes.of(record)
        self.parameters = self._nodes.parameters
        self.states = {name: NodeState(node) for name, node in self._nodes.nodes.items()}
        for parent, child in dependencies(record):
            self._parents.setdefault(child, []).append(parent)

    def _note(self, entry: Entry) -> str | None:
        """Keep a job if it is the newest attempt; return the name that it has within the workflow."""
        if entry.record is None:
            return None
        name = self._nodes.name_of(entry.record.name) or entry.record.name or str(entry.job_id)
        known = self._entries.get(name)
        is_older = known and known.record and attempt_order(known.record) > attempt_order(entry.record)
        if known and is_older and str(known.job_id) != str(entry.job_id):
            return None
        self._entries[name] = entry
        return name

    def _waited_for(self) -> frozenset[str]:
        """Return the described jobs that must be done, since others that wait for them have begun."""
        known, passed = self._nodes.nodes, set[str]()
        children = [*{known[name].job for name in self._entries if name in known}] if self._parents else []
        while children:
            new = {*self._parents.get(children.pop(), ())} - passed
            passed |= new
            children += new
        return frozenset(passed)

    def _reasons(self, record: WorkflowRecord | None) -> dict[str, str]:
        latest = {name: entry.record for name, entry in self._entries.items() if entry.record}
        nodes = self._nodes.nodes
        return absent_jobs(record or WorkflowRecord(), nodes, latest, is_rerun=self._is_rerun)

    def _state(self, name: str) -> NodeState:
        node, entry = self._nodes.nodes.get(name) or Node(name), self._entries.get(name)
        if entry is None:
            why = DONE_BEFORE if node.job in self._passed else self._absent.get(name)
            return NodeState(node, not_run=why == NOT_RUN, done_before=why == DONE_BEFORE, not_listed=why == NOT_LISTED)
        return NodeState(node, entry.record, ended=entry.ended, gone=entry.gone)


def as_it_goes(record: WorkflowRecord, states: Mapping[str, NodeState]) -> WorkflowRecord:
    """Return what is to be said of a workflow: it is asked for seldom, and its jobs may tell that it runs."""
    starts = [state.record.started for state in states.values() if state.record and state.record.started is not None]
    if record.has_ended or record.status not in status.WAITING or not starts:
        return record
    return replace(record, status=status.RUNNING, started=record.started or min(starts))
