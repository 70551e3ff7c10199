"""Logs of plain lines: syslog, lines of declared kinds with its header or without, and whatever else begins with a time.

What follows a header of syslog may be of any kind; so may every line of one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import NO_TIME, Column, EventBatch, Times, encode
from indicia.hunt.logs.formats import access
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.linekinds import Hinted, hinted_in, line_record
from indicia.hunt.logs.formats.lines import Flags, LineBlock, read_blocks
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.syslog import LEVEL, Audit, Header
from indicia.hunt.logs.formats.table import ShapedRows
from indicia.hunt.logs.formats.texttimes import leading_time
from indicia.hunt.logs.formats.times import CLOCK, iso_times
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import TEXT, field_key
from indicia.hunt.sources import SOURCES
from indicia.records import Problem

# Many lines of syslog at once: those in plain ASCII whose header is of the old form or begins with a time of ISO 8601.
#
# What `syslog.Header` reads one by one is read here by one expression over a whole block. Lines in which the hint of another
# kind of log stands, and all others that are not so plain, are left to it; both give the same.
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
    log: LogInput, block: LineBlock, lines: Ints, hints: Iterable[str], wanted: frozenset[str], header: Header
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
        yield _batch(log, block, headed, wanted), headed.lines
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


def _batch(log: LogInput, block: LineBlock, headed: _Headed, wanted: frozenset[str]) -> EventBatch:
    lines, times, parts = headed
    known: list[tuple[list[str], ...]] = []

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        if not known:
            known.append(tuple(parts.field(part).to_pylist() for part in ("time", *_NAMES)))
        stamp, *values = (column[row] for column in known[0])
        return stamp, values[0], {part: value for part, value in zip(_NAMES, values, strict=True) if value and value != "-"}

    columns = {part: _column(parts.field(part)) for part in _NAMES if part in wanted}
    return block.batch(log, lines, "syslog", columns, times, rebuild)


def _column(texts: pa.StringArray) -> Column:
    """A part of the headers; one that says nothing is missing."""
    column = encode(texts)
    nothing = pc.is_in(column.values, value_set=_NOTHING).to_numpy(zero_copy_only=False)
    return column.with_codes(np.where(nothing[column.codes], np.int32(-1), column.codes)) if nothing.any() else column


_NOTHING = pa.array(["", "-"])


_NAME = re.compile(r"\.log(?:[.-]\d+)*(?:\.(?:gz|bz2|xz))?$", re.IGNORECASE)
_LOOKED_AT = 12  # lines at the beginning of a file


class Told(NamedTuple):
    """What a line says: the family of its log, its time with its own spelling, its host, its fields."""

    family: str
    time: int
    time_text: str
    host: str
    fields: Mapping[str, str]


def told_by(line: str, header: Header, hinted: Hinted | None = None) -> Told | None:
    """The line as what it is; None where it shows nothing: no header, no known kind, no request, no time.

    `hinted` are the kinds that it can be of, where that is known (`hinted_in` its block).
    """
    head = header.read(line)
    message = head.fields.get("message", "") if head is not None else line
    start = len(line) - len(message)
    record = line_record(line, start) if hinted is None else line_record(line, start, hinted) if hinted else None
    if record is not None:
        source, fields = record
        times = _TIMES[source.name]
        time = times.behind(head.time_text if head is not None else "", fields)
        host = next((fields[name] for name in _names_of(source.hosts, tuple(fields))), "")
        if head is not None:
            fields = {**{name: value for name, value in head.fields.items() if name != "message"}, **fields}
            host = host or head.host
        if time != NO_TIME:
            return Told(source.name, time, times.text(fields), host, fields)
        if head is not None:
            return Told(source.name, head.time, head.time_text, host, fields)
        leading = leading_time(line)
        return Told(source.name, leading.utc if leading else NO_TIME, leading.text if leading else "", host, fields)
    if "audit(" in message and (audit := _audit(message)) is not None:
        return audit if audit.host or head is None else audit._replace(host=head.host)
    request = access.access_fields(message)
    if request is not None:
        return Told("access-log", request[0], request[1], head.host if head is not None else "", request[2])
    if head is not None:
        return Told("syslog", head.time, head.time_text, head.host, head.fields)
    leading = leading_time(line)
    return Told(TEXT, leading.utc, leading.text, "", {"message": line}) if leading is not None else None


def _audit(message: str) -> Told | None:
    """A record of the audit daemon that another has passed on; what stands on several lines is not put together."""
    start = message.find("type=")
    time_text, time, fields = Audit().parse(message[start:]) if start >= 0 else ("", NO_TIME, {})
    return Told("auditd", time, time_text, fields.get("node", ""), fields) if time != NO_TIME else None


_TIMES = {source.name: RecordTimes(source.times, local=source.local) for source in SOURCES if source.lines}


def _names_of(wanted: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """Those of a record's names that are wanted (folded), in the order in which they are."""
    if wanted:
        own = {field_key(name): name for name in names}
        yield from (own[name] for name in wanted if name in own)


def _first_lines(head: bytes) -> list[str]:
    lines = head.decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    return [line for line in lines[:-1] or lines if line.strip()][:_LOOKED_AT]


def sniff_syslog(head: bytes, _name: str) -> bool:
    """A first line with a header of syslog."""
    lines = _first_lines(head)
    return bool(lines) and Header().read(lines[0]) is not None


def sniff_known(head: bytes, _name: str) -> bool:
    """A line of a known kind among the first two."""
    return any(line_record(line) is not None for line in _first_lines(head)[:2])


_DIRECTIVE = re.compile(rb"[\xef\xbb\xbf \t\r\n]*#(?:[A-Za-z-]+:|separator\b)")


def sniff_text(head: bytes, name: str) -> bool:
    """Text of which half of the first lines begin with a time; and what its name calls a log, with times or without.

    What begins with directives is a log of columns, or nothing: its rules need the columns. So may be what begins with nothing
    but comments.
    """
    if b"\0" in head[:4096] or _DIRECTIVE.match(head):
        return False
    lines = _first_lines(head)
    if all(line.lstrip().startswith("#") for line in lines):
        return False
    timed = sum(leading_time(line) is not None for line in lines)
    return bool(lines) and (timed * 2 >= len(lines) or _NAME.search(name) is not None)


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events block by block, by the kinds that the lines show. A line that shows nothing belongs to no kind, and is told of."""
    for log in logs:
        yield from read_blocks(log, partial(_batches, log, Header.of(log), wanted))


def read_odd(log: LogInput, block: LineBlock, lines: Ints, wanted: frozenset[str]) -> Iterator[EventBatch]:
    """Some lines of an access log, which others may have written to."""
    return _batches(log, Header.of(log), wanted, block, lines)


def _batches(
    log: LogInput, header: Header, wanted: frozenset[str], block: LineBlock, lines: Ints | None = None
) -> Iterator[EventBatch]:
    """The lines of a block (None: all that hold something), by their kinds."""
    if lines is None:
        lines = np.flatnonzero(block.ends > block.starts)
    by_family: dict[str, list[tuple[int, Told]]] = {}
    hinted = hinted_in(block.data)
    CLOCK.learn(block.data)
    for batch, done in headed_batches(log, block, lines, [hint for hint, _ in hinted], wanted, header):
        yield batch
        lines = np.setdiff1d(lines, done, assume_unique=True)
    for index in lines.tolist():
        line = block.line(index)
        told = told_by(line, header, hinted) or Told(TEXT, NO_TIME, "", "", {"message": line})
        by_family.setdefault(told.family, []).append((block.first + index, told))
    for family, some in by_family.items():
        yield _with_text(told_batch(log.name, family, some, wanted, "line"), block)


def _with_text(batch: EventBatch, block: LineBlock) -> EventBatch:
    lines = batch.positions - block.first

    def raw() -> tuple[bytes, Ints, Ints]:
        return block.data, block.starts[lines], block.ends[lines]

    return replace(batch, texts=lambda chosen: block.texts(lines[chosen]), raw=raw)


def told_batch(file: str, family: str, told: Sequence[tuple[int, Told]], wanted: frozenset[str], unit: str) -> EventBatch:
    """Lines of one family, with their positions, as events."""
    rows = ShapedRows()
    for _, record in told:
        rows.add(record.fields)
    return EventBatch(
        format=family,
        family=family,
        columns=rows.columns(wanted),
        files=(file,),
        positions=np.fromiter((number for number, _ in told), np.int64, len(told)),
        times=np.fromiter((record.time for _, record in told), np.int64, len(told)),
        rebuild=lambda row: (told[row][1].time_text, told[row][1].host, told[row][1].fields),
        unit=unit,
    )


LINE_FAMILIES = ("syslog", TEXT, "access-log", "auditd", *_TIMES)
KNOWN = (Format("lines", "syslog", sniff_known, read, also=LINE_FAMILIES),)
ACCESS = (Format("access-log", "access-log", access.sniff, partial(access.read, odd=read_odd), also=LINE_FAMILIES),)
SYSLOG = (Format("syslog", "syslog", sniff_syslog, read, also=LINE_FAMILIES),)
TEXT_ALONE = (Format("text", TEXT, sniff_text, read, also=LINE_FAMILIES),)
