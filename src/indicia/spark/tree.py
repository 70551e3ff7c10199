"""Values joined in their order by the workers, a few neighbours at a time, until one is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark import RDD

__all__ = ["FAN", "joined"]

FAN = 8  # neighbours joined at a time
Join = Callable[[list[bytes]], bytes]


def joined(values: RDD[tuple[int, bytes]], count: int, join: Join) -> list[bytes]:
    """The one value that says what all of them say, none where there are none. The values are numbered from 0 to `count`.

    The driver is sent no other, so that its memory does not grow with their number.
    """
    while count > 1:
        count = -(-count // FAN)
        values = (
            values.map(lambda numbered: (numbered[0] // FAN, numbered))
            .groupByKey(count, partitionFunc=int)
            .map(lambda group: (group[0], in_order(group[1], join)))
        )
    return [value for _, value in sorted(values.collect())]


def in_order(numbered: Iterable[tuple[int, bytes]], join: Join) -> bytes:
    """Neighbours joined, in whatever order they have come."""
    return join([value for _, value in sorted(numbered)])
