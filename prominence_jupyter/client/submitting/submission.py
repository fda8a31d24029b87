"""`Submission`: a request that makes a job or a workflow, sent so that there is one at most and its id is found out.

It is sent again only where it certainly did not arrive. Where the answer was lost, what it made is looked for by its
label for a while; what stays uncertain is told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from prominence_jupyter.client.http.answers import Answer
from prominence_jupyter.client.http.exchange import NOT_SENT, Exchange, TimeUp
from prominence_jupyter.client.submitting.attempts import is_definite, until_it_arrives
from prominence_jupyter.client.submitting.kind import Kind
from prominence_jupyter.errors import ProminenceError, SubmissionUncertain
from prominence_jupyter.protocol.labels import Label
from prominence_jupyter.protocol.paths import JobId
from prominence_jupyter.protocol.plain_text import one_line

_PAUSES_S: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0)
"""Before each look for the label; a service that is being restarted may take that long."""
_ANSWERED: Final = 5
"""Looks after which what was not there is given up, if the service answered them."""
_HOPELESS: Final = 3
"""Looks in a row that failed for a reason that does not pass; a proxy may say odd things once."""
_LOOK_S: Final = 10.0
"""The longest one look may take."""
_INTERRUPTED_LOOK_S: Final = 0.25
"""The same for one who has interrupted it, for all looks together."""
_INTERRUPTED_LOOKS: Final = 4


class Submission:
    """One submission.

    Parameters
    ----------
    send
        Sends it, once.
    find
        Looks once for what was made and returns its id, None when it is not there.
    label
        What it is found by; None where it cannot be found.
    how_to_look
        What one may type to look for it.
    pause
        Waits a number of seconds.
    kind
        What is made.
    """

    def __init__(
        self,
        send: Callable[[], Answer],
        find: Callable[[], JobId | None],
        label: Label | None,
        how_to_look: Callable[[], str],
        pause: Callable[[float], None],
        *,
        kind: Kind[Any],
    ) -> None:
        self._send = send
        self._find = find
        self._label = label
        self._how_to_look = how_to_look
        self._pause = pause
        self._kind = kind
        self._may_have_arrived = False

    def made_id(self) -> JobId:
        """Submit, and return the id of what was made.

        Raises
        ------
        SubmissionUncertain
            The answer was lost, and what it may have made was not found.
        KeyboardInterrupt
            It was interrupted, and what came of it is certain; the message tells it.
        ProminenceError
            It certainly made nothing.
        """
        try:
            return self._sent()
        except KeyboardInterrupt:
            interrupt = self._interrupted()
        raise interrupt

    def _sent(self) -> JobId:
        try:
            answer = until_it_arrives(self._attempt, self._pause)
            job_id = _id_in(answer)
        except ProminenceError as error:
            if is_definite(error):
                raise
            why = str(error)
        else:
            if job_id is not None:
                return job_id
            why = f"{answer.request} gave no {self._kind.noun} id"
        return self._looked_for(why)

    def _attempt(self) -> Answer:
        self._may_have_arrived = True
        try:
            return self._send()
        except ProminenceError as error:
            self._may_have_arrived = not is_definite(error)
            raise
        except KeyboardInterrupt as interrupt:
            self._may_have_arrived = NOT_SENT not in interrupt.args
            raise

    def _looked_for(self, why: str) -> JobId:
        """Look for what was made for a while."""
        answered, hopeless, trouble = 0, 0, ""
        for pause_s in _PAUSES_S if self._label else ():
            self._pause(pause_s)
            try:
                job_id = _within(_LOOK_S, self._find)
            except (ProminenceError, TimeoutError) as error:
                trouble = str(error)
                hopeless = hopeless + 1 if isinstance(error, ProminenceError) and not error.transient else 0
            else:
                if job_id is not None:
                    return job_id
                answered, hopeless, trouble = answered + 1, 0, ""
            if answered == _ANSWERED or hopeless == _HOPELESS:
                break
        raise self._uncertain(why, f"could not be looked for ({trouble})" if trouble else "was not found")

    def _interrupted(self) -> KeyboardInterrupt | SubmissionUncertain:
        """Return what to raise after an interrupt; who interrupts does not want to wait."""
        if not self._may_have_arrived:
            return KeyboardInterrupt("interrupted; nothing was submitted")
        try:
            job_id = _within(_INTERRUPTED_LOOK_S, self._found_soon) if self._label else None
        except (ProminenceError, TimeoutError, KeyboardInterrupt):
            job_id = None
        if job_id is None:
            return self._uncertain("interrupted", "was not found at once")
        typed = f"{self._kind.typed}{one_line(job_id)}"
        return KeyboardInterrupt(
            f"interrupted, but {self._kind.noun} {one_line(job_id)} has been submitted and goes on: "
            f"return with %prominence watch {typed}, end with %prominence delete {typed}"
        )

    def _found_soon(self) -> JobId | None:
        """Look a few times: what was sent may not have come through when it was interrupted."""
        for _ in range(_INTERRUPTED_LOOKS):
            if (job_id := self._find()) is not None:
                return job_id
            time.sleep(_INTERRUPTED_LOOK_S / _INTERRUPTED_LOOKS)
        return None

    def _uncertain(self, why: str, looked: str) -> SubmissionUncertain:
        noun = self._kind.noun
        said = f"the answer to the submission was lost ({why}): the {noun} may or may not have been submitted. "
        if self._label is None:
            said += "It was not sent again"
        else:
            said += f"It was not sent again; a {noun} with its label {'='.join(self._label)} {looked}"
        return SubmissionUncertain(
            f"{said}. Look with {self._how_to_look()}; if it is not there, submit it anew", self._label
        )


def _id_in(answer: Answer) -> JobId | None:
    job_id = answer.json_object().get("id")
    return job_id if isinstance(job_id, int | str) and not isinstance(job_id, bool) and job_id != "" else None


def _within(seconds: float, find: Callable[[], JobId | None]) -> JobId | None:
    """Look within a time; a look that takes longer is left alone.

    Raises
    ------
    TimeoutError
        It is over.
    """
    try:
        job_id: JobId | None = Exchange().run(find, longest_s=seconds)
    except TimeUp:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    return job_id
