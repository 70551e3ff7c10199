"""Hits in their places: the sentence, the line and the section of each, and the cues in that sentence."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.columns import Columns
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import host_of
from indicia.read.indicators.sections import Sections
from indicia.read.indicators.stems import Cues

__all__ = ["BEFORE", "Spot", "is_bare", "is_listed", "spots"]

BEFORE, _AFTER = 240, 160  # characters around a hit within which its sentence is looked at
_BARE = 40  # a line of a list of indicators holds little but the indicator
_Places = npt.NDArray[np.int64]


class Spot(msgspec.Struct, frozen=True, gc=False):
    """A hit whose sentence is [low, high) of the view and whose line begins at `line`. `before` and `after` are the families of
    which a cue could stand on that side of it (see `Cues`), `column` is the kind of its column of a table, `host` its host, if
    any."""

    hit: Hit
    start: int
    end: int
    low: int
    high: int
    line: int
    section: str
    column: str
    disguised: bool
    before: int
    after: int
    host: str

    def line_within(self, reach: int) -> int:
        """Where the line begins; -1 if that is further back than `reach`."""
        return self.line if self.line > self.start - reach else -1


def spots(
    hits: list[Hit],
    anchors: Anchors,
    sections: Sections,
    columns: Columns,
    ranges: _Places,
    starts: list[int],
    disguised: list[bool],
) -> tuple[list[Spot], Cues]:
    """The spot of each hit. `ranges` has the hits' (start, end) in the refanged view, `starts` where they begin in the
    document, `disguised` whether the author disguised them."""
    lows, highs = _sentences(anchors, ranges)
    cues = Cues(anchors, lows, ranges, highs)
    breaks = np.append(-1, anchors.breaks)
    lines = breaks[np.searchsorted(breaks, ranges[:, 0]) - 1] + 1
    return [
        Spot(
            hit,
            hit.start,
            hit.end,
            low,
            high,
            line,
            section,
            columns.at(at),
            hidden,
            before,
            after,
            host_of(hit.type, hit.value),
        )
        for hit, at, section, low, high, line, hidden, before, after in zip(
            hits,
            starts,
            sections.each(starts),
            lows.tolist(),
            highs.tolist(),
            lines.tolist(),
            disguised,
            cues.before,
            cues.after,
            strict=True,
        )
    ], cues


def _sentences(anchors: Anchors, ranges: _Places) -> tuple[_Places, _Places]:
    """Where the sentence of each hit begins and ends, but no further away than a cue could reach."""
    begins, starts, ends = anchors.sentences, ranges[:, 0], ranges[:, 1]
    first = np.searchsorted(begins, starts, side="right")
    following = np.maximum(first, np.searchsorted(begins, ends, side="left"))
    lows = np.maximum(begins[first - 1], starts - BEFORE)
    highs = np.minimum(np.append(begins, len(anchors.text))[following], ends + _AFTER)
    return lows, highs


def is_listed(text: str, spot: Spot) -> bool:
    """Whether the line holds little but the hit, or is a table row."""
    low = max(0, spot.start - 400, spot.line)
    high = text.find("\n", spot.end, spot.end + 400)
    high = min(len(text), spot.end + 400) if high < 0 else high
    return (high - low) - (spot.end - spot.start) <= _BARE or "\t" in text[low:high] or text[low:high].count("|") >= 2


def is_bare(text: str, spot: Spot) -> bool:
    """Whether the hit is all of its line, marks of lists and quotes aside: nothing is said of it there."""
    start, end = spot.start, spot.end
    if start and spot.line == start and text[end : end + 1] in {"\n", ""}:
        return True
    if spot.line < start - 11 or not spot.line:
        return False
    high = text.find("\n", end, end + 12)
    high = high if high >= 0 else end if end + 12 >= len(text) else -1
    return high >= 0 and not any(c.isalnum() for c in text[spot.line : start] + text[end:high])
