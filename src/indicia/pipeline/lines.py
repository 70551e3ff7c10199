"""The lines of a stream, in bounded memory, and a sign where it pauses."""

from __future__ import annotations

import contextlib
import select
from collections.abc import Iterator
from typing import BinaryIO, Final

__all__ = ["LONGEST_LINE", "PAUSE", "TOO_LONG", "lines_of"]

LONGEST_LINE = 64 * 1024 * 1024  # bytes; more than any text that a person reads
TOO_LONG: Final = b"\x00too long"  # stands for a line that is longer; no JSON begins so
PAUSE: Final = None  # nothing has come for now: whoever holds lines back should deal with them

_READ = 256 * 1024


def lines_of(stream: BinaryIO, *, longest: int = LONGEST_LINE) -> Iterator[bytes | None]:
    """The lines of `stream` without their ends, as soon as they are there; PAUSE before each wait for more.

    TOO_LONG stands for a line of more than `longest` bytes; no more than that is ever held.
    """
    held: list[bytes] = []  # the beginning of a line whose end has not come yet
    size = 0
    while True:
        if _would_wait(stream):
            yield PAUSE
        data = stream.read1(_READ) if hasattr(stream, "read1") else stream.read(_READ)
        if not data:
            break
        *whole, rest = data.split(b"\n")
        for piece in whole:
            yield b"".join([*held, piece]) if size + len(piece) <= longest else TOO_LONG
            held, size = [], 0
        size += len(rest)
        if size > longest:
            held = []
        elif rest:
            held.append(rest)
    if size:
        yield b"".join(held) if size <= longest else TOO_LONG


def _would_wait(stream: BinaryIO) -> bool:
    """Whether reading would wait for the writer. False where the system cannot tell, as for files and Windows pipes."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return not select.select([stream.fileno()], [], [], 0)[0]
    return False
