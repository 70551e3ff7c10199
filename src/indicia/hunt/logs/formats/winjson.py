"""Windows events as JSON Lines in the form of EVTX parsers, one `{"Event": ...}` a line.

Read the quick way, like EVTX itself.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator

import numpy as np

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput, Wanted
from indicia.hunt.logs.formats.eventtable import EventTable
from indicia.hunt.logs.formats.lines import LineBlock, block_of, line_blocks
from indicia.records import Problem

BLOCK = 4 << 20  # bytes read at a time
BATCH = 8_192  # events, and what more the last block holds: larger ones are hardly quicker, and take more memory


def sniff(head: bytes, _name: str) -> bool:
    """A first line that opens an event and its system part."""
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0].replace(b" ", b"")
    return line.startswith(b'{"Event":{') and b'"System":{' in line


def read(logs: Iterable[LogInput], wanted: Wanted) -> Iterator[EventBatch | Problem]:
    """Events in file order."""
    table = EventTable(wanted, "windows-json", "line")
    for log in logs:
        table.begin(log.name)
        first = log.stretch.line if log.stretch else 1
        length = log.stretch.end - log.stretch.start if log.stretch else None
        with log.open() as stream:
            if log.stretch:
                stream.seek(log.stretch.start)
            for block in line_blocks(stream, log.name, first, length, BLOCK):
                if isinstance(block, Problem):
                    yield block
                    continue
                block = _without_mark(block)
                positions = np.arange(block.first, block.first + len(block.starts))
                for index, fault in table.add(block, positions):
                    yield Problem(where=f"{log.name}:{block.first + index}", what=f"not an event in JSON: {fault}")
                if table.is_full(BATCH):
                    yield table.batch()
    if table.size:
        yield table.batch()


def _without_mark(block: LineBlock) -> LineBlock:
    """The block without the byte order mark before its first line."""
    return block_of(block.data[3:], block.first) if block.data.startswith(BOM_UTF8) else block


FORMATS = (Format("windows-json", "windows", sniff, read, splittable=True, together=True),)
