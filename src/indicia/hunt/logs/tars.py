"""What is in a tar archive, packed or not: read once from front to back. Nothing is unpacked to disk.

Small members are kept in memory until they are read; for a large one in a packed archive the archive is read again.
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
_HELD = 16 << 20  # bytes of one member that is kept in memory
_HELD_IN_ALL = 256 << 20
_FAULTS = (tarfile.TarError, OSError, EOFError, lzma.LZMAError, zlib.error, ValueError)


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes are the header of a tar archive."""
    return head[257:262] == b"ustar"


def members_of(log: LogInput, only: str | None = None) -> Iterator[LogInput | Problem]:
    """The files in an archive, or the `only` one of that name, as logs; links and devices are no files."""
    held, count = 0, 0
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
                if member.size <= _HELD and held + member.size <= _HELD_IN_ALL:
                    file = archive.extractfile(member)
                    data = file.read() if file is not None else b""
                    held += len(data)
                    yield LogInput(name, partial(_in_memory, data), member.size, at=log.at)
                else:
                    yield LogInput(name, partial(_found_again, log, member.name), member.size, at=log.at)
                if only is not None:
                    return
    except _FAULTS as error:
        yield Problem(where=log.name, what=f"cannot be unpacked further: {error}", severity=Severity.FAILED)
    if count > MOST_MEMBERS:
        left = count - MOST_MEMBERS
        yield Problem(where=log.name, what=f"{left} members beyond the first {MOST_MEMBERS} were left out", count=left)


def _in_memory(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


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
