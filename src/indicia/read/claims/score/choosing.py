"""Which pairs of parties make a claim: what the scorer and the rules say of each, weighed by a regression."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.suspects import defends, is_label, is_thing, specific, suspect, technical
from indicia.read.claims.parse.grammar import coordinated
from indicia.read.claims.parse.party import Party
from indicia.read.claims.score.cutting import Cut
from indicia.read.claims.score.pairs import STANCES
from indicia.read.claims.score.scorer import F, Scored
from indicia.read.claims.words.topic import topic_of
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["FEATURES", "LISTED", "Candidate", "beside", "candidates", "is_strict", "off_topic", "score_of"]

FLOOR = 0.04  # pairs that the scorer holds less likely need a rule
LISTED = 0.25  # probability from which a pair is taken where another one of the same list is
LIMIT = 7.0  # log odds beyond which nothing is gained
# log odds below which the scorer cannot push what a rule reads of a known suspect or a place of origin (see `_holds`)
STRICT_FLOOR = -1.5
SOURCELESS = word_set("choosing.sourceless")
LENIENT = word_set("reader.lenient")
_CHARGES = word_set("choosing.charges")


class Candidate(NamedTuple):
    """A pair of parties (their number stands for nobody), a stance, the rule's draft if any, and what speaks for it."""

    source: int
    accused: int
    stance: Stance
    draft: Draft | None
    features: tuple[float, ...]


# A quarter of the way from earlier constants, which lean on the rules, to a regression on 662 left-out passages and the
# development passages (`scripts/train_claims.py --fit-deciding`; there "strong" is 0.24, "stance" 0.65, "nobody" -0.89): the
# left-out ones are of the manner that the scorer learnt, and real prose is not always. All the way gains a point of F1 there
# and loses claims of the news text.
WEIGHTS = {
    "bias": -0.08, "stance": 0.54, "claim": -0.06, "strong": 1.41, "lenient": 0.42, "both": 0.07, "other stance": 0.06,
    "owns up": -0.25, "across": -0.08, "silent topic": -0.4, "other topic": -0.41, "nobody": -0.48, "nothing": -0.44,
    "denies": 0.57, "declines": -0.66, "endorses": 0.13, "questions": -0.41, "vague": -0.48, "pronoun accused": -0.1,
    "pronoun source": -0.06, "rival": -0.04, "strong rival": 0.19,
}  # fmt: skip
FEATURES = tuple(WEIGHTS)


def score_of(features: Sequence[float]) -> float:
    """The probability that the text makes the claim."""
    total = math.fsum(weight * value for weight, value in zip(WEIGHTS.values(), features, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def _logit(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return max(-LIMIT, min(LIMIT, math.log(p / (1 - p))))


def candidates(piece: Cut, text: str, result: Scored) -> Iterator[Candidate]:
    """The pairs of a sentence that the scorer holds possible or a rule proposes, with every stance that one of them gives."""
    parties = piece.whole.parties
    n = len(parties)
    claim = 1.0 - result.stance[:, :, 0]
    ruled: dict[tuple[int, int, Stance], Draft] = {}
    for draft in piece.found:
        s = draft.source if draft.source >= 0 else n
        a = s if draft.self_reference else draft.accused if draft.accused >= 0 else n
        known = ruled.get((s, a, draft.stance))
        if known is None or _is_lenient(known) and not _is_lenient(draft):
            ruled[s, a, draft.stance] = draft
    wanted = dict.fromkeys(ruled)
    for s, a in zip(*(claim >= FLOOR).nonzero(), strict=True):
        wanted.setdefault((int(s), int(a), STANCES[int(result.stance[s, a, 1:].argmax())]))
    strong_sources: dict[tuple[int, Stance], set[int]] = {}
    for (s, a, stance), draft in ruled.items():
        if not _is_lenient(draft):
            strong_sources.setdefault((a, stance), set()).add(s)
    stances_of: dict[tuple[int, int], set[Stance]] = {}
    for s, a, stance in ruled:
        stances_of.setdefault((s, a), set()).add(stance)
    doubted = {(s, a) for (s, a, _), draft in ruled.items() if draft.rule == "doubt" and draft.floor is not None}
    silent, other = _topic(piece, text)
    parted = piece.before > 0 and "\n" in text[piece.whole.start : piece.own[0]].rstrip(" \t")
    for s, a, stance in wanted:
        if parted and (s < piece.before or a < piece.before):
            continue  # another paragraph: what points back to it is led there by resolving
        if not (piece.before <= s < n or piece.before <= a < n) or not possible(parties, s, a):
            continue
        rule = ruled.get((s, a, stance))
        if rule is None and stance is Stance.ACCUSES and (s, a) in doubted:
            continue
        if rule is None and s < n and _hit(piece, s):
            continue
        if stance is Stance.ACCUSES and s != a and a < n and _misread(piece, s, a, rule, text):
            continue
        yield Candidate(s, a, stance, rule, _features(
            piece, claim, result, s, a, stance, rule, silent, other,
            bool(stances_of.get((s, a), set()) - {stance}), bool(strong_sources.get((a, stance), set()) - {s}),
        ))  # fmt: skip


def _topic(piece: Cut, text: str) -> tuple[bool, bool]:
    """What `topic_of` says of a sentence that names no actor and no malware."""
    named = any(party.kinds[0] in ("actor", "malware") for party in piece.whole.parties)
    return (False, False) if named else topic_of(text, *piece.own)


def off_topic(piece: Cut, text: str) -> bool:
    """Whether a sentence and what stands around it speak of other affairs, and of no computers."""
    return _topic(piece, text)[1]


def _misread(piece: Cut, s: int, a: int, rule: Draft | None, text: str) -> bool:
    """Whether an accusation of this party comes from words about who found, defended or was hit, not about who did it."""
    parties = piece.whole.parties
    accused = parties[a]
    if (rule is None or _is_lenient(rule)) and _hurt(piece, a):
        return True
    told = s == len(parties) or parties[s].kinds[0] == "pronoun"
    if not told and is_label(parties[s], text[parties[s].start : parties[s].end]):
        return True
    if technical(accused, text[accused.start : accused.end]):
        return told or rule is None or _is_lenient(rule)
    if told and is_thing(accused, text[accused.start : accused.end]):
        return True
    return defends(accused) and (told or defends(parties[s]))


def _is_lenient(draft: Draft) -> bool:
    return draft.lenient or draft.rule in LENIENT


def is_strict(draft: Draft) -> bool:
    """Whether a rule that rarely errs made it."""
    return draft.rule not in ("scorer", "judge") and not _is_lenient(draft)


def _features(
    piece: Cut, claim: F, result: Scored, s: int, a: int, stance: Stance, rule: Draft | None, silent: bool, other: bool,
    other_stance: bool, strong_rival: bool,
) -> tuple[float, ...]:  # fmt: skip
    """In the order of FEATURES."""
    parties = piece.whole.parties
    n = len(parties)
    index = 1 + STANCES.index(stance)
    own = _logit(float(result.stance[s, a, index]))
    column = result.stance[:, a, index].copy()
    column[s] = 0.0
    strong = rule is not None and not _is_lenient(rule)
    if rule is not None and a < n and _holds(parties, s, a, rule):
        own = max(own, STRICT_FLOOR)
    if rule is not None and rule.floor is not None:
        own = max(own, rule.floor)
    accused = parties[a] if a < n else None
    return (
        1.0,
        own,
        _logit(float(claim[s, a])),
        float(strong),
        float(rule is not None and not strong),
        own * strong,
        float(other_stance),
        float(s == a and stance is Stance.ACCUSES),
        float(s < piece.before or a < piece.before),
        float(silent),
        float(other),
        float(s == n),
        float(a == n),
        float(stance is Stance.DENIES),
        float(stance is Stance.DECLINES),
        float(stance is Stance.ENDORSES),
        float(stance is Stance.QUESTIONS),
        float(accused is not None and accused.kinds[0] != "pronoun" and not specific(accused)),
        float(accused is not None and accused.kinds[0] == "pronoun"),
        float(s < n and parties[s].kinds[0] == "pronoun"),
        _logit(float(column.max())) if s != n else 0.0,
        float(strong_rival),
    )


def _holds(parties: Sequence[Party], s: int, a: int, rule: Draft) -> bool:
    """Whether the rule's word stands against the scorer's: a place of origin or a known suspect without a speaker, and "the FSB
    is behind the group, the minister said", which the scorer rarely met."""
    if s == len(parties):
        return rule.rule == "origin" or rule.rule in SOURCELESS and suspect(parties[a])
    known = parties[a].kinds[0] in ("agency", "actor") and suspect(parties[a])
    return (known or parties[a].proper) and s != a and rule.stance is Stance.ACCUSES and rule.rule in ("behind", "responsible")


def _hit(piece: Cut, s: int) -> bool:
    """Whether a party stands where those stand who were hit: "targeted politicians, among them X", "attacks against X"."""
    first = piece.whole.parties[s].first
    words = [unit.low for unit in piece.whole.row[max(0, first - 2) : first]]
    return words == ["among", "them"] or words[-1:] == ["against"]


def _hurt(piece: Cut, a: int) -> bool:
    """Whether a deed was done against a party: "used against activists", not "the case against X"."""
    first = piece.whole.parties[a].first
    before = [unit.low for unit in piece.whole.row[max(0, first - 9) : first]]
    return before[-1:] == ["against"] and not _CHARGES.intersection(before)


def possible(parties: Sequence[Party], s: int, a: int) -> bool:
    """Whether parties of these kinds can stand in a claim at all: software neither speaks nor is accused."""
    if s < len(parties):
        first = parties[s].kinds[0]
        if first in ("malware", "place") or (first == "report" and parties[s].last - parties[s].first == 1):
            return False
    return a >= len(parties) or parties[a].kinds[0] not in ("malware", "media", "court")


def beside(one: Candidate, taken: Sequence[Candidate], piece: Cut) -> bool:
    """Whether a pair that is taken says the same of another party of the list in which this one's accused or source stands:
    "rein in APT27, APT30 and APT31", "the EU, the UK and the US have announced"."""
    whole = piece.whole
    n = len(whole.parties)

    def listed(k: int, other: int) -> bool:
        return (
            k != other
            and max(k, other) < n
            and max(k, other) in coordinated(whole.row, whole.parties, whole.at, min(k, other), back=False)
        )

    return any(
        told.stance is one.stance
        and told.source != told.accused
        and (
            told.source == one.source
            and listed(told.accused, one.accused)
            or told.accused == one.accused
            and listed(told.source, one.source)
        )
        for told in taken
    )
