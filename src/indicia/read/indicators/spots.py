"""Hits in their places: the sentence, the line and the section of each, and the cues in that sentence."""

from __future__ import annotations

import re
from bisect import bisect_right

import msgspec
import numpy as np
import numpy.typing as npt

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import host_of
from indicia.read.indicators.stems import Cues
from indicia.records import Block, BlockKind, Document

# Headings that change how what follows is to be read: references, lists of indicators, and lists of what is no indicator.
_REFERENCES = re.compile(
    r"(?:references?|sources?|bibliography|further reading|read more|related (?:reading|articles|posts|content|links|"
    r"reports?)|see also|footnotes?|endnotes?|"
    r"notes|(?:additional )?(?:resources|information|reading)|external links|works cited|citations?|contact(?: us|"
    r" information)?|reporting|"
    r"about (?:us|the authors?)|acknowledge?ments?|feedback|disclaimer|credits|"
    r"(?:tier[- ]?\d|primary|secondary|public|external|key|other|cited|data|(?:and|&) )*\s?(?:sources?|references?|citations?)"
    r"(?: (?:and|&) \w+)?(?: \([^()]{1,60}\))?)",
    re.IGNORECASE,
)
_TRACES = re.compile(
    r"\b(?:indicators?|iocs?|hashes|network (?:infrastructure|artifacts)|c2s?|command[- ]and[- ]control|observables|"
    r"artifacts|artefacts|"
    r"malicious (?:domains?|ips?|addresses|files|urls?)|samples)\b",
    re.IGNORECASE,
)
_CLEAN = re.compile(
    r"\b(?:benign|legitimate|clean|allow-?list|white-?list|exclu\w+|example|false[- ](?:positives?|flags?)|"
    r"(?:not|no|non)[- ](?:an? |to be )?(?:malicious|harmful|indicators?|iocs?|related|attacker\w*|part|block\w*|c2s?|"
    r"samples?))\b",
    re.IGNORECASE,
)
# "Legitimate files abused in this campaign (do not block)", "Tools that are not malicious"
_NO_TRACES = re.compile(
    r"(?:(?:known[- ]|some )?(?:legitimate|benign|clean|harmless|good|non-malicious|allow-?listed|"
    r"white-?listed) (?:\w+ )?(?:files?|"
    r"tools?|software|binaries|programs|domains?|hosts?|services?|hashes|addresses|infrastructure|indicators?)\b)",
    re.IGNORECASE,
)
_SAID_AFTER = re.compile(r"[^.]{3,60}(?:\(do not block\)|\bnot malicious|\bfalse positives?|\bnot indicators?)", re.IGNORECASE)
_SAID = re.compile("do not block|not malicious|false positive|not indicator")  # one is in every match
_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,5}\.|(?:Appendix|Annex) [A-Z0-9]\b[.:]?)\s*", re.IGNORECASE)
_NUMBERED = "0123456789IVXivxAa"  # what a number begins with
_LONGEST_HEADING = 80


class Sections:
    """The kind of section at an offset: `references`, `traces`, `clean`, or nothing in particular."""

    def __init__(self, document: Document) -> None:
        self._starts: list[int] = []
        self._kinds: list[str] = []
        for block in document.blocks:
            if block.end - block.start > _LONGEST_HEADING or block.kind is BlockKind.ROW:
                continue
            line = document.text[block.start : block.end].strip().strip("#*_ ")
            kind = _section_kind(line, block.kind is BlockKind.HEADING)
            if kind is not None:
                self._starts.append(block.start)
                self._kinds.append(kind)

    def each(self, offsets: list[int]) -> list[str]:
        """The kind of section at each offset."""
        kinds = ["", *self._kinds]
        indexes: list[int] = np.searchsorted(np.array(self._starts, np.int64), offsets, side="right").tolist()
        return [kinds[index] for index in indexes]

    def has(self, kind: str) -> bool:
        """Whether the document has a section of this kind."""
        return kind in self._kinds


def _section_kind(line: str, is_heading: bool) -> str | None:
    """None if the line opens no section."""
    bare = (_NUMBER.sub("", line) if line[:1] in _NUMBERED else line).rstrip(": ")
    if (
        bare
        and (_NO_TRACES.match(bare) or (_SAID.search(bare.lower()) and _SAID_AFTER.match(bare)))
        and not line.endswith((".", "!", "?"))
        and len(bare.split()) <= 12
    ):
        return "clean"
    if not bare or not (is_heading or line.endswith(":")):
        return "references" if bare and line[:1].isupper() and _REFERENCES.fullmatch(bare) else None
    if _REFERENCES.fullmatch(bare):
        return "references"
    if _TRACES.search(bare) and len(bare.split()) <= 9:
        return "clean" if _CLEAN.search(bare) else "traces"
    return "" if is_heading else None


# What the head of a table's column says of the cells below it: whose they are, or that they are where something was read.
_HEADS = (
    (
        "victim",
        re.compile(
            r"(?:(?:intended |named |known )?(?:victims?|targets?|recipients?)|(?:targeted|affected|attacked|compromised|"
            r"abused) (?:\w+ )?(?:organi[sz]ations?|compan(?:y|ies)|hosts?|sites?|domains?|portals?|entit(?:y|ies)|brands?))"
            r"(?: (?:name|host|domain|site|url|organi[sz]ation|e-?mail))?",
            re.IGNORECASE,
        ),
    ),
    (
        "imitated",
        re.compile(
            r"(?:(?:impersonat|imitat|spoof|mimick|typosquatt)ed|legitimate|genuine|official|real|original|"
            r"actual)(?: [\w/]+){0,2}|brands?|lookalike of|mimics|spoofs|impersonates",
            re.IGNORECASE,
        ),
    ),
    (
        "reference",
        re.compile(
            r"(?:(?:public |external |primary )?(?:sources?|references?|reports?|citations?)|publishers?|read more)", re.I
        ),
    ),
)
_LONGEST = 60  # characters of a head


class Columns:
    """The kind of column at an offset: `victim`, `imitated`, `reference`, or nothing in particular."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._rows = [block for block in document.blocks if block.kind is BlockKind.ROW]
        self._starts = [row.start for row in self._rows]
        self._kinds = self._heads(self._rows)

    def _heads(self, rows: list[Block]) -> list[list[str]]:
        """For each row the kinds of the columns of its table, whose first row is its head."""
        kinds: list[list[str]] = []
        for number, row in enumerate(rows):
            if number and self._text[rows[number - 1].end : row.start].count("\n") < 2:
                kinds.append(kinds[-1])
            else:
                kinds.append([_kind(cell) for cell in self._text[row.start : row.end].split("\t")])
        return kinds

    def at(self, offset: int) -> str:
        number = bisect_right(self._starts, offset) - 1
        if number < 0 or offset >= self._rows[number].end:
            return ""
        column = self._text.count("\t", self._starts[number], offset)
        kinds = self._kinds[number]
        return kinds[column] if column < len(kinds) else ""


def _kind(cell: str) -> str:
    head = cell.strip(" *_`:")
    if not head or len(head) > _LONGEST:
        return ""
    return next((kind for kind, pattern in _HEADS if pattern.fullmatch(head)), "")


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
