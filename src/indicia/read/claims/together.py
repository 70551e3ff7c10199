"""What several readers say of one document, as one list: what two say is sure, what one says bears its name.

Readers that are unlike make unlike mistakes: a claim that our own reader and another one read, each by itself, stands. What one
alone says waits for a person, however sure that reader is of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from indicia.read.claims.chunks import Place
from indicia.read.claims.grounding import ALONE
from indicia.records import OWN_READER, Claim, Firmness, Level, Party, Proposition, SourceType, Stance

__all__ = ["AGREED", "Agreement", "compared", "same_claim", "together"]

AGREED = 0.9  # the least score of a claim that two readers read
MISSES = 0.2  # how often a reader that reads well does not see a claim that is there (`evals.readers`)
_WORD = re.compile(r"\w+")
_DULL = frozenset("the a an of s and to in by its group hackers apt".split())
_COMMON = frozenset(
    "attack attacks cyberattack cyberattacks hack hacks hacking breach intrusion intrusions campaign operation operations "
    "cyber on against from at for that this government ministry network networks data systems malicious activity theft".split()
)
UNNAMED = "-linked hackers"  # how the name ends of a group that a text tells by its state alone
P = TypeVar("P", bound=Proposition)


class Agreement(NamedTuple):
    """A claim and the readers that made it, with what each of them gave."""

    claim: Claim
    by: Mapping[str, Claim]


def together(own: Sequence[Claim], others: Mapping[str, tuple[Sequence[Claim], Sequence[Place]]]) -> tuple[Claim, ...]:
    """The claims of our own reader and those of others by name, each with the stretches of the text that it read to the end.

    A claim that two readers make of the same words is sure; it is one, under the id and by the words of our own reader where it
    is among them, told as surely as the less sure of the two tells it. Of one that they make of different words the first stays
    as it is: the words may be about two deeds. In the order of the quotes.
    """
    out = []
    for claim, by in compared({OWN_READER: own, **{name: claims for name, (claims, _) in others.items()}}):
        agreed = {name: one for name, one in by.items() if one is claim or _overlap(one, claim)}
        if len(agreed) > 1:
            out.append(_agreed(claim, agreed))
        elif OWN_READER in by and len(by) > 1:
            out.append(claim)
        elif OWN_READER in by:
            doubted = any(_within(claim, read) for _, read in others.values())
            out.append(replace(claim, score=_unseen(claim.score)) if doubted else claim)
        else:
            out.append(replace(claim, score=min(claim.score, ALONE), readers=tuple(agreed)))
    return tuple(sorted(out, key=lambda claim: (claim.quote.start, claim.quote.end, claim.id)))


def compared(readings: Mapping[str, Sequence[Claim]]) -> Iterator[Agreement]:
    """Each claim that any reader makes, once, with who makes it: in the order of the readers and of their claims."""
    found: list[tuple[Claim, dict[str, Claim]]] = []
    for name, claims in readings.items():
        for claim in claims:
            home = next((by for first, by in found if name not in by and same_claim(first, claim)), None)
            if home is None:
                found.append((claim, {name: claim}))
            else:
                home[name] = claim
    return (Agreement(claim, by) for claim, by in found)


def same_claim(one: Claim, other: Claim) -> bool:
    """Whether two readers mean one claim: one stance of one voice toward one accused, not of two deeds with names apart.

    In the same words a ministry and its state are one voice, and a group is one whether it is named or told as "hackers of" a
    state."""
    if _stance(one) is not _stance(other):
        return False
    same_words = _overlap(one, other)
    if not same_words and _deeds_apart(one, other):
        return False
    if not _same_party(one.accused.party, other.accused.party) and not (same_words and _one_accused(one, other)):
        return False
    if one.source.party is None or other.source.party is None:  # narrated, or by who issues it: the place must tell
        return one.source.party is other.source.party or same_words
    return _same_party(one.source.party, other.source.party) or (same_words and _one_state(one, other))


def _one_state(one: Claim, other: Claim) -> bool:
    """Whether two bodies of one state speak."""
    mine, theirs = one.source, other.source
    return mine.state is not None and mine.state == theirs.state and mine.type is theirs.type is SourceType.GOVERNMENT


def _one_accused(one: Claim, other: Claim) -> bool:
    """Whether two claims mean one group of a state, named or not; or clear one state, by whatever name."""
    if one.stance is Stance.DENIES:
        return _cleared(one) is not None and _cleared(one) == _cleared(other)
    unnamed = any(claim.accused.party is not None and claim.accused.party.canonical.endswith(UNNAMED) for claim in (one, other))
    groups = one.accused.level is other.accused.level is Level.GROUP
    return unnamed and groups and one.accused.state is not None and one.accused.state == other.accused.state


def _cleared(claim: Claim) -> str | None:
    """The state that a denial clears: that of the accused, or of who denies it for itself."""
    itself = _same_party(claim.source.party, claim.accused.party)
    return claim.accused.state or (claim.source.state if itself else None)


def _deeds_apart(one: Claim, other: Claim) -> bool:
    """Whether two claims that stand in different words name two deeds."""
    if one.incident_id and other.incident_id:
        return one.incident_id != other.incident_id
    mine, theirs = (_telling(claim.incident or "") - _COMMON for claim in (one, other))
    return bool(mine and theirs and not mine & theirs)


def _stance(claim: Claim) -> Stance:
    """Who accuses itself takes credit; who endorses a charge accuses, too."""
    itself = claim.source.party is not None and _same_party(claim.source.party, claim.accused.party)
    if claim.stance is Stance.ACCUSES and itself:
        return Stance.CLAIMS
    return Stance.ACCUSES if claim.stance is Stance.ENDORSES else claim.stance


def _same_party(one: Party | None, other: Party | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.canonical.casefold() == other.canonical.casefold():
        return True
    if one.span.start < other.span.end and other.span.start < one.span.end:
        return True
    mine, theirs = _telling(one.canonical), _telling(other.canonical)
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def _telling(name: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(name)} - _DULL


def _overlap(one: Claim, other: Claim) -> bool:
    return one.quote.start < other.quote.end and other.quote.start < one.quote.end


def _unseen(score: float) -> float:
    """The probability of a claim that another reader, who misses few, did not see."""
    missed = score * MISSES
    return missed / (missed + 1 - score) if score < 1 else 1.0


def _within(claim: Claim, read: Iterable[Place]) -> bool:
    return any(start <= claim.quote.start and claim.quote.end <= end for start, end in read)


def _agreed(claim: Claim, by: Mapping[str, Claim]) -> Claim:
    others = [one for one in by.values() if one is not claim]
    deed = _less_sure([claim.deed, *(one.deed for one in others)])
    tie = _less_sure([claim.tie, *(one.tie for one in others)])
    score = max(AGREED, *(one.score for one in by.values()))
    return replace(claim, deed=deed, tie=tie, score=score, readers=tuple(by))


def _less_sure(told: Sequence[P | None]) -> P | None:
    """The first of them, told as surely as the least sure of those that give words for it. A flat statement needs no words;
    a grade without any counts only where nobody has words."""
    given = [one for one in told if one is not None]
    if not given:
        return None
    first = given[0]
    worded = [one for one in given if one.cue is not None]
    told_by = worded if worded and first.firmness is not Firmness.NONE else [first, *worded]
    least = min(told_by, key=lambda one: one.firmness.strength)
    return replace(first, firmness=least.firmness, likelihood=least.likelihood, confidence=least.confidence, cue=least.cue)
