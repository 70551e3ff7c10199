"""JSON Lines of any origin (and one JSON array in a file): nested names are dotted, and kept beside their last part's."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import numpy as np
from defusedxml import DefusedXmlException

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput, gathered
from indicia.hunt.logs.formats.envelope import opened, unpacked
from indicia.hunt.logs.formats.lines import line_blocks
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES, Told, told_batch, told_by
from indicia.hunt.logs.formats.recordtimes import RecordTimes
from indicia.hunt.logs.formats.syslog import Header
from indicia.hunt.logs.formats.table import ShapedRows, bare_names, flatten, json_at, json_of, shown_column, text_of
from indicia.hunt.logs.formats.windows import normal, windows_batch
from indicia.hunt.logs.formats.winxml import event_of_xml
from indicia.hunt.logs.formats.zeek import zeek_path
from indicia.hunt.names import GENERIC, SHOWN, TEXT, Remembered, field_key
from indicia.hunt.sources import CARRIERS, FAMILIES, Carrier, source_named, source_of
from indicia.records import Problem, Severity

# Records that carry a line of text: systemd's journal, containers, tables of syslog, shippers.
_TIMES = {carrier.name: RecordTimes(carrier.times) for carrier in CARRIERS}
_HEADER = Header()


def carried_by(record: Mapping[str, Any]) -> Told | dict[str, Any] | None:
    """What the line in a record says; the fields of a Windows event where it is one in XML; None where there is no line."""
    carriers = _carriers(tuple(record))
    if not carriers:
        return None
    flat = flatten(record)
    names = {field_key(name): name for name in flat}
    for carrier in carriers:
        if all(mark in names for mark in carrier.marks) and isinstance(line := flat[names[carrier.message]], str):
            found = _read(carrier, line.strip(), flat, names)
            if found is not None:
                return found
    return None


@Remembered
def _carriers(names: tuple[str, ...]) -> tuple[Carrier, ...]:
    """The carriers that a record with these names, below which others may stand, can be."""
    folded = {field_key(name) for name in names}
    return tuple(
        carrier
        for carrier in CARRIERS
        if all(mark in folded or ("." in mark and mark.partition(".")[0] in folded) for mark in carrier.marks)
    )


def _read(carrier: Carrier, line: str, flat: Mapping[str, Any], names: Mapping[str, str]) -> Told | dict[str, Any] | None:
    if line.startswith("<Event"):
        try:
            return event_of_xml(line)
        except (ParseError, DefusedXmlException, ValueError, RecursionError):
            return None
    told = told_by(line, _HEADER)
    if carrier.only_known and (told is None or told.family in (TEXT, "syslog")):
        return None
    times = _TIMES[carrier.name]
    time, time_text = times.time(flat), times.text(flat)

    def first(wanted: tuple[str, ...]) -> str:
        return next((text for name in wanted if name in names and (text := text_of(flat[names[name]]))), "")

    if told is None or told.family in (TEXT, "syslog"):
        fields = {text: value for text, value in _texts(flat) if text != names[carrier.message]}
        program = first(carrier.programs)
        headed = told.fields if told is not None and told.family == "syslog" and not program else {}
        own = {
            "host": first(carrier.hosts) or headed.get("host", ""),
            "program": program or headed.get("program", ""),
            "pid": first(carrier.pids) or headed.get("pid", ""),
            "message": headed.get("message", line),
        }
        fields.update({name: value for name, value in own.items() if value})
        return Told("syslog", time, time_text, own["host"], fields)
    host = told.host or first(carrier.hosts)
    alerted = {name: text for name, text in _texts(flat) if name.startswith("wazuh.")}
    told = told._replace(fields={**told.fields, **alerted}) if alerted else told
    return told._replace(host=host) if told.time != NO_TIME else told._replace(host=host, time=time, time_text=time_text)


def _texts(flat: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, text) for name, value in flat.items() if (text := text_of(value)) != ""]


HOSTS = ("host", "hostname", "computer", "computername", "host.name", "server", "servername", "hostidentifier")
FIRST_LINE = 1 << 20  # bytes; a file without a line end up to here is read at once
MOST_AROUND = 24  # fields of an envelope beside its records
AT_ONCE = 64 << 20  # bytes; a file of one document or array is read at once up to here, and one item of a longer array
_STEP = 8 << 20  # characters that are read on
_BATCH = 32_768


def sniff(head: bytes, _name: str) -> bool:
    """An object or an array of objects at the start."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return text.startswith((b"{", b"[{", b"[\n", b"[\r", b"[ "))


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events in file order; what is a Windows event in JSON becomes one (format "windows-json").

    A document that is an envelope of many records is opened, and told; its records are counted one by one.
    """
    for log in logs:
        reader = _Reader(log)
        for some in gathered(reader.each(), _BATCH):
            if isinstance(some, Problem):
                yield some
            else:
                yield from batches(log, some, wanted, reader.unit)
        for name, count in reader.envelopes.items():
            documents = "one document" if count == 1 else f"{count:,} documents"
            what = f"{documents} contained many records each, under {name}: {reader.count:,} records in all"
            yield Problem(where=log.name, what=what, severity=Severity.NOTE)


class _Reader:
    """The records of a log, those of its envelopes one by one: in which `unit` they are counted, and how many there were."""

    def __init__(self, log: LogInput) -> None:
        self._log = log
        self.unit = ""
        self.count = 0
        self.envelopes: Counter[str] = Counter()

    def each(self) -> Iterator[tuple[tuple[int, Any], int] | Problem]:
        """The records with their positions, and the bytes of each."""
        for item in _records(self._log):
            if isinstance(item, Problem):
                yield item
                continue
            number, document, size = item
            within = opened(document) if _may_hold_more(document) else None
            self.unit = self.unit or ("record" if within or number == 0 else "line")
            some = within[1] if within else (document,)
            if within:
                self.envelopes[within[0]] += 1
                size //= max(1, len(some))
            for record in some:
                self.count += 1
                position = self.count if self.unit == "record" else number
                if isinstance(record, dict) and record:
                    yield (position, unpacked(record)), size
                else:
                    what = "a record without fields" if record == {} else "JSON, but not an object"
                    yield Problem(where=f"{self._log.name}:{position}", what=what)


def _may_hold_more(document: Mapping[str, Any]) -> bool:
    return len(document) <= MOST_AROUND and any(isinstance(value, list | dict) for value in document.values())


def _records(log: LogInput) -> Iterator[tuple[int, dict[str, Any], int] | Problem]:
    """Objects with their lines, and their bytes; with 0 where a file is one document, or several written over many lines."""
    first = log.stretch.line if log.stretch else 1
    with log.open() as stream:
        head = stream.read(FIRST_LINE)
    line, ended, _ = head.partition(b"\n")
    one = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[") or line.strip() in (b"{", b"\xef\xbb\xbf{")
    with log.open() as stream:
        if one or (not ended and len(head) == FIRST_LINE):  # a line as long as that is a whole file, or nearly
            yield from _whole(log, stream)
            return
        for block in line_blocks(stream, log.name, first):
            if isinstance(block, Problem):
                yield block
                continue
            view = memoryview(block.data)
            for index, (start, end) in enumerate(zip(block.starts.tolist(), block.ends.tolist(), strict=True)):
                text = view[start:end]
                if index == 0 and block.first == 1 and bytes(text[:3]) == b"\xef\xbb\xbf":
                    text = text[3:]
                if not len(text):
                    continue
                try:
                    record = json_of(text)
                except (ValueError, RecursionError) as error:
                    yield Problem(where=f"{log.name}:{block.first + index}", what=f"no JSON: {error}")
                    continue
                if isinstance(record, dict):
                    yield block.first + index, record, len(text)
                else:
                    yield Problem(where=f"{log.name}:{block.first + index}", what="JSON, but not an object")


def _whole(log: LogInput, stream: BinaryIO) -> Iterator[tuple[int, dict[str, Any], int] | Problem]:
    """The documents of a file that is no JSON Lines, up to where it breaks off or is no JSON."""
    number = 0
    try:
        for number, (record, size) in enumerate(_documents(stream), 1):
            if isinstance(record, dict):
                yield 0, record, size
            else:
                yield Problem(where=f"{log.name}:{number}", what="JSON, but not an object")
    except (ValueError, RecursionError) as error:
        yield Problem(where=f"{log.name}:{number + 1}", what=f"not JSON from here on: {error}")
    except (OSError, EOFError) as error:
        yield Problem(where=f"{log.name}:{number + 1}", what=f"cannot be read on: {error}")


def _documents(stream: BinaryIO) -> Iterator[tuple[Any, int]]:
    """The items of arrays and what stands beside them, one behind the other over many lines, and how long each is. Raises:
    ValueError, OSError."""
    data = stream.read(AT_ONCE + 1).removeprefix(b"\xef\xbb\xbf")
    if len(data) <= AT_ONCE:
        try:
            whole = json_of(data)
        except ValueError:
            pass
        else:
            some = whole if isinstance(whole, list) else (whole,)
            yield from ((item, len(data) // len(some)) for item in some)
            return
    decode = getincrementaldecoder("utf-8")("replace").decode
    text, at, depth, size = decode(data), 0, 0, _STEP
    del data
    while True:
        between = _BETWEEN.match(text, at)
        assert between is not None
        depth += between[0].count("[") - between[0].count("]")
        at = between.end()
        fault: ValueError | None = None
        if at < len(text):
            start = at
            try:
                item, at = json_at(text, at)
            except ValueError as error:
                if len(text) - at > AT_ONCE:
                    raise
                fault = error
            else:
                yield item, at - start
                continue
        more = stream.read(size)  # the end of an item that is longer than what was read, or the next
        if not more:
            if fault is not None:
                raise fault
            if depth > 0:
                raise ValueError("the array breaks off")
            return
        text, at = text[at:] + decode(more), 0
        size = max(_STEP, len(text))  # so that a long item is tried a few times only


_BETWEEN = re.compile(r"[\[\], \t\r\n]*")


def batches(log: LogInput, records: list[tuple[int, Any]], wanted: frozenset[str], unit: str) -> Iterator[EventBatch]:
    """Records (with their positions) as events, by the kinds that they show."""
    windows: list[tuple[int, dict[str, Any]]] = []
    others: dict[str, list[tuple[int, Any, dict[str, Any]]]] = {}
    lines: dict[str, list[tuple[int, Told]]] = {}
    for number, record in records:
        event = normal(record)
        if event is not None:
            windows.append((number, event))
            continue
        carried = carried_by(record)
        if isinstance(carried, Told):
            lines.setdefault(carried.family, []).append((number, carried))
            continue
        if carried is not None:
            windows.append((number, carried))
            continue
        fields = bare_names(flatten(record))
        path = zeek_path(fields, log.name)
        if path:
            fields["_path"] = path
            family = "zeek"
        else:
            source = source_of(fields)
            family = source.name if source else GENERIC
        others.setdefault(family, []).append((number, record, fields))
    if windows:
        yield windows_batch(log.name, windows, wanted, "windows-json", unit)
    for family, told in lines.items():
        yield told_batch(log.name, family, told, wanted, unit)
    for family, some in others.items():
        yield _batch(log, family, some, wanted, unit)


def _batch(
    log: LogInput, family: str, some: list[tuple[int, Any, dict[str, Any]]], wanted: frozenset[str], unit: str
) -> EventBatch:
    source = source_named(family)
    rows = ShapedRows()
    for _, _, fields in some:
        rows.add(fields)
    columns = rows.columns(wanted)
    if family == GENERIC and SHOWN in wanted:
        columns[SHOWN] = shown_column(log.name, [fields for _, _, fields in some])
    times = RecordTimes(source.times if source else (), local=source.local if source else False)

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        _, record, named = some[row]
        fields = {name: text for name, value in flatten(record).items() if (text := text_of(value)) != ""}
        if family == "zeek":
            fields["_path"] = named["_path"]
        hosts = (*source.hosts, *HOSTS) if source else () if family == "zeek" else HOSTS  # Zeek's are those of others
        folded = {name.lower(): value for name, value in fields.items()}
        return times.text(named), next((folded[name] for name in hosts if name in folded), ""), fields

    return EventBatch(
        format="zeek" if family == "zeek" else "jsonl" if family == GENERIC else family,
        family=family,
        columns=columns,
        files=(log.name,),
        positions=np.array([number for number, _, _ in some], np.int64),
        times=np.fromiter((times.time(fields) for _, _, fields in some), np.int64, len(some)),
        rebuild=rebuild,
        unit=unit,
    )


FORMATS = (Format("jsonl", "generic", sniff, read, also=("windows", "zeek", *LINE_FAMILIES, *FAMILIES)),)
