"""Folders walked so that nothing below them is passed over in silence, and paths as text that can be written anywhere."""

from __future__ import annotations

import errno
import io
import os
import stat
import struct
import time
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from indicia.records import Problem, Severity

MOST_DICTIONARY = 256 << 20  # bytes: four times what xz uses at its best
EMPTY = "is empty"  # what is said of a file with nothing in it, the only one that may be passed over without loss
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def told_path(path: str | os.PathLike[str]) -> str:
    """The path as it is told: what is no UTF-8 in it is written out, for no output could hold it otherwise.

    >>> told_path("caf" + b"\\xe9".decode("utf-8", "surrogateescape") + ".log")
    'caf\\\\xe9.log'
    """
    return os.fspath(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class Apart:
    """Names told apart, as of the members of an archive: of one name the second is told as `name (2)`.

    >>> list(map(Apart().told, ["a", "a", "a (2)", "a"]))
    ['a', 'a (2)', 'a (2) (2)', 'a (3)']
    """

    def __init__(self) -> None:
        self._often: Counter[str] = Counter()

    def told(self, name: str) -> str:
        """The name, or one with a number where something else has that name already."""
        told = name
        while self._often[told]:
            self._often[name] += 1
            told = f"{name} ({self._often[name]})"
        self._often[told] += 1
        return told


def reason_of(error: OSError | ValueError) -> str:
    """Why the system refused."""
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()


def kind_of(mode: int) -> str:
    """What a file that is no ordinary one is called."""
    return next((name for fits, name in _KINDS if fits(mode)), "neither a file nor a folder")


def open_file(path: Path) -> io.BufferedReader:
    """An ordinary file, to be read. Nothing waits for what only comes with time: a file of the kernel that blocks gives what is
    there. Raises: OSError, also for what is no ordinary file."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    mode = os.fstat(handle).st_mode
    if not stat.S_ISREG(mode):
        os.close(handle)
        raise OSError(errno.EINVAL, f"is {kind_of(mode)}", str(path))
    return os.fdopen(handle, "rb")


class _Pipe(io.FileIO):
    """A pipe of which the first bytes were read already."""

    def __init__(self, handle: int, first: bytes) -> None:
        super().__init__(handle, "rb")
        self._first = first

    def readinto(self, buffer: Any, /) -> int | None:
        if not self._first:
            return super().readinto(buffer)
        size = min(len(buffer), len(self._first))
        buffer[:size], self._first = self._first[:size], self._first[size:]
        return size


def open_pipe(path: Path, *, seconds: float = 5.0) -> io.BufferedReader:
    """What comes through a pipe, as of `<(zcat report.gz)`. Raises: OSError where nobody writes into it for so long."""
    handle, first, end = os.open(path, os.O_RDONLY | os.O_NONBLOCK), b"", time.monotonic() + seconds
    try:
        while not first:
            try:
                first = os.read(handle, 4096)
            except BlockingIOError:
                break  # somebody has opened it to write
            if not first and time.monotonic() > end:
                raise OSError(errno.EPIPE, "is a pipe into which nobody writes", os.fspath(path))
            time.sleep(0 if first else 0.02)
        os.set_blocking(handle, True)
    except BaseException:
        os.close(handle)
        raise
    return io.BufferedReader(_Pipe(handle, first))


def open_named(path: Path) -> io.BufferedReader:
    """A file or a pipe that somebody named, to be read. Raises: OSError, also where nobody writes into a pipe."""
    return open_pipe(path) if path.is_fifo() else open_file(path)


def text_of(path: Path) -> str:
    """The text of a file or a pipe that somebody named. Raises: OSError, UnicodeDecodeError."""
    with open_named(path) as stream:
        return stream.read().decode("utf-8")


def walk(folder: Path, *, hidden: bool = True, ignored: frozenset[str] = frozenset()) -> Iterator[Path | Problem]:
    """The ordinary files below `folder`, depth first in the order of their names, and a problem for all that is passed over.

    Passed over are folders that may not be entered, links that lead nowhere or out of `folder`, links to folders (no walk goes
    round; what they lead to within `folder` is read at its own place), pipes, sockets and devices; folders called as in
    `ignored`; and, unless `hidden`, names that begin with a dot.
    """
    top, root = os.fspath(folder), folder.resolve()
    waiting = [top]
    while waiting:
        path = waiting.pop()
        try:
            mode = os.lstat(path).st_mode
            is_link = stat.S_ISLNK(mode) and path != top
            mode = os.stat(path).st_mode if stat.S_ISLNK(mode) else mode  # noqa: PTH116
        except (OSError, ValueError) as error:
            nowhere = isinstance(error, FileNotFoundError) and os.path.islink(path)  # noqa: PTH114
            yield _passed(path, "is a link that leads nowhere" if nowhere else f"cannot be read: {reason_of(error)}")
            continue
        if is_link and not Path(path).resolve().is_relative_to(root):
            kind = "a folder" if stat.S_ISDIR(mode) else "a file"
            what = f"is a link to {kind} elsewhere, and was not followed"
            yield _passed(path, what, f"give {kind.replace('a ', 'the ')} itself as well")
        elif stat.S_ISREG(mode):
            yield Path(path)
        elif not stat.S_ISDIR(mode):
            yield _passed(path, f"is {kind_of(mode)}")
        elif not is_link:
            names = []
            try:
                names = sorted(os.listdir(path), reverse=True)  # noqa: PTH208 - as above
            except OSError as error:
                yield _passed(path, f"cannot be opened: {reason_of(error)}", "check its permissions", Severity.FAILED)
            for name in names:
                if not hidden and name.startswith("."):
                    yield _passed(os.path.join(path, name), "has a hidden name", "give it by itself")  # noqa: PTH118
                elif name in ignored:
                    yield _passed(os.path.join(path, name), "is called as folders without documents are", "give it by itself")  # noqa: PTH118
                else:
                    waiting.append(os.path.join(path, name))  # noqa: PTH118


def _passed(path: str, what: str, hint: str = "", severity: Severity = Severity.SKIPPED) -> Problem:
    return Problem(where=told_path(path), what=what, severity=severity, hint=hint)


# What a zip archive holds and does not list: members that most programs, ours among them, would never see.
OVERLAPPING = "files that lie over others in the archive, as only a bomb's do, were left out"
UNLISTED = "holds files that its table of contents does not list"
UNLISTED_HINT = "repair it, as with zip -FF, and give what comes out"
_MEMBER = b"PK\x03\x04"
_HEAD = 30  # bytes of a member's head before its name
_STEP = 1 << 20


def holds_unlisted(archive: zipfile.ZipFile) -> bool:
    """Whether the head of a member stands before, between or behind those that the table lists, as where two archives were
    joined or a member was hidden. Raises: OSError, ValueError."""
    stream = archive.fp
    at = 0
    if stream is None:
        return False
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
        if _stands_in(stream, at, info.header_offset):
            return True
        at = max(at, info.header_offset + _HEAD + len(info.orig_filename) + info.compress_size)
    return _stands_in(stream, at, archive.start_dir)


def apart(infos: Iterable[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """Those that lie over no other, in their order; of some that lie over each other the one that begins first."""
    end, over = 0, set[int]()
    for info in sorted(infos := list(infos), key=lambda info: info.header_offset):
        if info.header_offset < end:
            over.add(id(info))
        else:
            end = info.header_offset + _HEAD + len(info.orig_filename) + info.compress_size
    return [info for info in infos if id(info) not in over]


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """A member as a stream. Where others lie over it, which is told by `apart`, later Pythons warn of it as well. Raises: as
    `ZipFile.open`, and BadZipFile for one that asks for more memory than any packer needs."""
    if info.compress_type == zipfile.ZIP_LZMA and _dictionary(archive, info) > MOST_DICTIONARY:
        raise zipfile.BadZipFile(f"{info.filename} asks for more than {MOST_DICTIONARY:,} bytes of memory")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Overlapped entries", UserWarning)
        return archive.open(info)


def _dictionary(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Bytes of what was unpacked that a member packed by LZMA says must be kept at hand."""
    stream = archive.fp
    assert stream is not None
    stream.seek(info.header_offset + 26)  # the lengths of what stands before: the name and more
    before = stream.read(4)
    stream.seek(info.header_offset + 30 + sum(struct.unpack("<HH", before.ljust(4, b"\0"))))
    return int.from_bytes(stream.read(9)[5:9], "little")  # behind the version and the first of its properties


def _stands_in(stream: IO[bytes], start: int, end: int) -> bool:
    """Whether the head of a member stands between two bytes."""
    before = b""
    while start < end:
        stream.seek(start)
        data = stream.read(min(_STEP, end - start))
        if not data:
            return False
        if _MEMBER in before + data:
            return True
        before, start = data[-3:], start + len(data)
    return False
