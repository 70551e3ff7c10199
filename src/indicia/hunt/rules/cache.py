"""Compiled rules on disk: a warm start takes a twentieth of a second instead of several.

The key is the content of every rule file and the version of the form, so a stale entry is never read. Files are written aside and
moved into place; one that is broken or foreign is compiled anew. Nothing in a cache file can run.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec
import platformdirs

from indicia.hunt.rules.ir import RuleSet

__all__ = ["cache_folder", "key_of", "load", "store"]

FORM = "7"  # raise it when the form or the meaning of a compiled rule changes
KEPT = 12  # sets of rules; the least recently used go first


def cache_folder() -> Path:
    """Where compiled rules are kept; INDICIA_CACHE names another folder."""
    named = os.environ.get("INDICIA_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("indicia")) / "rules"


def key_of(files: Iterable[tuple[str, bytes]]) -> str:
    """The key of some rule files, as (name, content) in order."""
    digest = hashlib.sha256(FORM.encode())
    for name, content in files:
        for part in (name.encode("utf-8", "surrogateescape"), content):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()[:40]


def load(key: str) -> RuleSet | None:
    """The rules kept under `key`; None when there are none, or none that can be read."""
    path = cache_folder() / f"{key}.rules"
    try:
        data = path.read_bytes()
    except OSError:
        return None
    collecting = gc.isenabled()
    gc.disable()  # a hundred thousand small objects, none of them garbage
    try:
        found = msgspec.msgpack.decode(data, type=RuleSet)
    except (msgspec.MsgspecError, RecursionError):
        return None
    finally:
        if collecting:
            gc.enable()
    with contextlib.suppress(OSError):
        os.utime(path)
    return found


def store(key: str, rules: RuleSet) -> None:
    """Keeps the rules; a folder that cannot be written to is no error."""
    folder = cache_folder()
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            try:
                file.write(msgspec.msgpack.encode(rules))
                file.close()
                Path(file.name).replace(folder / f"{key}.rules")
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        old = sorted(folder.glob("*.rules"), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]
        for path in old:
            path.unlink(missing_ok=True)
