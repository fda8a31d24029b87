"""Errors of the magics in a few lines: what happened and what to do, instead of the frames of this package."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.magics.options import HelpShown

Function = TypeVar("Function", bound=Callable[..., Any])


def short_errors(function: Function) -> Function:
    """Let a magic raise our errors, and interrupts, with a short display in every front end.

    IPython asks an exception for its own display by the method ``_render_traceback_``; nbclient and saved
    notebooks show the same lines.
    """

    @functools.wraps(function)
    def magic(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except HelpShown:
            return None
        except (ProminenceError, KeyboardInterrupt) as error:
            short = error.with_traceback(None)
            lines = f"{type(error).__name__}: {error}".splitlines()
            short._render_traceback_ = lambda: lines  # type: ignore[union-attr] # IPython's name
        raise short from None

    return magic  # type: ignore[return-value] # the same signature
