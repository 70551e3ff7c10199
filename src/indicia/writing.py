"""Files that are there whole or not at all, and are readable by whom they should be."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

PRIVATE = 0o600  # the owner reads and writes, nobody else
ANYBODY = 0o666


def held_there(output: Path | None) -> bytes:
    """What stands where something is to be written; nothing where there is no file."""
    try:
        return output.read_bytes() if output is not None and output.is_file() else b""
    except OSError:
        return b""


@contextmanager
def written(path: Path, *, private: bool = False, new: int = ANYBODY) -> Iterator[BinaryIO]:
    """A file beside `path` that takes its name when all is written: a stopped run leaves the old file or the new one.

    A new file has the mode `new`, from which the umask takes; one that was there keeps its own; with `private` only its owner
    reads it, whatever the umask. What is no ordinary file, as a pipe or /dev/null, is written to as it is: nothing may take its
    place. Raises: OSError, with the name of `path`.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as file:
            yield file
        return
    path = path.resolve() if path.is_symlink() else path  # a link stays a link
    path.parent.mkdir(parents=True, exist_ok=True)
    before = stat.S_IMODE(path.stat().st_mode) if path.is_file() else None
    temporary = path.with_name(f".{path.name[:200]}.{secrets.token_hex(6)}")
    # Not readable by more people than at the end, at no moment. Python's temporary files are for nobody else, ever.
    mode = PRIVATE if private or before is not None else new
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error  # by the name that is known
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if before is not None and not private:
            temporary.chmod(before)
        try:
            temporary.replace(path)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, data: bytes, *, private: bool = False, new: int = ANYBODY) -> None:
    """Writes `data` to `path`, all of it or nothing; otherwise as `written`."""
    with written(path, private=private, new=new) as file:
        file.write(data)


def make_private(path: Path) -> None:
    """Makes an empty file that only its owner reads, for others to fill; does nothing where there is one, or none can be."""
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
