"""Draft claims of one sentence: which words of accusing, denying, endorsing, declining and doubting tie which parties together.

Every rule yields drafts with its own name (`rule`), so that a claim can say why it is there. Rules look for a cue and then
for the parties
around it by the light grammar; speech gives the speaker of what has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.accusing import accuse, link, participle
from indicia.read.claims.draft.acting import any_passive, hostile, involving, pleas, tied
from indicia.read.claims.draft.answering import deny, endorse, general_denials, support
from indicia.read.claims.draft.clearing import ACQUITTING, clearings
from indicia.read.claims.draft.doubting import doubted, doubts, question
from indicia.read.claims.draft.draft import CLEAR, Draft
from indicia.read.claims.draft.listing import listings, nominal_accusations
from indicia.read.claims.draft.phrases import phrases, sightings
from indicia.read.claims.draft.speech import Speech, speaking
from indicia.read.claims.draft.suspects import same_side
from indicia.read.claims.draft.telling import told
from indicia.read.claims.draft.turns import turns
from indicia.read.claims.draft.withholding import refusals
from indicia.read.claims.parse.clauses import NEVER, able_now, may_have
from indicia.read.claims.parse.grammar import Sentence, coordinated
from indicia.records import Stance

__all__ = ["drafts"]

_CALLING = frozenset(
    {"call", "calls", "called", "name", "names", "named", "dub", "dubs", "dubbed", "label", "labels", "labelled"}
)
_CALLING_AS = frozenset({"as", "called", "named", "dubbed", "labelled", "nicknamed", "codenamed"})


def drafts(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """All drafts of a sentence. Speech gives the source of those that have no subject of their own.

    A pronoun that speaks inside the speech of others is those others: "Canada and Japan said they supported ...". Names that
    explain a description ("two Russians, A and B, took ...") are accused in its place.
    """
    unsure = doubted(sentence)
    for draft in _all(sentence, said):
        accuses = unsure and draft.stance is Stance.ACCUSES and draft.source >= 0
        if accuses and any(lo <= draft.cue < hi for lo, hi in unsure):
            draft = _doubting(sentence, draft)
        for source in speaking(sentence, said, draft.source):
            for accused in _named(sentence, draft.accused) if draft.accused >= 0 else (draft.accused,):
                yield draft._replace(source=source, accused=accused)


def _denied_before(sentence: Sentence, first: int) -> bool:
    """Whether the main clause before a relative one is negated: "have not seen a campaign that could be attributed to"."""
    lows = [unit.low for unit in sentence.row[max(0, first - 12) : first]]
    return "that" in lows[-2:] and any(low in NEVER or low.endswith("n't") for low in lows)


def _doubting(sentence: Sentence, draft: Draft) -> Draft:
    """What stands in a clause that is doubted: the speaker clears its own side, or questions."""
    speaker, accused = sentence.parties[draft.source], sentence.parties[draft.accused]
    stance = Stance.DENIES if same_side(speaker, accused) else Stance.QUESTIONS
    return draft._replace(stance=stance, rule="doubt", hedge=-1, floor=CLEAR)


def _called(sentence: Sentence, index: int) -> list[int]:
    """The actors by whose names a group is called: "the groups known as A and B", "the group that the industry calls A"."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    if parties[index].kinds[0] not in ("group", "criminal") or parties[index].name is not None:
        return []
    first = k = parties[index].last
    relative = k < len(row) and row[k].low in ("that", "which", "whom")
    while k < min(first + 9, len(row)):
        if at[k] >= 0 and parties[at[k]].kinds[0] == "actor":
            telling = row[k - 1].low in _CALLING_AS or relative and row[k - 1].low in _CALLING
            return coordinated(row, parties, at, at[k], back=False) if telling and k > first else []
        if row[k].kind == "mark" or row[k].low in ("and", "but", "for", "over", "behind"):
            return []
        k += 1
    return []


def _named(sentence: Sentence, index: int) -> list[int]:
    """The names that explain a description, or the party itself."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    party = parties[index]
    called = _called(sentence, index)
    if called:
        return called
    opens = party.last
    if party.name is not None and party.name.kind != "demonym" or not party.plural or opens + 1 >= len(row):
        return [index]
    if row[opens].low not in (",", ":", "(", "–") or at[opens + 1] < 0:
        return [index]
    names = coordinated(row, parties, at, at[opens + 1], back=False)
    telling = all(parties[k].kinds[0] in ("actor", "named_person", "unknown_name", "organisation") for k in names)
    end = parties[names[-1]].last
    closed = end >= len(row) or row[end].kind == "mark" or row[end].low in ("for", "over", "of")
    return names if telling and closed and len(names) > 1 else [index]


def _all(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    for verb in sentence.verbs:
        hypothetical = verb.conditional and not may_have(sentence, verb) and not able_now(sentence, verb)
        could_be_linked = verb.passive and "link" in verb.classes and not _denied_before(sentence, verb.first)
        if hypothetical and not could_be_linked and not verb.classes & {"decline", "say", "hostile"}:
            continue
        if verb.participle:
            yield from participle(sentence, verb, said)
            continue
        if "link" in verb.classes and verb.form != "ing" or "link" in verb.classes:
            yield from link(sentence, verb, said)
        if "accuse" in verb.classes and verb.lemma not in ACQUITTING:
            yield from accuse(sentence, verb, said)
        if "deny" in verb.classes:
            yield from deny(sentence, verb, said)
        if "endorse" in verb.classes:
            yield from endorse(sentence, verb, said)
        if "question" in verb.classes:
            yield from question(sentence, verb, said)
        if "hostile" in verb.classes:
            yield from hostile(sentence, verb, said)
        if "tied" in verb.classes:
            yield from tied(sentence, verb, said)
    yield from phrases(sentence, said)
    yield from refusals(sentence, said)
    yield from listings(sentence, said)
    yield from sightings(sentence, said)
    yield from support(sentence, said)
    yield from doubts(sentence, said)
    yield from clearings(sentence, said)
    yield from involving(sentence, said)
    yield from pleas(sentence, said)
    yield from general_denials(sentence, said)
    yield from any_passive(sentence, said)
    yield from nominal_accusations(sentence, said)
    yield from told(sentence, said)
    yield from turns(sentence, said)
