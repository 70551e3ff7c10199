"""CSV and TSV with a header line, of any origin: the names in it are the fields."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput, gathered
from indicia.hunt.logs.formats.delimited import read_rows, row_fields, unique_names
from indicia.hunt.logs.formats.envelope import NESTED, PACKED, unpacked
from indicia.hunt.logs.formats.jsonl import HOSTS, batches
from indicia.hunt.logs.formats.lines import LONGEST_LINE, LineBlock, line_blocks, read_blocks
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.table import shown_column
from indicia.hunt.logs.formats.texttimes import leading_time
from indicia.hunt.logs.formats.times import CLOCK
from indicia.hunt.logs.formats.winnames import by_names, shows_event
from indicia.hunt.match.literals import Ints
from indicia.hunt.names import GENERIC, SHOWN, field_key
from indicia.hunt.sources import FAMILIES, source_of
from indicia.records import Problem, Severity

# Tables of which a value holds line ends: their rows go over several lines, and are put together by their quotes.
_BATCH = 8_192
LONGEST_ROW = 16 << 20  # characters


def read_long_rows(log: LogInput, header: Header, wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events in file order; `position` is the line on which a row begins. A row that is none costs itself alone."""
    for some in gathered(_rows(log, header), _BATCH):
        if isinstance(some, Problem):
            yield some
        else:
            yield from batches(log, some, wanted, "line")


def _rows(log: LogInput, header: Header) -> Iterator[tuple[tuple[int, dict[str, Any]], int] | Problem]:
    """The rows with the lines on which they begin, and how long each is."""
    lines = _Lines(log)
    given = lines.each()
    for _ in range(header.lines):
        next(given, None)
    reader = csv.reader(given, delimiter=header.delimiter)
    names = header.names
    ragged, first_ragged = 0, 0
    while True:
        line, lines.taken = reader.line_num + header.lines + 1, 0
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            yield Problem(where=f"{log.name}:{line}", what=f"no row of a table: {error}")
            continue
        if not cells:
            continue
        if len(cells) != len(names):
            ragged, first_ragged = ragged + 1, first_ragged or line
        fields = {name: value for name, value in zip(names, cells, strict=False) if value}
        if fields:
            yield (line, unpacked(fields)), lines.taken
    yield from lines.problems
    if ragged:
        what = f"does not have the {len(names)} fields of its header; read as far as possible"
        yield Problem(where=f"{log.name}:{first_ragged}", what=what, severity=Severity.NOTE, count=ragged)


class _Lines:
    """The lines of a log: how many characters of them were `taken`, and what kept others from being read."""

    def __init__(self, log: LogInput) -> None:
        self._log = log
        self.taken = 0
        self.problems: list[Problem] = []

    def each(self) -> Iterator[str]:
        """The lines, until one row of them takes more than a row may."""
        with self._log.open() as stream:
            for block in line_blocks(stream, self._log.name):
                if isinstance(block, Problem):
                    self.problems.append(block)
                    continue
                CLOCK.learn(block.data)
                for index in range(len(block.starts)):
                    line = block.line(index)
                    self.taken += len(line) + 1
                    if self.taken > LONGEST_ROW:
                        what = f"a row of more than {LONGEST_ROW >> 20} MB, and what follows, was left out"
                        self.problems.append(Problem(where=f"{self._log.name}:{block.first + index}", what=what))
                        return
                    yield (line.lstrip("\ufeff") if index == 0 and block.first == 1 else line) + "\n"


# The header of a table: what its columns are called, and where its rows begin.
#
# References: RFC 4180; Microsoft, "Export-Csv" (its line of the type) and Event Viewer's "Save all events as" in the languages
# below, whose header lacks the column of the message.
LOOKED_AT = 60  # lines over which the first row may go
_DELIMITERS = (",", ";", "\t", "|")
_MOST_PREFACE = 3  # lines above the header
csv.field_size_limit(LONGEST_LINE)
# A cell that no header has: a day, a time of day, an address, a path.
_VALUE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?:\D.*)?|\d{1,2}:\d\d(?::\d\d)?(?:\D.*)?|\d+(?:\.\d+){3}|[A-Za-z]:\\.*")
_PREFACE = re.compile(r"#TYPE |sep=.$|\s*$", re.IGNORECASE)
_VIEWER = {  # what Event Viewer calls a column, in English, German, French, Japanese, Spanish and Italian
    "Level": ("level", "ebene", "niveau", "レベル", "nivel", "livello"),
    "Keywords": ("keywords", "schlüsselwörter", "mots clés", "mots-clés", "キーワード", "palabras clave", "parole chiave"),
    "TimeCreated": ("date and time", "datum und uhrzeit", "date et heure", "日付と時刻", "fecha y hora", "data e ora"),
    "ProviderName": ("source", "quelle", "ソース", "origen", "origine"),
    "EventID": ("event id", "ereignis-id", "id de l'événement", "イベント id", "id. del evento", "id. de evento", "id evento"),
    "TaskCategory": (
        *("task category", "aufgabenkategorie", "catégorie de la tâche", "catégorie de tâche", "タスクのカテゴリ"),
        *("categoría de la tarea", "categoria attività", "categoria dell'attività"),
    ),
}
_CALLED = {word: name for name, words in _VIEWER.items() for word in words}


class Header(NamedTuple):
    """What parts the cells, the names of the columns, and the number of lines down to the header."""

    delimiter: str
    names: list[str]
    lines: int


def header_of(lines: Sequence[str]) -> Header | None:
    """The header of a table that begins with these lines (two or more); None where they are no table.

    All rows have as many cells as the header, three or more, and those of the header are names; the first may have none, as
    pandas writes the column of its index.
    """
    above = next((number for number, line in enumerate(lines[:_MOST_PREFACE]) if not _PREFACE.match(line)), _MOST_PREFACE)
    rest = [line for line in lines[above + 1 : above + 1 + LOOKED_AT] if line.strip()]
    if not rest:
        return None
    head = lines[above].rstrip("\r")
    if leading_time(head) is not None:  # a line of a log, not one of names
        return None
    for delimiter in _DELIMITERS:
        names = [name.strip() for name in cells_of([head], delimiter)]
        if len(names) < 3:
            continue
        if not names[0]:
            names[0] = "index"
        seen = len(cells_of(rest, delimiter))
        viewer = _of_viewer(names)
        if viewer and seen in (len(names), len(names) + 1):
            return Header(delimiter, [*viewer, "Message"][:seen], above + 1)
        if seen == len(names) and _are_names(names):
            return Header(delimiter, unique_names(names), above + 1)
    return None


def _are_names(names: Sequence[str]) -> bool:
    plain = all(name and len(name) < 80 and not name.replace(".", "").isdigit() for name in names)
    return plain and len(set(names)) == len(names) and not any(_VALUE.fullmatch(name) for name in names)


def _of_viewer(names: Iterable[str]) -> list[str] | None:
    """What the columns of an export of Event Viewer mean; None where they are not its."""
    called = [_CALLED.get(name.lower().replace("\u2019", "'").replace("\u00a0", " ")) for name in names]
    known = [name for name in called if name is not None]
    return known if len(known) == len(called) and {"EventID", "TimeCreated"} <= set(known) else None


def cells_of(lines: Iterable[str], delimiter: str) -> list[str]:
    """The cells of the first row in some lines, which may go over several of them."""
    try:
        return next(csv.reader((f"{line}\n" for line in lines), delimiter=delimiter), [])
    except csv.Error:
        return []


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
            yield from read_blocks(log, partial(_batch, log, header, wanted))


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


def _batch(log: LogInput, header: Header, wanted: frozenset[str], block: LineBlock) -> Iterator[EventBatch | Problem]:
    delimiter, names = header.delimiter, header.names
    lines = np.arange(len(block.starts))
    lines = lines[lines + block.first > header.lines]
    if not len(lines):
        return
    folded = {field_key(name): name for name in names}
    if not _PACKING.isdisjoint(folded) or _shows_events(block, lines, names, delimiter):
        yield from _records(log, block, lines, names, delimiter, wanted)
        return
    CLOCK.learn(block.data)
    first = row_fields(names, block.line(int(lines[0])), delimiter, quoted=True)
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

    form = {GENERIC: "csv", "windows": "windows-csv"}.get(family, family)
    yield block.batch(log, rows.lines, form, columns, times.of_rows(asked, texts, len(rows.lines)), rebuild, family=family)


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
