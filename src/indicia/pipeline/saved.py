"""Cases that were saved: a case file or a database, the `case.json` that `indicia brief` leaves, or the folder it is in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indicia.errors import FormatError, InputError
from indicia.records import Case, from_json
from indicia.walking import open_file, open_named

__all__ = ["is_store", "load_case", "opened_case"]

_SQLITE = b"SQLite format 3\x00"


def is_store(path: Path | str) -> bool:
    """Whether `path` is a database URL or an SQLite file."""
    if "://" in str(path):
        return True
    try:
        with open_file(Path(path)) as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


@contextmanager
def opened_case(path: Path | str) -> Iterator[Case]:
    """As `load_case`, but the sightings of a store are read as they are gone through, while it is open. Raises: as it does."""
    if not is_store(path):
        yield load_case(path)
        return
    from indicia.case import open_store

    with open_store(path) as store, store.reading() as case:
        yield case


def load_case(path: Path | str) -> Case:
    """The case in `path`, or behind a database URL.

    Raises: InputError when there is none, FormatError with the place of the first fault, StoreError.
    """
    if is_store(path):
        from indicia.case import open_store  # here, because the store takes longer to import than a text to read

        with open_store(path) as store:
            return store.load()
    path = Path(path)
    file = path / "case.json" if path.is_dir() else path
    try:
        with open_named(file) as stream:
            data = stream.read()
    except OSError as error:
        raise InputError(
            f"no case can be read here: {error.strerror or error}",
            where=str(file),
            hint="make one with: indicia brief SOURCE... -o DIR",
        ) from error
    try:
        return from_json(data, Case)
    except (ValueError, RecursionError) as error:  # msgspec's own, and where it is no UTF-8
        raise FormatError(f"not a case of this version of Indicia: {error}", where=str(file)) from error
