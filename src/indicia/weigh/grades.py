"""Admiralty grades: how far a source (A-F) and an item (1-6) are to be relied on, and what that does to its weight."""

from __future__ import annotations

from indicia.errors import UsageError
from indicia.records import Basis, Channel, Claim, Evidence, Source, SourceType

# Share of its full weight that an item keeps. B and 2 are what the model was calibrated on (published reports of known
# firms), so they and better keep everything. F and 6 mean "cannot be judged", which is not the same as bad.
_RELIABILITY = {"A": 1.0, "B": 1.0, "C": 0.9, "D": 0.6, "E": 0.3, "F": 0.5}
_CREDIBILITY = {1: 1.0, 2: 1.0, 3: 0.9, 4: 0.6, 5: 0.25, 6: 0.5}

_MOST = 4.0  # weight that a person may give

_BY_TYPE = {
    SourceType.GOVERNMENT: "B",
    SourceType.INTERNATIONAL: "B",
    SourceType.COURT: "A",
    SourceType.COMPANY: "B",
    SourceType.MEDIA: "C",
    SourceType.PERSON: "D",
    SourceType.GROUP: "E",
    SourceType.ANONYMOUS: "D",
}
_BY_CHANNEL = {Channel.INDICTMENT: "A", Channel.ANONYMOUS_MEDIA: "D", Channel.SELF_CLAIM: "E"}
_BY_BASIS = {Basis.TECHNICAL: 2, Basis.LEGAL: 2, Basis.INTELLIGENCE: 3, Basis.POLITICAL: 4, Basis.NONE_STATED: 3}


def factor(item: Evidence) -> float:
    """The share in [0, ...) of its full weight that an item keeps: its grades, times the weight a person gave it."""
    return item.weight * _RELIABILITY.get(item.reliability, 0.5) * _CREDIBILITY.get(item.credibility, 0.5)


def checked(item: Evidence, where: str) -> Evidence:
    """The item, if its grades and weight are ones that there are. Raises: UsageError, naming `where` it came from."""
    if item.reliability not in _RELIABILITY or item.credibility not in _CREDIBILITY or not 0 <= item.weight <= _MOST:
        raise UsageError(f"{where}: grades are A-F and 1-6, a weight 0 to {_MOST:g}")
    return item


def reliability_of(source: Source, channel: Channel) -> str:
    """A-F for a claim's source: by its kind, unless the channel says more. Unsourced narration cannot be judged: F."""
    if source.party is None:
        return "F"
    return _BY_CHANNEL.get(channel) or _BY_TYPE[source.type]


def credibility_of(claim: Claim) -> int:
    """1-6 for a claim, by the grounds it states; a claim that only repeats another is never better than 4."""
    grade = _BY_BASIS[claim.basis]
    return max(grade, 4) if claim.origin is not None else grade
