"""Fixed ways to accuse: behind, responsible for, the work of, came from, points to, saw X in it."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import CLEAR, Draft
from indicia.read.claims.draft.speech import NOMINALS, Speech, speakers_at
from indicia.read.claims.draft.suspects import (
    accusable,
    can_be_accused,
    can_speak,
    feared,
    is_actor,
    same_side,
    specific,
    suspect,
)
from indicia.read.claims.parse.clauses import (
    NEVER,
    act_words,
    clause_end,
    clause_start,
    copula_subject,
    group_start,
    trim_units,
)
from indicia.read.claims.parse.grammar import Sentence, coordinated, next_party, subject
from indicia.read.claims.parse.kinds import on_territory
from indicia.read.claims.words.lexicon import lexicon
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["phrases", "sightings"]

_RESPONSIBLE = word_set("rules.responsible")
_WORK = word_set("rules.work")
_ORIGIN = word_set("rules.origin")
_POINTS = word_set("rules.points")
_BASELESS = word_set("rules.baseless")
_TRIGGERS = _RESPONSIBLE | _WORK | _ORIGIN | _POINTS | _BASELESS | word_set("rules.triggers")  # all that `phrases` looks for


def phrases(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """Fixed ways to accuse: behind, responsible for, the work of, came from, points to, suspicion fell on, door."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        low = row[k].low
        if low not in _TRIGGERS or at[k] >= 0 and low not in ("hand", "hands", "work", "operation"):
            continue
        inside = speakers_at(said, k)
        sources = inside[0].speakers if inside else (-1,)
        negated = any(row[j].low in NEVER for j in range(max(0, k - 5), k))
        hypothetical = any(row[j].low in ("if", "whether", "who", "would", "could") for j in range(max(0, k - 6), k))
        if low in ("behind", "orchestrating") and k:
            who, _, how = ([at[k - 1]], k, "party") if at[k - 1] >= 0 else copula_subject(sentence, k)
            if at[k - 1] >= 0:
                who = coordinated(row, parties, at, at[k - 1], back=True)
            # "behind the groups known as": whose they are, is no deed
            group = k + 1 < n and at[k + 1] >= 0 and parties[at[k + 1]].kinds[0] in ("group", "actor", "criminal")
            act = None if group else trim_units(sentence, k, clause_end(sentence, k + 1))
            for a in who:
                if accusable(sentence, a) or parties[a].kinds[0] == "pronoun":
                    yield from _clear_or_accuse(sentence, sources, a, act, k, "behind", negated, hypothetical)
        elif low in _RESPONSIBLE and k:
            who, _, how = copula_subject(sentence, k)
            if not who and at[k - 1] >= 0:
                who = [at[k - 1]]
                holders = [v for v in sentence.verbs if v.at < k and v.lemma in ("hold", "consider", "deem", "find", "call")]
                if holders:
                    speaker, _, _ = subject(sentence, holders[-1].first)
                    if speaker:
                        sources = tuple(speaker)
            end = clause_end(sentence, k + 1)
            agent = next_party(sentence, k + 2, n, reach=2) if k + 1 < n and row[k + 1].low == "by" else -1
            if agent >= 0 and can_speak(parties[agent]):
                sources = (agent,)  # "is held responsible by the panel for"
            for a in who:
                if accusable(sentence, a) or parties[a].kinds[0] == "pronoun":
                    yield from _clear_or_accuse(
                        sentence, sources, a, trim_units(sentence, k + 1, end), k, "responsible", negated, hypothetical
                    )
        elif low in _WORK and k + 2 < n and row[k + 1].low == "of":
            index = next_party(sentence, k + 2, n, reach=2)
            if index >= 0 and accusable(sentence, index):
                start = clause_start(sentence, k)
                for a in coordinated(row, parties, at, index, back=False):
                    yield from _clear_or_accuse(
                        sentence, sources, a, trim_units(sentence, start, k), k, "work-of", negated, hypothetical
                    )
        elif low in _ORIGIN and k + 2 < n and row[k + 1].low in ("from", "in", "out"):
            index = next_party(sentence, k + 2, n, reach=3)
            if index >= 0 and (accusable(sentence, index) or on_territory(parties[index])):
                start = clause_start(sentence, k)
                if row[k - 1].low in ('"', "“"):
                    start = clause_start(sentence, k - 1)
                if on_territory(parties[index]) and not act_words(sentence, start, k):
                    start = 0  # "the compromise, which hit thousands, was conducted from": telling by itself
                elif not act_words(sentence, start, k):
                    continue
                place = row[parties[index].first - 1].low in ("from", "in") and (
                    on_territory(parties[index]) or parties[index].kinds[0] == "state"
                )
                verb = next((v.first for v in sentence.verbs if start < v.first < k), k)
                for draft in _clear_or_accuse(
                    sentence, sources, index, trim_units(sentence, start, verb), k, "origin", negated, hypothetical
                ):
                    yield draft._replace(place=place)
        elif low in _POINTS and k + 2 < n and row[k + 1].low in ("to", "at", "toward", "towards", "the", "finger", "fingers"):
            if row[k + 1].low == "the" and row[k + 2].low in ("finger", "fingers"):
                index = next_party(sentence, k + 3, n, reach=3)
            elif row[k + 1].low in ("finger", "fingers"):
                index = next_party(sentence, k + 2, n, reach=3)
            else:
                index = next_party(sentence, k + 2, n, reach=3)
            if index < 0 or not accusable(sentence, index) or not specific(parties[index]):
                continue
            start = group_start(sentence, k)
            if low == "pointing" and row[k - 1].low == "by" and any(v.at < k for v in sentence.verbs):
                start = next(v.first for v in sentence.verbs if v.at < k)
            who, _, how = subject(sentence, start)
            who = [w for w in who if can_speak(parties[w]) and not is_actor(parties[w])]
            finger = row[k + 1].low in ("the", "finger", "fingers")
            for s in tuple(who) or sources:
                for a in coordinated(row, parties, at, index, back=False):
                    yield Draft(
                        Stance.ACCUSES,
                        s,
                        a,
                        trim_units(sentence, parties[a].last, clause_end(sentence, parties[a].last)),
                        k,
                        "point",
                        hedge=-1 if finger else k,
                    )
        elif low in ("suspicion", "suspicions", "blame", "fingers") and k + 2 < n:
            for j in range(k + 1, min(k + 5, n - 1)):
                if row[j].low in ("on", "at", "upon"):
                    index = next_party(sentence, j + 1, n, reach=2)
                    if index >= 0 and accusable(sentence, index) and row[k + 1].low not in ("it", "the"):
                        yield Draft(Stance.ACCUSES, sources[0], index, None, k, "suspicion", hedge=k if low != "blame" else -1)
                    break
        elif low == "door" and k > 1 and row[k - 1].low == "'s" and at[k - 2] >= 0:
            a = at[k - 2]
            verbs = [v for v in sentence.verbs if v.at < k and v.lemma in ("lay", "put", "place")]
            if verbs and accusable(sentence, a):
                holder = verbs[-1]
                who, _, _ = subject(sentence, holder.first)
                agents = [w for w in who if can_speak(parties[w])] if not holder.passive else []
                for s in tuple(agents) or sources:
                    yield Draft(Stance.ACCUSES, s, a, None, k, "door")
        elif low in ("involved", "complicit", "involvement") and k:
            if low == "involvement":
                continue
            who, _, _ = copula_subject(sentence, k)
            end = clause_end(sentence, k + 1)
            for a in who:
                if accusable(sentence, a) or parties[a].kinds[0] == "pronoun":
                    yield from _clear_or_accuse(
                        sentence, sources, a, trim_units(sentence, k + 1, end), k, "involved", negated, hypothetical
                    )
        elif low == "nothing" and [u.low for u in row[k + 1 : k + 4]] == ["to", "do", "with"]:
            who, _, how = subject(sentence, group_start(sentence, k - 1))
            index = next_party(sentence, k + 4, n, reach=3)
            if (
                how == "thing"
                and index >= 0
                and (suspect(parties[index]) or feared(sentence, parties[index]))
                and k
                and row[k - 1].low in ("had", "has", "have")
            ):
                # "the outage had nothing to do with hackers, the operator said"
                for s in sources:
                    if s >= 0:
                        stance = Stance.DENIES if same_side(parties[s], parties[index]) else Stance.QUESTIONS
                        yield Draft(stance, s, index, None, k, "nothing-to-do", floor=CLEAR)
            for a in who:
                for s in sources:
                    if s >= 0 or parties[a].kinds[0] != "pronoun":
                        source = s if s >= 0 else a
                        yield Draft(
                            Stance.DENIES,
                            source,
                            a if parties[a].kinds[0] != "pronoun" else source,
                            trim_units(sentence, k + 4, clause_end(sentence, k + 4)),
                            k,
                            "nothing-to-do",
                            self_reference=parties[a].kinds[0] == "pronoun" or a == source,
                        )
        elif low in _BASELESS:
            verbs = [
                v
                for v in sentence.verbs
                if v.at < k and v.lemma in ("call", "describe", "deem", "label", "say", "dismiss", "tell")
            ]
            if verbs and k - verbs[-1].at < 16:
                who, _, _ = subject(sentence, verbs[-1].first)
                for s in who:
                    if can_speak(parties[s]):
                        yield Draft(Stance.DENIES, s, s, None, k, "called-baseless", self_reference=True)
            elif not inside and k + 2 < n and row[k + 1].low in NOMINALS and row[k + 2].low in ("against", "about", "of"):
                index = next_party(sentence, k + 3, n, reach=2)
                if index >= 0 and suspect(parties[index]):  # of whose statement this is, the resolver knows
                    yield Draft(Stance.DENIES, -1, index, None, k, "called-baseless")


def _clear_or_accuse(
    sentence: Sentence,
    sources: tuple[int, ...],
    a: int,
    act: tuple[int, int] | None,
    k: int,
    rule: str,
    negated: bool,
    hypothetical: bool,
) -> Iterator[Draft]:
    parties = sentence.parties
    for s in sources:
        if s == a:
            continue
        if negated:
            if s >= 0:
                speaker = parties[s]
                own = parties[a].kinds[0] == "pronoun" or (speaker.state is not None and speaker.state == parties[a].state)
                yield Draft(
                    Stance.DENIES if own else Stance.QUESTIONS,
                    s,
                    a,
                    act,
                    k,
                    rule + "-negated",
                    self_reference=parties[a].kinds[0] == "pronoun",
                )
        elif not hypothetical:
            if parties[a].kinds[0] == "pronoun" and s < 0:
                continue
            yield Draft(Stance.ACCUSES, s, a, act, k, rule)


_SEE = word_set("rules.see")
_CULPRIT = word_set("rules.culprit")


def sightings(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "saw Lazarus in the heist", "sees links between X and Lazarus", "considers North Korea the likely thief"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    lex = lexicon()
    for verb in sentence.verbs:
        if verb.lemma not in _SEE or verb.passive or verb.conditional:
            continue
        if verb.lemma == "call" and verb.at + 1 < n and row[verb.at + 1].low in ("on", "upon", "for"):
            continue  # "calls on the Chinese authorities to"
        who, _, how = subject(sentence, verb.first)
        who = [w for w in who if can_speak(parties[w])]
        if not who:
            continue
        end = clause_end(sentence, verb.at + 1)
        for k in range(verb.at + 1, min(end, verb.at + 14)):
            index = at[k]
            if index < 0 or parties[index].first != k or not can_be_accused(parties[index]) or index in who:
                continue
            party = parties[index]
            between = {u.low for u in row[verb.at + 1 : k]}
            if "no" in between:
                break  # "found no link to X"
            group = coordinated(row, parties, at, index, back=False)
            after = parties[group[-1]].last
            tail = [u.low for u in row[after : min(n, after + 8)]]
            linked = bool(
                between
                & {
                    "links",
                    "link",
                    "connection",
                    "connections",
                    "overlap",
                    "overlaps",
                    "ties",
                    "hand",
                    "similarities",
                    "signs",
                    "traces",
                    "fingerprints",
                    "hallmarks",
                    "work",
                }
            )
            direct = k <= verb.at + 2 or bool(between & {"and", ","})
            culprit = any(w in _CULPRIT for w in tail[:7])
            placed = (
                bool(tail)
                and tail[0] in ("in", "behind", "among", "as", "inside", "using", "at", "on", "exploiting", "targeting")
                or bool(tail and tail[0].endswith("ing"))
            )
            hand = (
                bool(tail)
                and tail[0] == "'s"
                and len(tail) > 1
                and tail[1] in ("hand", "fingerprints", "work", "involvement", "doing")
            )
            if not (
                linked
                or hand
                or direct
                and (culprit or placed)
                and (
                    party.kinds[0] in ("actor", "state", "capital", "agency", "criminal")
                    or party.hostile
                    or suspect(party)
                    or culprit
                    or "behind" in tail[:3]
                )
            ):
                continue
            for s in who:
                for a in group:
                    if linked and len(group) > 1 and not specific(parties[a]):
                        continue  # "links between Russian services and individual hackers"
                    if verb.negated:
                        yield Draft(Stance.QUESTIONS, s, a, trim_units(sentence, party.last, end), verb.at, "sighting-negated")
                    elif can_be_accused(parties[a]):
                        yield Draft(
                            Stance.ACCUSES,
                            s,
                            a,
                            trim_units(sentence, party.last, end),
                            verb.at,
                            "sighting",
                            hedge=verb.at if linked else -1,
                        )
            break
    for k in range(n):
        # "China's involvement", "the Kremlin's hand", with a speaker
        if (
            at[k] < 0
            and row[k].low in ("involvement", "hand", "fingerprints", "complicity", "handiwork", "role")
            and k > 1
            and row[k - 1].low == "'s"
            and at[k - 2] >= 0
        ):
            a = at[k - 2]
            if can_be_accused(parties[a]) and specific(parties[a]):
                inside = speakers_at(said, k)
                for s in inside[0].speakers if inside else ():
                    if s != a:
                        yield Draft(
                            Stance.ACCUSES, s, a, trim_units(sentence, k + 1, clause_end(sentence, k + 1)), k, "involvement"
                        )
    del lex
