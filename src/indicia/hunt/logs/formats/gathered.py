"""Records gathered into batches, bounded in their number and in the bytes that they were read from: however long the lines of a
log are, it never has to fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from indicia.records import Problem

__all__ = ["BYTES", "gathered"]

BYTES = 32 << 20  # of text; as records it takes up to ten times as much
_T = TypeVar("_T")


def gathered(items: Iterable[tuple[_T, int] | Problem], most: int) -> Iterator[list[_T] | Problem]:
    """The records (given with the bytes of each) in lists of at most `most`; problems as they come."""
    held: list[_T] = []
    size = 0
    for item in items:
        if isinstance(item, Problem):
            yield item
            continue
        held.append(item[0])
        size += item[1]
        if len(held) >= most or size >= BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held
