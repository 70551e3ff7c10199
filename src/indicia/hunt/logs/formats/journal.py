"""The export form of systemd's journal (`journalctl -o export`): one field a line, an empty line between records.

References: systemd, "Journal Export Formats".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.jsonl import batches
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES
from indicia.records import Problem

__all__ = ["FORMATS"]

_BATCH = 8_192
_BLOCK = 1 << 20
LONGEST = 4 << 20  # bytes of one field; more is left out, and told


def sniff(head: bytes, _name: str) -> bool:
    """Fields of the journal at the start."""
    return head.startswith(b"__CURSOR=") and b"\n__REALTIME_TIMESTAMP=" in head[:4096]


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Records in file order; `position` counts them."""
    for log in logs:
        records: list[tuple[int, dict[str, str]]] = []
        fields: dict[str, str] = {}
        number = 1
        with log.open() as stream:
            for item in _fields(stream):
                if isinstance(item, str):
                    yield Problem(where=f"{log.name} record {number}", what=item)
                elif item is not None:
                    fields.setdefault(*item)
                elif fields:
                    records.append((number, fields))
                    fields, number = {}, number + 1
                    if len(records) >= _BATCH:
                        yield from batches(log, records, wanted, "record")
                        records = []
        if fields:
            records.append((number, fields))
        yield from batches(log, records, wanted, "record")


def _fields(stream: BinaryIO) -> Iterator[tuple[str, str] | str | None]:
    """The fields as (name, value); None between records; a text says what was left out."""
    rest = b""
    while True:
        end = rest.find(b"\n")
        while end < 0 and len(rest) <= LONGEST and (block := stream.read(_BLOCK)):
            rest += block
            end = rest.find(b"\n")
        if end < 0:
            if rest:
                yield "a field that does not end was left out"
            return
        line, rest = rest[:end], rest[end + 1 :]
        name, equals, value = line.partition(b"=")
        if equals:
            yield name.decode("utf-8", "replace"), value.decode("utf-8", "replace")
        elif not line:
            yield None
        else:  # a value that may hold anything: its length in eight bytes, then the value and a line end
            while len(rest) < 8 and (block := stream.read(_BLOCK)):
                rest += block
            size = int.from_bytes(rest[:8], "little")
            if size > LONGEST:
                yield f"a field of {size:,} bytes, and what follows, was left out"
                return
            while len(rest) < 9 + size and (block := stream.read(_BLOCK)):
                rest += block
            yield name.decode("utf-8", "replace"), rest[8 : 8 + size].decode("utf-8", "replace")
            rest = rest[9 + size :]


FORMATS = (Format("journal-export", "syslog", sniff, read, also=("windows", *LINE_FAMILIES)),)
