"""One claim for each voice, stance, accused and deed of a document, at the place where it is said most surely."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from indicia.read.claims.chunks import Place
from indicia.read.claims.deeds import ToldDeed
from indicia.read.claims.parties import AccusedParty
from indicia.read.claims.proposals import Proposal
from indicia.read.claims.voices import ResolvedVoice
from indicia.records import Stance, all_told

APART = 0.5  # the score from which a second deed of the same accused by the same voice is a claim of its own
SURE = 0.8  # the score from which who makes a charge does not doubt it
_NAME = re.compile(r"\b[A-Z][\w&’'-]{2,}")


class Resolved(NamedTuple):
    """A proposal with its parties and its deed."""

    heard: Proposal
    said: ResolvedVoice
    accused: AccusedParty | None
    told: ToldDeed

    @property
    def key(self) -> tuple[object, ...]:
        return self.heard.stance, self.said.same, self.accused.same if self.accused else None


def pooled(found: Iterable[Resolved], text: str) -> list[tuple[Resolved, tuple[Resolved, ...]]]:
    """Each claim, at its surest statement, with the other statements of it; in text order."""
    groups: dict[tuple[object, ...], list[Resolved]] = {}
    for one in found:
        groups.setdefault(one.key, []).append(one)
    out: list[tuple[Resolved, tuple[Resolved, ...]]] = []
    for together in groups.values():
        for deed in _by_deed(together, text):
            first, *others = sorted(deed, key=lambda one: (-one.heard.score, one.heard.sentence, one.heard.speaker or (0, 0)))
            surer = first._replace(heard=first.heard._replace(score=_all_told(deed)))
            out.append((surer, tuple(others)))
    out = [
        pair for pair in out if not any(rule(pair[0], out) for rule in (_told_by_somebody, _denied_for_itself, _accuses_too))
    ]
    return sorted(
        out, key=lambda pair: (pair[0].heard.sentence, pair[0].heard.accused or (0, 0), pair[0].heard.speaker or (0, 0))
    )


def _all_told(said: Sequence[Resolved]) -> float:
    """How probable a claim is by all sentences that make it."""
    scores: dict[Place, float] = {}
    for one in said:
        scores[one.heard.sentence] = max(scores.get(one.heard.sentence, 0.0), one.heard.score)
    surest, *rest = sorted(scores.values(), reverse=True)
    return all_told(surest, rest)


def _told_by_somebody(one: Resolved, out: Sequence[tuple[Resolved, tuple[Resolved, ...]]]) -> bool:
    """Whether the text only narrates what somebody says in the same sentence."""
    if one.said.speaker is not None or one.accused is None:
        return False
    return any(
        other.said.speaker is not None
        and other.accused is not None
        and (other.heard.stance, other.accused.same) == (one.heard.stance, one.accused.same)
        and one.heard.sentence in (other.heard.sentence, *(more.heard.sentence for more in others))
        for other, others in out
    )


def _denied_for_itself(one: Resolved, out: Sequence[tuple[Resolved, tuple[Resolved, ...]]]) -> bool:
    """Whether somebody who denies a charge against itself is taken to deny one against another in the same sentence, or to
    decline to name anybody."""

    def own(denial: Resolved) -> bool:
        speaker, accused = denial.said.speaker, denial.accused
        return accused is not None and speaker is not None and speaker.state is not None and speaker.state == accused.state

    if one.heard.stance not in (Stance.DENIES, Stance.DECLINES) or own(one):
        return False
    same = (other for other, _ in out if other.heard.stance is Stance.DENIES and other.heard.sentence == one.heard.sentence)
    return any(own(other) and other.said.same == one.said.same for other in same)


def _accuses_too(one: Resolved, out: Sequence[tuple[Resolved, tuple[Resolved, ...]]]) -> bool:
    """Whether who seems to doubt a charge, or names nobody, makes one more surely in the same sentence, or surely elsewhere."""
    if one.heard.stance not in (Stance.QUESTIONS, Stance.DECLINES) or one.said.speaker is None:
        return False
    charges = (other for other, _ in out if other.heard.stance is Stance.ACCUSES and other.said.same == one.said.same)
    return any(
        other.heard.score > one.heard.score
        if other.heard.sentence == one.heard.sentence
        else other.heard.score > SURE
        and other.accused is not None
        and one.accused is not None
        and other.accused.same == one.accused.same
        for other in charges
    )


def _by_deed(together: Sequence[Resolved], text: str) -> list[list[Resolved]]:
    """Statements about deeds that have nobody in common who was hit are apart, where both are told surely."""
    out: list[tuple[set[str], list[Resolved]]] = []
    for one in sorted(together, key=lambda one: -one.heard.score):
        names = _names(one, text)
        home = next((group for known, group in out if not names or not known or known & names), None)
        if home is None and one.heard.score < APART:
            home = out[0][1] if out else None
        if home is None:
            out.append((names, [one]))
        else:
            home.append(one)
            next(known for known, group in out if group is home).update(names)
    return [group for _, group in out]


def _names(one: Resolved, text: str) -> set[str]:
    """The names of those who were hit, in small letters."""
    places = one.told.victims
    return {word.lower() for place in places for word in _NAME.findall(text[slice(*place)])}
