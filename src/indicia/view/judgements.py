"""Key judgements: what the records of a case allow to be said, in a few sentences, each with the ids it rests on.

A sentence never says more than its source. Likelihood and confidence are passed on as they were given, apart from each other.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from indicia.knowledge.articles import capital, the
from indicia.records import (
    Assessment,
    Case,
    Claim,
    Confidence,
    Hunt,
    HuntVerdict,
    Level,
    Likelihood,
    Measure,
    MeasureKind,
    Outcome,
    Record,
    Stance,
    Told,
    Verdict,
    rejected,
    to_check,
)
from indicia.view.affair import LONGEST, Subject, subject
from indicia.view.first import first_things, headline
from indicia.view.inert import clip
from indicia.view.language import forms, noted
from indicia.view.positions import LEVELS, Position, is_narration, positions
from indicia.view.wording import is_public, many
from indicia.view.words import plural, several, surely

__all__ = [
    "NONE_FOUND",
    "NO_SOURCE",
    "OF_TABLES",
    "UNSURE",
    "Sentence",
    "agreeing",
    "assessed",
    "key_judgements",
    "listed",
    "reach_of",
    "reach_words",
    "speakers",
    "voices_of",
    "without_reach",
]

# Said of a measure for flaws that only a table knows.
OF_TABLES = "(from our tables on this affair, not from these texts)"
FEW = 4
COUNTS = ("no", "one", "two", "three", "four")
# How a statement begins that says whether it is about what was observed or what was said.
OPENINGS = ("What was ", "The statements ", "The observations ", "Nothing was observed", "Too little was said", "No statement ")
# What is said where nothing was found: never that there is nothing, for the reader misses claims.
NONE_FOUND = noted(
    "No claim about who did it was found. The reader misses some, so read the texts before you conclude that nobody is accused."
)
NO_SOURCE = noted(
    "No accusation by a named source was found. The reader misses some, so read the texts before you rely on that."
)
UNSURE = forms(
    "The reader is not sure that any named source accuses anybody; {count} claim needs checking.",
    "The reader is not sure that any named source accuses anybody; {count} claims need checking.",
)


class Sentence(Record, frozen=True, kw_only=True):
    """A sentence and the ids of the records it rests on. `topic` is said, denied, aside, grounds, ours, act or
    missing; that of a sentence on what was not found is unsaid."""

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
        *_aside(found, about.others, case),
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
        yield Sentence(text=NONE_FOUND, topic="unsaid")
        return
    accusing = [one for one in found if one.stance is Stance.ACCUSES]
    # What a text says in its own voice is not somebody's accusation: it is counted, and told below.
    sourced = [one for one in accusing if not is_narration(one)]
    if not sourced:
        doubtful = to_check(case.claims, case.judgements)
        yield Sentence(
            text=UNSURE[len(doubtful) > 1].format(count=len(doubtful)) if doubtful else NO_SOURCE,
            traces=tuple(claim.id for claim in (*doubtful, *case.claims)[:FEW]),
            topic="unsaid",
        )
    on_it = [one for one in sourced if not about.on_it.isdisjoint(one.claims)]
    affair = _affair(about.name) if about.name else ""
    lead = f"{'In' if affair.endswith(' affair') else 'On'} {affair}, " if affair else ""
    for mine in _together(on_it):
        only = mine[0] if len(mine) == 1 else None
        yield Sentence(
            text=capital(f"{lead}{_clauses(mine)}."),
            traces=tuple(one.firmest.id for one in mine[: 2 * FEW]),
            topic="said",
            likelihood=only.said.likelihood if only else None,
            confidence=only.said.confidence if only else None,
        )
        lead = ""
    # The UK's word on who stands behind a group is not its word on who broke into these servers.
    beside = [one for one in sourced if one not in on_it]
    if beside:
        groups = [[one for one in beside if one.names], *_by_tie([one for one in beside if one.tie])]
        groups = [mine for mine in groups if mine]
        yield Sentence(
            text=f"Beyond this incident, {'; '.join(map(_clauses, groups))}.",
            traces=tuple(one.firmest.id for mine in groups for one in mine[:FEW]),
            topic="said",
        )


def _affair(name: str) -> str:
    """An affair as it stands in a sentence.

    >>> _affair("NotPetya"), _affair("Attack on Kestrel Ports"), _affair("Microsoft Exchange hack")
    ('the NotPetya affair', 'the attack on Kestrel Ports', 'the Microsoft Exchange hack')
    """
    words = name.split()
    plain = len(words) > 1 and words[1].islower() and words[0].istitle()
    called = clip(name[:1].lower() + name[1:] if plain else name, 80)
    return f"the {called}" if plain or words[-1].islower() else f"the {called} affair"


def _together(found: list[Position]) -> list[list[Position]]:
    """What belongs into one sentence: the names of each level, then each tie, those that accuse a state first."""
    return [*_by_level([one for one in found if one.names]), *_by_tie([one for one in found if one.tie])]


def _by_level(found: list[Position]) -> list[list[Position]]:
    """The positions of each level, the firmest first."""
    found = sorted(found, key=lambda one: (_level_order(one.level), -one.said.firmness.strength, one.source))
    return [list(mine) for _, mine in groupby(found, key=lambda one: one.level)]


def _by_tie(found: list[Position]) -> list[list[Position]]:
    """The positions of each tie, those that accuse the state first, then the firmest."""
    found = sorted(found, key=lambda one: (one.state is None, one.tie, -one.said.firmness.strength, one.source))
    return [list(mine) for _, mine in groupby(found, key=lambda one: (one.state, one.tie))]


def _aside(found: tuple[Position, ...], others: tuple[Claim, ...], case: Case) -> Iterable[Sentence]:
    """What is left out of the judgements, counted."""
    accusing = [one for one in found if one.stance is Stance.ACCUSES]
    told = [one for one in accusing if is_narration(one)]
    parts, traces = [], []
    if told:
        count = len({id for one in told for id in one.claims})  # a deed and a tie may be one claim
        parts.append(f"{many(count, 'claim')} that the texts make in their own voice")
        traces += [one.firmest.id for one in told[:FEW]]
    if others:
        names = [one.incident or one.incident_id or "" for one in others]
        affairs = listed((name for name in names if 0 < len(name) <= LONGEST), 3)
        parts.append(f"{many(len(others), 'claim')} about other incidents" + (f" ({affairs})" if affairs else ""))
        traces += [one.id for one in others[:FEW]]
    out = rejected(case.judgements)
    refused = [claim.id for claim in case.claims if claim.id in out]
    if refused:
        parts.append(f"{many(len(refused), 'claim')} that a person rejected")
        traces += refused[:FEW]
    doubtful = to_check(case.claims, case.judgements)
    if doubtful and accusing:
        parts.append(f"{many(len(doubtful), 'claim')} that the reader is not sure of (please check)")
        traces += [one.id for one in doubtful[:FEW]]
    if parts:
        yield Sentence(
            text=f"Not counted here, but listed with the claims: {listed(parts, 4)}.", traces=tuple(traces), topic="aside"
        )


def _by_words(found: list[Position]) -> Iterable[list[Position]]:
    return [[one for one in found if one.says == says] for says in dict.fromkeys(one.says for one in found)]


def _level_order(level: Level | None) -> int:
    return LEVELS.index(level) if level else len(LEVELS)


def _clauses(mine: list[Position]) -> str:
    """Who says what of all who are named at one level, or tied to one state: `A and B name X; C names Y and Z`."""
    by_words: dict[str, list[Position]] = defaultdict(list)
    for one in mine:
        by_words[one.says].append(one)
    told: dict[str, list[str]] = defaultdict(list)
    for says, found in list(by_words.items())[:FEW]:
        verb, _, whom = says.partition(" ")
        told[speakers(found)].append(f"{agreeing(verb, found)} {the(clip(whom, 110))}")
    parts = [f"{who} {_joined(predicates)}" for who, predicates in told.items()]
    if len(by_words) > FEW:
        parts.append(f"{len(by_words) - FEW} more are named")
    first, text = mine[0], "; ".join(parts)
    if first.tie and first.level is Level.PLACE:
        return f"{text}, which is not to accuse the state"
    if first.tie and first.state:
        return f"{text}, and so {agreeing('accuses', mine)} the state itself"
    return text


def _joined(predicates: list[str]) -> str:
    """
    >>> _joined(["names APT31", "names APT40"]), _joined(["names A", "ties B to C"])
    ('names APT31 and APT40', 'names A and ties B to C')
    """
    verb = predicates[0].partition(" ")[0]
    same = all(one.startswith(f"{verb} ") for one in predicates)
    return f"{verb} {listed(one.removeprefix(f'{verb} ') for one in predicates)}" if same else listed(predicates)


def agreeing(verb: str, found: Iterable[Position]) -> str:
    """The verb that agrees with those who say so: `names`, or `name` where they are several, or one "private researchers"."""
    sources = {one.who for one in found}
    return plural(verb) if len(sources) > 1 or several(next(iter(sources))) else verb


def speakers(found: Iterable[Position], most: int = FEW) -> str:
    """Who says so, each with the words that tell how surely.

    `Microsoft (“high confidence”) and the United Kingdom`, `Canada and the United States (according to NATO)`.
    """
    return listed(voices_of(found, sure=True), most)


def voices_of(found: Iterable[Position], *, sure: bool = False) -> list[str]:
    """The speakers, each with its own words where `sure`. Those of whom one other tells stand together, and so do "its allies"
    and the state that they were named with."""
    by_teller: dict[str, list[str]] = defaultdict(list)
    found = list(found)
    allies = {one.firmest.quote for one in found if one.source == "its allies"}
    joined = {one.firmest.quote for one in found if one.source != "its allies" and one.firmest.quote in allies}
    for one in found:
        if one.source == "its allies" and one.firmest.quote in joined:
            continue
        office, unnamed, _ = clip(one.source, 90).partition(" (unnamed official)")
        name = f"an unnamed official of {the(office)}" if unnamed else the(office)
        name += " and its allies" if one.firmest.quote in joined else ""
        words = surely(one.said) if sure else ""
        by_teller[one.relayed].append(name + (f" ({clip(words, 62)})" if words else ""))
    own = by_teller.pop("", [])
    groups = [(names, the(clip(teller, 60))) for teller, names in by_teller.items()]
    if own and len(groups) == 1 and 1 < len(groups[0][0]) <= FEW - len(own):
        # "A and B and C (according to T)" would leave open whether T tells of A.
        ((names, teller),) = groups
        return [*own, *names[:-1], f"{names[-1]} (the last {COUNTS[len(names)]} according to {teller})"]
    return [*own, *(f"{listed(names, 3)} (according to {teller})" for names, teller in groups)]


def _answered(found: tuple[Position, ...]) -> Iterable[Sentence]:
    accused = any(one.stance is Stance.ACCUSES and not is_narration(one) for one in found)
    texts = (
        (Stance.CLAIMS, "takes credit for it", "take credit for it"),
        (Stance.ENDORSES, "endorses what others said", "endorse what others said"),
        (Stance.WITHDRAWS, "withdraws its own charge", "withdraw their own charge"),
        (Stance.DENIES, "denies it", "deny it"),
        (Stance.QUESTIONS, "questions it", "question it"),
        (Stance.DECLINES, "declined to name anyone", "declined to name anyone"),
    )
    parts, traces = [], []
    for stance, one_does, many_do in texts:
        mine = [one for one in found if one.stance is stance]
        if mine and not accused:  # there is nothing for "it" to mean
            parts += [f"{capital(_clauses(same))}." for same in _by_words(mine)]
            traces += [one.firmest.id for one in mine[:FEW]]
        elif mine:
            names = list(dict.fromkeys(the(clip(one.who, 90)) for one in mine))
            parts.append(
                f"{capital(listed(names))} {one_does if len(names) == 1 and not several(mine[0].source) else many_do}."
            )
            traces += [one.firmest.id for one in mine[:FEW]]
    if parts:
        yield Sentence(text=" ".join(parts), traces=tuple(traces), topic="denied")


def _grounds(case: Case) -> Iterable[Sentence]:
    if case.weighing is None:
        return
    if case.weighing.contradicted:
        yield Sentence(text=clip(case.weighing.agreement, 800), topic="grounds")
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
    """The assessment's own statement, under its name unless it says itself what it is about."""
    text = clip(assessment.statement, 800).rstrip(".")
    if assessment.verdict is Verdict.INSUFFICIENT and "insufficient" not in text.lower():
        text = f"insufficient grounds. {capital(text)}"
    return f"{text}." if text.startswith(OPENINGS) else f"{name}: {text}."


def _ours(case: Case) -> Iterable[Sentence]:
    hunt = case.hunt
    if is_public(case):
        yield Sentence(text="This public version leaves out what our own logs show.", topic="ours")
        return
    if hunt is None or hunt.verdict is HuntVerdict.NO_LOGS:
        yield Sentence(text="We do not know whether it happened to us: no logs were given.", topic="ours")
        return
    said = {
        HuntVerdict.COMPROMISE: "Our logs show a compromise",
        HuntVerdict.LIKELY: "Our logs make a compromise likely",
        HuntVerdict.SIGNS: "Our logs show signs of a compromise",
        HuntVerdict.LOOK: "Our logs show something to look at, but no compromise by itself",
        HuntVerdict.ATTEMPT: "Our logs show attempts but no success",
        HuntVerdict.NOT_SEEN: "Our logs show no trace of it, which does not prove that it did not happen",
        HuntVerdict.CANNOT_JUDGE: "Our logs do not let us judge whether it happened",
    }[hunt.verdict]
    worked = [one.id for one in hunt.sightings if one.outcome is Outcome.SUCCESS] or [one.id for one in hunt.sightings]
    # The first sentence is the verdict's own; where the decisive line stands is said on the page.
    reason = clip(re.split(r"(?<=[.!?]) (?=[A-Z\u201c])", hunt.reason, maxsplit=1)[0], 300).rstrip(".")
    yield Sentence(
        text=f"{said}. {capital(reason)}. {reach_words(hunt)}" if reason else f"{said}. {reach_words(hunt)}",
        traces=tuple(worked[:FEW]),
        topic="ours",
    )


def without_reach(reason: str) -> str:
    """The reason of a verdict without the sentence on how far the logs reach, which is said beside it."""
    return " ".join(part for part in re.split(r"(?<=[.!?]) (?=[A-Z\u201c])", reason) if not part.startswith("The logs reach"))


def reach_words(hunt: Hunt) -> str:
    """How far the logs reach, and whether with gaps: nothing is said about what lies outside."""
    reach = reach_of(hunt)
    read = [one for one in hunt.files if one.events]
    if reach is None:
        return "The logs do not say how far they reach."
    gaps = sum(len(one.gaps) for one in read)
    holes = "" if not gaps else f", with {many(gaps, 'gap')}"
    return f"The logs ({many(len(read), 'file')}) cover {reach[0]:%Y-%m-%d %H:%M} to {reach[1]:%Y-%m-%d %H:%M} UTC{holes}."


def reach_of(hunt: Hunt) -> tuple[datetime, datetime] | None:
    """The first and the last moment that the logs hold; None where none bears a time."""
    read = [one for one in hunt.files if one.events]
    starts = [one.oldest for one in read if one.oldest]
    ends = [one.newest for one in read if one.newest]
    return (min(starts), max(ends)) if starts and ends else None


def _first_act(case: Case) -> Iterable[Sentence]:
    if case.advice is None or not case.advice.measures:
        return
    contained = any(one.kind is MeasureKind.CONTAIN for one in case.advice.measures)
    first = first_things(case.advice, 4 if contained else 3)
    yield Sentence(
        text=f"Priorities: {'; '.join(map(_told_briefly, first))}.",
        traces=tuple(one.id for one in first),
        topic="act",
    )


def _told_briefly(one: Measure) -> str:
    """What to do, within a sentence, with the date by which US agencies have to."""
    title = clip(headline(one), 140)
    known = [OF_TABLES.strip("()")] if one.known else []
    due = [f"CISA's date for US agencies: {one.due}"] if one.kind is MeasureKind.PATCH and one.due else []
    more = f" ({'; '.join([*known, *due])})" if known or due else ""
    return f"{title[:1].lower()}{title[1:]}{more}"


def _missing(case: Case) -> Iterable[Sentence]:
    if case.weighing is None:
        return
    missing = list(dict.fromkeys(case.weighing.observed.missing))
    if missing:
        more = f"; and {len(missing) - 3} more" if len(missing) > 3 else ""
        told = "; ".join(clip(_in_brackets(one), 180) for one in missing[:3])
        yield Sentence(text=f"Still missing: {told}{more}.", topic="missing")


def _in_brackets(missing: str) -> str:
    """
    >>> _in_brackets("software: no malware or tool is identified")
    'software (no malware or tool is identified)'
    """
    what, _, why = missing.partition(": ")
    return f"{what} ({why})" if why else what
