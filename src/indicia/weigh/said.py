"""The assessment of what was said: who accuses whom, how firmly, from how many independent origins. It says where the claims
lean, never what happened, and nothing that was observed enters it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log10

from indicia.records import (
    Assessment,
    Confidence,
    Evidence,
    EvidenceKind,
    Firmness,
    Level,
    Likelihood,
    Posterior,
    Saying,
    Stance,
    Verdict,
    Weight,
)
from indicia.weigh.accused import Node, lay_nodes
from indicia.weigh.grades import factor
from indicia.weigh.known import UNKNOWN, Known
from indicia.weigh.model import DECIBAN
from indicia.weigh.words import band, listed, percent

__all__ = ["assess_said"]

# The probability that a source who speaks so means to convey. Words of a yardstick are taken at the middle of their band; a
# flat statement ("X did it") nearly as firm. Conventions, all of them: there is no open record of how often such claims
# proved right.
_MEANT = {
    Firmness.CONFIRMED: 0.97,
    Firmness.HIGH: 0.9,
    Firmness.MODERATE: 0.75,
    Firmness.LOW: 0.55,
    Firmness.HEDGED: 0.65,
    Firmness.NONE: 0.85,
}
_BAND_MIDDLE = dict(zip(Likelihood, (0.03, 0.125, 0.325, 0.5, 0.675, 0.875, 0.97), strict=True))
_SHARE = {Stance.ACCUSES: 1.0, Stance.CLAIMS: 0.7, Stance.ENDORSES: 0.5, Stance.QUESTIONS: -0.5, Stance.DENIES: -1.0}
_INTERESTED = 0.1  # what is left of a denial that clears the speaker's own side
_FURTHER_ORIGIN = 0.5  # each further origin for one accused counts half of the one before: accusers read one another
_NAMED_PRIOR = -10.0  # decibans of each accused against "somebody else", before anybody speaks
_LEANS = 0.6  # least probability at which the claims are said to lean to one
_DEPTH = {Level.PLACE: 0, Level.STATE: 1, Level.AGENCY: 2, Level.GROUP: 3, Level.OPERATOR: 4}


def assess_said(evidence: Sequence[Evidence], known: Known) -> Assessment:
    """Weighs the claims among `evidence` that are about one incident: the one most claims name, and claims that name none."""
    every = [item for item in evidence if item.kind is EvidenceKind.SAID and item.said is not None]
    items = _of_one_incident(every)
    nodes = lay_nodes([item.said for item in items if item.said], known)
    voices = _voices(items, nodes)
    prior = _softmax({**dict.fromkeys(nodes, _NAMED_PRIOR), UNKNOWN.id: 0.0})
    scores = {
        at: _NAMED_PRIOR + fsum(voice.decibans for voice in voices if voice.node == at or voice.node in node.within)
        for at, node in nodes.items()
    }
    after = _capped(_softmax({**scores, UNKNOWN.id: 0.0}), voices, nodes)
    levels = _levels(nodes, after, prior)
    best, rival = _best(levels), None
    if best is None:
        rival = _tied(levels, nodes)
    verdict = _verdict(best, rival)
    leaders = (best.hypothesis.id,) if best else tuple(at.hypothesis.id for at in rival or ())
    hypotheses = {**{at: node.hypothesis for at, node in nodes.items()}, UNKNOWN.id: UNKNOWN}
    return Assessment(
        kind=EvidenceKind.SAID,
        verdict=verdict,
        statement=_statement(best, rival, levels, voices, nodes),
        leaders=leaders,
        likelihood=band(best.probability) if best else None,
        confidence=_confidence(best, voices, nodes),
        posteriors=tuple(
            Posterior(hypothesis=hypotheses[at], probability=after[at], prior=prior[at])
            for at in sorted(after, key=lambda at: (-after[at], at))
        ),
        levels=levels,
        weights=tuple(
            Weight(evidence=voice.item.id, hypothesis=at, decibans=round(voice.decibans, 3))
            for voice in voices
            for at, node in nodes.items()
            if voice.node == at or voice.node in node.within
        ),
        missing=_missing(items, len(every) - len(items), voices),
        method="claims by firmness, grade of source and independence of origin; a convention, not calibrated, as there is no "
        "open record of how often such claims proved right",
    )


@dataclass(frozen=True, slots=True)
class Voice:
    """One independent origin's word on one accused, and what it weighs after the discount for those before it."""

    item: Evidence
    said: Saying
    node: str
    decibans: float


def _of_one_incident(items: Sequence[Evidence]) -> list[Evidence]:
    named = Counter(item.said.incident for item in items if item.said and item.said.incident)
    if not named:
        return list(items)
    main = min(named, key=lambda incident: (-named[incident], incident))
    return [item for item in items if item.said and item.said.incident in (None, main)]


def _voices(items: Sequence[Evidence], nodes: Mapping[str, Node]) -> list[Voice]:
    strongest: dict[tuple[str, str], Voice] = {}
    node_of = {saying: at for at, node in nodes.items() for saying in node.sayings}
    for item in items:
        if item.said is None or item.said not in node_of or not item.weight:
            continue
        voice = Voice(item, item.said, node_of[item.said], _deciban(item, item.said))
        key = (item.origin, voice.node)
        if key not in strongest or abs(voice.decibans) > abs(strongest[key].decibans):
            strongest[key] = voice
    heard: Counter[tuple[str, bool]] = Counter()
    voices = []
    for voice in sorted(strongest.values(), key=lambda one: (-abs(one.decibans), one.item.id)):
        key_of_side = (voice.node, voice.decibans > 0)
        discount = _FURTHER_ORIGIN ** heard[key_of_side]
        heard[key_of_side] += 1
        voices.append(Voice(voice.item, voice.said, voice.node, voice.decibans * discount))
    return voices


def _meant(said: Saying) -> float:
    return _BAND_MIDDLE[said.likelihood] if said.likelihood else _MEANT[said.firmness]


def _deciban(item: Evidence, said: Saying) -> float:
    meant = _meant(said)
    full = 10 * log10(meant / (1 - meant)) * _SHARE.get(said.stance, 0.0)
    return full * factor(item) * (_INTERESTED if said.interested else 1.0)


def _softmax(decibans: Mapping[str, float]) -> dict[str, float]:
    top = max(decibans.values())
    odds = {at: exp((value - top) / DECIBAN) for at, value in decibans.items()}
    total = fsum(odds.values())
    return {at: value / total for at, value in odds.items()}


def _capped(after: Mapping[str, float], voices: Sequence[Voice], nodes: Mapping[str, Node]) -> dict[str, float]:
    """Nobody accused is surer than the firmest who accuses them, or somebody within them: ten that say "likely" do not make
    "almost certain", for they may all have heard it from one. What goes above that goes to an actor not in our knowledge."""
    firmest: dict[str, float] = {}
    for voice in voices:
        if voice.decibans > 0:
            for at in (voice.node, *nodes[voice.node].within):
                firmest[at] = max(firmest.get(at, 0.0), _meant(voice.said))
    within = {at.hypothesis.id: at.probability for at in _levels(nodes, after, after)}
    ratio = {at: min(1.0, firmest.get(at, 1.0) / within[at]) for at in nodes}
    share = {at: min(ratio[above] for above in (at, *node.within) if above in ratio) for at, node in nodes.items()}
    kept = {at: after[at] * share[at] for at in nodes}
    return {**kept, UNKNOWN.id: 1.0 - fsum(kept.values())}


def _levels(nodes: Mapping[str, Node], after: Mapping[str, float], prior: Mapping[str, float]) -> tuple[Posterior, ...]:
    """Sums over everything that lies within each accused, itself included; the most probable first, then the deepest."""
    found = []
    for at, node in nodes.items():
        inner = [(at, 1.0)] + [(below, one.within[at]) for below, one in nodes.items() if at in one.within]
        found.append(
            Posterior(
                hypothesis=node.hypothesis,
                probability=fsum(after[below] * sure for below, sure in inner),
                prior=fsum(prior[below] * sure for below, sure in inner),
            )
        )
    return tuple(sorted(found, key=lambda at: (-at.probability, _depth(at), at.hypothesis.id)))


def _depth(posterior: Posterior) -> float:
    if posterior.hypothesis.id.startswith("tied:"):
        return 0.5  # more than a place, less than the state itself
    return _DEPTH[posterior.hypothesis.level] if posterior.hypothesis.level else -1


def _best(levels: Sequence[Posterior]) -> Posterior | None:
    """The most specific accused that the claims lean to."""
    return max(
        (at for at in levels if at.probability >= _LEANS),
        key=lambda at: (_depth(at), at.probability, at.hypothesis.id),
        default=None,
    )


def _tied(levels: Sequence[Posterior], nodes: Mapping[str, Node]) -> tuple[Posterior, Posterior] | None:
    """The two strongest that exclude each other, if together they hold what one alone would need."""
    for number, first in enumerate(levels):
        for second in levels[number + 1 :]:
            apart = (
                first.hypothesis.id not in nodes[second.hypothesis.id].within
                and second.hypothesis.id not in nodes[first.hypothesis.id].within
            )
            if apart and second.probability >= _LEANS / 3 and first.probability + second.probability >= _LEANS:
                return first, second
    return None


def _verdict(best: Posterior | None, rival: tuple[Posterior, Posterior] | None) -> Verdict:
    if best is not None:
        return Verdict.STATE_ONLY if best.hypothesis.level is Level.STATE else Verdict.NAMED
    return Verdict.TIED if rival else Verdict.INSUFFICIENT


def _confidence(best: Posterior | None, voices: Sequence[Voice], nodes: Mapping[str, Node]) -> Confidence:
    """Never high: what is said, however often, stays what is said."""
    if best is None:
        return Confidence.LOW
    good = {
        voice.item.origin
        for voice in voices
        if voice.decibans > 0 and voice.item.reliability in {"A", "B"} and _bears_on(voice, best.hypothesis.id, nodes)
    }
    return Confidence.MODERATE if len(good) >= 3 else Confidence.LOW


def _bears_on(voice: Voice, at: str, nodes: Mapping[str, Node]) -> bool:
    return voice.node == at or at in nodes[voice.node].within


def _statement(
    best: Posterior | None,
    tied: tuple[Posterior, Posterior] | None,
    levels: Sequence[Posterior],
    voices: Sequence[Voice],
    nodes: Mapping[str, Node],
) -> str:
    if not voices:
        return "Nobody is quoted as accusing anybody."
    if tied:
        sides = [f"{at.hypothesis.name} (so {_who(at.hypothesis.id, voices)})" for at in tied]
        return f"What is said conflicts: {listed(sides, 'or')}."
    if best is None:
        top = levels[0]
        who = _who(top.hypothesis.id, voices)
        said = f"accused by {who}" if who else "denied"
        return f"Too little is said to lean on: {top.hypothesis.name}, {said}."
    lean = _with_speakers(best, voices)
    by_depth = sorted(levels, key=lambda at: -_depth(at))
    wider = [at for at in by_depth if at.hypothesis.id in nodes[best.hypothesis.id].within and _who(at.hypothesis.id, voices)]
    parts = [f"What is said leans to {lean}", *(f"to {_with_speakers(at, voices)}" for at in wider)]
    against = sorted({voice.said.source for voice in voices if voice.said.stance in {Stance.DENIES, Stance.QUESTIONS}})
    denied = f"; disputed by {listed(against)}" if against else ""
    sure = f"{band(best.probability)} ({percent(best.probability)})"
    return f"{', and '.join(parts)}{denied}. That is {sure} for those who believe them."


def _with_speakers(at: Posterior, voices: Sequence[Voice]) -> str:
    who = _who(at.hypothesis.id, voices)
    level = f" as a {at.hypothesis.level}" if at.hypothesis.level in {Level.STATE, Level.PLACE} else ""
    return f"{at.hypothesis.name}{level}{f' (so {who})' if who else ''}"


def _who(at: str, voices: Sequence[Voice]) -> str:
    return listed(sorted({voice.said.source for voice in voices if voice.node == at and voice.decibans > 0}))


def _missing(items: Sequence[Evidence], other: int, voices: Sequence[Voice]) -> tuple[str, ...]:
    lacks = []
    if not items:
        lacks.append("claims: nobody is quoted as accusing anybody")
    elif len({voice.item.origin for voice in voices if voice.decibans > 0}) < 2:
        lacks.append("a second independent origin: all that is said goes back to one")
    if items and not any(item.credibility <= 2 for item in items):
        lacks.append("grounds: no source states technical or legal ones")
    if other:
        lacks.append(f"{other} claims about other incidents were set aside")
    return tuple(lacks)
