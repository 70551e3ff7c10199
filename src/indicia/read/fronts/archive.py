"""zip, bounded: what it holds is opened like any other file, as `outer!inner`."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator

from indicia.errors import FormatError, LimitError
from indicia.read.fronts.opened import Limits, Parsed, Readable, failed, skipped
from indicia.records import Problem
from indicia.walking import OVERLAPPING, UNLISTED, UNLISTED_HINT, apart, holds_unlisted, open_member

_CHUNK = 1 << 20
_APPLE_DOUBLE = b"\x00\x05\x16\x07"
# What broken archives make Python's readers raise; a password is a RuntimeError of its own.
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, NotImplementedError, ValueError, OverflowError),
)


def check_member(info: zipfile.ZipInfo, limits: Limits, name: str) -> None:
    """Raises: LimitError when a member claims to unpack to more than may be read at once, or is packed as only a bomb is."""
    if info.file_size > limits.file_bytes:
        raise LimitError(
            f"{info.filename} unpacks to {info.file_size:,} bytes", where=name, hint="unpack it and give the files"
        )
    check_ratio(info, limits, name)


def check_ratio(info: zipfile.ZipInfo, limits: Limits, name: str) -> None:
    """Raises: LimitError when a member is packed as only a bomb is."""
    if info.file_size > _CHUNK and info.file_size > limits.ratio * max(1, info.compress_size):
        raise LimitError(
            f"{info.filename} is packed {info.file_size // max(1, info.compress_size)} to 1: a zip bomb?",
            where=name,
            hint="it was left alone",
        )


def read_zip(data: bytes, name: str, limits: Limits) -> Parsed:
    """The members in the order of the archive, read one at a time. Encrypted and oversized members become problems."""
    try:
        file = zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise FormatError("is a broken zip archive", where=name, hint="fetch it again") from error
    comments = dict.fromkeys((file.comment, *(info.comment for info in file.infolist()[: limits.files])))
    parsed = Parsed(media_type="application/zip", beside=[("", one.decode("utf-8", "replace")) for one in comments])
    parsed.attached = _members(file, parsed, name, limits)
    return parsed


def _members(file: zipfile.ZipFile, parsed: Parsed, name: str, limits: Limits) -> Iterator[tuple[str, Readable]]:
    with file:
        listed = file.infolist()
        lying = apart(listed)
        if len(lying) < len(listed):
            parsed.problems.append(failed(name, OVERLAPPING, "ask for another copy", len(listed) - len(lying)))
        infos = [info for info in lying if not info.filename.endswith("/") and not _is_of_macos(file, info)]
        if holds_unlisted(file):
            parsed.problems.append(failed(name, UNLISTED, UNLISTED_HINT))
        if len(infos) > limits.files:
            parsed.problems.append(skipped(name, f"holds {len(infos):,} files; those after {limits.files:,} were not read"))
        if not infos:
            parsed.problems.append(failed(name, "is an archive without files", "nothing to read in it"))
        for info in infos[: limits.files]:
            inner = info.filename or "unnamed"
            where = f"{name}!{inner}"
            if info.flag_bits & 1:
                parsed.problems.append(failed(where, "is encrypted", "unpack it with its password first"))
                continue
            try:
                check_ratio(info, limits, name)
                with open_member(file, info) as stream:
                    yield inner, _Member(stream, where, parsed.problems)
            except LimitError as error:
                parsed.problems.append(failed(where, error.message, error.hint))
            except (*BROKEN, RuntimeError) as error:
                parsed.problems.append(failed(where, f"cannot be unpacked: {error}", "fetch the archive again"))


def _is_of_macos(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether it is what macOS puts beside a file, and not only called so."""
    if not info.filename.startswith("__MACOSX/") or not info.filename.rpartition("/")[2].startswith("._"):
        return False
    try:
        with open_member(file, info) as stream:
            return stream.read(len(_APPLE_DOUBLE)) == _APPLE_DOUBLE
    except (*BROKEN, RuntimeError):
        return False


class _Member:
    """A member as it is unpacked. It ends early, with a problem, where it is broken."""

    def __init__(self, stream: Readable, where: str, problems: list[Problem]) -> None:
        self._stream = stream
        self._where = where
        self._problems = problems
        self._over = False

    def read(self, size: int, /) -> bytes:
        if self._over:
            return b""
        try:
            return self._stream.read(size)
        except (*BROKEN, RuntimeError) as error:
            self._over = True
            self._problems.append(failed(self._where, f"cannot be unpacked: {error}", "fetch the archive again"))
            return b""
