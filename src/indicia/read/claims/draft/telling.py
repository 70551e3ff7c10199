"""Deeds told without a word of accusing: what a speaker says that somebody did, or that it did itself; deeds of actors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.speech import Speech, speakers_at
from indicia.read.claims.draft.suspects import can_be_accused, can_speak, clears_another, suspect
from indicia.read.claims.parse.clauses import clause_end, conditional_clause, trim_units
from indicia.read.claims.parse.grammar import Sentence, subject
from indicia.read.claims.parse.party import Party
from indicia.read.claims.words.lexicon import FUNCTION, lexicon
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["told"]

_IDLE = word_set("telling.idle")
_PAST = word_set("telling.past")
_NOT_PAST = word_set("telling.not_past")
_SAME = word_set("grammar.same")
_NEGATIONS = word_set("grammar.negations")
_CONDITIONS = frozenset({"would", "could", "should", "might", "may", "can", "will", "shall", "to", "if"})
_OTHERS = frozenset({"say", "accuse", "link", "deny", "endorse", "decline", "question", "tied"})
_HACKING = ("hackers", "hacktivists", "hacktivist", "hacker")
_OWN = ("it", "he", "she", "they", "we", "i")


class _Deed(NamedTuple):
    """A finite verb in the active voice: its group begins at unit `first`. `strong`: a verb of attack."""

    first: int
    at: int
    strong: bool


def told(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "the minister said Rhysida wrote the note", "the hacker says he copied it", "LockBit then put the files online"."""
    parties = sentence.parties
    answers = [verb for verb in sentence.verbs if verb.classes & {"deny", "question"} and not verb.negated and not verb.passive]
    for deed in _deeds(sentence):
        who, _, how = subject(sentence, deed.first)
        if how not in ("party", "relative"):
            continue
        inside = speakers_at(said, deed.at)
        act = trim_units(sentence, deed.at, clause_end(sentence, deed.at + 1))
        for index in who:
            party = parties[index]
            if party.kinds[0] == "pronoun":
                for s in inside[0].speakers if inside and party.head in _OWN else ():
                    if _may_own_up(parties[s]) and (deed.strong or parties[s].kinds[0] in ("actor", "criminal")):
                        yield Draft(Stance.ACCUSES, s, s, act, deed.at, "self-claim", lenient=True)
            elif not can_be_accused(party):
                continue
            elif before := [verb for verb in answers if verb.at < deed.first and deed.first - verb.at < 20]:
                # "denied reports that its police had bought the data"
                stance = Stance.DENIES if "deny" in before[-1].classes else Stance.QUESTIONS
                for s in subject(sentence, before[-1].first)[0]:
                    if s != index and can_speak(parties[s]):
                        own = Stance.QUESTIONS if clears_another(parties[s], party) else stance
                        yield Draft(own, s, index, act, before[-1].at, "told", lenient=True)
            elif inside:
                for s in inside[0].speakers:
                    if s != index and parties[s].kinds[0] != "pronoun":
                        yield Draft(Stance.ACCUSES, s, index, act, deed.at, "told", lenient=True)
            elif party.kinds[0] in ("actor", "criminal") or party.kinds[0] == "group" and suspect(party):
                yield Draft(Stance.ACCUSES, -1, index, act, deed.at, "told", lenient=True)


def _may_own_up(party: Party) -> bool:
    return (
        party.kinds[0] in ("actor", "criminal", "named_person", "person")
        or party.kinds[0] == "group"
        and (party.hostile or party.head in _HACKING)
    )


def _inside(sentence: Sentence, at: int) -> bool:
    """ "was inside the network", "used a flaw to empty the accounts"."""
    row = sentence.row
    after = [unit.low for unit in row[at + 1 : at + 4]]
    if row[at].low in ("was", "were", "is", "are", "been"):
        return bool(after) and (
            after[0] in ("inside", "deep") or after[0] in ("still", "also", "already", "long") and "inside" in after
        )
    if row[at].low not in ("uses", "used"):
        return False
    tool = any(k >= 0 and sentence.parties[k].kinds[0] == "malware" for k in sentence.at[at + 1 : at + 4])
    return tool or any(unit.low == "to" for unit in row[at + 1 : at + 9])


def _deeds(sentence: Sentence) -> Iterator[_Deed]:
    row, at, parties = sentence.row, sentence.at, sentence.parties
    weak = lexicon().weak
    known = {verb.at for verb in sentence.verbs}
    for verb in sentence.verbs:
        if verb.passive or verb.negated or verb.participle or verb.form == "ing":
            continue
        past = row[verb.at].low in _SAME and at[verb.first - 1] >= 0 if verb.first else False  # "LockBit then put"
        if (
            verb.form == "base"
            and not past
            and not (verb.first > 0 and at[verb.first - 1] >= 0 and parties[at[verb.first - 1]].plural)
        ):
            continue
        if verb.conditional or conditional_clause(sentence, verb):
            continue
        if row[verb.at].low in _IDLE and not _inside(sentence, verb.at):
            continue
        if "hostile" not in verb.classes and verb.classes & _OTHERS and verb.lemma != "put":
            continue
        yield _Deed(verb.first, verb.at, "hostile" in verb.classes and verb.lemma not in weak)
    for k in range(1, len(row)):
        unit = row[k]
        if at[k] >= 0 or k in known or unit.kind != "word":
            continue
        if unit.low in ("was", "were", "is", "are", "been"):
            if at[k - 1] >= 0 and _inside(sentence, k):
                yield _Deed(k, k, False)
            continue
        if unit.low in FUNCTION or unit.low in _IDLE:
            continue
        if not (unit.low in _PAST or unit.low.endswith("ed") and unit.low not in _NOT_PAST):
            continue
        before = row[k - 1].low
        if at[k - 1] >= 0 or before in ("has", "have", "had", "who", "which", "then", "also"):
            first = k
            while first > 0 and at[first - 1] < 0 and row[first - 1].low in ("has", "have", "had", "then", "also"):
                first -= 1
            near = {u.low for u in row[max(0, k - 4) : k]}
            if not near & _NEGATIONS and not near & _CONDITIONS:
                yield _Deed(first, k, False)
