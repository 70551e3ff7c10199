"""What is in a tar archive, packed or not: read once from front to back. Nothing is unpacked to disk.

Members are kept in memory, packed, until they are read: as many as the bound of all archives together allows. For one that is
not kept its archive is read again.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, cast

from indicia.hunt.logs.formats import LogInput
from indicia.records import Problem, Severity
from indicia.walking import told_path

__all__ = ["MOST_MEMBERS", "is_tar", "members_of"]

MOST_MEMBERS = 10_000
_HELD = 64 << 20  # bytes of one member that is kept in memory, before it is packed
HELD_IN_ALL = 256 << 20  # bytes kept of all archives together, packed: logs pack to a tenth and less
_FAULTS = (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error, ValueError)


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are the header of a tar archive."""
    return head[257:262] == b"ustar"


def members_of(log: LogInput, only: str | None = None) -> Iterator[LogInput | Problem]:
    """The files in an archive, or the `only` one of that name, as logs; links and devices are no files."""
    count = 0
    try:
        with log.open() as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                told = told_path(member.name)
                if not member.isfile() or (only is not None and told != only):
                    continue
                count += 1
                if count > MOST_MEMBERS:
                    continue
                name = f"{log.name}!{told}"
                kept = _kept(archive, member)
                again = partial(_found_again, log, member.name)
                yield LogInput(name, kept.open if kept is not None else again, member.size, at=log.at)
                if only is not None:
                    return
    except _FAULTS as error:
        yield Problem(where=log.name, what=f"cannot be unpacked further: {error}", severity=Severity.FAILED)
    if count > MOST_MEMBERS:
        left = count - MOST_MEMBERS
        yield Problem(where=log.name, what=f"{left} members beyond the first {MOST_MEMBERS} were left out", count=left)


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


def _found_again(log: LogInput, name: str) -> BinaryIO:
    return cast(BinaryIO, _Member(log, name))


class _Member(io.RawIOBase):
    """One member of an archive that is read from its front for it."""

    def __init__(self, log: LogInput, name: str) -> None:
        self._log, self._name = log, name
        self._open()

    def _open(self) -> None:
        self._stream = self._log.open()
        try:
            self._archive = tarfile.open(fileobj=self._stream, mode="r|")  # noqa: SIM115 - closed with this
            member = next((each for each in self._archive if each.name == self._name and each.isfile()), None)
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
