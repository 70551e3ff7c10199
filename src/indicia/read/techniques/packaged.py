"""Where the weights of the readers of techniques lie."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

__all__ = ["packaged"]


def packaged(name: str) -> Path | None:
    """The file of that name, or None where it was left out of an installation."""
    file = Path(str(resources.files(__package__) / "model" / name))
    return file if file.is_file() else None
