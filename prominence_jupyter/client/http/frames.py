"""Exceptions without the frames below the function that raises them.

With %xmode Verbose, and with many a logger, a traceback shows the values in each of its frames. In those that read an
answer of a service, or send a description, these hold what `redact` is there to hide.
"""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from prominence_jupyter.errors import ProminenceError

Function = TypeVar("Function", bound=Callable[..., Any])
Class = TypeVar("Class", bound=type)


def without_frames(function: Function) -> Function:
    """Let a function raise without the frames below it, and keep its arguments out of the one that is left."""

    @functools.wraps(function)
    def bare_function(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:
            failure = bare(error)
        del args, kwargs
        raise failure

    return bare_function  # type: ignore[return-value] # the same signature


def methods_without_frames(owner: Class) -> Class:
    """Decorate a class: `without_frames` for each of its public methods."""
    for name, method in list(vars(owner).items()):
        if callable(method) and not name.startswith("_"):
            setattr(owner, name, without_frames(method))
    return owner


def bare(error: BaseException) -> BaseException:
    """Take the frames from an exception, and drop those that it came from; return it.

    Where the frames were, without any value, is noted in one that is not meant for a user: it is a defect of ours.
    """
    if isinstance(error, Exception) and not isinstance(error, ProminenceError) and error.__traceback__ is not None:
        error.add_note("".join(["It came from:\n", *traceback.format_tb(error.__traceback__)]).rstrip())
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
