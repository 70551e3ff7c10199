"""Clearing somebody else: a court that acquits, an analyst who finds no link, a headline that says who is not behind it."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import CLEAR, Draft
from indicia.read.claims.draft.speech import Speech, speaker_of
from indicia.read.claims.draft.suspects import accusable, can_speak, same_side, specific, suspect
from indicia.read.claims.parse.clauses import act_words, agent_after, attacking, clause_end, objects_after, trim_units
from indicia.read.claims.parse.grammar import Sentence, Verb, next_party, subject
from indicia.records import Stance

__all__ = ["ACQUITTING", "clearings"]

ACQUITTING = frozenset({"acquit", "exonerate", "absolve", "clear"})
_LINKS = frozenset({"link", "links", "connection", "connections", "tie", "ties", "trail"})
_NO = frozenset({"no", "any", "without"})


def clearings(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "A court acquitted X of hacking", "found X not guilty of", "found no link to X", "X not behind Y, police say"."""
    for verb in sentence.verbs:
        if verb.lemma in ACQUITTING and not verb.negated and not verb.conditional:
            yield from _acquitted(sentence, verb)
    row, at, parties = sentence.row, sentence.at, sentence.parties
    n = len(row)
    for k in range(1, n - 1):
        low = row[k].low
        if at[k] >= 0:
            continue
        if low in _LINKS and row[k - 1].low in _NO and row[k + 1].low in ("to", "with"):
            index = next_party(sentence, k + 2, n, reach=2)
            holder = next((v for v in reversed(sentence.verbs) if k - 4 <= v.at < k), None)
            denied = row[k - 1].low == "no" or holder is not None and holder.negated
            if index >= 0 and denied and suspect(parties[index]) and specific(parties[index]):
                who = [s for s in subject(sentence, holder.first)[0] if can_speak(parties[s])] if holder is not None else []
                for s in who or speaker_of(sentence, said, k):
                    if s >= 0 and s != index and not same_side(parties[s], parties[index]):
                        yield Draft(Stance.QUESTIONS, s, index, None, k, "doubt", floor=CLEAR)
        elif low == "not" and row[k + 1].low == "guilty" and at[k - 1] >= 0:
            finder = next((v for v in reversed(sentence.verbs) if v.at < k and v.lemma == "find" and not v.passive), None)
            if finder is not None and accusable(sentence, at[k - 1]) and _charged(sentence, k + 2):
                act = trim_units(sentence, k + 2, clause_end(sentence, k + 2))
                for s in subject(sentence, finder.first)[0]:
                    if can_speak(parties[s]) and s != at[k - 1]:
                        yield Draft(Stance.QUESTIONS, s, at[k - 1], act, k, "doubt", legal=True, floor=CLEAR)
        elif low == "not" and row[k + 1].low in ("behind", "responsible") and at[k - 1] >= 0 and suspect(parties[at[k - 1]]):
            headline = row[-1].low not in (".", "!", "?", "”", '"') and said
            for s in speaker_of(sentence, said, k) if not headline else said[-1].speakers:
                if s >= 0 and s != at[k - 1]:
                    stance = Stance.DENIES if same_side(parties[s], parties[at[k - 1]]) else Stance.QUESTIONS
                    act = trim_units(sentence, k + 2, clause_end(sentence, k + 2))
                    yield Draft(stance, s, at[k - 1], act, k, "doubt", floor=CLEAR)


def _charged(sentence: Sentence, first: int) -> bool:
    """Whether what somebody is cleared of is a deed of computers: "of hacking the registry", "of the attack on the port"."""
    end = clause_end(sentence, first)
    return act_words(sentence, first, end) or attacking(sentence, first, end)


def _acquitted(sentence: Sentence, verb: Verb) -> Iterator[Draft]:
    row, parties = sentence.row, sentence.parties
    end = clause_end(sentence, verb.at + 1)
    of = next((k for k in range(verb.at + 1, min(len(row), verb.at + 16)) if row[k].low == "of" and sentence.at[k] < 0), -1)
    if verb.lemma == "clear" and of < 0 or not _charged(sentence, verb.at + 1):
        return
    act = trim_units(sentence, of + 1, clause_end(sentence, of + 1)) if of > 0 else None
    if verb.passive:
        agent = agent_after(sentence, verb.at + 1, end)
        sources = [agent] if agent >= 0 and can_speak(parties[agent]) else []
        cleared = subject(sentence, verb.first)[0]
    else:
        sources = [s for s in subject(sentence, verb.first)[0] if can_speak(parties[s])]
        cleared = objects_after(sentence, verb.at + 1, 4)
    for s in sources:
        for a in cleared:
            if s != a and accusable(sentence, a):
                yield Draft(Stance.QUESTIONS, s, a, act, verb.at, "doubt", legal=True, floor=CLEAR)
