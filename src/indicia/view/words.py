"""The words for a claim: who speaks, of whom, what is said and how firmly. The same in brief, page, statement and export.

A deed and a tie are told apart: only who says that somebody did it *names* them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from indicia.knowledge import load
from indicia.knowledge.articles import the
from indicia.records import (
    Case,
    Claim,
    Context,
    DeedKind,
    Firmness,
    Level,
    Measure,
    Proposition,
    Rank,
    SourceType,
    Stance,
    Tie,
    TieKind,
    Told,
)

FLAT = "flat statement"  # how `Firmness.NONE` is told
_DEEDS: Mapping[DeedKind, str] = MappingProxyType(
    {DeedKind.DID: "did it", DeedKind.DIRECTED: "directed it", DeedKind.ENABLED: "enabled it"}
)
_TIES: Mapping[TieKind, str] = MappingProxyType(
    {
        TieKind.ORGAN: "part of",
        TieKind.DIRECTED: "directed by",
        TieKind.WORKS_FOR: "working for",
        TieKind.LINKED: "tied to",
        TieKind.ALIGNED: "siding with",
        TieKind.TOLERATED: "tolerated by",
        TieKind.LOCATED: "acting from",
    }
)


_UNNAMED = re.compile(r"anonymous official \((?P<country>.+)\)")  # how the reader calls one whose state is told
_TRANSCRIPT = re.compile(r"(MR|MRS|MS|DR|SECRETARY|PRESIDENT|SENATOR|GENERAL|MINISTER)\b[^a-z]*$")  # how it names who speaks


def source_words(claim: Claim) -> str:
    """The source's canonical name, a transcript's `MR. EARNEST` as `Mr. Earnest`; narration without a source is called so."""
    party = claim.source.party
    if party is None:
        return "the text itself"
    # A canonical name alone would turn an unnamed official into the government that employs them.
    if found := _UNNAMED.fullmatch(party.canonical):
        return f"{found['country']} (unnamed official)"
    unnamed = claim.source.type is SourceType.ANONYMOUS and "official" not in party.canonical.lower()
    name = party.canonical.title() if _TRANSCRIPT.match(party.canonical) else party.canonical
    return f"{name} (unnamed official)" if unnamed else name


def accused_words(claim: Claim) -> str:
    """Whom the claim is about, never more than it says: a place is called a place."""
    accused = claim.accused
    if accused.party is None:
        return "nobody by name"
    name = accused.party.canonical
    # "actors operating from China" says already that it is about a place.
    told = any(word in f" {name} " for word in ("territory", " from ", " in "))
    return f"the territory of {name}" if accused.level is Level.PLACE and not told else name


@lru_cache(256)
def by_state(code: str) -> tuple[str, str]:
    """A state's name and "the Chinese state"; of a code that no table knows, the code in both."""
    state = load().states.get(code)
    if state is None:
        return code, f"the state of {code}"
    return state.name, f"the {state.demonyms[0]} state" if state.demonyms else f"the state of {state.name}"


def tie_words(tie: Tie) -> str:
    """`tied to the Chinese state`, `working for the GRU`, `acting from China`."""
    to = tie.to
    if tie.state:
        name, state = by_state(tie.state)
        if tie.kind is TieKind.LOCATED:
            to = name
        elif to in {"", name, tie.state}:
            to = state
    return f"{_TIES[tie.kind]} {to or ('a place' if tie.kind is TieKind.LOCATED else 'a state') + ' that is not named'}"


def deed_words(kind: DeedKind) -> str:
    """`did it`, `directed it`, `enabled it`."""
    return _DEEDS[kind]


def adds_a_tie(claim: Claim) -> bool:
    """Whether the tie says more than the accused's name: "China-linked hackers did it" does not say anew that they are linked
    to China."""
    tie = claim.tie
    if tie is None or claim.deed is None or tie.kind.binds or tie.firmness is not Firmness.NONE or not tie.state:
        return tie is not None
    name, state = by_state(tie.state)
    called = accused_words(claim)
    return name not in called and state.split()[1] not in called


def propositions(claim: Claim) -> tuple[tuple[str, Proposition], ...]:
    """What is said, each part with how surely: (`names HAFNIUM`, deed), (`tied to the Chinese state`, tie). The verb agrees
    with the source."""
    says = agreed(source_words(claim), " ".join(stance_words(claim)))
    if claim.deed is None or claim.tie is None or claim.stance is not Stance.ACCUSES or not adds_a_tie(claim):
        return ((says, claim.said),)
    return ((says, claim.deed), (tie_words(claim.tie), claim.tie))


def stance_words(claim: Claim) -> tuple[str, str]:
    """The verb and its object: (`denies`, `the charge against China`), (`ties`, `HAFNIUM to the Chinese state`) ..."""
    name = the(accused_words(claim))
    party = claim.accused.party is not None
    asked = claim.not_accused.canonical if claim.not_accused else ""
    if claim.stance is Stance.ACCUSES:
        return ("takes credit", "for it") if takes_credit(claim) else _accusing(claim, accused_words(claim))
    return {
        Stance.CLAIMS: ("takes credit", "for it"),
        Stance.ENDORSES: ("endorses", f"what others say of {name}" if party else "what others said"),
        Stance.QUESTIONS: ("questions", f"the charge against {name}" if party else "what others said"),
        Stance.DENIES: ("denies", f"the charge against {name}" if party and not of_itself(claim) else "the charge"),
        Stance.WITHDRAWS: ("withdraws", f"its charge against {name}" if party else "its charge"),
        Stance.DECLINES: ("declines", f"to name {name}" if party else f"to name {asked or 'anyone'}"),
    }[claim.stance]


def of_itself(claim: Claim) -> bool:
    """Whether somebody speaks of itself: nobody says that Russia denies the charge against Russia."""
    return claim.accused.party is not None and accused_words(claim) == source_words(claim)


def takes_credit(claim: Claim) -> bool:
    """Whether somebody says of a deed that they did it themselves, in whichever words the text tells it."""
    return claim.stance is Stance.CLAIMS or (claim.stance is Stance.ACCUSES and claim.deed is not None and of_itself(claim))


def _accusing(claim: Claim, name: str) -> tuple[str, str]:
    if claim.deed is None and claim.tie is not None:
        return tied_words(claim, claim.tie)
    how = "" if claim.deed is None or claim.deed.kind is DeedKind.DID else f", who {deed_words(claim.deed.kind)}"
    return "names", name + how


def tied_words(claim: Claim, tie: Tie) -> tuple[str, str]:
    """What is said of the tie alone, as verb and object: (`ties`, `HAFNIUM to the Chinese state`)."""
    name = accused_words(claim)
    if claim.accused.level is Level.PLACE:
        return "says", f"it came from {f'the territory of {by_state(tie.state)[0]}' if tie.state else name}"
    if tie.kind is TieKind.LINKED:
        return "ties", f"{name} to {tie_words(tie).removeprefix('tied to ')}"
    return "describes", f"{name} as {tie_words(tie)}"


_PLURALS: Mapping[str, str] = MappingProxyType(
    {
        "denies": "deny",
        "withdraws": "withdraw",
        "declines": "decline",
        "endorses": "endorse",
        "describes": "describe",
        "names": "name",
        "ties": "tie",
    }
)


def plural(verb: str) -> str:
    """The verb of several speakers.

    >>> plural("denies"), plural("says")
    ('deny', 'say')
    """
    return _PLURALS.get(verb, verb.removesuffix("s"))


_HEAD_ENDS = re.compile(r" (?:\(|of |from |at |in |on |with |who |that |for |close |familiar )")
_PLURAL_WORDS = frozenset(
    "police people media reports officials experts researchers investigators analysts sources authorities hackers".split()
)


def several(speaker: str) -> bool:
    """Whether a speaker is several by its own name, as its last common noun tells.

    >>> several("its allies"), several("two officials from the United States"), several("United States"), several("the press")
    (True, True, False, False)
    """
    last = _HEAD_ENDS.split(speaker, maxsplit=1)[0].rpartition(" ")[2]
    return last.lower() in _PLURAL_WORDS or (
        last.islower() and last.endswith("s") and not last.endswith(("ss", "us", "is", "news"))
    )


def agreed(speaker: str, says: str) -> str:
    """What a speaker says, with the verb that agrees with it.

    >>> agreed("its allies", "names China"), agreed("Norway", "names China")
    ('name China', 'names China')
    """
    verb, space, rest = says.partition(" ")
    return f"{plural(verb)}{space}{rest}" if several(speaker) else says


def firmness_words(said: Proposition) -> str:
    """How surely it was said, in the ledger's word."""
    return FLAT if said.firmness is Firmness.NONE else said.firmness.value


def known_state(claim: Claim) -> str:
    """What our tables know of the accused's state and the text does not say; empty where the text says it."""
    accused = claim.accused
    if accused.state_said or not accused.state_known or accused.level is Level.STATE:
        return ""
    whose = f" (according to {', '.join(accused.according_to)})" if accused.according_to else ""
    return f"known, not stated here: tied to {by_state(accused.state_known)[0]}{whose}"


def surely(said: Proposition) -> str:
    """The speaker's own words of firmness in quotes; else the ledger's word; nothing for a flat statement."""
    if said.cue:
        return f"\u201c{said.cue.text}\u201d"
    return "" if said.firmness is Firmness.NONE else said.firmness.value


# Stated, known, concluded: the three words with their meaning, and which of them a thing bears.
MEANINGS: Mapping[Told, str] = MappingProxyType(
    {
        Told.STATED: "a text that was read says it",
        Told.KNOWN: "our tables say it, not these texts",
        Told.CONCLUDED: "Indicia infers it",
    }
)
TONES: Mapping[Told, str] = MappingProxyType({Told.STATED: "blue", Told.KNOWN: "quiet", Told.CONCLUDED: "violet"})
SEEN = "seen in our logs"


def legend() -> str:
    """The three words in one line."""
    return "; ".join(f"{word.value}: {meaning}" for word, meaning in MEANINGS.items())


def measure_told(measure: Measure, case: Case) -> str:
    """`seen in our logs`, `stated` or `known`: what calls for a measure. A flaw that no text names is known of the affair,
    whatever the measure says of itself."""
    if measure.rank is Rank.SEEN:
        return SEEN
    return Told.KNOWN.value if measure.rank is Rank.TYPICAL or not _stated(measure, case) else Told.STATED.value


def _stated(measure: Measure, case: Case) -> bool:
    """Whether a text names a flaw that the measure covers; true of what covers none."""
    flaws = {cover for cover in measure.covers if cover.upper().startswith("CVE-")}
    named = {one.value.upper() for one in case.mentions if one.context is Context.STATED}
    return not flaws or any(flaw.upper() in named for flaw in flaws)


def typical(case: Case) -> tuple[str, ...]:
    """ATT&CK ids that advice holds for typical of the accused: known, whatever the texts say."""
    measures = case.advice.measures if case.advice else ()
    found = (value for one in measures if one.rank is Rank.TYPICAL for value in one.covers if value.startswith("T"))
    return tuple(dict.fromkeys(found))
