"""Windows events as JSON Lines in the form of EVTX parsers, one `{"Event": ...}` a line.

Read the quick way, like EVTX itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from indicia.hunt.events import EventBatch
from indicia.hunt.formats.base import Format, LogInput
from indicia.hunt.formats.evtx import BATCH, EventTable
from indicia.hunt.formats.lines import LineBlock, line_blocks
from indicia.records import Problem

__all__ = ["FORMATS"]


def sniff(head: bytes, _name: str) -> bool:
    """A first line that opens an event and its system part."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].replace(b" ", b"")
    return line.startswith(b'{"Event":{') and b'"System":{' in line


def read(logs: Sequence[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events in file order."""
    table = EventTable(wanted, "windows-json", "line")
    for log in logs:
        table.begin(log.name)
        first = log.stretch.line if log.stretch else 1
        length = log.stretch.end - log.stretch.start if log.stretch else None
        with log.open() as stream:
            if log.stretch:
                stream.seek(log.stretch.start)
            for block in line_blocks(stream, log.name, first, length):
                if isinstance(block, Problem):
                    yield block
                    continue
                yield from _add(table, block, log.name)
                if table.size >= BATCH:
                    yield table.batch()
                    table = EventTable(wanted, "windows-json", "line")
                    table.begin(log.name)
    if table.size:
        yield table.batch()


def _add(table: EventTable, block: LineBlock, name: str) -> Iterator[Problem]:
    texts = block.data.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")[: len(block.starts)]
    kept = [(text, block.first + index) for index, text in enumerate(texts) if text and not text.isspace()]
    try:
        table.add([text for text, _ in kept], [position for _, position in kept])
    except (msgspec.DecodeError, RecursionError):
        for text, position in kept:  # one of them is broken: which?
            try:
                table.add([text], [position])
            except (msgspec.DecodeError, RecursionError) as error:
                yield Problem(where=f"{name}:{position}", what=f"no event in JSON: {error}")


FORMATS = (Format("windows-json", "windows", sniff, read, splittable=True),)
