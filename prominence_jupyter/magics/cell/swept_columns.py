"""`SweptColumns`: the parameters of a sweep, from what is typed after ``--sweep`` and ``--table``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from prominence_jupyter.errors import UsageError
from prominence_jupyter.jobs.workflows.swept_values import NoValues, table_of, values_of
from prominence_jupyter.magics.cell.variables.expression import CLOSE, OPEN, ExpressionError, Literal, parse
from prominence_jupyter.magics.cell.variables.lookup import look_up
from prominence_jupyter.protocol.plain_text import one_line
from prominence_jupyter.protocol.validation import Problem
from prominence_jupyter.protocol.workflows import ranges
from prominence_jupyter.protocol.workflows.factories import Value
from prominence_jupyter.protocol.workflows.sweep import grid

_MAGIC: Final = "%%prominence_job"
_NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_SHOWN: Final = 60


@dataclass(frozen=True)
class SweptColumns:
    """The values of each parameter: a row a job.

    Attributes
    ----------
    values
        By the name of the parameter, all of one length.
    """

    values: Mapping[str, Sequence[Value]]
    _options: Sequence[str]
    """What was typed for each parameter; of a table one text for all."""
    _is_table: bool = False

    @classmethod
    def of_sweeps(cls, typed: Sequence[str], names: Mapping[str, Any]) -> Self:
        """Return the grid of what follows each ``--sweep``.

        Parameters
        ----------
        typed
            Each a name and its values: ``n=10,20,30``, ``seed=0:4``, ``n={{ ns }}``.
        names
            The variables of the notebook.

        Raises
        ------
        UsageError
            One cannot be read or has no values, or all together make far too many jobs.
        """
        given: dict[str, Sequence[Value]] = {}
        for text in typed:
            name, equals, written = (part.strip() for part in text.partition("="))
            if not equals or not name:
                raise _error(f"--sweep {_short(text)}", "write NAME=VALUES: n=10,20,30 or seed=0:4 or n={{ ns }}")
            if not _NAME.fullmatch(name):
                said = "has letters, digits and _, and does not begin with a digit, as $name needs"
                raise _error(f"--sweep {_short(text)}", f"the name of a parameter {said}")
            if name in given:
                raise _error(f"--sweep {_short(text)}", f"{name} is swept already; write all its values in one")
            if written.isidentifier() and _is_list(names.get(written)):
                raise _error(
                    f"--sweep {_short(text)}", f"{written} is a variable here: write {name}={{{{ {written} }}}}"
                )
            given[name] = _read(f"--sweep {_short(text)}", written, names, values_of, ranges.values)
        try:
            return cls(grid(given), [f"--sweep {_short(text)}" for text in typed])
        except UsageError as error:
            raise _error("--sweep", str(error)) from None

    @classmethod
    def of_table(cls, typed: str, names: Mapping[str, Any]) -> Self:
        """Return the columns of a table in a variable, ``{{ df }}`` or ``df``.

        Parameters
        ----------
        typed
            What follows ``--table``.
        names
            The variables of the notebook.

        Raises
        ------
        UsageError
            There is no such table, or it has no rows, or holds what no parameter can be.
        """
        option = f"--table {_short(typed)}"
        text = typed.strip()
        text = text if text.startswith(OPEN) else f"{OPEN} {text} {CLOSE}"
        return cls(_read(option, text, names, table_of), [option], _is_table=True)

    def told(self, problem: Problem) -> str:
        """Return the text of a problem of a parameter, with the option that it comes from."""
        index, key, row = [*problem.path[3:], None, None, None][:3]
        if not isinstance(index, int):  # of all parameters together
            option = self._options[0] if len(self._options) == 1 else "--sweep"
            return f"{_MAGIC}: {option}: {problem.message}"
        name = one_line([*self.values][index], _SHOWN)
        option = self._options[0 if self._is_table else index]
        place = f"the name {name} " if key == "name" and problem.message.startswith("must") else ""
        if isinstance(row, int):
            place = f"row {row} of column {name} " if self._is_table else "each value "
        return f"{_MAGIC}: {option}: {place}{problem.message}"


def _read(
    option: str,
    written: str,
    names: Mapping[str, Any],
    of_variable: Callable[[Any], Any],
    of_text: Callable[[str], Any] | None = None,
) -> Any:
    try:
        if of_text is None or written.startswith(OPEN):
            return of_variable(_variable(written, names))
        return of_text(written)
    except ExpressionError as error:
        raise _error(option, error.message) from None
    except (NoValues, ValueError) as error:
        raise _error(option, str(error)) from None


def _variable(written: str, names: Mapping[str, Any]) -> Any:
    found = parse(written, 0)
    if isinstance(found, Literal) or found.format is not None or found.end != len(written):
        raise ExpressionError(0, len(written), "a variable stands alone here, without a format: {{ name }}")
    return look_up(found, names)


def _is_list(value: Any) -> bool:
    """Tell whether a variable holds several values: an array and a Series have a length too, and no text is one."""
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and not isinstance(value, str | bytes | type)


def _short(text: str) -> str:
    return one_line(text, _SHOWN)


def _error(option: str, message: str) -> UsageError:
    return UsageError(f"{_MAGIC}: {option}: {message}")
