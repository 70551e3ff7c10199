"""Copies among many texts: MinHash finds pairs that may be alike, and the same comparison as on one machine decides.

References: A. Broder, "On the resemblance and containment of documents" (1997); M. Thorup, "High Speed Hashing for Integers
and Strings" (2015), section 3.3; R. Kiveris et al., "Connected Components in MapReduce and Beyond" (2014).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from indicia.affairs.origins import COPY, MOST_ALIKE, copies_of

if TYPE_CHECKING:
    from pyspark import RDD

__all__ = ["copies_among", "is_star", "large_star", "small_star"]

# Of two texts that share a tenth of all their sequences one in a thousand is missed (0.9 ** 64), of real reprints none.
_HASHES = 64
_drawn = random.Random(1)  # draws the same on every worker
_FACTORS, _SHIFTS = (np.array([[_drawn.getrandbits(64)] for _ in range(_HASHES)], np.uint64) for _ in "ab")

_Pair = tuple[int, int]  # two texts by their numbers in the order of all
_Group = tuple[int, Iterable[int]]  # a text and those that are beside it, which may come more than once


def copies_among(texts: RDD[tuple[int, frozenset[int]]], pieces: int) -> RDD[_Pair]:
    """Copy -> the earliest text that is nearly the same, from the numbers of texts in their order and their six-word sequences.

    What stands in more than MOST_ALIKE texts is looked for in the earliest of them alone, as on one machine. Texts that are
    alike directly or through others come together on one of `pieces` workers.
    """
    from pyspark import StorageLevel

    # Texts of the same sequences are alike, and alike to the same others: the first of them stands for all.
    same = texts.map(_by_content).groupByKey(pieces).mapValues(sorted).persist(StorageLevel.DISK_ONLY)
    firsts = same.map(lambda row: (row[1][0], row[0]))
    pairs = firsts.flatMap(_hashed).groupByKey(pieces).values().flatMap(_pairs).distinct(pieces)
    with_one = pairs.join(firsts, pieces).map(lambda row: (row[1][0], (row[0], row[1][1])))
    alike = with_one.join(firsts, pieces).flatMap(_if_alike)
    first_of = _connected(same.flatMap(_to_first).union(alike), pieces)
    content = same.flatMap(lambda row: ((number, row[0]) for number in row[1]))
    near = first_of.join(content, pieces).map(lambda row: (row[1][0], (row[0], row[1][1]))).groupByKey(pieces)
    return near.flatMap(_copies)


def _by_content(text: tuple[int, frozenset[int]]) -> tuple[bytes, int]:
    return np.array(sorted(text[1]), np.uint32).tobytes(), text[0]


def _shingles(content: bytes) -> np.ndarray:
    return np.frombuffer(content, np.uint32)


def _to_first(same: tuple[bytes, list[int]]) -> Iterator[_Pair]:
    yield from ((number, same[1][0]) for number in same[1][1:])


def _hashed(text: tuple[int, bytes]) -> Iterator[_Pair]:
    """The buckets of a text, one for each hash, with its number."""
    number, content = text
    least = ((_FACTORS * _shingles(content).astype(np.uint64) + _SHIFTS) >> np.uint64(32)).min(axis=1)
    yield from ((table << 32 | value, number) for table, value in enumerate(least.tolist()))


def _pairs(bucket: Iterable[int]) -> Iterator[_Pair]:
    """Each text of a bucket beside the earliest."""
    numbers = sorted(bucket)
    for place, one in enumerate(numbers[:MOST_ALIKE], start=1):
        yield from ((one, other) for other in numbers[place:])


def _if_alike(row: tuple[int, tuple[tuple[int, bytes], bytes]]) -> Iterator[_Pair]:
    other, ((one, its), content) = row
    shared = len(np.intersect1d(_shingles(its), _shingles(content), assume_unique=True))
    if shared >= COPY * min(len(_shingles(its)), len(_shingles(content))):
        yield other, one


def _copies(group: tuple[int, Iterable[tuple[int, bytes]]]) -> Iterator[_Pair]:
    texts = ((number, frozenset(_shingles(content).tolist())) for number, content in sorted(group[1]))
    yield from ((text, first) for text, first in copies_of(texts).items() if text != first)


def _connected(edges: RDD[_Pair], pieces: int) -> RDD[_Pair]:
    """Each text that is alike another, with the first of all that it is alike to directly or through others.

    The number of rounds grows with the logarithm of the longest way through others, not with the way.
    """
    from pyspark import StorageLevel

    while True:
        beside = edges.flatMap(lambda edge: (edge, edge[::-1])).groupByKey(pieces).persist(StorageLevel.DISK_ONLY)
        if beside.filter(lambda group: not is_star(group)).isEmpty():
            return beside.map(lambda group: (group[0], min(group[0], *group[1])))
        edges = beside.flatMap(large_star).groupByKey(pieces).flatMap(small_star)


def is_star(group: _Group) -> bool:
    """Whether a text is the first of all beside it, or has only the first beside it: where each is, all are led to a first."""
    text, beside = group[0], set(group[1])
    return text < min(beside) or (len(beside) == 1 and text > min(beside))


def large_star(group: _Group) -> Iterator[_Pair]:
    """Those later than a text are put beside the earliest of all that are beside it."""
    text, beside = group[0], set(group[1])
    first = min(text, *beside)
    yield from ((other, first) for other in beside if other > text)


def small_star(group: _Group) -> Iterator[_Pair]:
    """A text and those beside it, which are all earlier, are put beside the earliest of them."""
    text, beside = group[0], set(group[1])
    first = min(beside)
    yield text, first
    yield from ((other, first) for other in beside if other != first)
