"""Records marked where they stand in a text: overlapping spans become segments, each with all records that cover it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Mark", "Segment", "segments"]


class Mark(NamedTuple):
    """A record at [start, end): `kind` colours it, `id` leads to it, `title` says what it is."""

    start: int
    end: int
    kind: str
    id: str
    title: str


class Segment(NamedTuple):
    """A stretch of text that the same marks cover: claims, and the others with the narrowest first. `ends` are the claims
    that end with it."""

    text: str
    claims: tuple[Mark, ...]
    others: tuple[Mark, ...]
    ends: tuple[Mark, ...]


def segments(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> list[Segment]:
    """`text[start:end]` cut at all bounds of marks. Joined, the segments are the text again.

    >>> marks = [Mark(0, 3, "x", "1", ""), Mark(1, 2, "x", "2", "")]
    >>> [(one.text, [mark.id for mark in one.others]) for one in segments("abcd", marks)]
    [('a', ['1']), ('b', ['2', '1']), ('c', ['1']), ('d', [])]
    """
    end = len(text) if end is None else min(end, len(text))
    kept = [mark for mark in marks if mark.start < end and mark.end > start and mark.start < mark.end]
    cuts = sorted({start, end} | {min(max(bound, start), end) for mark in kept for bound in (mark.start, mark.end)})
    covering: list[list[Mark]] = [[] for _ in cuts]
    for mark in kept:
        first = bisect_right(cuts, max(mark.start, start)) - 1
        at = first
        while at < len(cuts) - 1 and cuts[at] < mark.end:
            covering[at].append(mark)
            at += 1
    return [
        _segment(text[low:high], covering[index], high) for index, (low, high) in enumerate(zip(cuts, cuts[1:], strict=False))
    ]


def _segment(text: str, marks: Sequence[Mark], high: int) -> Segment:
    ordered = sorted(marks, key=lambda mark: (mark.end - mark.start, mark.start, mark.id))
    claims = tuple(mark for mark in ordered if mark.kind == "claim")
    return Segment(
        text=text,
        claims=claims,
        others=tuple(mark for mark in ordered if mark.kind != "claim"),
        ends=tuple(mark for mark in claims if mark.end == high),
    )
