"""The export form of systemd's journal (`journalctl -o export`): one field a line, an empty line between records.

References: systemd, "Journal Export Formats".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput, gathered
from indicia.hunt.logs.formats.jsonl import batches
from indicia.hunt.logs.formats.plainlines import LINE_FAMILIES
from indicia.records import Problem

_BATCH = 8_192
_BLOCK = 1 << 20
LONGEST = 4 << 20  # bytes of one field; more is left out, and told
MOST = 16 << 20  # characters of one record; further fields are left out, and told


def sniff(head: bytes, _name: str) -> bool:
    """Fields of the journal at the start."""
    return head.startswith(b"__CURSOR=") and b"\n__REALTIME_TIMESTAMP=" in head[:4096]


def read(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Records in file order; `position` counts them."""
    for log in logs:
        for some in gathered(_entries(log), _BATCH):
            if isinstance(some, Problem):
                yield some
            else:
                yield from batches(log, some, wanted, "record")


def _entries(log: LogInput) -> Iterator[tuple[tuple[int, dict[str, str]], int] | Problem]:
    """The records with their numbers, and how long each is. Of one that does not end the first fields are kept."""
    fields: dict[str, str] = {}
    number, size, left_out = 1, 0, 0
    with log.open() as stream:
        for item in _fields(stream):
            if isinstance(item, str):
                yield Problem(where=f"{log.name} record {number}", what=item)
            elif item is not None and size < MOST:
                fields.setdefault(*item)
                size += len(item[0]) + len(item[1])
            elif item is not None:
                left_out += 1
            elif fields:
                if left_out:
                    yield _too_long(log, number, left_out)
                yield (number, fields), size
                fields, number, size, left_out = {}, number + 1, 0, 0
    if left_out:
        yield _too_long(log, number, left_out)
    if fields:
        yield (number, fields), size


def _too_long(log: LogInput, number: int, fields: int) -> Problem:
    what = f"fields of a record beyond its first {MOST >> 20} MB were left out"
    return Problem(where=f"{log.name} record {number}", what=what, count=fields)


def _fields(stream: BinaryIO) -> Iterator[tuple[str, str] | str | None]:
    """The fields as (name, value); None between records; a text says what was left out."""
    rest, at = b"", 0
    while True:
        end = rest.find(b"\n", at)
        while end < 0 and len(rest) - at <= LONGEST and (block := stream.read(_BLOCK)):
            rest, at = rest[at:] + block, 0
            end = rest.find(b"\n")
        if end < 0:
            if rest[at:]:
                yield "a field that does not end was left out"
            return
        line, at = rest[at:end], end + 1
        name, equals, value = line.partition(b"=")
        if equals:
            yield name.decode("utf-8", "replace"), value.decode("utf-8", "replace")
        elif not line:
            yield None
        else:  # a value that may hold anything: its length in eight bytes, then the value and a line end
            while len(rest) - at < 8 and (block := stream.read(_BLOCK)):
                rest, at = rest[at:] + block, 0
            size = int.from_bytes(rest[at : at + 8], "little")
            if size > LONGEST:
                yield f"a field of {size:,} bytes, and what follows, was left out"
                return
            while len(rest) - at < 9 + size and (block := stream.read(_BLOCK)):
                rest, at = rest[at:] + block, 0
            yield name.decode("utf-8", "replace"), rest[at + 8 : at + 8 + size].decode("utf-8", "replace")
            at += 9 + size


FORMATS = (Format("journal-export", "syslog", sniff, read, also=("windows", *LINE_FAMILIES)),)
