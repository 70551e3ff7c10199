"""Batches of events from plain dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.logs.formats.table import ShapedRows

__all__ = ["batch_of"]


def batch_of(events: Sequence[Mapping[str, str]], family: str = "test") -> EventBatch:
    """The events as a batch; all fields are columns."""
    rows = ShapedRows()
    for event in events:
        rows.add(event)
    return EventBatch(
        format="test",
        family=family,
        columns=rows.columns(None),
        files=("test.log",),
        positions=np.arange(1, len(events) + 1),
        times=np.full(len(events), NO_TIME, np.int64),
        rebuild=lambda row: ("", "", events[row]),
    )
