"""Errors of the magics in a few lines: what happened and what to do, instead of the frames of this package."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from IPython.core.getipython import get_ipython

from prominence_jupyter.errors import ProminenceError
from prominence_jupyter.magics.line.parser import HelpShown


def _display(error: BaseException, frames: list[str], *, is_ours: bool) -> list[str]:
    """Return the message, below the frames (without the values in them) for a defect and with %xmode Verbose."""
    shell = get_ipython()
    is_verbose = shell is not None and shell.InteractiveTB.mode == "Verbose"
    shown = frames if is_verbose or not is_ours else []
    said = str(error) or ("interrupted" if isinstance(error, KeyboardInterrupt) else "")
    return "".join([*shown, f"{type(error).__name__}: {said}"]).splitlines()


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
        except (Exception, KeyboardInterrupt) as error:  # a defect of ours too goes without the values of its frames
            frames = traceback.format_tb(error.__traceback__)
            short = error.with_traceback(None)
            is_ours = isinstance(error, ProminenceError | KeyboardInterrupt)
            short._render_traceback_ = functools.partial(_display, short, frames, is_ours=is_ours)  # type: ignore[union-attr] # IPython's name
        raise short from None

    return magic  # type: ignore[return-value] # the same signature
