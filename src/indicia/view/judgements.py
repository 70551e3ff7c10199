"""Key judgements: what the records of a case allow to be said, in a few sentences, each with the ids it rests on.

A sentence never says more than its source. Likelihood and confidence are passed on as they were given, apart from each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from indicia.records import (
    Assessment,
    Case,
    Claim,
    Confidence,
    Hunt,
    HuntVerdict,
    Level,
    Likelihood,
    MeasureKind,
    Outcome,
    Record,
    Stance,
    Told,
    Verdict,
    rejected,
)
from indicia.view.affair import Subject, subject
from indicia.view.inert import clip
from indicia.view.leaving import is_public
from indicia.view.positions import FIRMEST, LEVELS, Position, is_narration, positions
from indicia.view.wording import capital
from indicia.view.words import by_state, surely

__all__ = ["OF_TABLES", "Sentence", "assessed", "key_judgements", "listed", "reach_words", "the", "without_reach"]

# Said of a measure for flaws that only a table knows.
OF_TABLES = "(known of the affair from our tables, not stated in these texts)"
FEW = 4


class Sentence(Record, frozen=True, kw_only=True):
    """A sentence and the ids of the records it rests on. `topic` is said, denied, grounds, ours, act or missing."""

    text: str
    traces: tuple[str, ...] = ()
    topic: str = ""
    likelihood: Likelihood | None = None
    confidence: Confidence | None = None

    @property
    def told(self) -> Told | None:
        """Whose word it is; None for what our logs show and for advice."""
        return {"said": Told.STATED, "denied": Told.STATED, "grounds": Told.CONCLUDED}.get(self.topic)


def key_judgements(case: Case, knowledge: object = None) -> tuple[Sentence, ...]:
    """Five to ten sentences: who accuses whom, who denies, what the grounds carry, whether it happened here, what to do first.

    `knowledge` is taken for the sake of callers that have it; the records alone are enough."""
    about = subject(case)
    found = positions(about.mine)
    return (
        *_said(found, case, about),
        *_answered(found),
        *_grounds(case),
        *_ours(case),
        *_first_act(case),
        *_missing(case),
    )


def listed(names: Iterable[str], most: int = FEW) -> str:
    """`a, b and c`, or `a, b, c and 4 more`.

    >>> listed(["a", "b"]), listed("abcdef")
    ('a and b', 'a, b, c, d and 2 more')
    """
    names = list(dict.fromkeys(names))
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _said(found: tuple[Position, ...], case: Case, about: Subject) -> Iterable[Sentence]:
    if not case.claims:
        yield Sentence(
            text="No attribution claim was found in what was read, so nothing can be said here about who is accused.",
            topic="said",
        )
        return
    accusing = [one for one in found if one.stance is Stance.ACCUSES]
    # What a text says in its own voice is not somebody's accusation: it is counted, and told below.
    sourced = [one for one in accusing if not is_narration(one)]
    if not sourced:
        yield Sentence(
            text="Nobody who is named accuses anybody in what was read.",
            traces=tuple(claim.id for claim in case.claims[:FEW]),
            topic="said",
        )
    on_it = [one for one in sourced if not about.on_it.isdisjoint(one.claims)]
    lead = f"On {the(clip(about.name, 80))}: " if about.name else ""
    for mine in (*_by_level([one for one in on_it if one.names]), *_by_tie([one for one in on_it if one.tie])):
        only = mine[0] if len(mine) == 1 else None
        yield Sentence(
            text=capital(f"{lead}{_clause(mine)}."),
            traces=tuple(one.firmest.id for one in mine[: 2 * FEW]),
            topic="said",
            likelihood=only.said.likelihood if only else None,
            confidence=only.said.confidence if only else None,
        )
        lead = ""
    # The UK's word on who stands behind a group is not its word on who broke into these servers.
    beside = [one for one in sourced if one not in on_it]
    if beside:
        clauses = (*_by_level([one for one in beside if one.names]), *_by_tie([one for one in beside if one.tie]))
        yield Sentence(
            text=f"Beyond this incident: {'; '.join(map(_clause, clauses))}.",
            traces=tuple(one.firmest.id for mine in clauses for one in mine[:FEW]),
            topic="said",
        )
    yield from _aside(accusing, about.others, case)


def _by_level(found: list[Position]) -> list[list[Position]]:
    """The positions of each level, the firmest first."""
    found = sorted(found, key=lambda one: (_level_order(one.level), FIRMEST.index(one.said.firmness), one.source))
    return [list(mine) for _, mine in groupby(found, key=lambda one: one.level)]


def _by_tie(found: list[Position]) -> list[list[Position]]:
    """The positions of each tie, those that accuse the state first, then the firmest."""
    found = sorted(found, key=lambda one: (one.state is None, one.tie, FIRMEST.index(one.said.firmness), one.source))
    return [list(mine) for _, mine in groupby(found, key=lambda one: (one.state, one.tie))]


def _aside(accusing: list[Position], others: tuple[Claim, ...], case: Case) -> Iterable[Sentence]:
    """What is left out of the judgements, counted."""
    told = [one for one in accusing if is_narration(one)]
    parts, traces = [], []
    if told:
        count = sum(len(one.claims) for one in told)
        parts.append(f"{count} accusation{'s' if count > 1 else ''} without a source (the texts' own voice)")
        traces += [one.firmest.id for one in told[:FEW]]
    if others:
        affairs = listed((clip(one.incident or one.incident_id or "", 60) for one in others), 3)
        parts.append(f"{len(others)} claim{'s' if len(others) > 1 else ''} on other affairs ({affairs})")
        traces += [one.id for one in others[:FEW]]
    out = rejected(case.judgements)
    refused = [claim.id for claim in case.claims if claim.id in out]
    if refused:
        parts.append(f"{len(refused)} claim{'s' if len(refused) > 1 else ''} that a person rejected")
        traces += refused[:FEW]
    if parts:
        yield Sentence(text=f"Told below and not counted here: {listed(parts, 4)}.", traces=tuple(traces), topic="said")


def _level_order(level: Level | None) -> int:
    return LEVELS.index(level) if level else len(LEVELS)


LEVEL_WORDS = {
    Level.STATE: ("the state accused is", "the states accused are"),
    Level.AGENCY: ("the agency named is", "the agencies named are"),
    Level.GROUP: ("the group named is", "the groups named are"),
    Level.OPERATOR: ("the operator named is", "the operators named are"),
    Level.PLACE: ("the place named, which is not the state, is", "the places named, which are not states, are"),
    None: ("named without a level is", "named without a level are"),
}


def _clause(mine: list[Position]) -> str:
    """All who are named at one level, or tied to one state, and by whom."""
    by_accused: dict[str, list[Position]] = defaultdict(list)
    for one in mine:
        by_accused[one.accused].append(one)
    first = mine[0]
    if first.tie and first.level is Level.PLACE:
        place = first.says.removeprefix("says it came from ")
        return f"it came from {place}, which is not to accuse the state (so {_speakers(mine)})"
    parts = [f"{the(clip(accused, 80))} (by {_speakers(found)})" for accused, found in list(by_accused.items())[:FEW]]
    if len(by_accused) > FEW:
        parts.append(f"{len(by_accused) - FEW} more")
    names = listed(parts, FEW + 1)
    if first.tie:
        itself = f", which accuses {by_state(first.state)[1]}" if first.state else ""
        return f"said to be {first.tie}{itself}: {names}"
    return f"{LEVEL_WORDS[first.level][len(by_accused) > 1]} {names}"


def _speakers(found: list[Position]) -> str:
    return listed(the(clip(one.who, 90)) + (f", {clip(sure, 62)}" if (sure := surely(one.said)) else "") for one in found)


_ARTICLE = re.compile(
    r"(United (Kingdom|States|Nations|Arab)|European |Netherlands|Philippines|Czech Republic|Ministry |Department |National )"
    r"|(UK|US) [A-Z]"
)


def the(name: str) -> str:
    """`name` as it stands in a sentence.

    >>> the("United Kingdom"), the("NATO")
    ('the United Kingdom', 'NATO')
    """
    return f"the {name}" if _ARTICLE.match(name) else name


def _answered(found: tuple[Position, ...]) -> Iterable[Sentence]:
    texts = (
        (Stance.CLAIMS, "claims credit for it", "claim credit for it"),
        (Stance.ENDORSES, "endorses what others said", "endorse what others said"),
        (Stance.DENIES, "denies the charge", "deny the charge"),
        (Stance.QUESTIONS, "questions the charge", "question the charge"),
        (Stance.DECLINES, "declined to name anyone", "declined to name anyone"),
    )
    parts, traces = [], []
    for stance, one_does, many_do in texts:
        mine = [one for one in found if one.stance is stance]
        if mine:
            names = list(dict.fromkeys(the(clip(one.who, 90)) for one in mine))
            parts.append(f"{capital(listed(names))} {one_does if len(names) == 1 else many_do}.")
            traces += [one.firmest.id for one in mine[:FEW]]
    if parts:
        yield Sentence(text=" ".join(parts), traces=tuple(traces), topic="denied")


def _grounds(case: Case) -> Iterable[Sentence]:
    if case.weighing is None:
        return
    for name, assessment in (("What was observed", case.weighing.observed), ("What was said", case.weighing.said)):
        yield Sentence(
            text=assessed(assessment, name),
            traces=assessment.decisive or _heaviest(assessment),
            topic="grounds",
            likelihood=assessment.likelihood,
            confidence=assessment.confidence,
        )


def _heaviest(assessment: Assessment) -> tuple[str, ...]:
    """The evidence that weighs most, for or against anybody."""
    ordered = sorted(assessment.weights, key=lambda weight: (-abs(weight.decibans), weight.evidence))
    return tuple(dict.fromkeys(weight.evidence for weight in ordered))[:FEW]


def assessed(assessment: Assessment, name: str) -> str:
    """The assessment's own statement, under its name unless it begins with that."""
    text = clip(assessment.statement, 800).rstrip(".")
    if assessment.verdict is Verdict.INSUFFICIENT and "insufficient" not in text.lower():
        text = f"insufficient grounds. {capital(text)}"
    return f"{text}." if text.startswith((f"{name} ", f"{name.replace('was', 'is')} ")) else f"{name}: {text}."


def _ours(case: Case) -> Iterable[Sentence]:
    hunt = case.hunt
    if is_public(case):
        yield Sentence(text="What our own logs show is left out of this public version.", topic="ours")
        return
    if hunt is None or hunt.verdict is HuntVerdict.NO_LOGS:
        yield Sentence(text="Whether it happened to us is not known: no logs were given.", topic="ours")
        return
    said = {
        HuntVerdict.COMPROMISE: "Our logs show a compromise",
        HuntVerdict.LIKELY: "Our logs make a compromise likely",
        HuntVerdict.SIGNS: "Our logs show signs of a compromise",
        HuntVerdict.LOOK: "Our logs show something to look at, and no compromise by that alone",
        HuntVerdict.ATTEMPT: "Our logs show attempts and no success",
        HuntVerdict.NOT_SEEN: "Nothing of it was seen in our logs, which does not prove that it did not happen",
    }[hunt.verdict]
    worked = [one.id for one in hunt.sightings if one.outcome is Outcome.SUCCESS] or [one.id for one in hunt.sightings]
    # The first sentence is the verdict's own; where the decisive line stands is said on the page.
    reason = clip(re.split(r"(?<=[.!?]) (?=[A-Z\u201c])", hunt.reason, maxsplit=1)[0], 300).rstrip(".")
    yield Sentence(
        text=f"{said}: {reason}. {reach_words(hunt)}" if reason else f"{said}. {reach_words(hunt)}",
        traces=tuple(worked[:FEW]),
        topic="ours",
    )


def without_reach(reason: str) -> str:
    """The reason of a verdict without the sentence on how far the logs reach, which is said beside it."""
    return " ".join(part for part in re.split(r"(?<=[.!?]) (?=[A-Z\u201c])", reason) if not part.startswith("The logs reach"))


def reach_words(hunt: Hunt) -> str:
    """How far the logs reach, and whether with gaps: nothing is said about what lies outside."""
    read = [one for one in hunt.files if one.events]
    starts = [one.oldest for one in read if one.oldest]
    ends = [one.newest for one in read if one.newest]
    if not starts or not ends:
        return "How far the logs reach cannot be told."
    gaps = sum(len(one.gaps) for one in read)
    files = "1 file reaches" if len(read) == 1 else f"{len(read)} files reach"
    holes = "" if not gaps else f", with {gaps} gap{'s' if gaps > 1 else ''}"
    return f"The logs ({files}) go from {min(starts):%Y-%m-%d %H:%M} to {max(ends):%Y-%m-%d %H:%M} UTC{holes}."


def _first_act(case: Case) -> Iterable[Sentence]:
    if case.advice is None or not case.advice.measures:
        return
    contain = [one for one in case.advice.measures if one.kind is MeasureKind.CONTAIN]
    patches = [one for one in case.advice.measures if one.kind is MeasureKind.PATCH and not one.in_place]
    first = [*contain[1:3], *patches[:1]] if contain else (patches[:2] or list(case.advice.measures[:1]))
    names = [one.title[:1].lower() + clip(one.title[1:], 140) + (f" {OF_TABLES}" if one.known else "") for one in first]
    due = next((f" (CISA's date for US agencies: {one.due})" for one in patches[:1] if one.due), "")
    yield Sentence(
        text=f"Do first: {'; '.join(names)}{due}.",
        traces=tuple(one.id for one in first),
        topic="act",
    )


def _missing(case: Case) -> Iterable[Sentence]:
    if case.weighing is None:
        return
    missing = list(dict.fromkeys(case.weighing.observed.missing))
    if missing:
        more = f"; and {len(missing) - 3} more" if len(missing) > 3 else ""
        yield Sentence(text=f"Not known: {'; '.join(clip(one, 120) for one in missing[:3])}{more}.", topic="missing")
