"""What is empty cannot be said in STIX, which knows neither nulls nor empty lists: left out on the way, put back on return."""

from __future__ import annotations

import typing
from functools import cache
from typing import Any

import msgspec


def filled(value: Any) -> Any:
    """`value` as JSON values without what is empty."""
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value)
    if isinstance(value, dict):
        return {name: filled(part) for name, part in value.items() if part is not None and part != [] and part != ()}
    if isinstance(value, (list, tuple)):
        return [filled(part) for part in value]
    return value


def made_whole(value: Any, hint: Any) -> Any:
    """The JSON `value` of a record of the type `hint`, with None, [] or {} for each field that it must have and that is empty.

    What does not fit the type stays as it is, for the one who converts it to refuse.
    """
    parts = typing.get_args(hint)
    origin = typing.get_origin(hint)
    if origin is tuple and isinstance(value, list):
        if parts[-1] is Ellipsis:
            return [made_whole(part, parts[0]) for part in value]
        return value
    if origin is dict or not isinstance(value, dict):
        return value
    for kind in parts or (hint,):
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            fields = _fields(kind)
            whole = {name: made_whole(part, fields[name][0]) if name in fields else part for name, part in value.items()}
            return {name: empty for name, (_, empty) in fields.items() if empty is not _NEEDED} | whole
    return value


_NEEDED = object()


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, tuple[Any, Any]]:
    """(type, what stands for nothing) of each field: `_NEEDED` where something must be given, or a default is there."""
    hints = typing.get_type_hints(kind)
    found = {}
    for field in msgspec.structs.fields(kind):
        hint, empty = hints[field.name], _NEEDED
        if field.required:
            origin = typing.get_origin(hint)
            empty = [] if origin is tuple else None if type(None) in typing.get_args(hint) else empty
        found[field.name] = (hint, empty)
    return found
