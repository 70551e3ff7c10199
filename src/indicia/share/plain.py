"""The case as JSON: everything, machine values as they are, without what differs from run to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from indicia.records import Case, Hunt, Streamed

_encoder = msgspec.json.Encoder(order="deterministic")


def case_json(case: Case) -> bytes:
    """The record as one line of JSON, to be read back with `records.from_json(data, Case)`. Seconds spent are left out."""
    return b"".join(case_pieces(case))


def case_pieces(case: Case) -> Iterator[bytes]:
    """The same piece by piece, so that sightings that are read as they are gone through never stand in memory together."""
    if case.hunt is not None and case.hunt.stats:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, stats=()))
    yield from _pieces(case)
    yield b"\n"


def _pieces(value: Any) -> Iterator[bytes]:
    """JSON as the encoder of records writes it: fields in their order, nothing left out."""
    if isinstance(value, (Case, Hunt)):
        for number, name in enumerate(value.__struct_fields__):
            yield b"%s%s:" % (b"," if number else b"{", _encoder.encode(name))
            yield from _pieces(getattr(value, name))
        yield b"}"
    elif isinstance(value, Streamed):
        yield b"["
        for number, one in enumerate(value):
            yield b"," + _encoder.encode(one) if number else _encoder.encode(one)
        yield b"]"
    else:
        yield _encoder.encode(value)
