"""Compiled rules on disk: a warm start takes a twentieth of a second instead of several.

The key is the content of every rule file, the version of the form and the table of log sources, so a stale entry is never
read. Files are written aside and moved into place; one that is broken or foreign is compiled anew. Nothing in a cache file can
run.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from indicia.hunt.sources import LOGS, WINDOWS
from indicia.hunt.sources.detections import DETECTIONS

T = TypeVar("T")

FORM = "23"  # raise it when the form or the meaning of a compiled rule changes; what `hunt/sources` declares counts by itself
_MEANING = hashlib.sha256(f"{FORM} {LOGS!r} {DETECTIONS!r} {WINDOWS!r}".encode()).digest()
MOST_BYTES = 256 << 20  # kept in all; the least recently used go first


def cache_folder() -> Path:
    """Where compiled rules are kept; INDICIA_CACHE names another folder."""
    named = os.environ.get("INDICIA_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("indicia")) / "rules"


def key_of(files: Iterable[tuple[str, bytes]]) -> str:
    """The key of some rule files, as (name, content) in order."""
    digest = hashlib.sha256(_MEANING)
    for name, content in files:
        for part in (name.encode("utf-8", "surrogateescape"), content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:40]


def has(name: str) -> bool:
    """Whether something is kept under `name`."""
    return (cache_folder() / name).is_file()


def load(name: str, kind: type[T]) -> T | None:
    """What is kept under `name`; None when there is nothing, or nothing that can be read."""
    data = load_bytes(name)
    if data is None:
        return None
    collecting = gc.isenabled()
    gc.disable()  # a hundred thousand small objects, none of them garbage
    try:
        return msgspec.msgpack.decode(data, type=kind)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    finally:
        if collecting:
            gc.enable()


def load_bytes(name: str) -> bytes | None:
    """The bytes kept under `name`."""
    path = cache_folder() / name
    try:
        data = path.read_bytes()
    except OSError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return data


def store(name: str, value: object) -> None:
    """Keeps a value; a folder that cannot be written to is no error."""
    store_bytes(name, msgspec.msgpack.encode(value))


def store_bytes(name: str, data: bytes) -> None:
    """Keeps bytes, whole or not at all."""
    folder = cache_folder()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            try:
                file.write(data)
                file.close()
                Path(file.name).replace(folder / name)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        if name.endswith(".rules"):  # once for each set of rules: what else is kept of it comes after
            _tidy(folder)


def _tidy(folder: Path) -> None:
    """Drops what was not used for longest, once there is too much."""
    kept = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    size = 0
    for path in kept:
        size += path.stat().st_size
        if size > MOST_BYTES:
            path.unlink(missing_ok=True)
