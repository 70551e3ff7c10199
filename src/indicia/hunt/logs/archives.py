"""What is in archives, and in archives within them: packed files, zip and tar, to a depth and within bounds.

Nothing is unpacked to disk.

A zip within another is held in memory while its members are read: its table of contents stands at its end.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO, cast

from indicia.hunt.logs.formats import LogInput
from indicia.hunt.logs.streams import FAULTS, PACKED, Bounded, Unpacker, Unpacking
from indicia.hunt.logs.tars import MOST_MEMBERS, is_tar, members_of
from indicia.records import Problem, Severity
from indicia.walking import OVERLAPPING, UNLISTED, UNLISTED_HINT, Apart, apart, holds_unlisted, open_member, told_path

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
