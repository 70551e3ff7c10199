"""A front end in a process of its own, bounded in time and memory: what the parser behind it does with a stranger's bytes costs
that file alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any, get_type_hints

import msgspec

from indicia import errors
from indicia.apart import Child, Stopped, Work
from indicia.read.fronts.opened import Limits, Parsed

__all__ = ["Front", "Stopped", "answered", "parsed_apart"]

_LEFT_OUT = frozenset(("find", "claims"))  # what is no value; such files have none
_BUSY = 30  # times as long by the clock: others may want the processor, too
Front = Callable[[bytes, str, Limits], Parsed]


def parsed_apart(front: Front, data: bytes, name: str, limits: Limits, *, seconds: float, memory: int) -> Parsed:
    """What `front`, a function of a module of ours, makes of a file. Raises: Stopped, and the errors that it raises."""
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; from {front.__module__} import {front.__name__} as front;"
        f" from {__name__} import answered; from indicia.apart import serve;"
        f" serve(lambda request: answered(request, front), {memory}, {int(seconds)})"
    )
    with Child(Work("", memory, int(seconds), clock=seconds * _BUSY), (sys.executable, "-c", code)) as child:
        given = child.ask(msgspec.msgpack.encode((data, name, limits)))
    said: dict[str, Any] = msgspec.msgpack.decode(given)
    if "raised" in said:
        kind, message, where, hint = said["raised"]
        raise getattr(errors, kind)(message, where=where, hint=hint)
    kinds = get_type_hints(Parsed) | {"attached": tuple[tuple[str, bytes], ...]}
    return Parsed(**{key: msgspec.convert(value, kinds[key]) for key, value in said.items()})


def answered(request: bytes, front: Front) -> Iterator[bytes]:
    """One file, as the process apart reads it."""
    data, name, limits = msgspec.msgpack.decode(request, type=tuple[bytes, str, Limits])
    try:
        parsed = front(data, name, limits)
    except errors.IndiciaError as error:
        yield msgspec.msgpack.encode({"raised": (type(error).__name__, error.message, error.where, error.hint)})
        return
    yield msgspec.msgpack.encode(
        {each.name: getattr(parsed, each.name) for each in fields(Parsed) if each.name not in _LEFT_OUT}
    )
