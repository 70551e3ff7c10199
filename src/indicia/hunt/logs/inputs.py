"""The logs in files, folders and archives: found, opened, recognised by content."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import BinaryIO, NamedTuple, cast

from indicia.hunt.logs.archives import ZIP, contents, is_tar
from indicia.hunt.logs.formats import Format, LogInput, recognise
from indicia.hunt.logs.streams import (
    FAULTS,
    PACKED,
    SEVEN_ZIP,
    Gone,
    Recoded,
    WithDots,
    WithLineFeeds,
    eastern,
    has_names_in_parts,
    wide,
)
from indicia.records import Problem, Severity
from indicia.walking import EMPTY, kind_of, open_file, open_pipe, reason_of, told_path, walk

_HEAD = 1024
_MAGICS: tuple[tuple[int, bytes, str], ...] = (  # at which byte, what stands there, what it is
    (0, b"LPKSHHRH", "systemd's journal in its binary form; `journalctl -o export --file=FILE` writes one that is read"),
    (0, b"\x30\x00\x00\x00LfLe", "an event log of Windows before Vista (EVT); save it as EVTX with the event viewer"),
    (0, b"\xd4\xc3\xb2\xa1", "captured packets; Zeek or Suricata make logs of them"),
    (0, b"\xa1\xb2\xc3\xd4", "captured packets; Zeek or Suricata make logs of them"),
    (0, b"\x0a\x0d\x0d\x0a", "captured packets; Zeek or Suricata make logs of them"),
    (0, b"SQLite format 3\0", "an SQLite database; export the table with the log as CSV"),
    (0, b"regf", "a hive of the Windows registry, no log"),
    (4, b"\xef\xcd\xab\x89", "an ESE database, no log"),
    (0, b"\x28\xb5\x2f\xfd", "packed with Zstandard; `zstd -d FILE` unpacks it"),
    (0, b"\x04\x22\x4d\x18", "packed with LZ4; `lz4 -d FILE` unpacks it"),
    (0, b"\x1f\x9d", "packed with compress; `uncompress FILE` unpacks it"),
    (0, b"Rar!\x1a\x07", "a RAR archive; `unrar x FILE` unpacks it"),
    (0, b"MSCF", "a cabinet file; `expand FILE -F:* FOLDER` or `cabextract FILE` unpacks it"),
)
_LOGONS = re.compile(r"(?:utmp|wtmp|btmp)x?(?:[.-]\d+)*$")


def what_it_is(log: LogInput) -> str:
    """What the file is and what to do, as the end of a sentence; "" where nothing tells."""
    try:
        with log.open() as stream:
            head = stream.read(_HEAD)
    except (OSError, EOFError):
        return ""
    for at, magic, told in _MAGICS:
        if head[at : at + len(magic)] == magic:
            return told
    if b"\0" in head and _LOGONS.search(PurePath(log.name.replace("!", "/")).name):
        return "logons of Unix in binary form; `last -F -f FILE` or `utmpdump FILE` writes them as text"
    return ""


# Whether files are still what they were when they were found.
class FileState(NamedTuple):
    """A file at some moment: what it is told by, its size in bytes, and when it was last changed."""

    path: bytes
    told: str
    size: int
    changed: int


def state_of(log: LogInput) -> FileState | None:
    """The file that a log is, as it is now; None where it is within an archive, or gone."""
    if log.path is None or log.at is None:
        return None
    return _now(os.fsencode(log.path), log.at[1])


def changed_since(before: FileState) -> Problem | None:
    """What has become of a file since; None where it is what it was."""
    now = _now(before.path, before.told)
    if now == before:
        return None
    if now is None:
        return Problem(where=before.told, what="was removed while it was read", severity=Severity.SKIPPED)
    if now.size < before.size:
        what = f"was cut from {before.size:,} to {now.size:,} bytes while it was read: what stood there may be missing"
        return Problem(where=before.told, what=what, severity=Severity.SKIPPED)
    what = f"was written to while it was read ({before.size:,} bytes, then {now.size:,}): the end may be missing"
    return Problem(where=before.told, what=what, severity=Severity.NOTE, hint="hunt through it again, or through a copy")


def _now(path: bytes, told: str) -> FileState | None:
    try:
        status = Path(os.fsdecode(path)).stat()
    except OSError:
        return None
    return FileState(path, told, status.st_size, status.st_mtime_ns)


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
            stream.read(1)
    except OSError as error:
        yield Problem(where=place.told, what=f"cannot be read: {reason_of(error)}", severity=Severity.FAILED)
        return
    log = LogInput(place.told, partial(_plain, path), size, path, at=(os.fsencode(path), place.told))
    for item in contents(log, only):
        yield from _recognised(item) if isinstance(item, LogInput) else (item,)


def _recognised(log: LogInput) -> Iterator[FoundLog | Problem]:
    try:
        with log.open() as stream:
            head = stream.read(HEAD)
        if left_out := _archive_within(head):
            yield Problem(where=log.name, what=left_out, severity=Severity.FAILED, hint="unpack it first")
            return
        if code := wide(head) or eastern(head):
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
    if is_tar(head) or head.startswith(ZIP):
        return "an archive within a packed file was left out"
    return "compressed twice, and left out" if head.startswith(tuple(magic for magic, _ in PACKED)) else ""


def _plain(path: Path) -> BinaryIO:
    try:
        return open_file(path)
    except OSError as error:  # gone since it was found: told by whoever reads, like any other end before the end
        return cast(BinaryIO, Gone(error))
