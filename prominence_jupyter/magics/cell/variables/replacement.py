"""What is written in the place of a ``{{ }}``: text inside a JSON string, a JSON value outside of one."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any, Final

from prominence_jupyter.magics.cell.variables.expression import ExpressionError, Literal, Reference
from prominence_jupyter.magics.cell.variables.lookup import look_up, written
from prominence_jupyter.protocol.json_value import NoJsonForm, to_json, type_name
from prominence_jupyter.protocol.plain_text import one_line

_SHELL: Final = "sh"
"""The format that quotes a text for a shell."""
_SHOWN: Final = 80


class _Unusable(Exception):
    """Why a value cannot stand in a place; goes on behind its name."""


def replacement(found: Literal | Reference, names: Mapping[str, Any], *, in_string: bool, is_key: bool) -> str:
    """Return the JSON text that takes the place of an expression.

    Raises
    ------
    ExpressionError
        The value cannot be found, or has no form in that place.
    """
    if isinstance(found, Literal):
        return _quoted(found.text, in_string=in_string)
    value = look_up(found, names)
    try:
        if in_string:
            return _quoted(_text(value, found.format), in_string=True)
        return _value(value, found.format, is_key=is_key)
    except NoJsonForm as error:
        path = "".join(written(step) for step in error.path)
        raise _error(found, f"{path} {error.reason}") from None
    except _Unusable as error:
        raise _error(found, f" {error}") from None
    except Exception as error:  # formats and iterators are the value's own code and raise what they like
        spec = "" if found.format is None else f" in the format {one_line(found.format, limit=_SHOWN)}"
        raise _error(found, f" ({type_name(value)}) cannot be written{spec}: it raises {type_name(error)}") from None


def _error(found: Reference, message: str) -> ExpressionError:
    shown = found.name + "".join(written(step.key, is_attribute=step.is_attribute) for step in found.steps)
    start, end = found.start, found.steps[-1].end if found.steps else found.name_end
    return ExpressionError(start, end, one_line(shown, limit=_SHOWN) + message)


def _value(value: Any, spec: str | None, *, is_key: bool) -> str:
    if spec is not None:
        raise _Unusable("has a format, which makes text of it: put it in double quotes, or round it in Python")
    plain = to_json(value)
    if is_key and not isinstance(plain, str):
        raise _Unusable(f"({type_name(value)}) is a key here, and the keys of JSON are text: put it in double quotes")
    return json.dumps(plain, ensure_ascii=False, allow_nan=False)


def _text(value: Any, spec: str | None) -> str:
    if spec is not None and spec != _SHELL:
        return format(value, spec)
    plain = to_json(value)
    if isinstance(plain, bool) or plain is None:
        raise _Unusable(f"is {plain}, which Python and JSON write in two ways: use a text, made in Python before")
    if not isinstance(plain, str | int | float):
        raise _Unusable(f"({type_name(value)}) is no text or number: use an item of it, or make text of it in Python")
    text = plain if isinstance(plain, str) else json.dumps(plain)
    return shlex.quote(text) if spec == _SHELL else text


def _quoted(text: str, *, in_string: bool) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted[1:-1] if in_string else quoted
