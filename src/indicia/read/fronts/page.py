"""What a machine-readable file says, written out as a text that people can read: first its prose, then a line for each thing.

Strings stand there as they are meant, without the escapes of JSON, so that a quote is words. Each block names the object that
it is from, and so leads back into the file.
"""

from __future__ import annotations

from indicia.records import Block, BlockKind

Place = tuple[int, int]  # [start, end) in the text of the page


class Page:
    """A text that grows, with the places of what was written."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._size = 0
        self._prose: set[str] = set()

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def prose(self, words: str, path: str = "", kind: BlockKind = BlockKind.PARAGRAPH) -> None:
        """A paragraph or more that somebody wrote to be read; what stands there already is not said again."""
        words = words.strip()
        if words and words not in self._prose:
            self._prose.add(words)
            self._write((words,), path, kind, "\n\n")

    def row(self, *parts: str, path: str = "") -> list[Place]:
        """A line of its own, of which some parts matter: the place of each, and then of all of it."""
        return self._write(parts, path, BlockKind.ROW, "\n")

    def _write(self, parts: tuple[str, ...], path: str, kind: BlockKind, end: str) -> list[Place]:
        places, start = [], self._size
        for part in parts:
            places.append((self._size, self._size + len(part)))
            self._parts.append(part)
            self._size += len(part)
        if self._size > start:
            self.blocks.append(Block(start=start, end=self._size, kind=kind, path=path))
        self._parts.append(end)
        places.append((start, self._size))
        self._size += len(end)
        return places
