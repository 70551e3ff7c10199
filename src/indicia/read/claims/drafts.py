"""Draft claims of one sentence: which words of accusing, denying, endorsing, declining and doubting tie which parties together.

Every rule yields drafts with its own name (`rule`), so that a claim can say why it is there. Rules look for a cue and then
for the parties
around it by the light grammar; speech gives the speaker of what has none.
"""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.accusing import accuse, link, participle
from indicia.read.claims.acting import any_passive, hostile, involving, pleas, tied
from indicia.read.claims.answering import deny, endorse, general_denials, support
from indicia.read.claims.clauses import able_now, may_have
from indicia.read.claims.draft import Draft
from indicia.read.claims.grammar import Sentence
from indicia.read.claims.listing import listings, nominal_accusations
from indicia.read.claims.phrases import phrases, sightings
from indicia.read.claims.speech import Speech, speakers_at
from indicia.read.claims.telling import told
from indicia.read.claims.withholding import doubts, question, refusals

__all__ = ["drafts"]


def drafts(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """All drafts of a sentence. Speech gives the source of those that have no subject of their own.

    A pronoun that speaks inside the speech of others is those others: "Canada and Japan said they supported ...".
    """
    for draft in _all(sentence, said):
        if draft.source >= 0 and sentence.parties[draft.source].kinds[0] == "pronoun":
            first = sentence.parties[draft.source].first
            outer = [
                s
                for s in speakers_at(said, first)
                if s.lemma != "colon" and draft.source not in s.speakers and (s.lo == 0 or first - s.lo <= 4)
            ]
            if outer and all(sentence.parties[k].kinds[0] != "pronoun" for k in outer[0].speakers):
                for k in outer[0].speakers:
                    yield draft._replace(source=k)
                continue
        yield draft


def _all(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    for verb in sentence.verbs:
        hypothetical = verb.conditional and not may_have(sentence, verb) and not able_now(sentence, verb)
        could_be_linked = verb.passive and "link" in verb.classes
        if hypothetical and not could_be_linked and not verb.classes & {"decline", "say", "hostile"}:
            continue
        if verb.participle:
            yield from participle(sentence, verb, said)
            continue
        if "link" in verb.classes and verb.form != "ing" or "link" in verb.classes:
            yield from link(sentence, verb, said)
        if "accuse" in verb.classes:
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
    yield from involving(sentence, said)
    yield from pleas(sentence, said)
    yield from general_denials(sentence, said)
    yield from any_passive(sentence, said)
    yield from nominal_accusations(sentence, said)
    yield from told(sentence, said)
