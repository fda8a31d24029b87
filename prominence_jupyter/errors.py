"""Every error this package raises on purpose, as one tree.

::

    ProminenceError
    ├── UsageError               what was typed: an option, a verb, a cell that is not JSON
    ├── DescriptionError         a job description that breaks the rules; nothing was sent
    ├── TokenError               there is no usable token; nothing was sent
    │   ├── TokenMissing
    │   ├── TokenUnreadable
    │   ├── TokenMalformed
    │   └── TokenExpired
    ├── LoginFailed              logging in brought no token; what was there before is as it was
    │   ├── LoginDenied              by the person, or by the provider
    │   └── LoginLapsed              nobody entered the code in time
    ├── ServiceError             the service answered, but not with what was asked for
    │   ├── AuthenticationFailed     it does not accept the token
    │   ├── FunctionalityDisabled    this deployment has that part switched off
    │   ├── NoSuchJob
    │   ├── NoSuchWorkflow
    │   ├── RequestRefused           any other 4xx, with the service's words
    │   ├── ServiceFailed            5xx or 429 (transient)
    │   ├── UnexpectedAnswer         HTML, broken JSON, an object where a list belongs
    │   └── AnswerTooLong            more than was to be held in memory
    ├── Unreachable              no answer at all (transient)
    ├── SubmissionUncertain      the answer to a submission was lost, and what it made was not found
    ├── WaitTimeout              what was waited for was still going when the time was up
    ├── JobFailed                a job that a cell waited for did not succeed
    ├── CacheUnusable            the cache of ended jobs cannot be emptied
    └── LocalServiceError        the service on this machine cannot start or stop

Warnings, below UserWarning: `CacheLeftOut`, `CertificatesUnchecked`, `DetailMissing`, `OutputsUnread`.
``transient`` tells whether the same request may succeed later.
Messages say what happened, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from prominence_jupyter.protocol.validation import Problem


_PROBLEMS_SHOWN = 20


class ProminenceError(Exception):
    """Root of every error raised on purpose by this package."""

    transient: ClassVar[bool] = False


class UsageError(ProminenceError):
    """A magic, option or cell was typed in a way that cannot be understood."""


class DescriptionError(ProminenceError):
    """A job description breaks the rules; it was not sent.

    Attributes
    ----------
    problems
        Every problem found, in the order of the description.
    shown
        The message; by default a line for each problem.
    """

    def __init__(self, problems: Sequence[Problem], shown: str | None = None) -> None:
        self.problems = tuple(problems)
        if shown is not None:
            super().__init__(shown)
            return
        count = len(self.problems)
        head = "the description has a problem" if count == 1 else f"the description has {count} problems"
        lines = [f"  {problem}" for problem in self.problems[:_PROBLEMS_SHOWN]]
        if count > _PROBLEMS_SHOWN:
            lines.append(f"  … and {count - _PROBLEMS_SHOWN} more")
        super().__init__("\n".join([f"{head}; nothing was submitted:", *lines]))


class TokenError(ProminenceError):
    """No usable access token; nothing was sent."""


class TokenMissing(TokenError):
    """Neither ``PROMINENCE_TOKEN`` nor the token file is there."""


class TokenUnreadable(TokenError):
    """The token file exists and cannot be read."""


class TokenMalformed(TokenError):
    """The token file or variable holds something that cannot be a token."""


class TokenExpired(TokenError):
    """The token says of itself that its time is over."""


class LoginFailed(ProminenceError):
    """Logging in brought no token; the token that was there before is as it was."""


class LoginDenied(LoginFailed):
    """The login was denied."""


class LoginLapsed(LoginFailed):
    """The code ran out before anyone had entered it."""


class ServiceError(ProminenceError):
    """The service answered, but not with what was asked for.

    Attributes
    ----------
    status
        HTTP status code of the answer, None when the answer was a 200 that made no sense.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class AuthenticationFailed(ServiceError):
    """401: the service does not accept the token."""


TOKEN_TROUBLES = (TokenError, AuthenticationFailed)
"""What a new token mends."""


class FunctionalityDisabled(ServiceError):
    """401 with the words "Functionality disabled": not a matter of the token."""


class NoSuchJob(ServiceError):
    """The service knows no job with that id, or it is another user's."""


class NoSuchWorkflow(ServiceError):
    """The service knows no workflow with that id that this can be done to, or it is another user's."""


class RequestRefused(ServiceError):
    """4xx: the service understood and refused, in its own words."""


class ServiceFailed(ServiceError):
    """5xx or 429: the service could not answer now.

    Attributes
    ----------
    retry_after_s
        Seconds the service asked to wait, None if it did not say.
    """

    transient = True

    def __init__(self, message: str, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message, status)
        self.retry_after_s = retry_after_s


class UnexpectedAnswer(ServiceError):
    """The answer is not what this API gives: often a wrong ``PROMINENCE_URL``."""


class AnswerTooLong(ServiceError):
    """The answer has more bytes than were to be held in memory; it was broken off."""


class Unreachable(ProminenceError):
    """No connection, or no answer within the time limit."""

    transient = True


class SubmissionUncertain(ProminenceError):
    """The answer to a submission was lost: the job or workflow may or may not exist. It was not sent again.

    Attributes
    ----------
    label
        Key and value of the label that it carries, if it exists; None when it cannot be told by one.
    """

    def __init__(self, message: str, label: tuple[str, str] | None = None) -> None:
        super().__init__(message)
        self.label = label


class WaitTimeout(ProminenceError):
    """What was waited for had not ended when the time was up; it goes on."""


class JobFailed(ProminenceError):
    """A job that a cell waited for did not succeed, so that what comes after the cell does not run."""


class CacheUnusable(ProminenceError):
    """The cache of ended jobs cannot be emptied. An analysis never fails for it: see `CacheLeftOut`."""


class CacheLeftOut(UserWarning):
    """The cache of ended jobs cannot be used; the analysis goes on without it."""


class CertificatesUnchecked(UserWarning):
    """Certificates of a service are not checked, since PROMINENCE_SSL_VERIFY says so."""


class DetailMissing(UserWarning):
    """A service listed jobs that it did not describe; they stay as they were listed."""


class OutputsUnread(UserWarning):
    """Outputs of jobs could not be fetched, or did not say what was looked for; the results have rows without it."""


class LocalServiceError(ProminenceError):
    """The local service cannot be started, joined or stopped."""
