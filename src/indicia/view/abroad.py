"""What page one says in another language than English: the same records, each sentence one message of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from indicia.knowledge.articles import capital
from indicia.records import (
    Case,
    Claim,
    DeedKind,
    Hunt,
    HuntVerdict,
    Level,
    Measure,
    MeasureKind,
    Outcome,
    Proposition,
    SourceType,
    Stance,
    TieKind,
    to_check,
)
from indicia.view.affair import subject
from indicia.view.inert import clip
from indicia.view.judgements import NO_SOURCE, NONE_FOUND, UNSURE, reach_of
from indicia.view.language import colon, country, forms, joined, noted, quoted, tell, tell_many
from indicia.view.positions import LEVELS, Position, is_narration, positions
from indicia.view.wording import sentence
from indicia.view.words import accused_words, by_state, of_itself, source_words

__all__ = [
    "by_when_words",
    "clause_words",
    "counted_words",
    "firm_words",
    "gist_words",
    "headline_words",
    "hypothesis_words",
    "missing_words",
    "reach_words",
    "reason_words",
    "says_words",
    "unread_words",
    "voices_words",
]

FEW = 4
FIRMNESS = "firmness {}"  # how a word of the ledger is called in the catalogues, where "high" may be something else
_LINKED = re.compile(r"(.+)-linked hackers$")
_TIED = re.compile(r"an actor tied to (.+)$")
_PATCH = re.compile(r"Patch (.+): (CVE-.+)$")
_MORE = re.compile(r"Patch (\d+) more products$")
_FIX = re.compile(r"Look for a fix for (CVE-\S+)$")


def gist_words(case: Case) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The affair in two sentences, each with the ids that it rests on."""
    about = subject(case)
    if not case.claims:
        return ((tell(NONE_FOUND), ()),)
    sides = [one for one in positions(about.mine) if not is_narration(one)]
    accusing = [one for one in sides if one.stance is Stance.ACCUSES and one.names and not about.on_it.isdisjoint(one.claims)]
    accusing = accusing or [one for one in sides if one.stance is Stance.ACCUSES]
    if not accusing:
        doubtful = to_check(case.claims, case.judgements)
        told = tell_many(*UNSURE, len(doubtful)) if doubtful else tell(NO_SOURCE)
        answers = [(f"{capital(clause_words(one))}.", (one.firmest.id,)) for one in sides if one.stance is Stance.DENIES]
        return ((told, tuple(claim.id for claim in doubtful[:FEW])), *answers[:1])
    # What most say of the highest level that is named, as the first judgement has it.
    highest = min(_height(one) for one in accusing)
    same = [one for one in accusing if _height(one) == highest]
    first = max((one.says for one in same), key=lambda says: sum(one.says == says for one in same))
    mine = sorted((one for one in same if one.says == first), key=lambda one: -one.said.firmness.strength)
    names = {"who": voices_words(mine), "accused": _accused(mine[0].firmest)}
    if not mine[0].names:
        text = f"{names['who']}{colon()}{_clause(mine[0])}."
    elif about.name:
        text = _agreeing(
            mine,
            "In the affair {affair}, {who} names as the culprit: {accused}.",
            "In the affair {affair}, {who} name as the culprit: {accused}.",
            affair=quoted(clip(about.name, 80)),
            **names,
        )
    else:
        text = _agreeing(mine, "{who} names as the culprit: {accused}.", "{who} name as the culprit: {accused}.", **names)
    sentences = [(capital(text), tuple(one.firmest.id for one in mine)[:FEW])]
    denying = [one for one in sides if one.stance is Stance.DENIES]
    if denying:
        text = _agreeing(denying, "{who} denies it.", "{who} deny it.", who=voices_words(denying))
        sentences.append((capital(text), tuple(one.firmest.id for one in denying)[:FEW]))
    return tuple(sentences)


def _height(one: Position) -> int:
    """The level of who is named; ties come after all names."""
    return len(LEVELS) + 1 if one.tie else LEVELS.index(one.level) if one.level else len(LEVELS)


def _agreeing(found: Sequence[Position], one: str, many: str, **names: object) -> str:
    """The sentence whose verb agrees with those who speak; "the United States" are several."""
    sources = {each.source for each in found}
    state = country(next(iter(sources)))
    return tell_many(one, many, 2 if len(sources) > 1 or (state and state.plural) else 1, **names)


def says_words(one: Position) -> tuple[str, str]:
    """What a position says, as the strong words of a table's cell and the rest."""
    head, _, rest = _saying(one).partition(" | ")
    return head, rest


def clause_words(one: Position) -> str:
    """A position as a clause: `Kanada nennt als Urheber: China`, `Microsoft: sieht eine Verbindung: ...`."""
    who, deed = voices_words((one,)), one.firmest.deed
    if one.names and deed is not None and deed.kind is DeedKind.DID:
        names = {"who": who, "accused": _accused(one.firmest)}
        return _agreeing((one,), "{who} names as the culprit: {accused}.", "{who} name as the culprit: {accused}.", **names)[
            :-1
        ]
    if one.stance is Stance.DENIES and (one.firmest.accused.party is None or of_itself(one.firmest)):
        return _agreeing((one,), "{who} denies it.", "{who} deny it.", who=who)[:-1]
    return f"{who}{colon()}{_clause(one)}"


def _clause(one: Position) -> str:
    head, rest = says_words(one)
    return f"{head[:1].lower()}{head[1:]} {rest}"


def _saying(one: Position) -> str:
    claim, accused = one.firmest, _accused(one.firmest)
    party = claim.accused.party is not None
    if one.tie and claim.tie is not None:
        return _tied(claim, accused)
    match one.stance:
        case Stance.ACCUSES:
            kind = claim.deed.kind if claim.deed else DeedKind.DID
            if kind is DeedKind.DIRECTED:
                return tell("Names as who directed it | {accused}", accused=accused)
            if kind is DeedKind.ENABLED:
                return tell("Names as who enabled it | {accused}", accused=accused)
            return tell("Names as the culprit | {accused}", accused=accused)
        case Stance.CLAIMS:
            return tell("Takes credit | for it")
        case Stance.ENDORSES:
            return (
                tell("Endorses | what others say of: {accused}", accused=accused)
                if party
                else tell("Endorses | what others said")
            )
        case Stance.QUESTIONS:
            return (
                tell("Questions | the charge against: {accused}", accused=accused)
                if party
                else tell("Questions | what others said")
            )
        case Stance.DENIES:
            other = party and not of_itself(claim)
            return tell("Denies | the charge against: {accused}", accused=accused) if other else tell("Denies | the charge")
        case Stance.DECLINES:
            return tell("Declines | to name: {accused}", accused=accused) if party else tell("Declines | to name anyone")


def _tied(claim: Claim, accused: str) -> str:
    tie = claim.tie
    assert tie is not None  # the caller asks only for ties
    state = country(by_state(tie.state)[0]) if tie.state else None
    if claim.accused.level is Level.PLACE or tie.kind is TieKind.LOCATED:
        place = state.name if state else (by_state(tie.state)[0] if tie.state else tie.to)
        return tell("Says | it came from this territory: {place}", place=place)
    if state is None or not state.adjective:
        to = by_state(tie.state)[0] if tie.state else tie.to.removeprefix("the ")
        return tell("Ties | {accused} to: {to}", accused=accused, to=to)
    named = tie.to not in {"", by_state(tie.state or "")[0], tie.state or ""}
    if named:  # an agency says more than its state
        return tell("Ties | {accused} to: {to}", accused=accused, to=tie.to.removeprefix("the "))
    words = {
        TieKind.LINKED: noted("Ties | {accused} to the {adjective} state"),
        TieKind.ORGAN: noted("Describes | {accused} as part of the {adjective} state"),
        TieKind.DIRECTED: noted("Describes | {accused} as directed by the {adjective} state"),
        TieKind.WORKS_FOR: noted("Describes | {accused} as working for the {adjective} state"),
        TieKind.ALIGNED: noted("Describes | {accused} as siding with the {adjective} state"),
        TieKind.TOLERATED: noted("Describes | {accused} as tolerated by the {adjective} state"),
    }
    return tell(words[tie.kind], accused=accused, adjective=state.adjective)


def _accused(claim: Claim) -> str:
    party = claim.accused.party
    if party is None:
        return tell("nobody by name")
    state = country(party.canonical)
    if claim.accused.level is Level.PLACE and state:
        return tell("the territory {of_country}", of_country=state.of)
    return hypothesis_words(accused_words(claim))


def hypothesis_words(name: str) -> str:
    """Whom a hypothesis or an accusation names: states and what we call by them; names of groups stay."""
    if state := country(name):
        return state.name
    if (linked := _LINKED.match(name)) and (state := country(linked[1])):
        return tell("hackers with ties {to_country}", to_country=state.to)
    if (tied := _TIED.match(name)) and (state := country(tied[1])):
        return tell("an actor with ties {to_country}", to_country=state.to)
    if name == "an actor not in our knowledge":
        return tell("an actor not in our knowledge")
    return name


def voices_words(found: Iterable[Position], most: int = FEW) -> str:
    """The speakers; those of whom one other tells stand together."""
    by_teller: dict[str, list[str]] = {}
    for one in found:
        names = by_teller.setdefault(one.relayed, [])
        name = _voice(one)
        if name not in names:
            names.append(name)
    parts = []
    own = by_teller.pop("", [])
    if len(own) > most + 1:
        own = [*own[:most], tell("{count} more", count=len(own) - most)]
    if own:
        parts.append(joined(own))
    for teller, names in by_teller.items():
        state = country(teller)
        parts.append(
            tell(
                "{names} (according to {teller})", names=joined(names[:most]), teller=state.name if state else clip(teller, 60)
            )
        )
    return tell("{first} as well as {second}", first=parts[0], second=joined(parts[1:])) if len(parts) > 1 else "".join(parts)


def _voice(one: Position) -> str:
    party = one.firmest.source.party
    if party is None:
        return tell("the text itself")
    if one.source == "its allies":
        return tell("its allies")
    state = country(party.canonical)
    name = state.name if state else source_words(one.firmest)
    if one.firmest.source.type is SourceType.ANONYMOUS and state:
        return tell("an unnamed official ({country})", country=state.name)
    return clip(name, 90)


def firm_words(mine: Sequence[Position]) -> str:
    """From the weakest words to the firmest; a speaker's own words stay in its language."""
    words = list(dict.fromkeys(_firm(one.said) for one in mine))
    if mine[0].said.firmness is mine[-1].said.firmness:
        return joined(words[:3])
    return words[0] if len(words) == 1 else tell("{weakest} to {firmest}", weakest=words[0], firmest=words[-1])


def _firm(said: Proposition) -> str:
    if said.cue:
        return quoted(said.cue.text)
    return tell("flat statement") if said.firmness.value == "none" else tell(FIRMNESS.format(said.firmness.value))


def counted_words(found: Sequence[Position]) -> str:
    """How many sources take which side."""
    told = [one for one in found if not is_narration(one)]

    def sources(which: Callable[[Position], bool]) -> int:
        return len({one.source for one in told if which(one)})

    named = sources(lambda one: one.names)
    parts = (
        [tell_many("{count} source names a culprit", "{count} sources name a culprit", named)]
        if named
        else [tell("No source found that names a culprit")]
    )
    for words, which in (
        (forms("{count} accuses a state itself", "{count} accuse a state itself"), lambda one: one.state is not None),
        (forms("{count} takes credit", "{count} take credit"), lambda one: one.stance is Stance.CLAIMS),
        (forms("{count} endorses", "{count} endorse"), lambda one: one.stance is Stance.ENDORSES),
        (forms("{count} doubts", "{count} doubt"), lambda one: one.stance is Stance.QUESTIONS),
        (forms("{count} denies", "{count} deny"), lambda one: one.stance is Stance.DENIES),
    ):
        if count := sources(which):
            parts.append(tell_many(*words, count))
    return ", ".join(parts)


def reason_words(hunt: Hunt) -> str:
    """Which hosts were broken into, and the worst trace, which is the one that the verdict's own reason names; else nothing.
    Names of hosts and files that were left out are not in it."""
    parts = []
    if hunt.verdict is HuntVerdict.COMPROMISE:
        hosts = list(dict.fromkeys(chain.host for chain in hunt.chains if chain.outcome is Outcome.SUCCESS and chain.host))
        named = [host for host in hosts if host in hunt.reason]
        if named:
            parts.append(
                tell_many(
                    "{count} system was broken into: {hosts}.",
                    "{count} systems were broken into: {hosts}.",
                    len(named),
                    hosts=joined(named),
                )
            )
        elif not hosts:
            parts.append(tell("At least one system was broken into; its name is left out here."))
    worst = next(
        (
            one
            for one in hunt.sightings
            if f"“{one.title}”" in hunt.reason and (not one.event.place.file or str(one.event.place) in hunt.reason)
        ),
        None,
    )
    if worst:
        at = f"{worst.event.time:%Y-%m-%d %H:%M:%S} UTC" if worst.event.time else ""
        where = str(worst.event.place) if worst.event.place.file else ""
        place = ", ".join(part for part in (at, where) if part)
        parts.append(tell("Worst trace: {title} ({place}).", title=quoted(worst.title), place=place))
    return " ".join(parts)


def reach_words(hunt: Hunt) -> str:
    """How far the logs reach."""
    reach, read = reach_of(hunt), [one for one in hunt.files if one.events]
    if reach is None:
        return tell("The logs do not say how far they reach.")
    start, end = (f"{at:%Y-%m-%d %H:%M}" for at in reach)
    text = tell_many(
        "The logs ({count} file) cover {start} to {end} UTC.",
        "The logs ({count} files) cover {start} to {end} UTC.",
        len(read),
        start=start,
        end=end,
    )
    gaps = sum(len(one.gaps) for one in read)
    holes = tell_many("There is {count} gap.", "There are {count} gaps.", gaps)
    return f"{text} {holes}" if gaps else text


def unread_words(hunt: Hunt) -> str:
    """What the hunt does not cover, with a space before it; empty where it covers all."""
    counts = (
        (sum(one.skipped for one in hunt.files), forms("{count} unreadable record", "{count} unreadable records")),
        (
            sum(not one.events and not one.format for one in hunt.files),
            forms("{count} file of unknown format", "{count} files of unknown format"),
        ),
        (
            sum(one.skipped is not None for one in hunt.rules),
            forms("{count} rule that could not run", "{count} rules that could not run"),
        ),
    )
    parts = [tell_many(*words, count) for count, words in counts if count]
    return " " + tell("Not covered: {parts}.", parts=", ".join(parts)) if parts else ""


def by_when_words(measure: Measure) -> str:
    """By when, as in English."""
    hours = measure.within_hours if measure.within_hours is not None else 48 if measure.kind is MeasureKind.PATCH else None
    if hours is None:
        return {1: tell("This week"), 2: tell("This month")}.get(measure.effort, tell("This quarter"))
    if hours <= 72:
        return tell_many("Within {count} hour", "Within {count} hours", hours)
    return tell_many("Within {count} day", "Within {count} days", hours // 24)


def headline_words(measure: Measure) -> str:
    """What to do: our own titles in the language, names of products and of rules as they are."""
    title = measure.title
    if found := _PATCH.match(title):
        return tell("Patch {product}: {flaws}", product=found[1], flaws=found[2])
    if found := _MORE.match(title):
        return tell_many("Patch {count} more product", "Patch {count} more products", int(found[1]))
    if found := _FIX.match(title):
        return tell("Look for a fix for {flaw}", flaw=found[1])
    if measure.kind is MeasureKind.HUNT:
        return tell("Hunt for: {title}", title=quoted(title))
    if measure.kind is MeasureKind.DETECT:
        return tell("Detect: {title}", title=quoted(title))
    return tell(title)


# What an assessment lacks, as `weigh` says it: a message whose names are found in the sentence.
LACKS = (
    "software: no malware or tool is identified, and many groups share techniques",
    "techniques: nothing is known about how it was done",
    "better sources: every item rests on a second-hand report",
    "traces that only one actor would leave, such as infrastructure, victims' logs, language or working hours",
    "corroboration: the tools of {first} point to it, but tools can be planted, and the rest fits others better",
    "a second kind of evidence: naming {first} takes software that few groups have and techniques that this software "
    "does not imply",
    "evidence that does not owe its weight to how much is written about {first}: with all groups equally likely at first, "
    "it is too little",
    "a case that survives the loss of any one item: without one of them, too little speaks for {first}",
    "evidence that fits {first} alone: with {first} ruled out it would name another group, so it may stem from two groups "
    "or be planted",
    "anything that sets one actor apart: all that was observed fits {others} as well",
)


def missing_words(text: str) -> str:
    """What is missing, with why in a sentence of its own."""
    for message in LACKS:
        pattern = re.escape(message).replace(r"\{first\}", "(?P<first>.+)", 1).replace(r"\{first\}", "(?P=first)")
        pattern = pattern.replace(r"\{others\}", "(?P<others>.+)")
        if found := re.fullmatch(pattern, text):
            names = found.groupdict()
            if others := names.get("others"):
                count = re.search(r"\d+", others)
                names["others"] = tell_many("{count} other group", "{count} other groups", int(count[0]) if count else 1)
            what, _, why = tell(message, **names).partition(": ")
            return f"{what.rstrip()}. {sentence(why)}" if why else f"{what}."
    return sentence(text)
