"""What is in a tar archive, packed or not: read once from front to back. Nothing is unpacked to disk.

Members are kept in memory, packed, until they are read: as many as the bound of all archives together allows. For one that is
not kept its archive is read again.
"""

from __future__ import annotations

import io
import lzma
import posixpath
import tarfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import BinaryIO, cast

from indicia.hunt.logs.formats import LogInput
from indicia.records import Problem, Severity
from indicia.walking import Apart, told_path

MOST_MEMBERS = 10_000
_HELD = 64 << 20  # bytes of one member that is kept in memory, before it is packed
HELD_IN_ALL = 256 << 20  # bytes kept of all archives together, packed: logs pack to a tenth and less
_LONGEST_HEADER = 1 << 20  # bytes
_READ_AT_ONCE = frozenset(
    {tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK}
)
_FAULTS = (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error, ValueError)


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
        with log.open() as stream, _archive(watched := _Watched(stream)) as archive:
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
    except _FAULTS as error:
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


def _archive(stream: BinaryIO | _Watched) -> tarfile.TarFile:
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
    if member.size > _HELD or _Kept.in_all > HELD_IN_ALL:
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
            self._archive = _archive(self._stream)
            files = (each for each in _each(self._archive) if each.isfile())
            member = next(islice(files, self._number, None), None)
            file = self._archive.extractfile(member) if member is not None else None
        except _FAULTS as error:
            raise OSError(f"cannot be unpacked: {error}") from error
        if file is None:
            raise OSError("no longer in its archive")
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except _FAULTS as error:
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
