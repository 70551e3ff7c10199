"""The assessment of what was said: who accuses whom, how firmly, from how many independent origins. It says where the claims
lean, never what happened, and nothing that was observed enters it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, fsum, log10

from indicia.knowledge.articles import capital, the
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
    Tied,
    Verdict,
    Weight,
)
from indicia.weigh.accused import Layout, Node, lay_nodes, speaker
from indicia.weigh.grades import factor
from indicia.weigh.kin import kin_of, told
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
_SHARE = {
    Stance.ACCUSES: 1.0,
    Stance.CLAIMS: 0.7,
    Stance.ENDORSES: 0.5,
    Stance.QUESTIONS: -0.5,
    Stance.WITHDRAWS: -0.5,
    Stance.DENIES: -1.0,
}
_INTERESTED = 0.1  # what is left of a denial that clears the speaker's own side
_FURTHER_ORIGIN = 0.5  # each further voice on one accused counts half of the one before: accusers read one another
_CLOSE = {"place": 0, "tied": 1, "state": 2, "agency": 3}  # kinds of the wider ones; a group is closer than any
_NAMED_PRIOR = -10.0  # decibans of each accused against "somebody else", before anybody speaks
_LEANS = 0.6  # least probability at which the claims are said to lean to one
_DEPTH = {Level.PLACE: 0, Level.STATE: 1, Level.AGENCY: 2, Level.GROUP: 3, Level.OPERATOR: 4}


def assess_said(evidence: Sequence[Evidence], known: Known) -> Assessment:
    """Weighs the claims among `evidence` that are about the main affair. Their order says nothing, nor do their ids."""
    every = [item for item in evidence if item.kind is EvidenceKind.SAID and item.said is not None]
    items = sorted((item for item in every if item.said and not item.said.beside and item.weight), key=_content)
    layout = lay_nodes([item.said for item in items if item.said], known)
    heard = _heard(items, layout)
    probabilities = _probabilities(heard, layout)
    hypotheses = {**{at: node.hypothesis for at, node in layout.nodes.items()}, UNKNOWN.id: UNKNOWN}
    before = exp(_NAMED_PRIOR / DECIBAN)
    prior = dict.fromkeys(layout.nodes, before / (1 + before * len(layout.nodes)))
    levels = tuple(
        sorted(
            (Posterior(hypothesis=hypotheses[at], probability=probabilities[at], prior=prior[at]) for at in layout.nodes),
            key=lambda at: (-at.probability, -_depth(at), at.hypothesis.id),
        )
    )
    shares = _shares(probabilities, layout)
    best = _best(levels, layout)
    rival = None if best else _tied(levels, layout)
    kin = [one for one in kin_of(known).get(best.hypothesis.id, ()) if one.id in layout.nodes] if best else []
    leaders = (best.hypothesis.id,) if best else tuple(at.hypothesis.id for at in rival or ())
    voices = [voice for mine in heard.values() for voice in mine]
    return Assessment(
        kind=EvidenceKind.SAID,
        verdict=_verdict(best, rival),
        statement=_statement(best, rival, levels, voices, layout) + (told(best.hypothesis.name, kin) if best else ""),
        leaders=leaders,
        likelihood=band(best.probability) if best else None,
        confidence=_confidence(best, heard),
        posteriors=tuple(
            Posterior(
                hypothesis=hypotheses[at], probability=shares[at], prior=prior.get(at, 1 / (1 + before * len(layout.nodes)))
            )
            for at in sorted(shares, key=lambda at: (-shares[at], at))
        ),
        levels=levels,
        weights=tuple(
            Weight(evidence=voice.item.id, hypothesis=at, decibans=round(voice.decibans, 3))
            for at, mine in heard.items()
            for voice in mine
        ),
        missing=_missing(items, sum(bool(item.said and item.said.beside) for item in every), voices),
        method="claims by firmness, grade of source and independence of voice; a convention, not calibrated, as there is no "
        "open record of how often such claims proved right",
    )


@dataclass(frozen=True, slots=True)
class Voice:
    """What one speaker's word does to one accused, after the discount for the speakers before it. `at` is whom the word is said
    of: the accused, or a wider one that it lies within; `meant` the probability that it means to convey."""

    item: Evidence
    said: Saying
    speaker: str
    at: str
    meant: float
    decibans: float


def _content(item: Evidence) -> tuple[str, ...]:
    """What an item says, as a key to sort by: its id holds the path of its text."""
    said = item.said
    assert said is not None  # the caller asks only for what was said
    parts = (
        speaker(said),
        said.source,
        said.stance,
        said.accused,
        said.level,
        said.state,
        said.firmness,
        said.likelihood,
        said.date,
    )
    tie = (said.tie.kind, said.tie.to, said.tie.state, said.tie.firmness, said.tie.likelihood) if said.tie else ()
    grades = (item.reliability, item.credibility, f"{item.weight:.6f}", said.deed, said.interested)
    return tuple(str(part) for part in (*parts, *grades, *tie))


def _speakers(items: Sequence[Evidence]) -> dict[str, str]:
    """Item id -> who speaks; those who only pass on another's words speak with its voice."""
    root: dict[str, str] = {}

    def find(key: str) -> str:
        while root.setdefault(key, key) != key:
            key = root[key]
        return key

    for item in items:
        if item.said:
            first, second = sorted((find(f"voice {speaker(item.said)}"), find(f"origin {item.origin}")), reverse=True)
            root[second] = first  # "voice ..." is the root, which does not hold the path of a text
    return {item.id: find(f"origin {item.origin}") for item in items}


def _heard(items: Sequence[Evidence], layout: Layout) -> dict[str, list[Voice]]:
    """For each accused what bears on it: all that is said of it, and of the wider ones within which it lies. Of each speaker
    the word counts that is said of the nearest, and once, however often it is repeated."""
    speakers = _speakers(items)
    found: dict[str, list[Voice]] = {}
    for at, node in layout.nodes.items():
        nearest: dict[tuple[str, bool], Voice] = {}
        for item in items:
            if item.said is None or (of := layout.said_of.get(item.said)) is None:
                continue
            place = _nearest(at, node, of, layout)
            if place is None:
                continue
            meant = _meant(item.said)
            if (tie := of[place]) is not None:
                meant = min(meant, _BAND_MIDDLE[tie.likelihood] if tie.likelihood else _MEANT[tie.firmness])
            voice = Voice(item, item.said, speakers[item.id], place, meant, _deciban(item, item.said, meant))
            key = (voice.speaker, voice.decibans > 0)
            before = nearest.get(key)
            if before is None or (place == at, abs(voice.decibans)) > (before.at == at, abs(before.decibans)):
                nearest[key] = voice
        found[at] = _discounted(list(nearest.values()))
    return found


def _nearest(at: str, node: Node, of: Mapping[str, Tied | None], layout: Layout) -> str | None:
    """Whom a word that is said `of` some is said of, as far as it bears on `at`: itself, else the closest wider one."""
    if at in of:
        return at
    wider = [above for above in of if above in node.within]
    return max(
        wider, key=lambda above: (_CLOSE.get(above.partition(":")[0], 9), len(layout.nodes[above].within), above), default=None
    )


def _discounted(voices: list[Voice]) -> list[Voice]:
    """Each further voice on one accused, for it or against it, counts half of the one before: accusers read one another."""
    before: Counter[tuple[str, bool]] = Counter()
    out = []
    for voice in sorted(voices, key=lambda one: (-abs(one.decibans), _content(one.item))):
        side = (voice.at, voice.decibans > 0)
        out.append(replace(voice, decibans=voice.decibans * _FURTHER_ORIGIN ** before[side]))
        before[side] += 1
    return out


def _probabilities(heard: Mapping[str, Sequence[Voice]], layout: Layout) -> dict[str, float]:
    """How probable each accused is, against everybody that excludes it and somebody whom nobody named.

    Nobody is surer than the firmest who says so of it in so many words: ten that say "likely" do not make "almost certain", for
    they may all have heard it from one.
    """
    odds = {at: exp((_NAMED_PRIOR + fsum(voice.decibans for voice in mine)) / DECIBAN) for at, mine in heard.items()}
    out = {}
    for at in layout.nodes:
        others = [other for other in layout.nodes if not layout.nested(at, other)]
        against = fsum(max(odds[one] for one in part) for part in _apart(others, layout))
        firmest = max((voice.meant for voice in heard[at] if voice.at == at and voice.decibans > 0), default=0.0)
        out[at] = min(odds[at] / (1 + odds[at] + against), firmest)
    return out


def _apart(ids: Sequence[str], layout: Layout) -> list[list[str]]:
    """Those among `ids` that may be one and the same stand together."""
    parts: list[list[str]] = []
    for at in ids:
        touching = [part for part in parts if any(layout.nested(at, one) for one in part)]
        parts = [part for part in parts if part not in touching]
        parts.append([at, *(one for part in touching for one in part)])
    return parts


def _shares(probabilities: Mapping[str, float], layout: Layout) -> dict[str, float]:
    """What is left to each accused itself when those within it are taken out; the rest is an actor not in our knowledge. They
    sum to 1."""
    left: dict[str, float] = {}
    for at in layout.nodes:
        inner = [one for one in layout.nodes if one != at and at in layout.nodes[one].within]
        deepest = _apart(inner, layout)
        left[at] = max(0.0, probabilities[at] - fsum(max(probabilities[one] for one in part) for part in deepest))
    total = fsum(left.values())
    scale = 1 / total if total > 1 else 1.0
    return {**{at: value * scale for at, value in left.items()}, UNKNOWN.id: max(0.0, 1.0 - total * scale)}


def _meant(said: Saying) -> float:
    return _BAND_MIDDLE[said.likelihood] if said.likelihood else _MEANT[said.firmness]


def _deciban(item: Evidence, said: Saying, meant: float) -> float:
    full = 10 * log10(meant / (1 - meant)) * _SHARE.get(said.stance, 0.0)
    return full * factor(item) * (_INTERESTED if said.interested else 1.0)


def _depth(posterior: Posterior) -> float:
    if posterior.hypothesis.id.startswith("tied:"):
        return 0.5  # more than a place, less than the state itself
    return _DEPTH[posterior.hypothesis.level] if posterior.hypothesis.level else -1


def _best(levels: Sequence[Posterior], layout: Layout) -> Posterior | None:
    """The most specific accused that the claims lean to: of a service and its unit the unit."""
    return max(
        (at for at in levels if at.probability >= _LEANS),
        key=lambda at: (_depth(at), _is_unit(at, layout), at.probability, at.hypothesis.id),
        default=None,
    )


def _is_unit(at: Posterior, layout: Layout) -> bool:
    within = layout.nodes[at.hypothesis.id].within
    return at.hypothesis.level is Level.AGENCY and any(above.startswith("agency:") for above in within)


def _tied(levels: Sequence[Posterior], layout: Layout) -> tuple[Posterior, Posterior] | None:
    """The two strongest that exclude each other, if together they hold what one alone would need."""
    for number, first in enumerate(levels):
        for second in levels[number + 1 :]:
            apart = not layout.nested(first.hypothesis.id, second.hypothesis.id)
            if apart and second.probability >= _LEANS / 3 and first.probability + second.probability >= _LEANS:
                return first, second
    return None


def _verdict(best: Posterior | None, rival: tuple[Posterior, Posterior] | None) -> Verdict:
    if best is not None:
        return Verdict.STATE_ONLY if best.hypothesis.level is Level.STATE else Verdict.NAMED
    return Verdict.TIED if rival else Verdict.INSUFFICIENT


def _confidence(best: Posterior | None, heard: Mapping[str, Sequence[Voice]]) -> Confidence:
    """Never high: what is said, however often, stays what is said."""
    if best is None:
        return Confidence.LOW
    at = best.hypothesis.id
    good = {one.speaker for one in heard[at] if one.at == at and one.decibans > 0 and one.item.reliability in {"A", "B"}}
    return Confidence.MODERATE if len(good) >= 3 else Confidence.LOW


def _statement(
    best: Posterior | None,
    tied: tuple[Posterior, Posterior] | None,
    levels: Sequence[Posterior],
    voices: Sequence[Voice],
    layout: Layout,
) -> str:
    if not voices:
        return "No statement was found that could be weighed: insufficient grounds."
    if tied:
        sides = [f"{at.hypothesis.name} (according to {_who(at.hypothesis.id, voices, layout)})" for at in tied]
        return f"The statements conflict: {listed(sides, 'or')}."
    if best is None:
        return f"Too little was said to go on ({_at_most(levels[0], voices, layout)}): insufficient grounds."
    lean = _with_speakers(best, voices, layout)
    by_depth = sorted(levels, key=lambda at: (-_depth(at), at.hypothesis.id))
    within = layout.nodes[best.hypothesis.id].within
    wider = [at for at in by_depth if at.hypothesis.id in within and _who(at.hypothesis.id, voices, layout)]
    parts = [f"The statements point to {lean}", *(f"to {_with_speakers(at, voices, layout)}" for at in wider)]
    against = sorted(
        {voice.said.source for voice in voices if voice.said.stance in {Stance.DENIES, Stance.QUESTIONS, Stance.WITHDRAWS}}
    )
    denied = (
        f" {capital(listed([the(name) for name in against]))} {'disputes' if len(against) == 1 else 'dispute'} it."
        if against
        else ""
    )
    sure = f"{band(best.probability)} ({percent(best.probability)})"
    return f"{', and '.join(parts)}.{denied} Taken at their word, that is {sure}.{_ties(best, layout)}"


def _at_most(top: Posterior, voices: Sequence[Voice], layout: Layout) -> str:
    """All that was said, where it is too little: `ESET accuses APT29`, `no more than a denial by Russia`."""
    accusers = sorted({one.said.source for one in voices if one.decibans > 0 and top.hypothesis.id in layout.named[one.said]})
    if accusers == [top.hypothesis.name]:
        return f"only {the(accusers[0])} itself, which takes credit"
    if accusers:
        verb = "accuses" if len(accusers) == 1 else "accuse"
        return f"{listed([the(name) for name in accusers])} {verb} {the(top.hypothesis.name)}"
    answers = [
        f"{what} by {listed([the(name) for name in mine])}"
        for what, stance in (("a denial", Stance.DENIES), ("a doubt", Stance.QUESTIONS), ("a withdrawal", Stance.WITHDRAWS))
        if (mine := sorted({one.said.source for one in voices if one.said.stance is stance}))
    ]
    return f"no more than {listed(answers)}" if answers else f"nobody accuses {the(top.hypothesis.name)}"


def _ties(best: Posterior, layout: Layout) -> str:
    """Who ties the one that the claims lean to to whom, and how firmly: no word on the deed."""
    told: dict[str, dict[str, None]] = {}
    for at, saying in layout.ties:
        if at == best.hypothesis.id and saying.tie and saying.tie.to:
            how = saying.tie.likelihood or (None if saying.tie.firmness is Firmness.NONE else saying.tie.firmness)
            told.setdefault(saying.tie.to, {})[f"{saying.source}, {how.value}" if how else saying.source] = None
    words = [f"{best.hypothesis.name} is tied to {to} by {listed(sorted(who))}" for to, who in sorted(told.items())]
    return f" {'; '.join(words)}." if words else ""


def _with_speakers(at: Posterior, voices: Sequence[Voice], layout: Layout) -> str:
    who = _who(at.hypothesis.id, voices, layout)
    level = f" as a {at.hypothesis.level}" if at.hypothesis.level in {Level.STATE, Level.PLACE} else ""
    return f"{at.hypothesis.name}{level}{f' (according to {who})' if who else ''}"


def _who(at: str, voices: Sequence[Voice], layout: Layout) -> str:
    """Those who name an accused, not those whose words only bear on it."""
    return listed(
        [the(name) for name in sorted({one.said.source for one in voices if one.decibans > 0 and at in layout.named[one.said]})]
    )


def _missing(items: Sequence[Evidence], other: int, voices: Sequence[Voice]) -> tuple[str, ...]:
    lacks = []
    if not items:
        lacks.append("claims: no accusation was found that counts")
    elif not any(voice.decibans > 0 for voice in voices):
        lacks.append("an accusation: none was found that counts")
    elif len({voice.speaker for voice in voices if voice.decibans > 0}) < 2:
        lacks.append("a second independent source: everything said goes back to one")
    if items and not any(item.credibility <= 2 for item in items):
        lacks.append("grounds: no source gives technical or legal grounds")
    if other:
        lacks.append(
            f"{other} claim{'s' if other > 1 else ''} about other incidents {'were' if other > 1 else 'was'} set aside"
        )
    return tuple(lacks)
