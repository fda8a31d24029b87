"""`Submitter`: submits jobs or workflows, and copies of them, once at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from prominence_jupyter.client.http.answers import Answer
from prominence_jupyter.client.http.transport import ATTEMPTS, Transport
from prominence_jupyter.client.submitting.kind import Record
from prominence_jupyter.client.submitting.label_search import LabelSearch
from prominence_jupyter.client.submitting.submission import Submission
from prominence_jupyter.errors import UnexpectedAnswer
from prominence_jupyter.protocol.description import JobDescription, WorkflowDescription
from prominence_jupyter.protocol.labels import Label, new_submission, submission_of
from prominence_jupyter.protocol.paths import JobId


class Submitter(Generic[Record]):
    """Submits at one service, and looks by labels for what was submitted."""

    def __init__(self, transport: Transport, labels: LabelSearch[Record]) -> None:
        self._transport = transport
        self._labels = labels

    def submit(self, description: JobDescription | WorkflowDescription) -> JobId:
        """Submit what is described, see `Client.submit`."""
        label, known = new_submission(), dict[str, Record]()
        sent = description.labelled(label)

        def find() -> JobId | None:
            oldest_first = self._labels.found(label, description.name, known)
            return next((one.id for one in oldest_first), None)  # the others are its clones

        kind = self._labels.kind
        return self._made(lambda: self._transport.send("POST", kind.listing, json=sent.body), find, label)

    def copy(self, path: str, original: Record | None) -> JobId:
        """Have a copy made, with the same labels, by a PUT to a path, see `Client.clone`.

        Parameters
        ----------
        path
            Where to send it.
        original
            What the service says of what is copied.
        """
        label, before = self._copies(original)

        def find() -> JobId | None:
            copies = self._labels.listed(label, active=False, attempts=1) if label else []
            new = [copy.id for copy in copies if str(copy.id) not in before]
            return new[0] if len(new) == 1 else None

        return self._made(lambda: self._transport.send("PUT", path), find, label)

    def _made(self, send: Callable[[], Answer], find: Callable[[], JobId | None], label: Label | None) -> JobId:
        how_to_look, pause = lambda: self._labels.how_to_look(label), self._transport.pause
        return Submission(send, find, label, how_to_look, pause, kind=self._labels.kind).made_id()

    def _copies(self, original: Record | None) -> tuple[Label | None, set[str]]:
        """Return the label of a submission and the ids of all that carry it; None if that tells nothing."""
        label = submission_of(original.labels) if original else None
        try:
            listed = self._labels.listed(label, active=False, attempts=ATTEMPTS) if label else []
        except UnexpectedAnswer:
            return None, set()
        return label, {str(one.id) for one in listed}
