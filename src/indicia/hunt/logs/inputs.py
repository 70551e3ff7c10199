"""The logs in files, folders and archives: found, opened, recognised by content."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import shutil
import stat
import struct
import zipfile
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, getreader
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from indicia.hunt.logs.formats import Format, LogInput, recognise
from indicia.hunt.logs.tars import MOST_MEMBERS, is_tar, members_of
from indicia.records import Problem, Severity
from indicia.walking import EMPTY, kind_of, reason_of, told_path, walk

__all__ = ["FileAt", "FoundLog", "find_files", "find_logs", "log_named", "logs_in"]

HEAD = 16_384  # bytes by which a format is recognised
LONGEST_PREFACE = 1 << 20  # bytes of comments above the first line of a log
LARGEST_UNPACKED = 64 << 30  # bytes of one member of an archive
_STEP = 1 << 16
SURELY = 256  # bytes that tell UTF-16 and UTF-32 without a mark
HIGHEST_RATIO = 1_200  # unpacked to packed: more than any log reaches, less than a bomb
FoundLog = tuple[LogInput, Format | None]
# What broken archives make Python's readers raise.
_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, ValueError, OverflowError, RuntimeError),
)


class FileAt(NamedTuple):
    """A file on disk: where it is, and what it is told by."""

    path: Path
    told: str


def find_logs(paths: Sequence[Path], copies: Path | None = None) -> Iterator[FoundLog | Problem]:
    """Every log in `paths`, in the order of their names; with None for a file that no format fits: see the two below."""
    for file in find_files(paths, copies):
        if isinstance(file, Problem):
            yield file
        else:
            yield from logs_in(file)


def find_files(paths: Sequence[Path], copies: Path | None = None) -> Iterator[FileAt | Problem]:
    """The files in `paths`, in the order of their names; none is opened.

    Folders are walked, links to folders are not followed. A pipe, which can be read but once, is copied into the folder
    `copies` (None: it is refused). All that is passed over is a problem.
    """
    for top in paths:
        try:
            mode = top.stat().st_mode
        except (OSError, ValueError) as error:
            what = "no such file or folder" if isinstance(error, FileNotFoundError) else f"cannot be read: {reason_of(error)}"
            yield Problem(where=told_path(top), what=what, severity=Severity.FAILED)
            continue
        if stat.S_ISDIR(mode):
            for path in walk(top):
                if isinstance(path, Problem):
                    yield path
                else:
                    yield FileAt(path, told_path(path))
        elif stat.S_ISREG(mode):
            yield FileAt(top, told_path(top))
        elif stat.S_ISFIFO(mode) and copies is not None:
            yield from _in_pipe(top, copies)
        else:
            hint = "write what it gives to a file"
            yield Problem(where=told_path(top), what=f"is {kind_of(mode)}", severity=Severity.FAILED, hint=hint)


def _in_pipe(pipe: Path, copies: Path) -> Iterator[FileAt | Problem]:
    """What came through a pipe, as of `<(zcat log.gz)`, from a copy of it: logs are read more than once."""
    copy = copies / f"{sum(1 for _ in copies.iterdir())}{pipe.suffix}"
    try:
        with pipe.open("rb") as stream, copy.open("wb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)
    except OSError as error:
        yield Problem(where=told_path(pipe), what=f"cannot be read: {reason_of(error)}", severity=Severity.FAILED)
        return
    yield FileAt(copy, told_path(pipe))


def log_named(name: str, at: tuple[bytes, str] | None = None) -> LogInput | None:
    """The log that `find_logs` told by this name (and as `LogInput.at`); None when it is no longer there."""
    if at is not None:
        place, only = FileAt(Path(os.fsdecode(at[0])), at[1]), name[len(at[1]) + 1 :] or None
    else:
        path, only = Path(name), None
        if not path.exists():
            marks = (index for index, letter in enumerate(name) if letter == "!")
            path, only = next(((Path(name[:at]), name[at + 1 :]) for at in marks if Path(name[:at]).is_file()), (path, None))
        place = FileAt(path, told_path(path))
    for item in logs_in(place, only) if place.path.is_file() else ():
        if not isinstance(item, Problem) and item[0].name == name:
            return item[0]
    return None


def logs_in(place: FileAt, only: str | None = None) -> Iterator[FoundLog | Problem]:
    """The logs in a file, with None where no format fits; of an archive (gz, bz2, xz, zip, tar) `only` the member of that name.

    Nothing is unpacked to disk.
    """
    path = place.path
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        yield Problem(where=place.told, what=f"cannot be read: {reason_of(error)}", severity=Severity.FAILED)
        return
    if head[:2] == b"PK" and zipfile.is_zipfile(path):
        yield from _in_zip(place, only)
        return
    unpack = _unpacker(head)
    at = os.fsencode(path), place.told
    if unpack is None:
        log = LogInput(place.told, partial(_plain, path), size, path, at=at)
    else:
        log = LogInput(place.told, partial(_unpacked, path, unpack), size, at=at)
    if is_tar(_head_of(log)):
        for member in members_of(log, only):
            yield from _recognised(_opened(member)) if isinstance(member, LogInput) else (member,)
        return
    yield from _recognised(log)


def _unpacker(head: bytes) -> _Unpacker | None:
    return next((unpack for magic, unpack in _PACKED if head.startswith(magic)), None)


def _opened(log: LogInput) -> LogInput:
    """A member of an archive, unpacked where it is packed itself: rotated logs are."""
    unpack = _unpacker(_head_of(log))
    return log if unpack is None else LogInput(log.name, partial(_unpacked_member, log, unpack), log.size, at=log.at)


def _recognised(log: LogInput) -> Iterator[FoundLog | Problem]:
    try:
        with log.open() as stream:
            head = stream.read(HEAD)
        if left_out := _archive_within(head):
            yield Problem(where=log.name, what=left_out, severity=Severity.FAILED, hint="unpack it first")
            return
        if code := _wide(head):
            log, head = _through(log, partial(_Recoded, code))
        if b"\r" in head and b"\n" not in head and b"\0" not in head:
            log, head = _through(log, _WithLineFeeds)
        form = recognise(head, log.name) or (_below_comments(log) if head.startswith(b"#") and len(head) == HEAD else None)
    except _FAULTS as error:
        yield Problem(where=log.name, what=f"cannot be unpacked: {error}", severity=Severity.FAILED)
        return
    if not head:
        yield Problem(where=log.name, what=EMPTY, severity=Severity.NOTE)
    yield log, form if head else None


def _through(log: LogInput, change: Callable[[BinaryIO], io.RawIOBase]) -> tuple[LogInput, bytes]:
    """The log as it reads through `change`, and its head."""
    changed = LogInput(log.name, lambda: cast(BinaryIO, change(log.open())), log.size, at=log.at)
    with changed.open() as stream:
        return changed, stream.read(HEAD)


def _below_comments(log: LogInput) -> Format | None:
    """The format of a log whose first line stands below more comments than a head holds: by its directives, if it has any."""
    with log.open() as stream:
        lines = stream.read(LONGEST_PREFACE).split(b"\n")[:-1]
    first = next((number for number, line in enumerate(lines) if not line.startswith(b"#") and line.strip()), len(lines))
    directives = [line for line in lines[:first] if line[1:].partition(b":")[0].isalpha() or line.startswith(b"#Log-type:")]
    return recognise(b"\n".join((*directives[-20:], *lines[first : first + 5])), log.name) if directives else None


def _archive_within(head: bytes) -> str:
    """What is wrong with a file that is (still) packed; "" when it is not."""
    if head.startswith(_SEVEN_ZIP):
        return "a 7z archive was left out: unpack it first, as with 7z x"
    if is_tar(head) or head.startswith(b"PK\x03\x04"):
        return "an archive within an archive was left out"
    return "compressed twice, and left out" if head.startswith(tuple(magic for magic, _ in _PACKED)) else ""


def _wide(head: bytes) -> str:
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


def _plain(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:  # gone since it was found: told by whoever reads, like any other end before the end
        return cast(BinaryIO, _Gone(error))


class _Gone(io.RawIOBase):
    def __init__(self, error: OSError) -> None:
        self._error = error

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        raise self._error

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0


def _unpacked(path: Path, unpack: _Unpacker) -> BinaryIO:
    return cast(BinaryIO, _Bounded(cast(_Unpacking, unpack(path)), path.stat().st_size))


_Unpacker = type[gzip.GzipFile] | type[bz2.BZ2File] | type[lzma.LZMAFile]
_SEVEN_ZIP = b"7z\xbc\xaf\x27\x1c"
_PACKED: tuple[tuple[bytes, _Unpacker], ...] = (
    (b"\x1f\x8b", gzip.GzipFile),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
)


def _in_zip(place: FileAt, only: str | None) -> Iterator[FoundLog | Problem]:
    path = place.path
    at = os.fsencode(path), place.told
    try:
        members = [member for member in _archive(path).infolist() if not member.is_dir()]
    except _FAULTS as error:
        yield Problem(where=place.told, what=f"cannot be unpacked: {error}", severity=Severity.FAILED)
        return
    if len(members) > MOST_MEMBERS:
        left = len(members) - MOST_MEMBERS
        yield Problem(where=place.told, what=f"{left} members beyond the first {MOST_MEMBERS} were left out", count=left)
    for member in members[:MOST_MEMBERS]:
        if only is not None and told_path(member.filename) != only:
            continue
        name = f"{place.told}!{told_path(member.filename)}"
        if member.flag_bits & 1:
            yield Problem(where=name, what="encrypted", severity=Severity.FAILED, hint="unpack it first")
            continue
        log = LogInput(name, partial(_member, path, member.filename), member.file_size, at=at)
        head = _head_of(log)
        if head.startswith(b"PK\x03\x04"):
            hint = "unpack the outer one first"
            yield Problem(where=name, what="an archive within an archive was left out", severity=Severity.FAILED, hint=hint)
            continue
        yield from _recognised(_opened(log))


def _head_of(log: LogInput) -> bytes:
    """The first bytes; none where they cannot be had, which is told by whoever reads on."""
    try:
        with log.open() as stream:
            return stream.read(512)
    except _FAULTS:
        return b""


def _unpacked_member(log: LogInput, unpack: _Unpacker) -> BinaryIO:
    packed = log.open()
    stream = unpack(fileobj=packed) if issubclass(unpack, gzip.GzipFile) else unpack(packed)
    return cast(BinaryIO, _Bounded(cast(_Unpacking, stream), log.size, packed))


def _member(path: Path, name: str) -> BinaryIO:
    archive = _archive(path)
    return cast(BinaryIO, _Bounded(cast(_Unpacking, archive.open(name)), archive.getinfo(name).compress_size))


def _archive(path: Path) -> zipfile.ZipFile:
    status = path.stat()
    return _open_archive(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=1)
def _open_archive(path: Path, _size: int, _changed: int) -> zipfile.ZipFile:
    """The archive, kept open: its table of contents is read once and not once a member."""
    return zipfile.ZipFile(path)


class _Recoded(io.RawIOBase):
    """A UTF-16 or UTF-32 text as UTF-8: what PowerShell's `>` and `Out-File` write."""

    def __init__(self, code: str, stream: BinaryIO) -> None:
        self._reader = getreader(code)(stream, "replace")
        self._left = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._left) < size:
            try:
                text = self._reader.read(1 << 20)
            except _FAULTS:  # what stands before a cut is given before the cut is told
                if self._left:
                    break
                raise
            if not text:
                break
            self._left += text.encode()
        end = len(self._left) if size < 0 else size
        data, self._left = self._left[:end], self._left[end:]
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        if offset or whence:
            raise io.UnsupportedOperation("only to the start")
        self._reader.seek(0)
        self._left = b""
        return 0

    def close(self) -> None:
        self._reader.close()
        super().close()


class _WithLineFeeds(io.RawIOBase):
    """A text whose lines end in carriage returns alone, with line feeds instead."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size).replace(b"\r", b"\n")

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Unpacking(Protocol):
    """What gzip, bz2, lzma and zip give."""

    def read1(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def close(self) -> None: ...


class _Bounded(io.RawIOBase):
    """An unpacked stream that ends with an error before it fills the memory or the day."""

    def __init__(self, stream: _Unpacking, packed: int, owner: BinaryIO | None = None) -> None:
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
            except _FAULTS as error:
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
