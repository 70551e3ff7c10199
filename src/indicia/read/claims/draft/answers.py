"""Answers to what was told before: "Tehran denies it", "would not comment on the report", "Canada concurs".

The accused is whom the accusation names that is answered: in the clause before, or in the sentence before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indicia.read.claims.draft.doubting import answering
from indicia.read.claims.draft.draft import ANSWERED, Draft
from indicia.read.claims.draft.speech import NOMINALS, Speech, speakers_at, speaking
from indicia.read.claims.draft.suspects import can_be_accused, clears_another, specific, suspect
from indicia.read.claims.draft.withholding import withheld_by
from indicia.read.claims.parse.clauses import copula_subject, group_start
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import DETERMINERS
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["Answer", "Told", "accused_in", "answers", "may_answer"]

_CUES = word_set("answers.cues")
_VIEWS = word_set("answers.views")
_REPORTS = NOMINALS | _VIEWS | word_set("answers.reports")
_POINTING = frozenset({"it", "this", "that", "them", "these", "so"})
_DENYING = frozenset({"deny", "reject", "dismiss", "refute", "rebut", "dispute", "repudiate", "rubbish", "ridicule", "scorn"})
_CALLING = frozenset({"call", "describe", "label", "deem", "brand"})
_BACKING = frozenset({"back", "support", "endorse", "echo", "second", "corroborate", "validate", "underwrite"})
_CONFIRMING = frozenset({"comment", "confirm", "discuss", "verify", "corroborate", "address"})
_DOUBTING = frozenset({"doubt", "question", "challenge"})
_TRUSTING = frozenset({"believe", "accept", "trust", "buy", "share"})
_NOT = frozenset({"not", "never", "neither", "n't", "no"})
_BAD = word_set("rules.baseless") | word_set("answers.bad")
_UNLIKELY = word_set("answers.unlikely")
_LIKELY = word_set("answers.likely")
_FAITH = frozenset({"trust", "confidence", "faith"})
_UNSURE = frozenset({"unconvinced", "unpersuaded", "sceptical", "skeptical"})
_PROOF = frozenset({"proof", "evidence", "indication", "sign", "information", "basis"})
_OF = frozenset(
    {"that", "of", "by", "against", "from", "about", "over", "implicating", "linking", "tying", "blaming", "naming"}
)


_LENIENT = word_set("reader.lenient")
_AFTER = frozenset(
    {"as", "and", "but", "in", "on", "at", "to", "a", "an", "one", "more", "for", "when", "through", "outright", "again"}
)


class Answer(NamedTuple):
    """A draft whose accused is a party of the sentence before where `before` is true."""

    draft: Draft
    before: bool


class Told(NamedTuple):
    """Whom a sentence accuses: parties, and whether a rule that mostly errs, or only their kind, says so."""

    accused: tuple[int, ...] = ()
    lenient: bool = False


def may_answer(sentence: Sentence) -> bool:
    """Whether a word stands in the sentence that can answer an accusation."""
    return any(unit.low in _CUES for unit in sentence.row)


def accused_in(sentence: Sentence, found: Sequence[Draft], first: int = 0) -> Told:
    """The parties from `first` on that a sentence accuses, by its drafts or else by their kind, numbered from there."""
    parties = sentence.parties
    sure: dict[int, bool] = {}
    for draft in found:
        if draft.stance is Stance.ACCUSES and draft.accused >= first and parties[draft.accused].kinds[0] != "pronoun":
            sure[draft.accused] = sure.get(draft.accused, False) or not _unsure(draft, parties[draft.accused])
    if sure:
        best = any(sure.values())
        told = [index for index, known in sure.items() if known == best]
        told = [index for index in told if specific(parties[index])] or told
        return Told(tuple(index - first for index in told)[:3], not best)
    likely = [i for i in range(first, len(parties)) if parties[i].kinds[0] in ("actor", "criminal") and specific(parties[i])]
    return Told((likely[0] - first,) if len(likely) == 1 else (), True)


def _unsure(draft: Draft, accused: Party) -> bool:
    told = draft.rule == "told" and draft.source >= 0 and suspect(accused)
    return not told and (draft.lenient or draft.rule in _LENIENT)


def answers(
    sentence: Sentence, said: list[Speech], found: Sequence[Draft], context: Sentence | None, told: Told
) -> Iterator[Answer]:
    """The answers of a sentence. `told`: whom the sentence before (`context`) accuses."""
    accusing = [draft for draft in found if draft.stance is Stance.ACCUSES and draft.accused >= 0]
    if not (told.accused or accusing):
        return
    for stance, first, cue, bare in _cues(sentence):
        who = _speakers(sentence, said, first, other=bare and stance is Stance.QUESTIONS)
        if not who:
            continue
        start = min(sentence.parties[s].first for s in who)
        own = dict.fromkeys(
            draft.accused
            for draft in accusing
            if draft.cue < start
            and sentence.parties[draft.accused].last <= start
            and draft.source not in who
            and (draft.source < 0 or sentence.parties[draft.source].first < start)
        )
        before = not own and context is not None
        whom = tuple(own) or told.accused if before or own else ()
        for index in whom:
            party = (context if before and context is not None else sentence).parties[index]
            for s in who:
                answered = _stance(stance, sentence.parties[s], party, bare)
                if answered is not None and (before or s != index):
                    lenient = before and told.lenient
                    yield Answer(
                        Draft(
                            answered,
                            s,
                            index,
                            None,
                            cue,
                            _RULES[answered],
                            lenient=lenient,
                            answer=True,
                            floor=None if lenient else ANSWERED,
                        ),
                        before,
                    )


_RULES = {Stance.DENIES: "deny", Stance.DECLINES: "refusal", Stance.ENDORSES: "endorse", Stance.QUESTIONS: "doubt"}


def _stance(stance: Stance, speaker: Party, accused: Party, bare: bool) -> Stance | None:
    """The stance of this speaker toward this party: who rejects what another state is accused of doubts it. A bare "declined
    to comment" answers only for the speaker's own side."""
    if not can_be_accused(accused):
        return None
    if bare and stance is Stance.DECLINES and (speaker.state is None or speaker.state != accused.state):
        return None
    if stance is Stance.DENIES and clears_another(speaker, accused):
        return Stance.QUESTIONS
    return stance


def _speakers(sentence: Sentence, said: list[Speech], first: int, *, other: bool) -> tuple[int, ...]:
    """Who answers. `other`: who says of the accuser that it "has no proof"."""
    who = answering(sentence, said, first)
    if other and who and sentence.parties[who[0]].kinds[0] != "pronoun" and (inside := speakers_at(said, first)):
        who = list(inside[0].speakers)
    return tuple(dict.fromkeys(k for s in who for k in speaking(sentence, said, s)))


def _cues(sentence: Sentence) -> Iterator[tuple[Stance, int, int, bool]]:
    """(stance, first unit of the verb group, unit of the cue, whether nothing follows) of each answer."""
    row = sentence.row
    n = len(row)
    for verb in sentence.verbs:
        if verb.passive or verb.participle or verb.form == "ing":
            continue
        j = verb.at + 1
        lemma = verb.lemma
        if lemma in _CONFIRMING or lemma == "deny" and verb.negated:
            first = withheld_by(sentence, verb)
            if first >= 0:
                if lemma == "comment" and j < n and row[j].low in ("on", "about"):
                    j += 1
                elif lemma == "comment":
                    if _ends(sentence, j):
                        yield Stance.DECLINES, first, verb.at, True
                    continue
                if _object(sentence, j) > 0:
                    yield Stance.DECLINES, first, verb.at, False
                continue
        if verb.negated:
            if lemma in _TRUSTING and _object(sentence, j) > 0:
                yield Stance.QUESTIONS, verb.first, verb.at, False
            continue
        ahead = [unit.low for unit in row[max(0, verb.first - 4) : verb.first]]
        if verb.conditional or ahead[-1:] == ["to"] and "too" in ahead:
            continue  # "too common to support it"
        if lemma in _DENYING:
            if _object(sentence, j) > 0 or lemma == "deny" and _ends(sentence, j):
                yield Stance.DENIES, verb.first, verb.at, False
        elif lemma in _CALLING:
            end = _object(sentence, j)
            if end > 0:
                words = {unit.low for unit in row[end : end + 9]}
                if words & _BAD:
                    yield Stance.DENIES, verb.first, verb.at, False
                elif words & _UNLIKELY:
                    yield Stance.QUESTIONS, verb.first, verb.at, False
                elif words & _LIKELY:
                    yield Stance.ENDORSES, verb.first, verb.at, False
        elif lemma in _DOUBTING:
            if _object(sentence, j) > 0:
                yield Stance.QUESTIONS, verb.first, verb.at, False
        elif lemma == "consider" or lemma == "find":
            end = _object(sentence, j)
            words = {unit.low for unit in row[end : end + 3]} if end > 0 else set()
            if words & _LIKELY:
                yield Stance.ENDORSES, verb.first, verb.at, False
            elif words & _UNLIKELY:
                yield Stance.QUESTIONS, verb.first, verb.at, False
        elif lemma in ("agree", "concur"):
            j += j < n and row[j].low == "with"
            if _ends(sentence, j) or _object(sentence, j) > 0:
                yield Stance.ENDORSES, verb.first, verb.at, False
        elif lemma in _BACKING or lemma in ("share", "confirm", "reach", "come"):
            end = _object(sentence, j + (lemma == "come" and j < n and row[j].low == "to"))
            view = end > 0 and row[end - 1].low in _VIEWS
            same = any(unit.low in ("same", "identical", "similar") for unit in row[j:end]) if end > 0 else False
            if view and (same or lemma not in ("reach", "come")):
                yield Stance.ENDORSES, verb.first, verb.at, False
        elif lemma == "stand" and j < n and row[j].low in ("by", "behind"):
            end = _object(sentence, j + 1)
            if end > 0 and (row[end - 1].low in _VIEWS or row[end - 1].low in _POINTING):
                yield Stance.ENDORSES, verb.first, verb.at, False
        elif lemma in ("place", "have", "put", "express") and any(unit.low in _FAITH for unit in row[j : j + 3]):
            k = next(i for i in range(j, min(n, j + 3)) if row[i].low in _FAITH) + 1
            if k < n and row[k].low == "in" and (end := _object(sentence, k + 1)) > 0 and row[end - 1].low in _VIEWS:
                yield Stance.ENDORSES, verb.first, verb.at, False
        elif lemma == "say" and [unit.low for unit in row[j : j + 2]] == ["the", "same"] and _ends(sentence, j + 2):
            yield Stance.ENDORSES, verb.first, verb.at, False
        elif lemma in ("have", "see") and j + 1 < n and row[j].low == "no" and row[j + 1].low in ("reason", "cause", "doubt"):
            k = j + 2 + 2 * (row[j + 1].low != "doubt")
            if k <= n and row[k - 1].low in ("doubt", "about", "of") and _object(sentence, k) > 0:
                yield Stance.ENDORSES, verb.first, verb.at, False
    for k in range(1, n):
        low = row[k].low
        if sentence.at[k] >= 0:
            continue
        if low in _UNSURE or low in ("convinced", "persuaded") and any(_negates(row[i].low) for i in range(max(0, k - 3), k)):
            who = copula_subject(sentence, k)
            end = k + 1 + (k + 1 < n and row[k + 1].low in ("by", "of", "about"))
            if who[0] and (_ends(sentence, k + 1, also=True) or _object(sentence, end) > 0):
                yield Stance.QUESTIONS, sentence.parties[who[0][-1]].last, k, False
        elif low == "proof" or low in _PROOF and row[k - 1].low in ("no", "any", "little", "without"):
            if not any(_negates(row[i].low) or row[i].low == "without" for i in range(max(0, k - 4), k)):
                continue
            after = k + 1
            if after < n and row[after].low == "to" and after + 1 < n and row[after + 1].low in ("support", "back", "confirm"):
                after += 2
            elif after < n and row[after].low in ("of", "for"):
                after += 1
            elif not (low == "proof" and _ends(sentence, after)):
                continue
            if after == k + 1 or _object(sentence, after) > 0:
                start = next((v.first for v in reversed(sentence.verbs) if k - 5 <= v.at < k), group_start(sentence, k))
                yield Stance.QUESTIONS, start, k, True


def _negates(low: str) -> bool:
    return low in _NOT or low.endswith("n't")


def _ends(sentence: Sentence, j: int, *, also: bool = False) -> bool:
    row = sentence.row
    return (
        j >= len(row)
        or row[j].low in (".", ";", "!", "”", '"', ",", "–", "—")
        or also
        and row[j].low in ("and", "but", "either")
    )


def _object(sentence: Sentence, j: int) -> int:
    """The unit after an object that points back and names nobody ("it", "the report", "Berlin's accusation"), or 0."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    n = len(row)
    k = j
    while k < min(n, j + 7):
        unit = row[k]
        if unit.low in _REPORTS and k > j - 1:
            after = k + 1
            if after < n and row[after].low in ("for", "on", "to"):
                return 0  # "the charge for parking"
            if after < n and row[after].low in _OF:
                near = {at[i] for i in range(after + 1, min(n, after + 10)) if at[i] >= 0}
                if any(suspect(parties[i]) or parties[i].kinds[0] == "pronoun" for i in near):
                    return 0
            return after
        if unit.low in _POINTING and k == j and (k + 1 >= n or row[k + 1].low not in _REPORTS):
            last = k + 1
            if last >= n or row[last].kind == "mark" or row[last].low in _AFTER | _BAD | _UNLIKELY | _LIKELY:
                return last
            return 0
        owner = at[k] >= 0 and unit.low != "it"
        if not (owner or unit.low in DETERMINERS or unit.low in ("all", "same", "such") or unit.kind in ("word", "possessive")):
            return 0
        if unit.kind == "word" and not owner and k > j + 3:
            return 0
        k += 1
    return 0
