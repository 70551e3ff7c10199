"""Logs of delimited lines with `#Fields:` headers: IIS and other W3C logs, and all of Exchange's own text logs.

The header may come again and change mid-file, columns come in any order, and builds differ in which they have.

References: W3C "Extended Log File Format" (WD-logfile-960323); Microsoft "W3C Extended Log File Format (IIS 6.0)"; headers of
Exchange 2013 to 2019 logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import NO_TIME, Column, EventBatch, Times, encode
from indicia.hunt.logs.formats.base import LogInput, Wanted
from indicia.hunt.logs.formats.delimited import Counts, Octets, Rows, askew, read_rows, row_fields, unique_names
from indicia.hunt.logs.formats.lines import LineBlock, line_blocks
from indicia.hunt.logs.formats.times import iso_times, joined_times, leading_times
from indicia.hunt.match.literals import Ints
from indicia.hunt.match.needs import LineForm
from indicia.hunt.match.telling import LineFilter
from indicia.hunt.names import JOINED_URI, field_key
from indicia.records import Problem, Severity

# Lines of a text log that no rule and no indicator can be about: counted with their times, and not taken apart.
#
# Only lines that are plain in every way are passed over: ASCII, with all fields of their header, quotes where they belong,
# and in front a time of the usual form. What is said of the others is then the same as if every line had been taken apart.
LONGEST_COUNTED = 0xFFFF  # bytes: delimiters are counted in 16 bits, for speed


def part_lines(
    block: LineBlock, lines: Ints, fields: int, delimiter: str, quoted: bool, separators: str, telling: LineFilter
) -> tuple[Ints, Times]:
    """The lines of a block (without gaps, ascending) that are worth taking apart, and the times of all the others.

    `fields` is how many a line has; `separators` are what may stand between the date and the time, which are in front.
    """
    lines = lines[block.ends[lines] > block.starts[lines]]
    none = np.empty(0, np.int64)
    if not len(lines):
        return lines, none
    base, stop = int(block.starts[lines[0]]), int(block.ends[lines[-1]]) + 1
    starts, ends = block.starts[lines] - base, block.ends[lines] - base
    octets = np.frombuffer(block.data, np.uint8)[base:stop]
    timed = leading_times(octets, starts, ends, delimiter, separators)
    if timed is None:
        return lines, none
    times, plain = timed
    plain &= ends - starts <= LONGEST_COUNTED
    counts = _counted(octets, starts, delimiter)
    if quoted and b'"' in block.data:
        odd, within = askew(octets, starts, ends, delimiter)
        plain &= ~odd
        counts = counts - within
    plain &= counts == fields - 1
    if not block.data.isascii():
        plain &= ~np.logical_or.reduceat(octets > 127, starts)
    plain &= ~block.returns_within(lines)
    hits = telling.find(memoryview(block.data)[base:stop], starts)
    plain[np.searchsorted(starts, hits, side="right") - 1] = False
    telling.note(len(lines), len(lines) - int(np.count_nonzero(plain)))
    return lines[~plain], times[plain]


def _counted(octets: Octets, starts: Ints, delimiter: str) -> Counts:
    """How many delimiters each line has."""
    found = (octets == ord(delimiter)).view(np.uint8)
    counts = np.add.reduceat(found, starts, dtype=np.uint8)  # four times as fast as with 16 bits
    if int(counts.sum()) == np.count_nonzero(found):  # none went round
        return counts.astype(np.uint16)
    return np.add.reduceat(found, starts, dtype=np.uint16)


_HASH = ord("#")
MOST_HEADS = 256  # different ones in one log; each costs a batch, and real logs have two or three
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class DirectiveLog:
    """One kind of log with `#Fields:` lines.

    `times` are the columns that hold the time (one, or a date and a time), `hosts` those that may name the host. `uri` names
    the columns of path and query where there are any. `unpack` takes the text of column `packed` apart into further fields.
    `header` stands in where a file has none. `message` is a field that is the whole line where the header has no such column.
    """

    name: str
    family: str
    delimiter: str
    quoted: bool
    times: tuple[str, ...]
    hosts: tuple[str, ...]
    uri: tuple[str, str] | None = None
    packed: str = ""
    unpack: Callable[[str], Mapping[str, str]] | None = None
    header: tuple[str, ...] = ()
    message: str = ""


def read_directive_logs(logs: Iterable[LogInput], wanted: frozenset[str], kind: DirectiveLog) -> Iterator[EventBatch | Problem]:
    """Events block by block. Problems tell of lines before any header and of lines that do not fit it."""
    for log in logs:
        yield from _read(log, wanted, kind)


def _read(log: LogInput, wanted: frozenset[str], kind: DirectiveLog) -> Iterator[EventBatch | Problem]:
    names = list(kind.header)
    day = log.stretch.day if log.stretch is not None else ""
    heads: set[tuple[str, ...]] = set()
    first = 1
    if log.stretch is not None:
        first = log.stretch.line
        if log.stretch.header:
            names = _names_of(log.stretch.header, kind)
    with log.open() as stream:
        if log.stretch is not None:
            stream.seek(log.stretch.start)
        end = log.stretch.end - log.stretch.start if log.stretch is not None else None
        for block in line_blocks(stream, log.name, first, end):
            if isinstance(block, Problem):
                yield block
                continue
            under: dict[tuple[tuple[str, ...], str], list[Ints]] = {}  # the lines that stand under each header, of each day
            for header, its_day, lines in _segments(block):
                day = day if its_day is None else its_day
                if header is not None:
                    names = _names_of(header, kind) or names
                lines, names = _without_bare_header(block, lines, names, kind)
                if len(lines):
                    key = tuple(names), day if kind.times[0] not in names and len(under) < MOST_HEADS else ""
                    under.setdefault(key, []).append(lines)
            for (own, its_own_day), pieces in under.items():
                lines = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
                heads.add(own)
                what = "" if own else "lines before any #Fields header cannot be read"
                if len(heads) > MOST_HEADS:
                    what = f"lines under more than {MOST_HEADS} different headers were left out"
                if what:
                    filled = lines[block.ends[lines] > block.starts[lines]]
                    if len(filled):
                        yield Problem(where=f"{log.name}:{block.first + int(filled[0])}", what=what, count=len(filled))
                else:
                    yield from _batch(log, block, lines, list(own), wanted, kind, its_own_day)


def day_of(line: str) -> str:
    """The day of a `#Date:` line."""
    return line.partition(":")[2].strip()[:10]


def _segments(block: LineBlock) -> Iterator[tuple[str | None, str | None, Ints]]:
    """Stretches of data lines, each with the `#Fields:` line and the day above it if those are in this block."""
    directives = block.starting_with(_HASH)
    if block.first == 1 and block.data.startswith(_BOM + b"#"):
        directives = np.concatenate(([0], directives))
    every = np.arange(len(block.starts))
    header: str | None = None
    day: str | None = None
    start = 0
    for index in directives.tolist():
        if index > start:
            yield header, day, every[start:index]
            header = day = None
        start = index + 1
        line = block.line(index).lstrip("\ufeff")
        if line[:8].lower() == "#fields:":
            header = line
        elif line[:6].lower() == "#date:":
            day = day_of(line)
    yield header, day, every[start:]


def _names_of(header: str, kind: DirectiveLog) -> list[str]:
    text = header.partition(":")[2].strip().strip(",")
    return unique_names(name.strip() for name in (text.split(",") if kind.delimiter == "," else text.split()))


def _without_bare_header(block: LineBlock, lines: Ints, names: list[str], kind: DirectiveLog) -> tuple[Ints, list[str]]:
    """Exchange 2013 writes the header once more as an ordinary first line."""
    if kind.delimiter != "," or not len(lines):
        return lines, names
    head = block.line(int(lines[0])).lstrip("\ufeff")
    own = unique_names(name.strip() for name in head.split(","))
    if own == names or (not names and own[0].lower() in {time.lower() for time in kind.times}):
        return lines[1:], own
    return lines, names


def _batch(
    log: LogInput, block: LineBlock, lines: Ints, names: list[str], wanted: frozenset[str], kind: DirectiveLog, day: str
) -> Iterator[EventBatch | Problem]:
    """`day` is that of the lines where they have none of their own, as IIS 6 writes them."""
    others: Times | None = None
    telling = _telling(names, wanted, kind)
    if telling is not None:
        separators = kind.delimiter if len(kind.times) > 1 else " T"
        lines, others = part_lines(block, lines, len(names), kind.delimiter, kind.quoted, separators, telling)
        if not len(lines):
            if len(others):  # events that are only counted: many small files are made of nothing else
                yield block.batch(log, lines, kind.name, {}, lines, lambda _: ("", "", {}), family=kind.family, others=others)
            return
    plain = {name for name in names if name in kind.times or name == kind.packed}
    if kind.uri and JOINED_URI in wanted:
        plain |= set(kind.uri)
    rows = read_rows(
        block,
        lines,
        names,
        delimiter=kind.delimiter,
        quoted=kind.quoted,
        wanted={name for name in names if field_key(name) in wanted},
        plain=plain,
    )
    if rows.ragged or rows.unbalanced:
        yield _told(log, block, rows, len(names))
    if not len(rows.lines) and (others is None or not len(others)):
        return
    columns = dict(rows.columns)
    adds_message = bool(kind.message) and kind.message.lower() not in {name.lower() for name in names}
    if kind.uri and JOINED_URI in wanted and kind.uri[0] in rows.plain:
        columns[JOINED_URI] = _joined_uri(rows.plain[kind.uri[0]], rows.plain.get(kind.uri[1]))
    if kind.unpack and kind.packed in rows.plain:
        columns.update(_unpacked(rows.plain[kind.packed].to_pylist(), kind.unpack, wanted))

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        line = block.line(int(rows.lines[row])).lstrip("\ufeff")
        fields = dict(row_fields(names, line, kind.delimiter, kind.quoted))
        if kind.unpack and kind.packed in fields:
            fields.update({name: value for name, value in kind.unpack(fields[kind.packed]).items() if value})
        if adds_message:
            fields[kind.message] = line
        time_text = " ".join([*([day] if day else []), *(fields[name] for name in kind.times if name in fields)])
        host = next((fields[name] for name in kind.hosts if fields.get(name, "-") != "-"), "")
        return time_text, host, fields

    if adds_message and field_key(kind.message) in wanted:
        columns[kind.message] = encode(block.texts(rows.lines))
    times = _times(rows, kind, day)
    yield block.batch(log, rows.lines, kind.name, columns, times, rebuild, family=kind.family, others=others)


def _telling(names: Sequence[str], wanted: frozenset[str], kind: DirectiveLog) -> LineFilter | None:
    """What finds the lines that are worth taking apart; None when all are, or when times are not in front."""
    if not isinstance(wanted, Wanted) or wanted.telling is None or kind.unpack or tuple(names[: len(kind.times)]) != kind.times:
        return None
    made = [JOINED_URI] if kind.uri and kind.uri[0] in names else []
    if kind.message:
        made.append(kind.message)
    found = wanted.telling(LineForm(tuple(names), tuple(made), kind.delimiter, kind.quoted))
    return found if found.usable else None


def _told(log: LogInput, block: LineBlock, rows: Rows, fields: int) -> Problem:
    count = rows.ragged + rows.unbalanced
    odd = rows.lines[-count:]
    what = f"does not have the {fields} fields of its header (cut off, or an unmatched quote); read as far as possible"
    return Problem(where=f"{log.name}:{block.first + int(odd.min())}", what=what, severity=Severity.NOTE, count=count)


def _times(rows: Rows, kind: DirectiveLog, day: str) -> Times:
    present = [rows.plain[name] for name in kind.times if name in rows.plain]
    if day and len(kind.times) > 1 and len(present) == 1:
        return joined_times(pa.array([day] * len(rows.lines), pa.string()), present[0])
    if len(present) != len(kind.times):
        return np.full(len(rows.lines), NO_TIME, np.int64)
    return iso_times(present[0]) if len(present) == 1 else joined_times(present[0], present[1])


def _joined_uri(stems: pa.StringArray, queries: pa.StringArray | None) -> Column:
    if queries is None:
        return encode(stems)
    empty = pc.or_(pc.equal(queries, "-"), pc.equal(queries, ""))
    return encode(pc.if_else(empty, stems, pc.binary_join_element_wise(stems, queries, "?")))


def _unpacked(
    texts: Sequence[str | None], unpack: Callable[[str], Mapping[str, str]], wanted: frozenset[str]
) -> Iterator[tuple[str, Column]]:
    found: dict[str, list[str | None]] = {}
    for row, text in enumerate(texts):
        for name, value in unpack(text or "").items():
            if field_key(name) in wanted:
                found.setdefault(name, [None] * len(texts))[row] = value
    for name, values in found.items():
        yield name, encode(pa.array(values, pa.string()))
