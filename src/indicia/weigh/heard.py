"""Who is heard, and how probable each accused is by that: a speaker counts once, with the word on the nearest accused; copies
do not count, nor what its own speaker took back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, fsum, log10

from indicia.records import Evidence, EvidenceKind, Firmness, Level, Likelihood, Posterior, Saying, Stance, Tied
from indicia.weigh.accused import Layout, Node, lay_nodes, speaker
from indicia.weigh.grades import factor
from indicia.weigh.known import Known
from indicia.weigh.model import DECIBAN

__all__ = ["Heard", "Voice", "depth", "hear"]

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
_CHARGES = frozenset({Stance.ACCUSES, Stance.ENDORSES})
_INTERESTED = 0.1  # what is left of a denial that clears the speaker's own side
_FURTHER_ORIGIN = 0.5  # each further voice on one accused counts half of the one before: accusers read one another
_CLOSE = {"place": 0, "tied": 1, "state": 2, "agency": 3}  # kinds of the wider ones; a group is closer than any
# Decibans of each accused against "somebody else", before anybody speaks: two governments that say so flatly are enough to lean
# to, even where the accused denies it; one that does is not.
_NAMED_PRIOR = -7.5
_DEPTH = {Level.PLACE: 0, Level.STATE: 1, Level.AGENCY: 2, Level.GROUP: 3, Level.OPERATOR: 4}


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


def _not_withdrawn(items: Sequence[Evidence], layout: Layout) -> list[Evidence]:
    """Without what its own speaker took back since, and without the words that did so: nothing is left of either."""
    taken: set[str] = set()
    for item in items:
        if item.said is None or item.said.stance is not Stance.WITHDRAWS:
            continue
        at = layout.named.get(item.said, frozenset())
        for other in items:
            if other.said is None or other.said.stance not in _CHARGES or speaker(other.said) != speaker(item.said):
                continue
            same = any(layout.nested(one, two) for one in at for two in layout.named.get(other.said, ()))
            if same and (other.said.date or "") <= (item.said.date or "9999"):
                taken |= {other.id, item.id}
    return [item for item in items if item.id not in taken]


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


def _meant(said: Saying) -> float:
    return _BAND_MIDDLE[said.likelihood] if said.likelihood else _MEANT[said.firmness]


def _deciban(item: Evidence, said: Saying, meant: float) -> float:
    full = 10 * log10(meant / (1 - meant)) * _SHARE.get(said.stance, 0.0)
    return full * factor(item) * (_INTERESTED if said.interested else 1.0)


def depth(posterior: Posterior) -> float:
    if posterior.hypothesis.id.startswith("tied:"):
        return 0.5  # more than a place, less than the state itself
    return _DEPTH[posterior.hypothesis.level] if posterior.hypothesis.level else -1


@dataclass(frozen=True, slots=True)
class Heard:
    """The items that count, in an order that their ids and texts have no part in; what bears on each accused; and how probable
    each is, the likeliest first. `beside`: claims about other affairs, set aside."""

    items: list[Evidence]
    layout: Layout
    by_accused: dict[str, list[Voice]]
    levels: tuple[Posterior, ...]
    beside: int

    @property
    def voices(self) -> list[Voice]:
        return [voice for mine in self.by_accused.values() for voice in mine]


def hear(evidence: Sequence[Evidence], known: Known) -> Heard:
    """The claims among `evidence` that are about the main affair."""
    every = [item for item in evidence if item.kind is EvidenceKind.SAID and item.said is not None]
    items = sorted((item for item in every if item.said and not item.said.beside and item.weight), key=_content)
    layout = lay_nodes([item.said for item in items if item.said], known)
    items = _not_withdrawn(items, layout)
    heard = _heard(items, layout)
    probabilities = _probabilities(heard, layout)
    before = exp(_NAMED_PRIOR / DECIBAN)
    prior = before / (1 + before * len(layout.nodes))
    levels = (
        Posterior(hypothesis=node.hypothesis, probability=probabilities[at], prior=prior) for at, node in layout.nodes.items()
    )
    ordered = sorted(levels, key=lambda at: (-at.probability, -depth(at), at.hypothesis.id))
    return Heard(items, layout, heard, tuple(ordered), sum(bool(item.said and item.said.beside) for item in every))
