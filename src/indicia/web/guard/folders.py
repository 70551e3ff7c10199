"""The folders of this machine whose files a form may name: those given at the start, and no others."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from starlette.exceptions import HTTPException

from indicia.errors import InputError
from indicia.walking import kind_of

__all__ = ["Folders"]


class Folders:
    """Folders, as they really are, links followed."""

    def __init__(self, given: Iterable[Path] = ()) -> None:
        """Raises: InputError for one that is not there."""
        self.all: list[Path] = []
        for path in given:
            try:
                self.all.append(path.expanduser().resolve(strict=True))
            except (OSError, RuntimeError) as error:
                reason = getattr(error, "strerror", None) or error
                raise InputError(f"cannot be read: {reason}", where=str(path), hint="--read names a folder") from error

    def inside(self, text: str) -> Path:
        """The path that a form names. Raises: HTTPException, which says the same of all that is outside, there or not."""
        if not self.all:
            raise HTTPException(403, "No folder on this machine may be read. Start with: indicia serve --read FOLDER")
        try:
            path = Path(os.path.realpath(Path(text).expanduser()))
        except (OSError, RuntimeError, ValueError):  # no such user, too long, a NUL
            raise HTTPException(400, f"{text[:100]!r} cannot be a path on this machine.") from None
        if not any(path.is_relative_to(folder) for folder in self.all):
            raise HTTPException(403, f"{text[:100]!r} is not in any folder given with --read.")
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise HTTPException(400, f"{text[:100]!r} cannot be read: {reason}.") from None
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # it could have whoever reads it wait for ever
            raise HTTPException(400, f"{text[:100]!r} is {kind_of(mode)}.")
        return path
