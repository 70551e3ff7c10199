"""Cases that were saved: the `case.json` that `indicia brief` leaves, or the folder it is in."""

from __future__ import annotations

from pathlib import Path

import msgspec

from indicia.errors import FormatError, InputError
from indicia.records import Case, from_json

__all__ = ["load_case"]


def load_case(path: Path) -> Case:
    """The case in `path`. Raises: InputError when there is none, FormatError with the place of the first fault."""
    file = path / "case.json" if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"no case can be read here: {error.strerror or error}",
            where=str(file),
            hint="make one with: indicia brief SOURCE... -o DIR",
        ) from error
    try:
        return from_json(data, Case)
    except msgspec.MsgspecError as error:
        raise FormatError(f"not a case of this version of Indicia: {error}", where=str(file)) from error
