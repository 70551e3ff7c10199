"""Many lines of syslog at once: those in plain ASCII whose header is of the old form or begins with a time of ISO 8601.

What `syslog.Header` reads one by one is read here by one expression over a whole block. Lines in which the hint of another kind
of log stands, and all others that are not so plain, are left to it; both give the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import NO_TIME, Column, EventBatch, Times, encode
from indicia.hunt.logs.formats.lines import Flags, LineBlock
from indicia.hunt.logs.formats.syslog import LEVEL, Header
from indicia.hunt.logs.formats.times import iso_times
from indicia.hunt.match.literals import Ints

__all__ = ["headed_batches"]

_NAMES = ("host", "program", "pid", "message")
_OLD = (
    r"(?s)^(?:<\d{1,3}>)?(?P<time>[A-Z][a-z]{2} [ \d]?\d \d{2}:\d{2}:\d{2}) (?:<\w+\.\w+> )?(?P<host>\S+) "
    r"(?P<program>[^:\[\s]+)(?:\[(?P<pid>\d+)\])?:? ?(?P<message>.*)$"
)
_ISO = (
    r"(?s)^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)) (?P<host>[\w.:%-]*\w) "
    r"(?P<program>[^:\[\s]+)(?:\[(?P<pid>\d+)\])?:? ?(?P<message>.*)$"
)
_LEAST = 64  # lines that are worth it
_ELSEWHERE = ("audit(", '] "')  # what makes a line one of another kind


class _Headed(NamedTuple):
    """Lines with a header: their indexes in the block, their times, and the texts of its parts."""

    lines: Ints
    times: Times
    parts: pa.StructArray


def headed_batches(
    name: str, block: LineBlock, lines: Ints, hints: Iterable[str], wanted: frozenset[str], header: Header
) -> Iterator[tuple[EventBatch, Ints]]:
    """The lines of a log that have such a header, as events, and which they are; `hints` are texts of lines of other kinds."""
    if len(lines) < _LEAST:
        return
    texts = block.texts(lines)
    plain = pc.string_is_ascii(texts)
    for hint in (*_ELSEWHERE, *hints):
        plain = pc.and_not(plain, pc.match_substring(texts, hint))
    chosen = np.flatnonzero(plain.to_numpy(zero_copy_only=False))
    for form in (_OLD, _ISO):
        if not len(chosen):
            return
        found = _read(texts.take(pa.array(chosen)), form, header)
        if found is None:
            continue
        headed = found._replace(lines=lines[chosen[found.lines]])
        yield _batch(name, block, headed, wanted), headed.lines
        chosen = np.delete(chosen, found.lines)


def _read(texts: pa.StringArray, form: str, header: Header) -> _Headed | None:
    """Those of some texts that have a header of a form."""
    parts = pc.extract_regex(texts, form)
    fits: Flags = parts.is_valid().to_numpy(zero_copy_only=False)
    if not fits.any():
        return None
    rows = np.flatnonzero(fits)
    parts = parts.take(pa.array(rows))
    times = iso_times(parts.field("time")) if form is _ISO else _old_times(encode(parts.field("time")), header)
    good = times != NO_TIME
    if form is _ISO:  # how grave it is may stand where others name the machine
        grave = pc.match_substring_regex(parts.field("host"), f"^(?:{LEVEL})$").to_numpy(zero_copy_only=False)
        good &= ~grave
    if not good.any():
        return None
    return _Headed(rows[good], times[good], parts.filter(pa.array(good)))


def _old_times(stamps: Column, header: Header) -> Times:
    return np.array([header.old_time(stamp) for stamp in stamps.texts], np.int64)[stamps.codes]


def _batch(name: str, block: LineBlock, headed: _Headed, wanted: frozenset[str]) -> EventBatch:
    lines, times, parts = headed
    known: list[tuple[list[str], ...]] = []

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        if not known:
            known.append(tuple(parts.field(part).to_pylist() for part in ("time", *_NAMES)))
        stamp, *values = (column[row] for column in known[0])
        return stamp, values[0], {part: value for part, value in zip(_NAMES, values, strict=True) if value and value != "-"}

    return EventBatch(
        format="syslog",
        family="syslog",
        size=len(lines),
        columns={part: _column(parts.field(part)) for part in _NAMES if part in wanted},
        files=(name,),
        file_of=None,
        positions=lines + block.first,
        times=times,
        rebuild=rebuild,
        texts=lambda some: block.texts(lines[some]),
        raw=lambda: (block.data, block.starts[lines], block.ends[lines]),
    )


def _column(texts: pa.StringArray) -> Column:
    """A part of the headers; one that says nothing is missing."""
    column = encode(texts)
    nothing = pc.is_in(column.values, value_set=_NOTHING).to_numpy(zero_copy_only=False)
    return column.with_codes(np.where(nothing[column.codes], np.int32(-1), column.codes)) if nothing.any() else column


_NOTHING = pa.array(["", "-"])
