"""The case as JSON: everything, machine values as they are, without what differs from run to run."""

from __future__ import annotations

import msgspec

from indicia.records import Case, to_json

__all__ = ["case_json"]


def case_json(case: Case) -> bytes:
    """The record as one line of JSON, to be read back with `records.from_json(data, Case)`. Seconds spent are left out."""
    if case.hunt is not None and case.hunt.stats:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, stats=()))
    return to_json(case) + b"\n"
