"""CSV and TSV with a header line, of any origin: the names in it are the fields."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.delimited import read_rows, row_fields, unique_names
from indicia.hunt.logs.formats.envelope import NESTED, PACKED, unpacked
from indicia.hunt.logs.formats.jsonl import HOSTS, batches
from indicia.hunt.logs.formats.lines import LineBlock, line_blocks
from indicia.hunt.logs.formats.longrows import cells_of, read_long_rows
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.shown import shown_column
from indicia.hunt.logs.formats.texttimes import leading_time
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import GENERIC, SHOWN, field_key
from indicia.hunt.sources import FAMILIES, source_of
from indicia.records import Problem, Severity

__all__ = ["FORMATS"]

_LOOKED_AT = 60  # lines over which the first row may go
_HEAD = 1 << 18  # bytes in which a row over several lines shows
_DELIMITERS = (",", ";", "\t", "|")
# A cell that no header has: a day, a time of day, an address, a path.
_VALUE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:\D.*)?|\d{1,2}:\d\d(?::\d\d)?(?:\D.*)?|\d+(?:\.\d+){3}|[A-Za-z]:\\.*")


def sniff(head: bytes, _name: str) -> bool:
    """Two lines or more with the same number of fields, at least three, the first of them names."""
    if b"\0" in head[:4096]:
        return False
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    lines = [line for line in text.split("\n") if line.strip()]
    return len(lines) >= 2 and _delimiter(lines[0].rstrip("\r"), lines[1 : 1 + _LOOKED_AT]) is not None


def _delimiter(header: str, rest: list[str]) -> str | None:
    for delimiter in _DELIMITERS:
        names = cells_of([header], delimiter)
        plain = all(name.strip() and len(name) < 80 and not name.strip().replace(".", "").isdigit() for name in names)
        plain = plain and leading_time(header) is None  # a line of a log, not one of names
        plain = plain and not any(_VALUE.fullmatch(name.strip()) for name in names)
        if len(names) >= 3 and plain and len(set(names)) == len(names) and len(cells_of(rest, delimiter)) == len(names):
            return delimiter
    return None


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events block by block. With columns EventID and Channel they count as Windows events."""
    for log in logs:
        names: list[str] = []
        delimiter = ","
        if (over_lines := _over_lines(log)) is not None:
            yield from read_long_rows(log, over_lines, wanted)
            continue
        with log.open() as stream:
            for block in line_blocks(stream, log.name):
                if isinstance(block, Problem):
                    yield block
                    continue
                lines = np.arange(len(block.starts))
                if not names:
                    header = block.line(0).lstrip("\ufeff")
                    delimiter = (_delimiter(header, [block.line(1)]) if len(lines) > 1 else None) or ","
                    cells = cells_of([header], delimiter) or header.split(delimiter)  # a return within it is no row to csv
                    names = unique_names(name.strip() for name in cells)
                    lines = lines[1:]
                yield from _batch(log, block, lines, names, delimiter, wanted)


def _over_lines(log: LogInput) -> str | None:
    """The delimiter of a table of which a row among the first goes over several lines; None of any other."""
    with log.open() as stream:
        head = stream.read(_HEAD).decode("utf-8", "replace").lstrip("\ufeff")
    lines = [line for line in head.split("\n")[:-1] if line.strip()]
    delimiter = _delimiter(lines[0].rstrip("\r"), lines[1:]) if len(lines) > 1 else None
    if delimiter is None or '"' not in head:
        return None
    try:
        rows = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
        whole = [row for row in rows if len(row) > 1][:-1]  # the last one may be cut
        return delimiter if any("\n" in cell for row in whole for cell in row) else None
    except csv.Error:
        return None


def _batch(
    log: LogInput, block: LineBlock, lines: Ints, names: list[str], delimiter: str, wanted: frozenset[str]
) -> Iterator[EventBatch | Problem]:
    folded = {field_key(name): name for name in names}
    if not _PACKING.isdisjoint(folded):
        yield from _records(log, block, lines, names, delimiter, wanted)
        return
    first = row_fields(names, block.line(int(lines[0])), delimiter, quoted=True) if len(lines) else {}
    source = source_of({name: first.get(name, "") for name in names})
    family = "windows" if {"eventid", "channel"} <= folded.keys() else source.name if source else GENERIC
    times = RecordTimes(source.times if source else ())
    host_name = next((folded[name] for name in (*(source.hosts if source else ()), *HOSTS) if name in folded), "")
    chosen = [name for name in names if field_key(name) in wanted]
    asked = times.names(names)
    rows = read_rows(block, lines, names, delimiter=delimiter, quoted=True, wanted=chosen, plain=asked)
    if rows.ragged or rows.unbalanced:
        count = rows.ragged + rows.unbalanced
        where = f"{log.name}:{block.first + int(rows.lines[-count:].min())}"
        what = f"does not have the {len(names)} fields of its header; read as far as possible"
        yield Problem(where=where, what=what, severity=Severity.NOTE, count=count)
    if not len(rows.lines):
        return

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        fields = row_fields(names, block.line(int(rows.lines[row])), delimiter, quoted=True)
        return times.text(fields), fields.get(host_name, ""), fields

    columns = dict(rows.columns)
    if family == GENERIC and SHOWN in wanted:
        columns[SHOWN] = shown_column(log.name, [first]).with_codes(np.zeros(len(rows.lines), np.int32))
    texts = [rows.plain[name].to_pylist() for name in asked]

    yield EventBatch(
        format="csv" if family == GENERIC else "windows-csv" if family == "windows" else family,
        family=family,
        size=len(rows.lines),
        columns=columns,
        files=(log.name,),
        file_of=None,
        positions=rows.lines + block.first,
        times=times.of_rows(asked, texts, len(rows.lines)),
        rebuild=rebuild,
        texts=lambda chosen: block.texts(rows.lines[chosen]),
        raw=lambda: (block.data, block.starts[rows.lines], block.ends[rows.lines]),
    )


# Columns that hold records of their own: what has one is read row by row.
_PACKING = PACKED | NESTED | {"payload", "eventdata", "winlog.channel", "winlog.event_id", "logname"}


def _records(
    log: LogInput, block: LineBlock, lines: Ints, names: list[str], delimiter: str, wanted: frozenset[str]
) -> Iterator[EventBatch | Problem]:
    found = []
    for index in lines.tolist():
        if block.ends[index] > block.starts[index]:
            fields = row_fields(names, block.line(index), delimiter, quoted=True)
            if len(fields) == 0:
                yield Problem(where=f"{log.name}:{block.first + index}", what="a record without fields")
            else:
                found.append((block.first + index, unpacked(fields)))
    yield from batches(log, found, wanted, "line")


FORMATS = (Format("csv", "generic", sniff, read, also=("windows", *LINE_FAMILIES, *FAMILIES)),)
