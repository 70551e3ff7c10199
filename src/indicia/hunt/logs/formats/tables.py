"""CSV and TSV with a header line, of any origin: the names in it are the fields."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.clock import CLOCK
from indicia.hunt.logs.formats.delimited import read_rows, row_fields
from indicia.hunt.logs.formats.envelope import NESTED, PACKED, unpacked
from indicia.hunt.logs.formats.headers import LOOKED_AT, Header, header_of
from indicia.hunt.logs.formats.jsonl import HOSTS, batches
from indicia.hunt.logs.formats.lines import LineBlock, line_blocks
from indicia.hunt.logs.formats.longrows import read_long_rows
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.shown import shown_column
from indicia.hunt.logs.formats.winnames import by_names, shows_event
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import GENERIC, SHOWN, field_key
from indicia.hunt.sources import FAMILIES, source_of
from indicia.records import Problem, Severity

__all__ = ["FORMATS"]

_TRIED = 100  # rows by which a table is known for one of Windows events
_HEAD = 1 << 18  # bytes in which a row over several lines shows


def sniff(head: bytes, _name: str) -> bool:
    """Two lines or more with the same number of fields, at least three, the first of them names."""
    if b"\0" in head[:4096]:
        return False
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    return header_of([line.rstrip("\r") for line in text.split("\n")[: LOOKED_AT + 4]]) is not None


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events block by block. Windows events are known by the names of their columns, with a channel or without."""
    for log in logs:
        header, over_lines = _begins(log)
        if header is None:
            yield Problem(where=log.name, what="a table without a header that can be read")
        elif over_lines:
            yield from read_long_rows(log, header, wanted)
        else:
            with log.open() as stream:
                for block in line_blocks(stream, log.name):
                    if isinstance(block, Problem):
                        yield block
                        continue
                    lines = np.arange(len(block.starts))
                    lines = lines[lines + block.first > header.lines]
                    if len(lines):
                        yield from _batch(log, block, lines, header.names, header.delimiter, wanted)


def _begins(log: LogInput) -> tuple[Header | None, bool]:
    """The header of a table, and whether a row among the first goes over several lines."""
    with log.open() as stream:
        head = stream.read(_HEAD).decode("utf-8", "replace").lstrip("\ufeff")
    lines = [line.rstrip("\r") for line in head.split("\n")]
    header = header_of(lines)
    if header is None or '"' not in head:
        return header, False
    try:
        rows = csv.reader((f"{line}\n" for line in lines[header.lines : -1] if line), delimiter=header.delimiter)
        whole = [row for row in rows if len(row) > 1]
        over = [number for number, row in enumerate(whole) if any("\n" in cell for cell in row)]
    except csv.Error:
        return header, False
    return header, bool(over) and (over[0] < len(whole) - 1 or len(head) < _HEAD)  # the last one may be cut


def _batch(
    log: LogInput, block: LineBlock, lines: Ints, names: list[str], delimiter: str, wanted: frozenset[str]
) -> Iterator[EventBatch | Problem]:
    folded = {field_key(name): name for name in names}
    if not _PACKING.isdisjoint(folded) or _shows_events(block, lines, names, delimiter):
        yield from _records(log, block, lines, names, delimiter, wanted)
        return
    CLOCK.learn(block.data)
    first = row_fields(names, block.line(int(lines[0])), delimiter, quoted=True) if len(lines) else {}
    source = source_of({name: first.get(name, "") for name in names})
    family = "windows" if {"eventid", "channel"} <= folded.keys() else source.name if source else GENERIC
    times = RecordTimes(source.times if source else (), local=source.local if source else False)
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


def _shows_events(block: LineBlock, lines: Ints, names: list[str], delimiter: str) -> bool:
    """Whether a table without a column for the channel holds Windows events all the same, by some of its rows."""
    if {"eventid", "channel"} <= {field_key(name) for name in names} or not shows_event(tuple(names)):
        return False
    some = (row_fields(names, block.line(index), delimiter, quoted=True) for index in lines[:_TRIED].tolist())
    return any(by_names(row) is not None for row in some)


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
