"""What a file is that no format reads and what makes a log of it, and whether files are still what they were when found.

References: systemd, "Journal file format"; Microsoft, "EVT file format" (libevt); tcpdump, "pcap savefile"; IETF,
draft-ietf-opsawg-pcapng; utmp(5).
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from typing import NamedTuple

from indicia.hunt.logs.formats import LogInput
from indicia.records import Problem, Severity

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
