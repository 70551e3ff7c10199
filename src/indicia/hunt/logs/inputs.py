"""The logs in files, folders and archives: found, opened, recognised by content."""

from __future__ import annotations

import io
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from indicia.hunt.logs.formats import Format, LogInput, recognise
from indicia.hunt.logs.streams import (
    FAULTS,
    PACKED,
    SEVEN_ZIP,
    Bounded,
    Gone,
    Recoded,
    Unpacker,
    Unpacking,
    WithDots,
    WithLineFeeds,
    has_names_in_parts,
    wide,
)
from indicia.hunt.logs.tars import MOST_MEMBERS, is_tar, members_of
from indicia.records import Problem, Severity
from indicia.walking import (
    EMPTY,
    UNLISTED,
    UNLISTED_HINT,
    Apart,
    holds_unlisted,
    kind_of,
    open_file,
    open_pipe,
    reason_of,
    told_path,
    walk,
)

__all__ = ["FileAt", "FoundLog", "find_files", "find_logs", "log_named", "logs_in"]

HEAD = 16_384  # bytes by which a format is recognised
LONGEST_PREFACE = 1 << 20  # bytes of comments above the first line of a log
FoundLog = tuple[LogInput, Format | None]


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
        with open_pipe(pipe) as stream, copy.open("wb") as file:
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
        with open_file(path) as stream:
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


def _unpacker(head: bytes) -> Unpacker | None:
    return next((unpack for magic, unpack in PACKED if head.startswith(magic)), None)


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
        if code := wide(head):
            log, head = _through(log, partial(Recoded, code))
        if b"\r" in head and b"\n" not in head and b"\0" not in head:
            log, head = _through(log, WithLineFeeds)
        if has_names_in_parts(head):
            log, head = _through(log, WithDots)
        form = recognise(head, log.name) or (_below_comments(log) if head.startswith(b"#") and len(head) == HEAD else None)
    except FAULTS as error:
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
    if head.startswith(SEVEN_ZIP):
        return "a 7z archive was left out: unpack it first, as with 7z x"
    if is_tar(head) or head.startswith(b"PK\x03\x04"):
        return "an archive within an archive was left out"
    return "compressed twice, and left out" if head.startswith(tuple(magic for magic, _ in PACKED)) else ""


def _plain(path: Path) -> BinaryIO:
    try:
        return open_file(path)
    except OSError as error:  # gone since it was found: told by whoever reads, like any other end before the end
        return cast(BinaryIO, Gone(error))


def _unpacked(path: Path, unpack: Unpacker) -> BinaryIO:
    file = open_file(path)
    return cast(BinaryIO, Bounded(unpack(file), path.stat().st_size, file))


def _in_zip(place: FileAt, only: str | None) -> Iterator[FoundLog | Problem]:
    path = place.path
    at = os.fsencode(path), place.told
    try:
        members = _told_members(_archive(path))
        unlisted = holds_unlisted(_archive(path))
    except FAULTS as error:
        yield Problem(where=place.told, what=f"cannot be unpacked: {error}", severity=Severity.FAILED)
        return
    if unlisted:
        yield Problem(where=place.told, what=UNLISTED, severity=Severity.FAILED, hint=UNLISTED_HINT)
    if len(members) > MOST_MEMBERS:
        left = len(members) - MOST_MEMBERS
        yield Problem(where=place.told, what=f"{left} members beyond the first {MOST_MEMBERS} were left out", count=left)
    for told, index in list(members.items())[:MOST_MEMBERS]:
        if only is not None and told != only:
            continue
        name = f"{place.told}!{told}"
        member = _archive(path).infolist()[index]
        if member.flag_bits & 1:
            yield Problem(where=name, what="encrypted", severity=Severity.FAILED, hint="unpack it first")
            continue
        log = LogInput(name, partial(_member, path, index), member.file_size, at=at)
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
    except FAULTS:
        return b""


def _unpacked_member(log: LogInput, unpack: Unpacker) -> BinaryIO:
    packed = log.open()
    return cast(BinaryIO, Bounded(unpack(packed), log.size, packed))


def _told_members(archive: zipfile.ZipFile) -> dict[str, int]:
    """Where in the table of contents each file stands, by what it is told by."""
    apart = Apart()
    members = enumerate(archive.infolist())
    files = ((index, one.filename or "unnamed") for index, one in members if not one.filename.endswith("/"))
    return {apart.told(told_path(name)): index for index, name in files}


def _member(path: Path, index: int) -> BinaryIO:
    archive = _archive(path)
    member = archive.infolist()[index]
    return cast(BinaryIO, Bounded(cast(Unpacking, archive.open(member)), member.compress_size))


def _archive(path: Path) -> zipfile.ZipFile:
    status = path.stat()
    return _open_archive(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=1)
def _open_archive(path: Path, _size: int, _changed: int) -> zipfile.ZipFile:
    """The archive, kept open: its table of contents is read once and not once a member."""
    return zipfile.ZipFile(path)
