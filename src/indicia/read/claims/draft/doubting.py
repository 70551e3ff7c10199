"""Doubting that somebody did it: question, "no evidence that", "is not convinced that", "does not believe that"."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import CLEAR, Draft
from indicia.read.claims.draft.speech import Speech, speakers_at
from indicia.read.claims.draft.suspects import accusable, can_speak, feared, specific, suspect
from indicia.read.claims.parse.clauses import NEVER, clause_end, copula_subject, group_start, trim_units
from indicia.read.claims.parse.grammar import Sentence, Verb, subject
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["DOERS", "answering", "did", "doubted", "doubts", "negates", "question"]

_THIN = word_set("rules.thin")
_CLAIMING = frozenset({"allege", "assume", "claim", "imply", "say", "suggest", "think"})
_FALSE = frozenset({"absurd", "false", "incorrect", "misleading", "mistaken", "nonsense", "ridiculous", "untrue", "wrong"})
_PROOF = frozenset({"evidence", "proof", "sign", "signs", "indication", "indications"})
_BELIEVING = frozenset({"believe", "think", "accept"})
_UNSURE = frozenset({"convinced", "persuaded", "sure", "certain"})
_APART = frozenset({"out", "excludes", "excluded"})
_DOUBTS = _THIN | _PROOF | _UNSURE | _APART  # all words at which `doubts` looks
_NOT = frozenset({"not", "never", "neither", "n't", "no", "nor"})
DOERS = frozenset({"behind", "responsible", "involved", "hand", "role", "part", "anything", "author", "gang", "culprit", "one"})
_BETWEEN = frozenset("so far yet has have had is are was were would will could can did does do still".split())


def question(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    parties = sentence.parties
    if verb.passive or verb.negated:
        return
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    if not who:
        return
    for k in range(verb.at + 1, min(len(sentence.row), verb.at + 24)):
        index = sentence.at[k]
        if (
            index >= 0
            and parties[index].first == k
            and index not in who
            and accusable(sentence, index)
            and specific(parties[index])
        ):
            if (
                k + 1 < len(sentence.row)
                and sentence.row[parties[index].last : parties[index].last + 1]
                and sentence.row[min(parties[index].last, len(sentence.row) - 1)].low == "'s"
            ):
                continue
            for s in who:
                yield Draft(
                    Stance.QUESTIONS,
                    s,
                    index,
                    trim_units(sentence, parties[index].last, clause_end(sentence, parties[index].last)),
                    verb.at,
                    "question",
                )
            return


def doubts(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "the evidence tying X to Y is thin", "no evidence that X", "is not convinced that X"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    lows = [u.low for u in row]
    n = len(row)
    for k in range(n):
        if lows[k] not in _DOUBTS:
            continue
        thin = lows[k] in _THIN
        none = lows[k] in _PROOF and k > 0 and lows[k - 1] in ("no", "any", "little", "without", "insufficient")
        apart = lows[k] == "out" and k > 0 and lows[k - 1] in ("rules", "ruled") or lows[k] in ("excludes", "excluded")
        if apart and (k < 2 or lows[k - 2] == "be" or any(negates(low) for low in lows[max(0, k - 5) : k])):
            apart = False  # "would not rule out", "cannot be ruled out"
        unsure = lows[k] in _UNSURE and any(w in NEVER or w.endswith("n't") for w in lows[max(0, k - 4) : k])
        if not (thin or none or unsure or apart):
            continue
        inside = speakers_at(said, k)
        who = list(inside[0].speakers) if inside else []
        if not who:
            found, _, how = copula_subject(sentence, k)
            who = [w for w in found if can_speak(parties[w])] if how == "party" else []
        if not who:
            found, _, _ = subject(sentence, k - 1 if apart and lows[k] == "out" else group_start(sentence, k))
            who = [w for w in found if can_speak(parties[w])]
        order = (
            range(k - 1, -1, -1)
            if thin and lows[k] not in ("sceptical", "skeptical", "unconvinced", "unpersuaded")
            else range(k + 1, min(n, k + 20))
        )
        for j in order:
            index = at[j]
            if index >= 0 and index not in who and (suspect(parties[index]) or feared(sentence, parties[index])):
                floor = CLEAR if (none or apart) and did(sentence, index) else None
                for s in who:
                    yield Draft(Stance.QUESTIONS, s, index, None, k, "doubt", floor=floor)
                break
    yield from _disbelief(sentence, said)


def doubted(sentence: Sentence) -> list[tuple[int, int]]:
    """The clauses that are told only to be doubted, as (first unit, unit after): after "found no evidence that", "ruled out
    that", "does not believe that", "it is wrong to say that"."""
    row = sentence.row
    out = []
    for k, unit in enumerate(row):
        if unit.low != "that" or k < 2 or sentence.at[k] >= 0:
            continue
        last = row[k - 1].low
        if last in _CLAIMING and row[k - 2].low == "to" and not _FALSE.isdisjoint(u.low for u in row[max(0, k - 16) : k - 2]):
            out.append((k + 1, clause_end(sentence, k + 1)))  # "it was plain wrong to say that"
            continue
        if last != "out" and last not in _PROOF and last not in _BELIEVING:
            continue
        before = [u.low for u in row[max(0, k - 6) : k - 1]]
        negated = any(negates(low) or low == "without" for low in before)
        if negated if last != "out" else before[-1] in ("rules", "ruled", "ruling") and not negated:
            out.append((k + 1, clause_end(sentence, k + 1)))
    return out


def _disbelief(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "does not believe that X did it", "did not think this was done by a government"."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    for verb in sentence.verbs:
        if verb.lemma not in _BELIEVING or not verb.negated or verb.passive or verb.participle:
            continue
        who = answering(sentence, said, verb.first)
        end = clause_end(sentence, verb.at + 1)
        for k in range(verb.at + 1, min(end, verb.at + 14)):
            index = at[k]
            if index < 0 or parties[index].first != k or index in who or parties[index].kinds[0] == "pronoun":
                continue
            likely = suspect(parties[index]) or feared(sentence, parties[index])
            agent = row[k - 1].low == "by" or row[k - 1].low == "of" and row[k - 2].low in ("work", "handiwork")
            if likely and (agent or k <= verb.at + 2 and did(sentence, index)):
                for s in who:
                    yield Draft(Stance.QUESTIONS, s, index, None, verb.at, "doubt", floor=CLEAR)
            break


def did(sentence: Sentence, index: int) -> bool:
    """Whether what follows a party in its clause says that it did it: a verb of attack, "was behind", "had a hand in"."""
    party = sentence.parties[index]
    end = clause_end(sentence, party.last)
    if any(party.last <= verb.first < end and ("hostile" in verb.classes or verb.lemma == "do") for verb in sentence.verbs):
        return True
    return any(unit.low in DOERS for unit in sentence.row[party.last : end])


def answering(sentence: Sentence, said: list[Speech], first: int) -> list[int]:
    """The speakers before a verb group, also over "so far"; else those in whose words it stands."""
    row, parties = sentence.row, sentence.parties
    while first > 0 and row[first - 1].low in _BETWEEN and sentence.at[first - 1] < 0:
        first -= 1
    who = [s for s in subject(sentence, first)[0] if can_speak(parties[s])]
    if not who:
        inside = speakers_at(said, first)
        who = list(inside[0].speakers) if inside else []
    return who


def negates(low: str) -> bool:
    return low in _NOT or low.endswith("n't")
