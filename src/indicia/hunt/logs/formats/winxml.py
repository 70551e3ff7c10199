"""Windows events as XML: exports of the Event Viewer and of `wevtutil`, forwarded events, and Sysmon for Linux in syslog lines.

Each `<Event>` is cut out and parsed by itself, so that a broken one, or text around it, costs nothing else.

References: Microsoft, "Event Schema" (http://schemas.microsoft.com/win/2004/08/events/event).
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput, Wanted, gathered
from indicia.hunt.logs.formats.eventtable import EventTable
from indicia.hunt.logs.formats.lines import LineBlock, block_of, read_blocks
from indicia.hunt.logs.formats.windows import flat_event, windows_batch
from indicia.records import Problem

_START = re.compile(rb"<((?:[A-Za-z_][\w.-]*+:)?)Event[\s>]")
_PREFIX = re.compile(rb"(</?)[A-Za-z_][\w.-]*+:")  # it is declared outside the event, and all elements are of one kind
_SYSTEM = re.compile(rb"<(?:[A-Za-z_][\w.-]*+:)?System>")
_MANY = re.compile(rb"<(?:[A-Za-z_][\w.-]*+:)?Events[\s>]")
_END = b"</Event>"
_BLOCK = 4 << 20
_LARGEST = 4 << 20  # bytes of one event
BATCH = 8_192  # events, and what more the last block holds: larger ones are hardly quicker, and take more memory


def sniff(head: bytes, _name: str) -> bool:
    """An event with its system part, or the root of many."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return False  # JSON that carries events as text
    return _START.search(head) is not None and _SYSTEM.search(head) is not None or _MANY.search(head[:1024]) is not None


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events in file order; `position` counts them."""
    for log in logs:
        for some in gathered(_events(log), BATCH):
            yield some if isinstance(some, Problem) else windows_batch(log.name, some, wanted, "windows-xml", "record")


def _events(log: LogInput) -> Iterator[tuple[tuple[int, dict[str, Any]], int] | Problem]:
    """The events with their numbers, and how long each is."""
    number = 0
    for text in _pieces(log):
        if isinstance(text, Problem):
            yield text
            continue
        number += 1
        try:
            yield (number, event_of_xml(text)), len(text)
        except (ParseError, DefusedXmlException, ValueError, RecursionError) as error:
            yield Problem(where=f"{log.name} record {number}", what=f"not readable XML: {error}")


def event_of_xml(text: str | bytes) -> dict[str, Any]:
    """The flat fields of one event. Raises: ParseError, DefusedXmlException, ValueError, RecursionError for what is none."""
    return flat_event(_event(fromstring(text)))


def _pieces(log: LogInput) -> Iterator[bytes | Problem]:
    """The text of each event, and what kept others from being read."""
    rest = b""
    with log.open() as stream:
        while True:
            try:
                block = stream.read(_BLOCK)
            except (OSError, EOFError) as error:
                yield Problem(where=log.name, what=f"cannot be read on: {error}")
                return
            rest += block
            at = 0
            while (start := _START.search(rest, at)) and (end := rest.find(last := b"</%sEvent>" % start[1], start.end())) >= 0:
                at = end + len(last)
                text = rest[start.start() : at]
                yield _PREFIX.sub(rb"\1", text) if start[1] else text
            rest = rest[at:]
            open_one = _START.search(rest)
            if not block:
                if open_one is not None:
                    yield Problem(where=log.name, what="the last event is cut off")
                return
            if len(rest) > _LARGEST:  # no event is that large: begin anew at the last that might still end
                if open_one is not None:
                    yield Problem(where=log.name, what=f"an event of more than {_LARGEST >> 20} MB was left out")
                anew = _START.search(rest, max(open_one.end() if open_one else 0, len(rest) - _LARGEST))
                rest = rest[anew.start() :] if anew is not None else rest[-len(_END) :]


def _event(root: Element) -> dict[str, Any]:
    """The event as the JSON of EVTX parsers has it."""
    return {_name(part): _system(part) if _name(part) == "System" else _data(part) for part in root}


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _system(part: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in part:
        text = (child.text or "").strip()
        found[_name(child)] = {"#attributes": dict(child.attrib), "#text": text} if child.attrib else text
    return found


def _data(part: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    unnamed: list[str] = []
    for child in part:
        if len(child):
            found[_name(child)] = _data(child)
        elif "Name" in child.attrib:
            found[child.attrib["Name"]] = child.text or ""
        elif _name(child) == "Data":
            unnamed.append(child.text or "")
        else:
            found[_name(child)] = child.text or ""
    if unnamed:
        found["Data"] = unnamed
    return found


FORMATS = (Format("windows-xml", "windows", sniff, read),)


# Windows events as JSON Lines in the form of EVTX parsers, one `{"Event": ...}` a line.
#
# Read the quick way, like EVTX itself.
BLOCK = 4 << 20  # bytes read at a time


def sniff_json(head: bytes, _name: str) -> bool:
    """A first line that opens an event and its system part."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].replace(b" ", b"")
    return line.startswith(b'{"Event":{') and b'"System":{' in line


def read_json(logs: Iterable[LogInput], wanted: Wanted) -> Iterator[EventBatch | Problem]:
    """Events in file order."""
    table = EventTable(wanted, "windows-json", "line")
    for log in logs:
        table.begin(log.name)
        yield from read_blocks(log, partial(_add, table, log.name), BLOCK)
    if table.size:
        yield table.batch()


def _add(table: EventTable, name: str, block: LineBlock) -> Iterator[EventBatch | Problem]:
    if block.data.startswith(BOM_UTF8):
        block = block_of(block.data[3:], block.first)
    positions = np.arange(block.first, block.first + len(block.starts))
    for index, fault in table.add(block, positions):
        yield Problem(where=f"{name}:{block.first + index}", what=f"not an event in JSON: {fault}")
    if table.is_full(BATCH):
        yield table.batch()


JSON_FORMATS = (Format("windows-json", "windows", sniff_json, read_json, splittable=True, together=True),)
