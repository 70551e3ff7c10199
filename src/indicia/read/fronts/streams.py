"""Bytes that are read a piece at a time: what gzip and zip hold, bounded, and any stream with its first bytes given back."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from indicia.read.fronts.opened import Limits, Readable, failed, skipped
from indicia.records import Problem

_CHUNK = 1 << 20


def read_up_to(stream: Readable, size: int) -> bytes:
    """`size` bytes, or all there are: a pipe gives less than it is asked for."""
    pieces: list[bytes] = []
    left = size
    while left > 0 and (piece := stream.read(min(left, _CHUNK))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


class Pushed:
    """`head`, and after it the rest of `stream`."""

    def __init__(self, head: bytes, stream: Readable) -> None:
        self._head = head
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        if self._head:
            piece, self._head = self._head[:size], self._head[size:]
            return piece
        return self._stream.read(size)


class Gunzipped:
    """What a gzip stream unpacks to, all its members. It ends early, with a problem, where the data is broken or packed as only
    a bomb is."""

    def __init__(self, packed: Readable, name: str, limits: Limits, problems: list[Problem]) -> None:
        self._packed = packed
        self._name = name
        self._ratio = limits.ratio
        self._problems = problems
        self._unpacker = zlib.decompressobj(wbits=31)
        self._waiting = b""  # packed bytes that are still to be unpacked
        self._came = self._went = 0  # bytes read and bytes given
        self._over = False

    def read(self, size: int, /) -> bytes:
        while not self._over:
            if not self._waiting:
                self._waiting = self._packed.read(1 << 16)
                self._came += len(self._waiting)
                if not self._waiting:
                    if not self._unpacker.eof:
                        self._stop("it breaks off")
                    break
            if self._unpacker.eof:  # another member follows, or the zeros that fill a tape's block
                self._waiting = self._waiting.lstrip(b"\0")
                if not self._waiting:
                    continue
                self._unpacker = zlib.decompressobj(wbits=31)
            try:
                piece = self._unpacker.decompress(self._waiting, size)
            except zlib.error as error:
                self._stop(str(error))
                break
            self._waiting = self._unpacker.unused_data if self._unpacker.eof else self._unpacker.unconsumed_tail
            self._went += len(piece)
            if self._went > 4 * _CHUNK and self._went > self._ratio * self._came:
                self._over = True
                self._problems.append(
                    failed(
                        self._name, f"unpacks to more than {self._went:,} bytes: a gzip bomb?", "unpack it and give the file"
                    )
                )
                break
            if piece:
                return piece
        self._over = True
        return b""

    def _stop(self, why: str) -> None:
        if not self._went:
            self._problems.append(failed(self._name, "is a broken gzip file", "fetch it again"))
        else:
            self._problems.append(skipped(self._name, f"breaks off after {self._went:,} bytes: {why}", "fetch it again"))


class BoundedReader:
    """Gives the bytes of `stream` to whoever asks as long as `more(n)` allows n more of them."""

    def __init__(self, stream: Readable, more: Callable[[int], bool]) -> None:
        self._stream = stream
        self._more = more

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(size)
        return piece if self._more(len(piece)) else b""
