"""The words of page one, in the language that is spoken: names of parties, what is said of whom, how firmly.

Each is a message of the catalogue with names filled in; English is the language of the messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from indicia.knowledge.articles import the
from indicia.records import Claim, DeedKind, Firmness, Level, Proposition, SourceType, Stance, Tie, TieKind
from indicia.view.inert import clip
from indicia.view.language import country, foreign, joined, noted, quoted, tell
from indicia.view.positions import Position
from indicia.view.words import accused_words, by_state, of_itself, source_words

FIRMNESS = "firmness {}"  # how a word of the ledger is called in the catalogues, where "high" may be something else
MOST = 90  # characters of a name
_LINKED = re.compile(r"(.+)-linked hackers$")
_TIED = re.compile(r"an actor tied to (.+)$")
_CLEARS = re.compile(
    r"(?<!offered )(?<!presented )(?<!provided )(?<!gave )"
    r"\b(?:no (?:evidence|indication|sign)|not (?:behind|involved|responsible)|(?:do|does|did)(?:n[’']t| not) believe|"
    r"rule[sd]? out|clear(?:s|ed)|unlikely|nothing to do with)\b",
    re.IGNORECASE,
)
# What is said before the bar is the strong word of a row.
_DEEDS: Mapping[DeedKind, str] = MappingProxyType(
    {
        DeedKind.DID: noted("Names | {accused}"),
        DeedKind.DIRECTED: noted("Names | {accused} as having ordered it"),
        DeedKind.ENABLED: noted("Names | {accused} as having made it possible"),
    }
)
_TIES: Mapping[TieKind, str] = MappingProxyType(
    {
        TieKind.LINKED: noted("Ties | {accused} to {to}"),
        TieKind.ORGAN: noted("Describes | {accused} as part of {to}"),
        TieKind.DIRECTED: noted("Describes | {accused} as directed by {to}"),
        TieKind.WORKS_FOR: noted("Describes | {accused} as working for {to}"),
        TieKind.ALIGNED: noted("Describes | {accused} as siding with {to}"),
        TieKind.TOLERATED: noted("Describes | {accused} as tolerated by {to}"),
        TieKind.LOCATED: noted("Describes | {accused} as acting from {to}"),
    }
)

# What a sentence on the deed answers (`affairs.telling`).
_ASKED: Mapping[str, str] = MappingProxyType(
    {
        "corrected": noted("Corrected or ruled out"),
        "deed": noted("The deed"),
        "victims": noted("Whom it hit"),
        "when": noted("When"),
        "how": noted("How"),
        "spared": noted("What was spared"),
        "open": noted("Who did it is open"),
        "answer": noted("What followed"),
    }
)


def asked_words(asked: str) -> str:
    """What is asked of the deed: `Whom it hit`."""
    return tell(_ASKED[asked])


def party_name(name: str) -> str:
    """A party as it stands in a sentence: states and what we call by them in the language, all other names as they are."""
    if not foreign():
        return the(clip(name, MOST))
    if state := country(name):
        return state.name
    if (linked := _LINKED.match(name)) and (state := country(linked[1])):
        return tell("hackers with ties {to_country}", to_country=state.to)
    if (tied := _TIED.match(name)) and (state := country(tied[1])):
        return tell("an actor with ties {to_country}", to_country=state.to)
    return tell(name) if name == "an actor not in our knowledge" else clip(name, MOST)


def accused_name(claim: Claim) -> str:
    """Whom a claim is about; a place is called a place."""
    party = claim.accused.party
    if party is None:
        return tell("nobody by name")
    state = country(party.canonical) if foreign() else None
    if claim.accused.level is Level.PLACE and state:
        return tell("the territory {of_country}", of_country=state.of)
    return party_name(accused_words(claim))


def says_words(one: Position) -> tuple[str, str]:
    """What a position says: the strong word, and the rest."""
    verb, _, rest = _saying(one).partition(" | ")
    return verb, rest


def clause(one: Position) -> str:
    """What a position says within a sentence, after who says it: `names China`."""
    verb, rest = says_words(one)
    return f"{verb[:1].lower()}{verb[1:]} {rest}"


def _saying(one: Position) -> str:
    claim = one.firmest
    accused, party = accused_name(claim), claim.accused.party is not None
    if one.tie and claim.tie is not None:
        if claim.accused.level is Level.PLACE:
            return tell("Says | it came from {place}", place=_tied_to(claim.tie))
        return tell(_TIES[claim.tie.kind], accused=accused, to=_tied_to(claim.tie))
    match one.stance:
        case Stance.ACCUSES:
            return tell(_DEEDS[claim.deed.kind if claim.deed else DeedKind.DID], accused=accused)
        case Stance.CLAIMS:
            return tell("Claims | responsibility for it")
        case Stance.ENDORSES:
            return (
                tell("Endorses | the finding on {accused}", accused=accused) if party else tell("Endorses | what others said")
            )
        case Stance.QUESTIONS if party and _CLEARS.search(claim.quote.text):
            return tell("Clears | {accused}, or doubts the charge", accused=accused)
        case Stance.QUESTIONS:
            charge = tell("Doubts | the charge against {accused}", accused=accused)
            return charge if party and not accused.islower() else tell("Doubts | what others said")  # "any state" is nobody
        case Stance.DENIES:
            other = party and not of_itself(claim)
            return tell("Denies | the charge against {accused}", accused=accused) if other else tell("Denies | it")
        case Stance.WITHDRAWS:
            return tell("Takes back | the charge against {accused}", accused=accused)
        case Stance.DECLINES:
            asked = party_name(claim.not_accused.canonical) if claim.not_accused else ""
            return tell("Declines | to name {accused}", accused=asked) if asked else tell("Declines | to name anyone")


def _tied_to(tie: Tie) -> str:
    """Whom somebody is tied to: an agency by its name, a state as such."""
    if tie.state:
        name, state = by_state(tie.state)
        if tie.kind is TieKind.LOCATED or foreign():
            named = tie.to not in {"", name, tie.state}
            return party_name(tie.to if named and tie.kind is not TieKind.LOCATED else name)
        return state if tie.to in {"", name, tie.state} else the(tie.to)
    return the(tie.to) if tie.to else tell("a state that is not named")


def voice_words(mine: Sequence[Position]) -> str:
    """One voice by its name; a government that several of its bodies speak for, with those: `Ukraine (SBU; CERT-UA)`."""
    names = list(dict.fromkeys(_voice(one) for one in mine))
    states = {one.firmest.source.state for one in mine} - {None}
    if len(names) == 1:
        return names[0]
    if len(states) != 1 or (state := next(iter(states))) is None:
        return f"{names[0]} ({'; '.join(names[1:])})"
    country_name = party_name(by_state(state)[0])
    bodies = [name for name in names if name != country_name]
    return f"{country_name} ({'; '.join(bodies)})" if bodies else country_name


def _voice(one: Position) -> str:
    source = one.firmest.source
    if source.party is None:
        return tell("the text itself")
    state = country(source.party.canonical) if foreign() else None
    if source.type is SourceType.ANONYMOUS and source.state:
        return tell("an unnamed official ({country})", country=party_name(by_state(source.state)[0]))
    said = clip(source_words(one.firmest), MOST)
    name = state.name if state else said if foreign() else the(said)
    return tell("{name} (according to {teller})", name=name, teller=party_name(one.relayed)) if one.relayed else name


def firm_words(mine: Sequence[Position]) -> str:
    """From the weakest words to the firmest; a speaker's own words stay in its language."""
    words = list(dict.fromkeys(_firm(one.said) for one in mine))
    if len(words) == 1:
        return words[0]
    if mine[0].said.firmness is mine[-1].said.firmness:
        return joined(words[:2])
    return tell("{weakest} to {firmest}", weakest=words[0], firmest=words[-1])


def _firm(said: Proposition) -> str:
    if said.cue:
        return quoted(clip(said.cue.text, 60))
    if said.firmness is Firmness.NONE:
        return tell("flat statement")
    return tell(FIRMNESS.format(said.firmness.value)) if foreign() else said.firmness.value
