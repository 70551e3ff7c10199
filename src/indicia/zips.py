"""What is wrong with how the members of a zip archive lie: some are not listed, so that most programs, ours among them, would
never see them; or they overlap, so that a small file unpacks to any size."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from typing import IO

__all__ = ["OVERLAPPING", "UNLISTED", "UNLISTED_HINT", "apart", "holds_unlisted"]

UNLISTED = "holds files that its table of contents does not list"
UNLISTED_HINT = "repair it, as with zip -FF, and give what comes out"
OVERLAPPING = "files that lie over others in the archive, as only a bomb's do, were left out"
_MEMBER = b"PK\x03\x04"
_HEAD = 30  # bytes of a member's head before its name
_STEP = 1 << 20


def holds_unlisted(archive: zipfile.ZipFile) -> bool:
    """Whether the head of a member stands before, between or behind those that the table lists, as where two archives were
    joined or a member was hidden. Raises: OSError, ValueError."""
    stream = archive.fp
    at = 0
    if stream is None:
        return False
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if _stands_in(stream, at, info.header_offset):
            return True
        at = max(at, info.header_offset + _HEAD + len(info.orig_filename) + info.compress_size)
    return _stands_in(stream, at, archive.start_dir)


def apart(infos: Iterable[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Those that lie over no other, in their order; of some that lie over each other the one that begins first."""
    end, over = 0, set[int]()
    for info in sorted(infos := list(infos), key=lambda info: info.header_offset):
        if info.header_offset < end:
            over.add(id(info))
        else:
            end = info.header_offset + _HEAD + len(info.orig_filename) + info.compress_size
    return [info for info in infos if id(info) not in over]


def _stands_in(stream: IO[bytes], start: int, end: int) -> bool:
    """Whether the head of a member stands between two bytes."""
    before = b""
    while start < end:
        stream.seek(start)
        data = stream.read(min(_STEP, end - start))
        if not data:
            return False
        if _MEMBER in before + data:
            return True
        before, start = data[-3:], start + len(data)
    return False
