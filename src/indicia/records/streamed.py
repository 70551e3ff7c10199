"""Records that are read as they are gone through, for more of them than memory should hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, overload

__all__ = ["Streamed", "each_changed", "those_kept"]

T = TypeVar("T")


class Streamed(Sequence[T]):
    """`count` things that `read` gives, in their order, anew each time. Stands in a record where a tuple would: to be gone
    through, counted and cut, and neither encoded nor compared. What it reads from must stay open as long."""

    def __init__(self, read: Callable[[], Iterable[T]], count: int) -> None:
        self._read = read
        self._count = count

    def __iter__(self) -> Iterator[T]:
        return iter(self._read())

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return tuple(islice(self, *place.indices(self._count)))
        at = place if place >= 0 else place + self._count
        if not 0 <= at < self._count:
            raise IndexError(place)
        return next(islice(self, at, None))


def each_changed(things: Sequence[T], change: Callable[[T], T]) -> Sequence[T]:
    """All of them changed: as a tuple, or as they are read."""
    if isinstance(things, Streamed):
        return Streamed(lambda: map(change, things), len(things))
    return tuple(map(change, things))


def those_kept(things: Sequence[T], keep: Callable[[T], bool]) -> Sequence[T]:
    """Those that `keep` says: as a tuple, or as they are read, for which all are counted once."""
    if isinstance(things, Streamed):
        return Streamed(lambda: filter(keep, things), sum(map(keep, things)))
    return tuple(filter(keep, things))
