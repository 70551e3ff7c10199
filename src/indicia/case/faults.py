"""Case files that are none, or not whole: told with the file's name, and left as they are."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import msgspec
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from indicia.errors import StoreError

DAMAGED = "the file may be damaged: use an older copy"
_THEIRS = "do not trust whoever gave it to you"
_PARTS = "SELECT type, name, sql FROM sqlite_master"
# What a stranger's file may have SQLite do for whoever reads or writes it.
_ACTS = re.compile(r"\b(?:check|generated|default|as|where|collate|cascade|conflict|set)\b|\busing\s+(?!fts5\b)", re.IGNORECASE)
_NAME = '"?\\w+"?'
_PLAIN_INDEX = re.compile(
    rf"\s*CREATE\s+(?:UNIQUE\s+)?INDEX\s+{_NAME}\s+ON\s+{_NAME}\s*\(\s*{_NAME}(?:\s*,\s*{_NAME})*\s*\)\s*", re.IGNORECASE
)
_OURS = {"alembic_version", "run", "entry", "sighting"}


def check_file(path: Path, where: str) -> None:
    """Looks at what is there before anything is changed in it. Raises: StoreError for what can be no case, or never be one."""
    try:
        if path.is_dir():
            raise StoreError("is a folder, not a case file", where=where)
        if not path.exists():
            _check_folder(path.parent, where)
            return
        if path.stat().st_size == 0:
            return  # as it is before the first run
        if not os.access(path, os.R_OK):
            raise StoreError("cannot be read: permission denied", where=where)
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            hint = "SQLite keeps its log beside it; make a copy elsewhere"
            raise StoreError("it or its folder cannot be written to", where=where, hint=hint)
        schema = _schema(path)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot be a case: {reason_of(error)}", where=where) from error
    if schema and not {name for kind, name, _ in schema if kind == "table"} >= _OURS:
        raise StoreError("is another program's database; nothing in it was changed", where=where)
    for kind, name, words in schema:
        reckons = kind == "index" and words and not _PLAIN_INDEX.fullmatch(words)
        if kind not in {"table", "index"} or _ACTS.search(words) or reckons:
            raise StoreError(
                f"holds a {kind} ({name[:40]!r}) that acts by itself, as none of ours does", where=where, hint=_THEIRS
            )


def _check_folder(folder: Path, where: str) -> None:
    if not folder.is_dir():
        raise StoreError(f"there is no folder {folder}", where=where)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"the folder {folder} may not be written to", where=where)


def _schema(path: Path) -> list[tuple[str, str, str]]:
    """Kind, name and definition of all that it is made of, read without a change; nothing where SQLite cannot read it at all.

    Where SQLite must mend it first, by a journal that lies beside it, that is done in a copy."""
    try:
        return _parts(f"file:{quote(str(path))}?mode=ro")
    except sqlite3.Error:
        journal = path.with_name(f"{path.name}-journal")
        if not journal.is_file():
            return []
    with tempfile.TemporaryDirectory(prefix="indicia-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        shutil.copyfile(journal, copy.with_name(journal.name))
        with suppress(sqlite3.Error):
            return _parts(f"file:{quote(str(copy))}")
    return []


def _parts(address: str) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(address, uri=True, timeout=60)) as connection:
        return [(kind, name, words or "") for kind, name, words in connection.execute(_PARTS)]


@contextmanager
def reading(where: str, what: str = "cannot be read") -> Iterator[None]:
    """Tells as StoreError what a database or the records in it do not give."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(f"{what}: {reason_of(error)}", where=where, hint=hint_of(error)) from error
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise StoreError(f"{what}: a record is not whole: {error}", where=where, hint=DAMAGED) from error


@contextmanager
def complete(where: str) -> Iterator[None]:
    """Tells as StoreError that records speak of a change of which nothing is left."""
    try:
        yield
    except KeyError as error:
        raise StoreError(f"cannot be read: of run {error} nothing is left", where=where, hint=DAMAGED) from error


def reason_of(error: BaseException) -> str:
    """What the database or the system says, without the statement and its values."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error.orig if isinstance(error, DBAPIError) and error.orig else error).split())


def hint_of(error: BaseException) -> str:
    """What to do, where the words of the database say that its file is not whole."""
    words = ("malformed", "no such table", "no such column", "corrupt", "decode", "not a database", "datatype")
    return DAMAGED if any(word in str(error) for word in words) else ""
