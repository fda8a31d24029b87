"""From a name in ``{{ }}`` to a value of the notebook, by plain attribute access and indexing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, Final

from prominence_jupyter.magics.cell.variables.expression import KEEP, ExpressionError, Reference, Step
from prominence_jupyter.protocol.json_value import loaded, type_name
from prominence_jupyter.protocol.plain_text import one_line

_MOST_COMPARED: Final = 2000
_MOST_LISTED: Final = 6
_SHOWN: Final = 40
_JSON_WORDS: Final = {
    "True": "true",
    "False": "false",
    "None": "null",
    "true": "true",
    "false": "false",
    "null": "null",
}


def look_up(reference: Reference, names: Mapping[str, Any]) -> Any:
    """Return the value that a reference leads to.

    Raises
    ------
    ExpressionError
        A name, attribute, key or index is not there, or the object raised an exception when it was asked.
    """
    if reference.name not in names:
        raise ExpressionError(reference.start, reference.name_end, _undefined(reference.name, names))
    value = names[reference.name]
    shown = reference.name
    for step in reference.steps:
        try:
            value = getattr(value, str(step.key)) if step.is_attribute else value[step.key]
        except Exception as error:  # properties and containers are the user's own code and raise what they like
            raise ExpressionError(step.start, step.end, _failed(shown, value, step, error)) from None
        shown += written(step.key, is_attribute=step.is_attribute)
    return value


def written(key: str | int, *, is_attribute: bool = False) -> str:
    """Return an attribute, key or index as it stands behind a name: ``.shape``, ``["x"]``, ``[0]``."""
    if isinstance(key, int):
        return f"[{key}]"
    shown = one_line(key, limit=_SHOWN)
    return f".{shown}" if is_attribute else f'["{shown}"]'


def _undefined(name: str, names: Mapping[str, Any]) -> str:
    said = f"{one_line(name, limit=_SHOWN)} is not defined in this notebook"
    word = _JSON_WORDS.get(name, name)
    if word in _JSON_WORDS.values():
        return f"{said}; write {word} without {{{{ }}}}"
    near = _nearest(name, (n for n in list(names) if not str(n).startswith("_")))
    return f"{said}; did you mean {one_line(near, limit=_SHOWN)}?" if near else f"{said}; {KEEP}"


def _failed(shown: str, value: Any, step: Step, error: Exception) -> str:
    """Say why a step failed, with the type of an exception only: its words may hold anything."""
    subject = one_line(shown, limit=2 * _SHOWN)
    key = written(step.key, is_attribute=step.is_attribute)
    match error:
        case AttributeError() if step.is_attribute:
            return f"{subject} ({type_name(value)}) has no attribute {key[1:]}{_meant_attribute(value, step)}"
        case KeyError() if not step.is_attribute:
            return f"{subject} has no key {key[1:-1]}{_meant_key(value, step)}"
        case IndexError() if not step.is_attribute:
            items = f"; it has {len(value)} items, counted from 0" if isinstance(value, list | tuple | str) else ""
            return f"{subject} has no index {key[1:-1]}{items}"
        case TypeError() if isinstance(value, list | tuple | str) and not step.is_attribute:
            return f"{subject} ({type_name(value)}) is indexed with whole numbers, not with a text"
        case _:
            return f"{subject}{key} cannot be read: it raises {type_name(error)}"


def _meant_attribute(value: Any, step: Step) -> str:
    if isinstance(value, dict) and dict.__contains__(value, step.key):
        return f"; its key is written {written(step.key)}"
    try:
        attributes = [name for name in object.__dir__(value) if not name.startswith("_")]
    except Exception:  # an object without a usable __dict__; there is no suggestion then
        return ""
    near = _nearest(str(step.key), attributes)
    return f"; did you mean {one_line(near, limit=_SHOWN)}?" if near else ""


def _meant_key(value: Any, step: Step) -> str:
    if isinstance(value, loaded("pandas", "DataFrame")):
        value = dict.fromkeys(value.columns)
    if not isinstance(value, dict):
        return ""
    keys = {str(key): key for key in islice(dict.keys(value), _MOST_COMPARED) if isinstance(key, str | int)}
    near = _nearest(str(step.key), keys)
    if near:
        return f"; did you mean {written(keys[near])[1:-1]}?"
    return f"; it has {', '.join(written(key)[1:-1] for key in keys.values())}" if 0 < len(keys) <= _MOST_LISTED else ""


def _nearest(word: str, candidates: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, islice(candidates, _MOST_COMPARED), n=1)
    return near[0] if near else ""
