"""Turns of phrase that put the accused elsewhere than subject or object: "behind the attack was X", "X is to blame", "it was X
that", "X had a hand in", "linked X to the breach"; and those that shrug an accusation off."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.speech import NOMINALS, Speech, speaker_of
from indicia.read.claims.draft.suspects import accusable, can_speak, suspect
from indicia.read.claims.parse.clauses import NEVER, act_words, clause_end, copula_subject, objects_after, trim_units
from indicia.read.claims.parse.grammar import Sentence, coordinated, next_party, subject
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["turns"]

_BE = frozenset({"is", "was", "are", "were"})
_STANDS = _BE | {"stands", "stand", "stood", "sits", "sat", "lies", "lay", "lurks", "lurked"}
_UNREAL = frozenset({"if", "whether", "who", "would", "could", "might"}) | NEVER
_OPENS = frozenset({"that", ",", "“", '"', "‘", ":", ";", "but", "and"})
_HAVING = frozenset({"had", "has", "have", "having", "played", "plays", "taken", "took"})
_TAKING = frozenset({"took", "takes", "take", "taken", "taking", "accepted", "accepts"})
_SHRUG = word_set("turns.shrug")
_CULPRIT = frozenset({"culprit", "culprits", "perpetrator", "perpetrators", "mastermind", "masterminds", "ringleader"})
_BREAKS = frozenset({";", ":", "that", "who", "which", "where", "if", "whether", "not"})
_AUTHORS = _CULPRIT | {"author", "authors"}


def turns(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """All drafts of these turns, word by word."""
    row, at = sentence.row, sentence.at
    for k in range(len(row) - 1):
        low = row[k].low
        if low in _CULPRIT:
            yield from _culprit(sentence, said, k)
        if at[k] >= 0:
            continue
        if low == "behind" and (k == 0 or row[k - 1].low in _OPENS):
            yield from _behind(sentence, said, k)
        elif low == "blame" and k > 1 and row[k - 1].low == "to" and (row[k + 1].low == "for" or row[k + 1].kind == "mark"):
            yield from _of_subject(sentence, said, k, copula_subject(sentence, k - 1)[0], "responsible")
        elif low in ("hand", "part", "role") and k > 1 and row[k + 1].low == "in" and row[k - 1].low in ("a", "some", "its"):
            if row[k - 2].low in _HAVING and at[k - 2] < 0:
                yield from _of_subject(sentence, said, k, subject(sentence, _group(sentence, k - 2))[0], "involved")
        elif low in _BE and k and row[k - 1].low in ("it", "this", "that"):
            if at[k - 1] >= 0 or k == 1 or row[k - 2].low in _OPENS:
                yield from _cleft(sentence, said, k)
        elif low in _BE and k > 1 and (author := _author(sentence, k)) >= 0:
            index = next_party(sentence, k + 1, len(row), reach=2)
            if index >= 0 and suspect(sentence.parties[index]) and not _unreal(sentence, sentence.parties[index].first, 3):
                who = coordinated(row, sentence.parties, at, index, back=False)
                yield from _accused(sentence, said, k, who, trim_units(sentence, author, k), "work-of")
        elif low in ("credit", "responsibility") and k and row[k - 1].low in _TAKING and row[k + 1].low == "for":
            for a in subject(sentence, _group(sentence, k - 1))[0]:
                if accusable(sentence, a):
                    act = trim_units(sentence, k + 2, clause_end(sentence, k + 2))
                    yield Draft(Stance.ACCUSES, a, a, act, k, "self-claim")
        elif low == "out" and k and row[k - 1].low in ("call", "calls", "called", "calling"):
            for s in subject(sentence, _group(sentence, k - 1))[0]:
                for a in objects_after(sentence, k + 1, 2):
                    reason = sentence.parties[a].last
                    if (
                        reason < len(row)
                        and row[reason].low in ("over", "for", "on")
                        and suspect(sentence.parties[a])
                        and s != a
                    ):
                        act = trim_units(sentence, reason + 1, clause_end(sentence, reason + 1))
                        yield Draft(Stance.ACCUSES, s, a, act, k, "accuse")
        elif low in _SHRUG and row[k + 1].low in ("off", "aside", "away", "back"):
            charged = any(unit.low in NOMINALS or unit.low in ("reports", "blame") for unit in row[k + 2 : k + 10])
            for s in subject(sentence, _group(sentence, k))[0] if charged else ():
                if can_speak(sentence.parties[s]):
                    yield Draft(Stance.DENIES, s, s, None, k, "deny-self", self_reference=True)
    yield from _linked(sentence, said)


def _group(sentence: Sentence, k: int) -> int:
    """The first unit of the verb group that holds unit k, or k."""
    return next((verb.first for verb in sentence.verbs if verb.first <= k <= verb.at), k)


def _author(sentence: Sentence, k: int) -> int:
    """The unit of "culprit", "author" or the like in the phrase that is the subject of the copula at unit k, or -1."""
    row = sentence.row
    for j in range(k - 1, max(-1, k - 12), -1):
        low = row[j].low
        if low in _AUTHORS and j and row[j - 1].low not in ("of", "by", "to", "for", "and", "from"):
            return -1 if any(j < verb.at < k and "say" not in verb.classes for verb in sentence.verbs) else j
        if low in _BREAKS:
            return -1
    return -1


def _unreal(sentence: Sentence, k: int, reach: int = 6) -> bool:
    return any(unit.low in _UNREAL or unit.low.endswith("n't") for unit in sentence.row[max(0, k - reach) : k])


def _accused(
    sentence: Sentence, said: list[Speech], k: int, who: list[int], act: tuple[int, int] | None, rule: str
) -> Iterator[Draft]:
    for s in speaker_of(sentence, said, k):
        for a in who:
            if s != a and accusable(sentence, a):
                yield Draft(Stance.ACCUSES, s, a, act, k, rule)


def _of_subject(sentence: Sentence, said: list[Speech], k: int, who: list[int], rule: str) -> Iterator[Draft]:
    """ "X was to blame for the attack", "X had a hand in the attack"."""
    if not _unreal(sentence, k):
        yield from _accused(sentence, said, k, who, trim_units(sentence, k + 2, clause_end(sentence, k + 2)), rule)


def _behind(sentence: Sentence, said: list[Speech], k: int) -> Iterator[Draft]:
    """ "Behind the attack stood X", "that behind the attack, it says, was X"."""
    row, at = sentence.row, sentence.at
    for j in range(k + 2, min(len(row) - 1, k + 18)):
        if row[j].low in (";", ":", "“", "”"):
            return
        if at[j] < 0 and row[j].low in _STANDS:
            index = next_party(sentence, j + 1, len(row), reach=2)
            if (
                index >= 0
                and suspect(sentence.parties[index])
                and act_words(sentence, k + 1, j)
                and not _unreal(sentence, j, 2)
            ):
                who = coordinated(row, sentence.parties, at, index, back=False)
                comma = next((i for i in range(k + 1, j) if row[i].low == ","), j)
                yield from _accused(sentence, said, k, who, trim_units(sentence, k + 1, comma), "behind")
            return


def _culprit(sentence: Sentence, said: list[Speech], k: int) -> Iterator[Draft]:
    """ "X was the likely culprit"."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    verb = next((j for j in range(k - 1, max(0, k - 5), -1) if row[j].low in _BE and at[j] < 0), 0)
    who = copula_subject(sentence, verb + 1)[0] if verb and row[verb + 1].low == "the" else []
    of = row[k + 1].low in ("of", "behind", "in") and trim_units(sentence, k + 2, clause_end(sentence, k + 2)) or None
    if not _unreal(sentence, k, 8):
        yield from _accused(sentence, said, k, [a for a in who if suspect(parties[a])], of, "responsible")


def _cleft(sentence: Sentence, said: list[Speech], k: int) -> Iterator[Draft]:
    """ "It was X that broke in", “This was X,” the minister said."""
    row, parties = sentence.row, sentence.parties
    index = next_party(sentence, k + 1, len(row), reach=2)
    if index < 0 or not suspect(parties[index]) or parties[index].first > k + 2 or _unreal(sentence, k + 2):
        return
    after = parties[index].last
    if after >= len(row):
        return
    verb = next((v for v in sentence.verbs if after < v.first and v.classes & {"hostile"} and not v.negated), None)
    relative = next((j for j in range(after, min(after + 8, len(row))) if row[j].low in ("that", "who", "which")), -1)
    if relative >= 0 and verb is not None and verb.first == relative + 1:
        yield from _accused(sentence, said, k, [index], trim_units(sentence, verb.at, clause_end(sentence, verb.at)), "work-of")
    elif row[after].low in (",", "”", '"') and row[k - 1].low == "this" and speaker_of(sentence, said, k) != (-1,):
        yield from _accused(sentence, said, k, [index], None, "work-of")


def _linked(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "linked X to the breach", "evidence tying X to the wiper": where what X is linked to is no party."""
    row, parties = sentence.row, sentence.parties
    for verb in sentence.verbs:
        if verb.lemma not in ("link", "tie", "connect") or verb.passive or verb.participle or verb.negated or verb.conditional:
            continue
        index = next_party(sentence, verb.at + 1, len(row), reach=2)
        if index < 0 or not suspect(parties[index]):
            continue
        to = parties[index].last
        if to + 2 >= len(row) or row[to].low not in ("to", "with") or next_party(sentence, to + 1, len(row), reach=2) >= 0:
            continue
        act = trim_units(sentence, to + 1, clause_end(sentence, to + 1))
        if act is None or not act_words(sentence, *act):
            continue
        who = [s for s in subject(sentence, verb.first)[0] if can_speak(parties[s])] if verb.form != "ing" else []
        for s in tuple(who) or speaker_of(sentence, said, verb.at):
            if s != index:
                yield Draft(Stance.ACCUSES, s, index, act, verb.at, "link", hedge=verb.at)
