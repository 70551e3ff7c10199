"""The data of Windows events of one kind, many at a time.

Events of a kind have the same few forms: the names that were seen are made into a record type, with which the next ones are
decoded in one go, and only the values that a rule asks for become objects of Python. What has a name that was not seen before,
or anything nested, is read the plain way, one by one; both give the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
import numpy as np

from indicia.hunt.logs.formats.table import ShapedRows, json_of
from indicia.hunt.logs.formats.windows import flat_event
from indicia.hunt.names import field_key

LEARNT_FROM = 32  # events of a kind: making a record type takes as long as reading so many
MOST_NAMES = 200
MOST_FORMS = 2_000  # in a process, which never forgets one: names are the attacker's to choose
_NESTED = re.compile(rb'"\s*:\s*\{')
_APART = frozenset({"Data", "#attributes"})
_BRACE, _LINE_END = b"{\n"
_BEFORE_NESTED = np.isin(np.arange(256), np.frombuffer(b": \t\r", np.uint8))


class _Form(NamedTuple):
    """A record type by its decoder, the names that are asked for in it, and what gives their values."""

    decoder: msgspec.json.Decoder[Any]
    names: tuple[str, ...]
    members: tuple[Callable[[Any], Any], ...]


_forms: dict[tuple[tuple[str, ...], frozenset[str]], _Form | None] = {}


class KindData:
    """Puts the data of events of one kind into rows. `wanted` are the fields to keep, in lower case."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self._wanted = wanted
        self._names: dict[str, None] = {}
        self._form: _Form | None = None
        self._seen = 0

    def read(self, rows: Sequence[int], raws: Sequence[bytes | msgspec.Raw], into: ShapedRows) -> None:
        """The data of some events (the JSON of their EventData elements, one line each), every one with its row."""
        self._seen += len(rows)
        joined = b"\n".join(raws)
        nested = _nested(joined)
        if nested:
            self._one_by_one([rows[at] for at in nested], [raws[at] for at in nested], into)
            rows = [row for at, row in enumerate(rows) if at not in nested]
            raws = [raw for at, raw in enumerate(raws) if at not in nested]
            joined = b"\n".join(raws)
        some = LEARNT_FROM
        while rows and not (self._form is not None and self._together(self._form, rows, joined, into)):
            self._one_by_one(rows[:some], raws[:some], into)
            rows, raws = rows[some:], raws[some:]
            joined = b"\n".join(raws)
            some *= 2  # whatever is in the log, it is not tried often

    def _together(self, form: _Form, rows: Sequence[int], joined: bytes, into: ShapedRows) -> bool:
        """Reads all in one go; False, and nothing is done, when one of them does not fit."""
        try:
            found = form.decoder.decode_lines(joined)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return False
        if len(found) != len(rows):
            return False
        if form.names:
            into.put_all(rows, form.names, [list(map(member, found)) for member in form.members])
        return True

    def _one_by_one(self, rows: Sequence[int], raws: Sequence[bytes | msgspec.Raw], into: ShapedRows) -> None:
        known = len(self._names)
        for row, raw in zip(rows, raws, strict=True):
            data = json_of(raw)
            if type(data) is dict and _is_plain(data):
                self._names.update(dict.fromkeys(data))
                into.put(row, data, self._wanted)
            else:
                into.put(row, flat_event({"EventData": data}), self._wanted)
        if self._seen >= LEARNT_FROM and (self._form is None or len(self._names) > known):
            self._form = _form_of(tuple(self._names), self._wanted)


def _nested(joined: bytes) -> dict[int, None]:
    """The lines in which one object may stand in another: there is a brace behind a colon or a blank."""
    octets = np.frombuffer(joined, np.uint8)
    braces = np.flatnonzero(octets == _BRACE)
    braces = braces[_BEFORE_NESTED[octets[braces - 1]]]  # before the first byte stands the last: a brace or nothing
    if not len(braces):
        return {}
    ends = np.append(np.flatnonzero(octets == _LINE_END), len(octets))
    lines = np.unique(np.searchsorted(ends, braces)).tolist()
    starts = [0, *(ends + 1).tolist()]
    return dict.fromkeys(line for line in lines if _NESTED.search(joined, starts[line], starts[line + 1]))


def _is_plain(data: dict[str, Any]) -> bool:
    """Whether every part of the data is a field by its name and value."""
    if dict in map(type, data.values()) or not _APART.isdisjoint(data) or any(name.startswith("xmlns") for name in data):
        return False
    return len(set(map(field_key, data))) == len(data)


def _form_of(names: tuple[str, ...], wanted: frozenset[str]) -> _Form | None:
    """The record type for these names; None where they cannot be told apart by it, or where there are too many types."""
    folded = [field_key(name) for name in names]
    if len(names) > MOST_NAMES or len(set(folded)) < len(folded):
        return None
    key = names, wanted
    if key not in _forms:
        if len(_forms) >= MOST_FORMS:
            return None
        chosen = [number for number, name in enumerate(folded) if name in wanted]
        members = [
            (f"f{number}", Any if number in chosen else msgspec.Raw, msgspec.field(name=name, default=None))
            for number, name in enumerate(names)
        ]
        try:
            kind = msgspec.defstruct("Data", members, gc=False, forbid_unknown_fields=True)
        except ValueError:  # a name with a quote or a control character
            _forms[key] = None
        else:
            own = tuple(attrgetter(f"f{number}") for number in chosen)
            _forms[key] = _Form(msgspec.json.Decoder(kind), tuple(names[number] for number in chosen), own)
    return _forms[key]
