"""The secret of a folder of cases, from which comes what outsiders must not be able to work out."""

from __future__ import annotations

import secrets
from pathlib import Path

from indicia.writing import write_atomically

__all__ = ["key_of"]

_BYTES = 32


def key_of(folder: Path) -> bytes:
    """The key of a folder, made when it is first asked for; one for this run alone where none can be kept."""
    path = folder / ".key"
    try:
        if len(held := path.read_bytes() if path.exists() else b"") == _BYTES:
            return held
        write_atomically(path, made := secrets.token_bytes(_BYTES), private=True)
    except OSError:
        return secrets.token_bytes(_BYTES)
    return made
