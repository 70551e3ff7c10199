"""The assessment of what was said: who accuses whom, how firmly, from how many independent origins. It says where the claims
lean, never what happened, and nothing that was observed enters it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indicia.knowledge.articles import capital, the
from indicia.records import (
    Assessment,
    Confidence,
    Evidence,
    EvidenceKind,
    Firmness,
    Level,
    Posterior,
    Stance,
    Verdict,
    Weight,
)
from indicia.weigh.accused import Layout
from indicia.weigh.heard import Voice, depth, hear
from indicia.weigh.kin import kin_of, told
from indicia.weigh.known import Known
from indicia.weigh.words import band, listed, percent

__all__ = ["assess_said"]

_LEANS = 0.6  # least probability at which the claims are said to lean to one
_TOLD = 4  # accused that a sentence tells


def assess_said(evidence: Sequence[Evidence], known: Known) -> Assessment:
    """Weighs the claims among `evidence` that are about the main affair. Their order says nothing, nor do their ids."""
    heard = hear(evidence, known)
    levels, voices, layout = heard.levels, heard.voices, heard.layout
    best = _best(levels, voices, layout)
    rival = None if best else _tied(levels, layout)
    kin = [one for one in kin_of(known).get(best.hypothesis.id, ()) if one.id in layout.nodes] if best else []
    leaders = (best.hypothesis.id,) if best else tuple(at.hypothesis.id for at in rival or ())
    return Assessment(
        kind=EvidenceKind.SAID,
        verdict=_verdict(best, rival),
        statement=_statement(best, rival, levels, voices, layout) + (told(best.hypothesis.name, kin) if best else ""),
        leaders=leaders,
        likelihood=band(best.probability) if best else None,
        confidence=_confidence(best, heard.by_accused),
        levels=levels,
        fits=tuple(at.hypothesis for at in levels),
        weights=tuple(
            Weight(evidence=voice.item.id, hypothesis=at, decibans=round(voice.decibans, 3))
            for at, mine in heard.by_accused.items()
            for voice in mine
        ),
        missing=_missing(heard.items, heard.beside, voices),
        method="claims by firmness, grade of source and independence of voice; a convention, not calibrated, as there is no "
        "open record of how often such claims proved right",
    )


def _best(levels: Sequence[Posterior], voices: Sequence[Voice], layout: Layout) -> Posterior | None:
    """Whom the claims lean to: the state where a state was said, as governments accuse; else the most specific accused, of a
    service and its unit the unit."""
    able = [at for at in levels if at.probability >= _LEANS]
    states = [at for at in able if at.hypothesis.level is Level.STATE and _who(at.hypothesis.id, voices, layout)]
    return max(
        states or able,
        key=lambda at: (depth(at), _is_unit(at, layout), at.probability, at.hypothesis.id),
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
        return f"Too little was said to go on ({_at_most(levels, voices, layout)}): insufficient grounds."
    by_depth = sorted(levels, key=lambda at: (-depth(at), at.hypothesis.id))
    within = layout.nodes[best.hypothesis.id].within
    beside = [at for at in by_depth if at is not best and _who(at.hypothesis.id, voices, layout)]
    closer = [at for at in beside if best.hypothesis.id in layout.nodes[at.hypothesis.id].within]
    wider = [at for at in beside if at.hypothesis.id in within]
    parts = [f"The statements point to {_with_speakers(best, voices, layout)}"]
    parts += [f"within it to {_with_speakers(at, voices, layout)}" for at in closer]
    parts += [f"to {_with_speakers(at, voices, layout)}" for at in wider]
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


def _at_most(levels: Sequence[Posterior], voices: Sequence[Voice], layout: Layout) -> str:
    """All that was said, where it is too little: `ESET accuses APT29`, `no more than a denial by Russia`."""
    told = []
    for at in sorted(levels, key=lambda one: (-one.probability, -depth(one), one.hypothesis.id)):
        mine = [one.said for one in voices if one.decibans > 0 and at.hypothesis.id in layout.named[one.said]]
        credit = sorted({one.source for one in mine if one.stance is Stance.CLAIMS})
        inner = [other for other, node in layout.nodes.items() if at.hypothesis.id in node.within and other != at.hypothesis.id]
        accusers = sorted({one.source for one in mine if layout.named[one].isdisjoint(inner)} - set(credit))
        if credit == [at.hypothesis.name] or (credit and not accusers):
            told.append(f"only {listed([the(name) for name in credit])} itself, which takes credit")
        elif accusers:
            verb = "accuses" if len(accusers) == 1 else "accuse"
            told.append(f"{listed([the(name) for name in accusers])} {verb} {the(at.hypothesis.name)}")
    told = list(dict.fromkeys(told))
    answers = [
        f"{what} by {listed([the(name) for name in against])}"
        for what, stance in (("a denial", Stance.DENIES), ("a doubt", Stance.QUESTIONS), ("a withdrawal", Stance.WITHDRAWS))
        if (against := sorted({one.said.source for one in voices if one.said.stance is stance}))
    ]
    if told:
        return "; ".join(told[:_TOLD])
    return f"no more than {listed(answers)}" if answers else f"nobody accuses {the(levels[0].hypothesis.name)}"


def _ties(best: Posterior, layout: Layout) -> str:
    """Who ties the one that the claims lean to to whom, and how firmly: no word on the deed."""
    told: dict[str, dict[str, None]] = {}
    for at, saying in layout.ties:
        if at == best.hypothesis.id and saying.tie and saying.tie.to:
            how = saying.tie.likelihood or (None if saying.tie.firmness is Firmness.NONE else saying.tie.firmness)
            told.setdefault(saying.tie.to, {})[f"{saying.source}, {how.value}" if how else saying.source] = None
    words = [f"{the(best.hypothesis.name)} is tied to {the(to)} by {listed(sorted(who))}" for to, who in sorted(told.items())]
    return f" {capital('; '.join(words))}." if words else ""


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
