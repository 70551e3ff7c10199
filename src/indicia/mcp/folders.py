"""Which files may be read: those in folders that were named, wherever links lead."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indicia.errors import InputError, UsageError

__all__ = ["Folders"]


class Folders:
    """The folders that a program may read from. Nothing outside is opened, and nothing tells what is there."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.roots = tuple(dict.fromkeys(folder.resolve() for folder in folders))
        for root in self.roots:
            if not root.is_dir():
                raise UsageError("is no folder", where=str(root), hint="name folders that are there with --folder")

    def file(self, name: str) -> Path:
        """The file of this name, absolute or below a folder. Raises: InputError where it is not there or not within."""
        named = Path(name).expanduser()
        for root in self.roots:
            path = (named if named.is_absolute() else root / named).resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        raise InputError(
            "there is no such file in the folders that may be read",
            where=name,
            hint="files lists what is there" if self.roots else "none was named: indicia mcp --folder DIR",
        )

    def files(self, most: int) -> list[str]:
        """The names of what may be read, below its folder, in order; at most so many."""
        found: list[str] = []
        for root in self.roots:
            for path in sorted(root.rglob("*")):
                if len(found) >= most:
                    return found
                if path.is_file() and path.resolve().is_relative_to(root):
                    found.append(str(path.relative_to(root)))
        return found
