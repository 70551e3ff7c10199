"""What a zip archive holds and does not list: members that most programs, ours among them, would never see."""

from __future__ import annotations

import zipfile
from typing import IO

__all__ = ["UNLISTED", "UNLISTED_HINT", "holds_unlisted"]

UNLISTED = "holds files that its table of contents does not list"
UNLISTED_HINT = "repair it, as with zip -FF, and give what comes out"
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
