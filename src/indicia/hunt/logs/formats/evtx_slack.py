"""Records in the space of a chunk that no list claims (slack): what was there before a log was cleared or began anew.

Such a record still has its time and its values, but the names of those stand elsewhere in the chunk, where others have been
written since: with the names that are there now it would say what it never said. So only its texts are read.

References: libyal/libevtx, "Windows XML Event Log (EVTX) format".
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indicia.hunt.events import NO_TIME, EventBatch
from indicia.hunt.logs.formats.evtx_chunks import CHUNK, SMALLEST_RECORD
from indicia.hunt.logs.formats.plainlines import Told, told_batch

FIRST_RECORD = 512
RECORD_MAGIC = b"\x2a\x2a\0\0"
FAMILY = "evtx-slack"  # of which there are no rules; indicators are sought in it
_HEAD = 24  # bytes of a record before its content
_EPOCH = 11_644_473_600_000_000  # microseconds from 1601 to 1970
# Texts of four letters and more, in UTF-16: Latin, Greek, Cyrillic.
_TEXT = re.compile(rb"(?:[\t\x20-\x7e\xa0-\xff]\x00|[\x86-\xff]\x03|[\x10-\x7f]\x04){4,}")


class Slack(NamedTuple):
    """Such a record: the byte of the log at which it stands, its id, its time (microseconds since 1970), its texts by line."""

    at: int
    id: int
    time: int
    text: str


def size_of(chunk: bytes | bytearray, at: int) -> int:
    """The size of the record at `at`, 0 when there is none: a record says its size at both ends."""
    if chunk[at : at + 4] != RECORD_MAGIC or at + SMALLEST_RECORD > CHUNK:
        return 0
    (size,) = struct.unpack_from("<I", chunk, at + 4)
    if not SMALLEST_RECORD <= size <= CHUNK - at:
        return 0
    (copy,) = struct.unpack_from("<I", chunk, at + size - 4)
    return size if copy == size else 0


def slack_in(data: bytes, starts: Sequence[int], at: int) -> Iterator[Slack]:
    """The unclaimed records in the chunks of `data` that begin at `starts`; `data` begins at `at` in its log.

    Those whose id another of the chunks claims are left out: the chunks of a new log begin as copies of the first.
    """
    claimed = Claimed(struct.unpack_from("<QQ", data, start + 24) for start in starts)
    for start in starts:
        (free,) = struct.unpack_from("<I", data, start + 48)
        begin = max(free, FIRST_RECORD)
        if data.find(RECORD_MAGIC, start + begin, start + CHUNK) < 0:
            continue
        chunk = data[start : start + CHUNK]
        while (begin := chunk.find(RECORD_MAGIC, begin)) >= 0:
            size = size_of(chunk, begin)
            if size:
                identity, time = struct.unpack_from("<QQ", chunk, begin + 8)
                if identity not in claimed:
                    texts = _TEXT.findall(chunk, begin + _HEAD, begin + size - 4)
                    yield Slack(at + start + begin, identity, time // 10 - _EPOCH, b"\n\0".join(texts).decode("utf-16-le"))
            begin += size or 4


class Claimed:
    """Which ids some chunks claim, each from a first to a last."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        for first, last in sorted(spans):
            if self._lasts and first <= self._lasts[-1] + 1:
                self._lasts[-1] = max(self._lasts[-1], last)
            elif first <= last:
                self._firsts.append(first)
                self._lasts.append(last)

    def __contains__(self, identity: int) -> bool:
        at = bisect_right(self._firsts, identity) - 1
        return at >= 0 and identity <= self._lasts[at]


def slack_batch(file: str, records: Sequence[Slack]) -> EventBatch:
    """The records as events; they say nothing of how far their log reaches."""
    told = [
        (
            each.at,
            Told(
                FAMILY,
                each.time if abs(each.time) < 1 << 62 else NO_TIME,
                "",
                "",
                {"EventRecordID": str(each.id), "message": each.text},
            ),
        )
        for each in records
    ]
    batch = told_batch(file, FAMILY, told, frozenset({"message"}), "slack at byte")
    batch.counted = False
    return batch
