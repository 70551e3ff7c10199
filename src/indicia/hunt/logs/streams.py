"""The bytes of logs as they are read: unpacked within bounds, and as UTF-8 with line feeds whatever they were written in."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import zipfile
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, StreamReader, getreader
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, Protocol

from indicia.walking import MOST_DICTIONARY

LARGEST_UNPACKED = 64 << 30  # bytes of one member of an archive
HIGHEST_RATIO = 1_200  # unpacked to packed: more than any log reaches, less than a bomb
SURELY = 256  # bytes that tell UTF-16 and UTF-32 without a mark
LONGEST_LINE = 1 << 20  # bytes of a line in which names are put together
_STEP = 1 << 16
# What broken archives make Python's readers raise.
FAULTS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, ValueError, OverflowError, RuntimeError),
)


class Unpacking(Protocol):
    """What gzip, bz2, lzma and zip give."""

    def read1(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def close(self) -> None: ...


class _Streams:
    """Packed streams one behind the other, as bz2 and xz have them. What stands behind them and is no such stream is an error:
    Python's own readers pass it over."""

    def __init__(self, make: Callable[[], Any], file: BinaryIO) -> None:
        self._make, self._file = make, file
        self._unpacker, self._waiting = make(), b""

    def read1(self, size: int = -1, /) -> bytes:
        data = b""
        while not data:
            if self._unpacker.eof:
                self._waiting = self._unpacker.unused_data.lstrip(b"\0")  # zeros fill up a block
                while not self._waiting:
                    more = self._file.read(_STEP)
                    if not more:
                        return b""
                    self._waiting = more.lstrip(b"\0")
                self._unpacker = self._make()
            elif self._unpacker.needs_input:
                self._waiting = self._waiting or self._file.read(_STEP)
                if not self._waiting:
                    raise EOFError("it ends before the end of what is packed in it")
            data, self._waiting = self._unpacker.decompress(self._waiting, size), b""
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if offset or whence:
            raise io.UnsupportedOperation("only to the start")
        self._file.seek(0)
        self._unpacker, self._waiting = self._make(), b""
        return 0

    def close(self) -> None:
        self._file.close()


Unpacker = Callable[[BinaryIO], Unpacking]
SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
PACKED: tuple[tuple[bytes, Unpacker], ...] = (
    (b"\x1f\x8b", lambda file: gzip.GzipFile(fileobj=file)),
    (b"BZh", partial(_Streams, bz2.BZ2Decompressor)),
    (b"\xfd7zXZ\x00", partial(_Streams, partial(lzma.LZMADecompressor, memlimit=MOST_DICTIONARY))),
)


def wide(head: bytes) -> str:
    """The name of the encoding of a UTF-16 or UTF-32 text, with a mark at its beginning or ASCII without one; else ""."""
    for marks, code in (((BOM_UTF32_LE, BOM_UTF32_BE), "utf-32"), ((BOM_UTF16_LE, BOM_UTF16_BE), "utf-16")):
        if head.startswith(marks):
            return code
    for code, width, letter in _WIDE if len(head) >= SURELY else ():
        octets = [head[place:SURELY:width] for place in range(width)]
        if all(octets.pop(letter)) and not any(map(any, octets)):
            return code
    return ""


_WIDE = (("utf-16-le", 2, 0), ("utf-16-be", 2, 1), ("utf-32-le", 4, 0), ("utf-32-be", 4, 3))  # width, place of the letter


def eastern(head: bytes) -> str:
    """The name of the encoding of a Japanese text that is no UTF-8, as Windows exports its events; else ""."""
    line = head.partition(b"\n")[0]
    return "cp932" if not line.isascii() and any(word in line for word in _EVENT_VIEWER) else ""


_EVENT_VIEWER = tuple(word.encode("cp932") for word in ("日付と時刻", "イベント ID"))


class Gone(io.RawIOBase):
    def __init__(self, error: OSError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise self._error

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0


class _Beginning(Protocol):
    """What is read from and can begin anew."""

    def seek(self, offset: int, /) -> object: ...
    def close(self) -> None: ...


class _Through(io.RawIOBase):
    """A stream with something done to its bytes."""

    def __init__(self, stream: _Beginning) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Ahead(_Through):
    """The same, where pieces become longer or shorter: what was made and not asked for is kept."""

    _left = b""

    def _more(self) -> bytes:
        """The next piece; nothing at the end."""
        raise NotImplementedError

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._left) < size:
            try:
                piece = self._more()
            except FAULTS:  # what stands before a cut is given before the cut is told
                if self._left:
                    break
                raise
            if not piece:
                break
            self._left += piece
        end = len(self._left) if size < 0 else size
        data, self._left = self._left[:end], self._left[end:]
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        if offset or whence:
            raise io.UnsupportedOperation("only to the start")
        self._stream.seek(0)
        self._left = b""
        return 0


class Recoded(_Ahead):
    """A UTF-16 or UTF-32 text as UTF-8: what PowerShell's `>` and `Out-File` write."""

    def __init__(self, code: str, stream: BinaryIO) -> None:
        super().__init__(stream)
        self._stream: StreamReader = getreader(code)(stream, "replace")

    def _more(self) -> bytes:
        return self._stream.read(1 << 20).encode()


class WithLineFeeds(_Through):
    """A text whose lines end in carriage returns alone, with line feeds instead."""

    _stream: BinaryIO

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size).replace(b"\r", b"\n")

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)


_PACKET = re.compile(rb"PACKET +[0-9A-F]{8,16} (?:UDP|TCP) (?:Rcv|Snd) ")
_PARTS = re.compile(rb"(?:\(\d{1,2}\)[^\s()]{1,63})+\(0\)")
_PART = re.compile(rb"\(\d{1,2}\)([^\s()]+)")


def has_names_in_parts(head: bytes) -> bool:
    """Whether this is the debug log of Windows' DNS server."""
    return _PACKET.search(head) is not None


class WithDots(_Ahead):
    """The debug log of Windows' DNS server, with `evil.example` where it writes `(4)evil(7)example(0)`: so names are sought."""

    _stream: BinaryIO
    _begun = b""  # a line that has not ended

    def _more(self) -> bytes:
        while data := self._stream.read(_STEP):
            text = self._begun + data
            end = text.rfind(b"\n") + 1 if len(text) < LONGEST_LINE else len(text)
            self._begun = text[end:]
            if end:
                return _with_dots(text[:end])
        rest, self._begun = self._begun, b""
        return _with_dots(rest)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._begun = b""
        return super().seek(offset, whence)


def _with_dots(lines: bytes) -> bytes:
    return _PARTS.sub(lambda name: b".".join(_PART.findall(name[0])), lines)


class Bounded(io.RawIOBase):
    """An unpacked stream that ends with an error before it fills the memory or the day."""

    def __init__(self, stream: Unpacking, packed: int, owner: BinaryIO | None = None) -> None:
        self._stream = stream
        self._owner = owner
        self._limit = min(LARGEST_UNPACKED, max(packed, 1 << 16) * HIGHEST_RATIO)
        self._read = 0
        self._fault: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._all_that_can_be_had(size)
        self._read += len(data)
        if self._read > self._limit:
            raise OSError(f"unpacks to more than {self._limit >> 20} MB")
        return data

    def _all_that_can_be_had(self, size: int) -> bytes:
        """The next bytes, as many as asked for; what stands before a cut is given before the cut is told."""
        pieces, left = [], size
        while left and self._fault is None:
            try:
                piece = self._stream.read1(_STEP if size < 0 else min(left, _STEP))  # what stands before a cut, too
            except FAULTS as error:
                self._fault = error
                break
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
        if not pieces and self._fault is not None:
            raise OSError(str(self._fault)) from self._fault
        return b"".join(pieces)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._read = 0
        self._fault = None
        return self._stream.seek(offset, whence)

    def close(self) -> None:
        self._stream.close()
        if self._owner is not None:
            self._owner.close()
        super().close()
