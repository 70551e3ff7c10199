"""Times as logs write them, in bulk: microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import NO_TIME, Times, microseconds

__all__ = ["epoch_seconds", "iso_time", "iso_times", "joined_times"]


def iso_time(text: str) -> int:
    """One ISO 8601 time (or `YYYY-MM-DD HH:MM:SS`, at most 9 decimals); NO_TIME when it is none. Without a zone it is UTC."""
    text = text.strip().strip('"')
    head, dot, tail = text.partition(".")
    if dot:  # more than six decimals are more than a datetime holds
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = f"{head}.{tail[: min(digits, 6)]}{tail[digits:]}" if digits else head + tail
    try:
        return microseconds(datetime.fromisoformat(text.replace(" UTC", "+00:00").replace(",", ".")))
    except (ValueError, OverflowError):
        return NO_TIME


def iso_times(texts: pa.StringArray) -> Times:
    """Many ISO 8601 times; those that are none become NO_TIME."""
    if not len(texts):
        return np.empty(0, np.int64)
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us"), pa.timestamp("ns", "UTC")):
        try:
            return _as_numbers(texts.cast(kind))
        except pa.ArrowInvalid:
            continue
    distinct = texts.dictionary_encode()
    known = np.array(
        [NO_TIME if text is None else iso_time(text) for text in distinct.dictionary.to_pylist()] + [NO_TIME], np.int64
    )
    found: Times = known[distinct.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return found


def joined_times(dates: pa.StringArray, times: pa.StringArray) -> Times:
    """W3C's two columns, `2021-03-03` and `06:48:02` (decimals allowed), as one time."""
    return iso_times(pc.binary_join_element_wise(dates, times, "T"))


def _as_numbers(array: pa.Array) -> Times:
    numbers = array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(pa.int64())
    found: Times = numbers.fill_null(NO_TIME).to_numpy(zero_copy_only=False)
    return found


def epoch_seconds(text: str) -> int:
    """Seconds since 1970 with decimals, as Zeek and auditd write them."""
    try:
        return int(float(text) * 1_000_000)
    except (ValueError, OverflowError):
        return NO_TIME
