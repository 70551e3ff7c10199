"""Whether files are still what they were when they were found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from indicia.hunt.logs.formats import LogInput
from indicia.records import Problem, Severity


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
