"""What is in archives, and in archives within them: packed files, zip and tar, to a depth and within bounds.

Nothing is unpacked to disk. A tar is read once from front to back: its members are kept in memory, packed, until they are
read, as many as the bound of all archives together allows. For one that is not kept its archive is read again.

A zip within another is held in memory while its members are read: its table of contents stands at its end.
"""

from __future__ import annotations

import io
import lzma
import os
import posixpath
import tarfile
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

from indicia.hunt.logs.formats import LogInput
from indicia.hunt.logs.streams import FAULTS, PACKED, Bounded, Unpacker, Unpacking
from indicia.records import Problem, Severity
from indicia.walking import OVERLAPPING, UNLISTED, UNLISTED_HINT, Apart, apart, holds_unlisted, open_member, told_path

MOST_MEMBERS = 10_000
_HELD_OF_TAR = 64 << 20  # bytes of one member that is kept in memory, before it is packed
HELD_IN_ALL = 256 << 20  # bytes kept of all archives together, packed: logs pack to a tenth and less
_LONGEST_HEADER = 1 << 20  # bytes
_READ_AT_ONCE = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)
_TAR_FAULTS = (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error, ValueError)


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are the header of a tar archive."""
    return head[257:262] == b"ustar"


def members_of(log: LogInput, only: str | None = None) -> Iterator[LogInput | Problem]:
    """The files in an archive, or the `only` one that is told by that name, as logs.

    What is neither file nor folder is a problem: a link to what is not in the archive, a device, a pipe.
    """
    files = others = 0
    apart = Apart()
    names: set[str] = set()
    links: list[tarfile.TarInfo] = []
    try:
        with log.open() as stream, _open_tar(watched := _Watched(stream)) as archive:
            for member in _each(archive):
                if member.isdir():
                    continue
                files, others = (files + 1, others) if member.isfile() else (files, others + 1)
                if (files if member.isfile() else others) > MOST_MEMBERS:
                    continue
                names.add(posixpath.normpath(member.name))
                if not member.isfile():
                    links.append(member)
                    continue
                told = apart.told(told_path(member.name))
                if only is not None and told != only and not only.startswith(f"{told}!"):
                    continue
                kept = _kept(archive, member)
                again = partial(_found_again, log, files - 1)
                yield LogInput(f"{log.name}!{told}", kept.open if kept is not None else again, member.size, at=log.at)
                if only is not None:
                    return
            if only is None and watched.holds_more_than(archive.offset):
                what = "holds more behind its end or behind a broken header, which was not read"
                yield Problem(
                    where=log.name, what=what, severity=Severity.FAILED, hint="unpack it with tar -i, and give what comes out"
                )
    except _TAR_FAULTS as error:
        yield Problem(where=log.name, what=f"cannot be unpacked further: {error}", severity=Severity.FAILED)
    if only is None:
        yield from _passed_over(log, links, names)
    for left, what in ((files - MOST_MEMBERS, "members"), (others - MOST_MEMBERS, "links and devices")):
        if left > 0:
            yield Problem(where=log.name, what=f"{left} {what} beyond the first {MOST_MEMBERS} were left out", count=left)


class _Header(tarfile.TarInfo):
    """One whose long names and further fields, which are read at once, have bounds."""

    # Not `frombuf`, which the parser of Python 3.13.5 no longer asks.
    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        if self.type in _READ_AT_ONCE and self.size > _LONGEST_HEADER:
            raise tarfile.TarError(f"a header of {self.size:,} bytes")
        return super()._proc_member(archive)  # type: ignore[misc,no-any-return]


class _Watched:
    """A stream that knows where its last byte stood that is not zero: what fills an archive up is zeros alone."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = self._last = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        if filled := len(data.rstrip(b"\0")):
            self._last = self._at + filled
        self._at += len(data)
        return data

    def holds_more_than(self, end: int) -> bool:
        """Whether anything stands behind this place, read to the end of the stream."""
        while self.read(1 << 20):
            pass
        return self._last > end


def _open_tar(stream: BinaryIO | _Watched) -> tarfile.TarFile:
    return tarfile.open(fileobj=cast(BinaryIO, stream), mode="r|", tarinfo=_Header)


def _each(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members; none is held when the next one is read."""
    for member in archive:
        yield member
        archive.members.clear()  # type: ignore[attr-defined]  # which typeshed does not know


def _passed_over(log: LogInput, members: Sequence[tarfile.TarInfo], names: Collection[str]) -> Iterator[Problem]:
    """A problem for each of these that is no second way to a file with one of the names, and one for all that are."""
    within = 0
    for member in members:
        folder = "" if member.islnk() else posixpath.dirname(member.name)
        if (member.issym() or member.islnk()) and posixpath.normpath(posixpath.join(folder, member.linkname)) in names:
            within += 1
        else:
            yield Problem(where=f"{log.name}!{told_path(member.name)}", what=_kind_of(member), severity=Severity.SKIPPED)
    if within:
        what = "links to files in the archive, which are read at their own places"
        yield Problem(where=log.name, what=what, severity=Severity.NOTE, count=within)


def _kind_of(member: tarfile.TarInfo) -> str:
    if member.issym() or member.islnk():
        return f"is a link to {told_path(member.linkname)}, which is not in the archive"
    known = {tarfile.FIFOTYPE: "a pipe", tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device"}
    return f"is {known.get(member.type, 'neither a file nor a folder')}"


class _Kept:
    """The content of one member, packed. `in_all` is what all of them take that are still in use."""

    in_all = 0

    def __init__(self, data: bytes) -> None:
        self._data = zlib.compress(data, 1)
        _Kept.in_all += len(self._data)

    def __del__(self) -> None:
        _Kept.in_all -= len(self._data)

    def open(self) -> BinaryIO:
        """The content from its start."""
        return io.BytesIO(zlib.decompress(self._data))


def _kept(archive: tarfile.TarFile, member: tarfile.TarInfo) -> _Kept | None:
    """The member in memory; None for one that is too large, or when too much is kept already."""
    if member.size > _HELD_OF_TAR or _Kept.in_all > HELD_IN_ALL:
        return None
    file = archive.extractfile(member)
    return _Kept(file.read() if file is not None else b"")


def _found_again(log: LogInput, number: int) -> BinaryIO:
    return cast(BinaryIO, _Member(log, number))


class _Member(io.RawIOBase):
    """The file of that number in an archive, which is read from its front for it."""

    def __init__(self, log: LogInput, number: int) -> None:
        self._log, self._number = log, number
        self._open()

    def _open(self) -> None:
        self._stream = self._log.open()
        try:
            self._archive = _open_tar(self._stream)
            files = (each for each in _each(self._archive) if each.isfile())
            member = next(islice(files, self._number, None), None)
            file = self._archive.extractfile(member) if member is not None else None
        except _TAR_FAULTS as error:
            raise OSError(f"cannot be unpacked: {error}") from error
        if file is None:
            raise OSError("no longer in its archive")
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except _TAR_FAULTS as error:
            raise OSError(f"cannot be unpacked further: {error}") from error

    def seek(self, offset: int, whence: int = 0) -> int:
        if offset or whence:
            raise io.UnsupportedOperation("only to the start")
        self._stream.close()
        self._open()
        return 0

    def close(self) -> None:
        self._stream.close()
        super().close()


ZIP = b"PK\x03\x04"
DEEPEST = 4  # archives within archives
LARGEST_HELD = 512 << 20  # bytes of a zip within an archive
_HELD_AT_ONCE = 2  # of these
_LEFT_OUT = "unpack the outer one first"


class _Budget:
    """What may still be read of the archives within one file."""

    def __init__(self) -> None:
        self.members = MOST_MEMBERS
        self.bytes = 16 << 30


def contents(log: LogInput, only: str | None = None) -> Iterator[LogInput | Problem]:
    """The files in a file: itself, or those in it where it is an archive; `only` the one told by that name within it."""
    return _contents(log, only, 0, _Budget())


def _contents(log: LogInput, only: str | None, depth: int, budget: _Budget) -> Iterator[LogInput | Problem]:
    packed = log
    log = _opened(log)
    head = _head_of(log)
    if depth == 0 and log.path is not None and head[:2] == b"PK" and zipfile.is_zipfile(log.path):
        members = _members_of_zip(log, only)
    elif depth and log is packed and head.startswith(ZIP):
        members = _members_within(log, only, budget)
    elif is_tar(head):
        members = members_of(log, only)
    else:
        yield log
        return
    if depth > DEEPEST:
        what = f"archives within archives are opened {DEEPEST} deep, and this one was left out"
        yield Problem(where=log.name, what=what, severity=Severity.FAILED, hint=_LEFT_OUT)
        return
    for member in members:
        if isinstance(member, Problem):
            yield member
            continue
        if depth:
            budget.members -= 1
            budget.bytes -= member.size
        if budget.members < 0 or budget.bytes < 0:
            what = "the archives in it hold more than is read of one file; the rest was left out"
            yield Problem(where=log.name, what=what, severity=Severity.FAILED, hint=_LEFT_OUT)
            return
        told = member.name[len(log.name) + 1 :]
        rest = only[len(told) + 1 :] if only is not None and only != told else None
        yield from _contents(member, rest, depth + 1, budget)


def _opened(log: LogInput) -> LogInput:
    """A file, unpacked where it is packed by itself: rotated logs are."""
    head = _head_of(log)
    unpack = next((unpack for magic, unpack in PACKED if head.startswith(magic)), None)
    return log if unpack is None else LogInput(log.name, partial(_unpacked, log, unpack), log.size, at=log.at)


def _unpacked(log: LogInput, unpack: Unpacker) -> BinaryIO:
    packed = log.open()
    size = log.path.stat().st_size if log.path is not None else log.size
    return cast(BinaryIO, Bounded(unpack(packed), size, packed))


def _head_of(log: LogInput) -> bytes:
    """The first bytes; none where they cannot be had, which is told by whoever reads on."""
    try:
        with log.open() as stream:
            return stream.read(512)
    except FAULTS:
        return b""


def _members_within(log: LogInput, only: str | None, budget: _Budget) -> Iterator[LogInput | Problem]:
    """The files of a zip within an archive."""
    if log.size > min(LARGEST_HELD, budget.bytes):
        what = f"a zip of {log.size >> 20:,} MB within an archive was left out"
        yield Problem(where=log.name, what=what, severity=Severity.FAILED, hint=_LEFT_OUT)
    else:
        yield from _members_of_zip(log, only)


def _members_of_zip(log: LogInput, only: str | None) -> Iterator[LogInput | Problem]:
    try:
        members, over = _told_members(_archive(log))
        unlisted = holds_unlisted(_archive(log))
    except FAULTS as error:
        yield Problem(where=log.name, what=f"cannot be unpacked: {error}", severity=Severity.FAILED)
        return
    if unlisted:
        yield Problem(where=log.name, what=UNLISTED, severity=Severity.FAILED, hint=UNLISTED_HINT)
    if over:
        yield Problem(where=log.name, what=OVERLAPPING, severity=Severity.FAILED, count=over)
    if len(members) > MOST_MEMBERS:
        left = len(members) - MOST_MEMBERS
        yield Problem(where=log.name, what=f"{left} members beyond the first {MOST_MEMBERS} were left out", count=left)
    for told, index in list(members.items())[:MOST_MEMBERS]:
        if only is not None and told != only and not only.startswith(f"{told}!"):
            continue
        name = f"{log.name}!{told}"
        member = _archive(log).infolist()[index]
        if member.flag_bits & 1:
            yield Problem(where=name, what="encrypted", severity=Severity.FAILED, hint="unpack it first")
        else:
            yield LogInput(name, partial(_member, log, index), member.file_size, at=log.at)


def _told_members(archive: zipfile.ZipFile) -> tuple[dict[str, int], int]:
    """Where in the table of contents each file stands, by what it is told by; and how many lie over others."""
    names = Apart()
    listed = archive.infolist()
    lying = {id(one) for one in apart(listed)}
    members = ((index, one) for index, one in enumerate(listed) if id(one) in lying and not one.filename.endswith("/"))
    return {names.told(told_path(one.filename or "unnamed")): index for index, one in members}, len(listed) - len(lying)


def _member(log: LogInput, index: int) -> BinaryIO:
    archive = _archive(log)
    member = archive.infolist()[index]
    return cast(BinaryIO, Bounded(cast(Unpacking, open_member(archive, member)), member.compress_size))


_held: OrderedDict[str, zipfile.ZipFile] = OrderedDict()  # zips within others, by the names that they are told by


def _archive(log: LogInput) -> zipfile.ZipFile:
    if log.path is not None:
        status = log.path.stat()
        return _open_archive(log.path, status.st_size, status.st_mtime_ns)
    key = f"{log.at}{log.name}"
    if key in _held:
        _held.move_to_end(key)
        return _held[key]
    with log.open() as stream:
        data = stream.read(LARGEST_HELD + 1)
    if len(data) > LARGEST_HELD:
        raise OSError(f"more than {LARGEST_HELD >> 20} MB")
    found = _held[key] = zipfile.ZipFile(io.BytesIO(data))
    while len(_held) > _HELD_AT_ONCE:
        _held.popitem(last=False)
    return found


@lru_cache(maxsize=1)
def _open_archive(path: Path, _size: int, _changed: int) -> zipfile.ZipFile:
    """The archive, kept open: its table of contents is read once and not once a member."""
    return zipfile.ZipFile(os.fspath(path))
