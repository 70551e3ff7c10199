"""zip and gzip, bounded: what they hold is opened like any other file, as `outer!inner`."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from indicia.errors import FormatError, LimitError
from indicia.read.fronts.opened import Limits, Parsed, failed, skipped

__all__ = ["check_member", "read_gzip", "read_zip"]

_CHUNK = 1 << 20


def check_member(info: zipfile.ZipInfo, limits: Limits, name: str) -> None:
    """Raises: LimitError when a member claims to unpack to more than may be read, or is packed as only a bomb is."""
    if info.file_size > limits.file_bytes:
        raise LimitError(
            f"{info.filename} unpacks to {info.file_size:,} bytes", where=name, hint="unpack it and give the files"
        )
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
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise FormatError("is a broken zip archive", where=name, hint="fetch it again") from error
    parsed = Parsed(media_type="application/zip")
    parsed.attached = _members(file, parsed, name, limits)
    return parsed


def _members(file: zipfile.ZipFile, parsed: Parsed, name: str, limits: Limits) -> Iterator[tuple[str, bytes]]:
    with file:
        infos = [info for info in file.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
        if len(infos) > limits.files:
            parsed.problems.append(skipped(name, f"holds {len(infos):,} files; those after {limits.files:,} were not read"))
        if not infos:
            parsed.problems.append(failed(name, "is an archive without files", "nothing to read in it"))
        for info in infos[: limits.files]:
            where = f"{name}!{info.filename}"
            if info.flag_bits & 1:
                parsed.problems.append(failed(where, "is encrypted", "unpack it with its password first"))
                continue
            try:
                check_member(info, limits, name)
                with file.open(info) as stream:
                    content = stream.read(limits.file_bytes + 1)
            except LimitError as error:
                parsed.problems.append(failed(where, error.message, error.hint))
                continue
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
                parsed.problems.append(failed(where, f"cannot be unpacked: {error}", "fetch the archive again"))
                continue
            if len(content) > limits.file_bytes:
                parsed.problems.append(failed(where, f"unpacks to more than {limits.file_bytes:,} bytes", "unpack it first"))
                continue
            yield info.filename, content


def read_gzip(data: bytes, name: str, limits: Limits) -> Parsed:
    """The one file that a gzip stream holds. Raises: FormatError (nothing can be unpacked), LimitError (a bomb)."""
    unpacker = zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    total = 0
    parsed = Parsed(media_type="application/gzip")
    rest = data
    try:
        while rest and not unpacker.eof:
            piece = unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail
            pieces.append(piece)
            total += len(piece)
            if total > limits.file_bytes or (total > 4 * _CHUNK and total > limits.ratio * len(data)):
                raise LimitError(
                    f"unpacks to more than {total - 1:,} bytes: a gzip bomb?", where=name, hint="unpack it and give the file"
                )
            if not piece and not rest:
                break
    except zlib.error as error:
        if not total:
            raise FormatError("is a broken gzip file", where=name, hint="fetch it again") from error
        parsed.problems.append(skipped(name, f"breaks off after {total:,} bytes: {error}", "fetch it again"))
    if not unpacker.eof and not parsed.problems:
        parsed.problems.append(skipped(name, f"breaks off after {total:,} bytes", "fetch it again"))
    inner = name.rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".GZ") or "content"
    parsed.attached = iter([(inner, b"".join(pieces))])
    return parsed
