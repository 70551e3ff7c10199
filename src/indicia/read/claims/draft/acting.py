"""Accusing by telling the deed: ACTOR did it, it was done by ACTOR, ACTOR pleaded guilty."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import CLEAR, Draft
from indicia.read.claims.draft.speech import Speech, speakers_at
from indicia.read.claims.draft.suspects import accusable, can_be_accused, defends, is_actor, specific, suspect
from indicia.read.claims.parse.clauses import (
    NEVER,
    act_words,
    agent_after,
    clause_end,
    clause_start,
    conditional_clause,
    deed_words,
    group_start,
    may_have,
    trim_units,
)
from indicia.read.claims.parse.grammar import Sentence, Verb, coordinated, next_party, subject
from indicia.read.claims.parse.party import Party
from indicia.read.claims.words.lexicon import FUNCTION, lexicon
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["any_passive", "hostile", "involving", "pleas", "tied"]

_USING = word_set("rules.using")
_MAKING = frozenset("made built produced manufactured sold supplied owned founded published issued provided".split())
_IDLE = word_set("rules.idle")


def hostile(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    """ACTOR did it, or it was done by ACTOR."""
    row, parties = sentence.row, sentence.parties
    n = len(row)
    lex = lexicon()
    inside = speakers_at(said, verb.at)
    sources = inside[0].speakers if inside else (-1,)
    end = clause_end(sentence, verb.at + 1)
    if verb.form == "ing" and verb.first == verb.at:
        before = row[verb.at - 1].low if verb.at else ""
        if before in ("seen", "caught", "observed", "spotted", "found", "detected", "filmed"):
            who, _, how = subject(sentence, group_start(sentence, verb.at - 1))
            for a in who if how in ("party", "relative") else ():
                if suspect(parties[a]) or parties[a].kinds[0] in ("unknown_name", "group"):
                    for s in sources:
                        if s != a:
                            yield Draft(
                                Stance.ACCUSES,
                                s,
                                a,
                                trim_units(sentence, verb.at, end),
                                verb.at,
                                "narration" if s < 0 else "hostile",
                            )
        return
    if verb.conditional and not may_have(sentence, verb):
        return
    if conditional_clause(sentence, verb) or verb.lemma == "stop" and verb.at + 1 < n and row[verb.at + 1].low == "short":
        return
    based = verb.lemma == "operate" and verb.at + 1 < n and row[verb.at + 1].low in ("from", "out", "in")
    if based and not act_words(sentence, verb.at + 1, end):
        return  # where somebody sits is a tie, not a deed
    if verb.passive:
        agent = agent_after(sentence, verb.at + 1, end)
        if agent < 0 or not accusable(sentence, agent) or verb.negated:
            return
        agents = coordinated(row, parties, sentence.at, agent, back=False)
        act = trim_units(sentence, clause_start(sentence, verb.first), verb.at + 1)
        for s in sources:
            for a in agents:
                if s != a:
                    yield Draft(Stance.ACCUSES, s, a, act, verb.at, "hostile-passive")
        return
    who, first, how = subject(sentence, verb.first)
    if how not in ("party", "relative") or not who:
        return
    if how == "relative" and any(s.verb > first for s in inside):
        pass
    weak = verb.lemma in lex.weak and not (verb.at + 1 < n and row[verb.at + 1].low in ("into", "inside"))
    act = trim_units(sentence, verb.at, end)
    for a in who:
        party = parties[a]
        if party.kinds[0] == "pronoun":
            if not (inside or False):
                continue
        elif not can_be_accused(party) or not _suits(party, weak, bool(inside), sentence, verb.at, end):
            continue
        for s in sources:
            if s == a:
                continue
            if s < 0 and defends(party):
                continue
            if verb.negated:
                if s >= 0:
                    yield Draft(
                        Stance.DENIES, s, a, act, verb.at, "hostile-negated", self_reference=party.kinds[0] == "pronoun"
                    )
            else:
                yield Draft(Stance.ACCUSES, s, a, act, verb.at, "hostile" if s >= 0 else "narration")


def _suits(party: Party, weak: bool, spoken: bool, sentence: Sentence, at: int, end: int) -> bool:
    first = party.kinds[0]
    if sentence.row[at].low in _USING and not act_words(sentence, at, end):
        return False
    if first in ("actor", "criminal"):
        return spoken or sentence.row[at].low not in _IDLE or act_words(sentence, at, end)
    if first in (
        "group",
        "person",
        "agency",
        "named_person",
        "unknown_name",
        "organisation",
        "state",
        "capital",
        "place",
        "gov_body",
        "gov_person",
        "vendor",
        "company",
    ):
        strong = (
            not weak
            or spoken
            or deed_words(sentence, at, end)
            or any(sentence.at[k] >= 0 and sentence.parties[sentence.at[k]].kinds[0] == "malware" for k in range(at, end))
        )
        if first == "group":
            return (party.hostile or specific(party)) and (strong or party.hostile) or spoken or party.definite and strong
        if first in ("state", "capital") and not spoken:
            return not weak
        if first in ("state", "capital", "agency", "person"):
            return strong
        return strong and (spoken or first == "named_person")
    return False


def tied(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    """ACTOR works for STATE, "operates from STATE": accuses the actor, with the state. Such a tie is no act."""
    row, parties = sentence.row, sentence.parties
    if verb.negated or "link" in verb.classes:
        return
    inside = speakers_at(said, verb.at)
    who, _, how = subject(sentence, verb.first)
    if how not in ("party", "relative") or not who or not is_actor(parties[who[0]]):
        return
    for k in range(verb.at + 1, min(len(row), verb.at + 7)):
        low = row[k].low
        if low in ("for", "to", "with", "by", "of") or inside and low == "from" and verb.lemma in ("operate", "work", "act"):
            index = next_party(sentence, k + 1, len(row), reach=2)
            if index >= 0 and parties[index].kinds[0] in ("state", "capital", "agency", "gov_body") and parties[index].state:
                for s in inside[0].speakers if inside else (-1,):
                    for a in who:
                        if s != a:
                            yield Draft(Stance.ACCUSES, s, a, None, verb.at, "tied")
            return


def any_passive(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "was brought to its knees by KillNet": done by a hostile actor, whatever the verb."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    known = {v.at for v in sentence.verbs if v.classes & {"hostile", "accuse", "link", "say", "deny", "endorse"}}
    for k in range(2, len(row) - 1):
        if row[k].low != "by" or at[k] >= 0 or at[k + 1] < 0:
            continue
        party = parties[at[k + 1]]
        if not suspect(party) and not (party.kinds[0] in ("person", "group") and party.state):
            continue
        verb = -1
        for j in range(k - 1, max(0, k - 7), -1):
            if (
                at[j] < 0
                and row[j].kind == "word"
                and (row[j].low.endswith(("ed", "en", "wn", "de", "nt", "ught", "ung", "ut")) and row[j].low not in FUNCTION)
            ):
                verb = j
                break
        if verb < 0 or verb in known or row[verb].low in _MAKING:
            continue
        inside = speakers_at(said, k)
        start = clause_start(sentence, verb)
        negated = any(row[j].low in NEVER for j in range(max(0, verb - 4), verb))
        for s in inside[0].speakers if inside else (-1,):
            for a in coordinated(row, parties, at, at[k + 1], back=False):
                if s != a and can_be_accused(parties[a]) and not negated:
                    yield Draft(Stance.ACCUSES, s, a, trim_units(sentence, start, verb + 1), k, "any-passive")


def involving(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "the attacks involved Russian gangs", "the use of hackers by the Chinese government", "hacking by China"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(1, n - 1):
        low = row[k].low
        if at[k] >= 0:
            continue
        if low in ("involved", "involves", "involving"):
            index = next_party(sentence, k + 1, n, reach=3)
            start = clause_start(sentence, group_start(sentence, k))
            if index >= 0 and suspect(parties[index]) and act_words(sentence, start, k):
                inside = speakers_at(said, k)
                for s in inside[0].speakers if inside else (-1,):
                    yield Draft(Stance.ACCUSES, s, index, trim_units(sentence, start, k), k, "involved-object")
        elif low == "by" and at[k + 1] >= 0 and suspect(parties[at[k + 1]]):
            noun = next(
                (
                    j
                    for j in range(k - 1, max(-1, k - 10), -1)
                    if (row[j].low in lexicon().acts or row[j].low in ("use", "abuse", "hacking", "targeting", "recruitment"))
                    and at[j] < 0
                ),
                -1,
            )
            verb = next(
                (
                    j
                    for j in range(k - 1, max(-1, k - 10), -1)
                    if at[j] < 0 and row[j].low.endswith("ed") and row[j].low not in FUNCTION
                ),
                -1,
            )
            if noun >= 0 and verb < noun:
                inside = speakers_at(said, k)
                for s in inside[0].speakers if inside else ():
                    if s != at[k + 1]:
                        yield Draft(Stance.ACCUSES, s, at[k + 1], (max(0, noun - 1), parties[at[k + 1]].last), k, "act-by")


def pleas(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "pleaded guilty to", "was found guilty of", "admitted to": the accused is the subject."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        low = row[k].low
        if at[k] >= 0:
            continue
        if low == "guilty":
            negated = k > 0 and row[k - 1].low == "not"
            start = next((v.first for v in reversed(sentence.verbs) if v.at < k and k - v.at < 4), group_start(sentence, k))
            who, _, _ = subject(sentence, start)
            for a in who:
                if not can_be_accused(parties[a]) and parties[a].kinds[0] != "pronoun":
                    continue
                act = trim_units(sentence, k + 2, clause_end(sentence, k + 2))
                if negated:
                    yield Draft(Stance.DENIES, a, a, act, k, "plea", legal=True, self_reference=True)
                    continue
                sources = [s for speech in speakers_at(said, k) for s in speech.speakers if s != a][:3]
                for s in sources or [a]:
                    yield Draft(Stance.ACCUSES, s, a, act, k, "plea", legal=True)
        elif low in ("admitted", "admits", "confessed", "claimed", "claims", "claim", "boasted", "boasts") and k + 1 < n:
            own = low.startswith("claim")
            if own and not any(
                u.low in ("responsibility", "credit", "attack", "hack", "breach", "theft") for u in row[k + 1 : k + 4]
            ):
                continue
            who, _, _ = subject(sentence, group_start(sentence, k))
            for a in who:
                if can_be_accused(parties[a]) or parties[a].kinds[0] == "pronoun":
                    act = trim_units(sentence, k + 1, clause_end(sentence, k + 1))
                    yield Draft(Stance.ACCUSES, a, a, act, k, "self-claim", floor=CLEAR if own else None)
