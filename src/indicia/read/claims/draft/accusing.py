"""Accusing with a verb that takes the accused: accuse, blame, attribute to, link to, charge, name."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.speech import Speech, speaker_of
from indicia.read.claims.draft.suspects import accusable, can_be_accused, can_speak, is_actor, specific, suspect
from indicia.read.claims.parse.clauses import (
    act_words,
    agent_after,
    attacking,
    clause_end,
    clause_start,
    objects_after,
    trim_units,
)
from indicia.read.claims.parse.grammar import Sentence, Verb, coordinated, next_party, subject
from indicia.read.claims.words.lexicon import lexicon
from indicia.read.claims.words.wordsets import word_set
from indicia.records import Stance

__all__ = ["accuse", "link", "participle"]

_LEGAL = word_set("rules.legal")
_HEDGE_LINK = word_set("rules.hedge_link")
_MONTHS = word_set("grammar.months")
_NOBODY = frozenset({"no", "nobody", "none", "neither", "nothing", "anyone", "anybody"})
_RELATIVE = ("which", "who", "that", "whom", "whose")
_INTRUDERS = frozenset("adversary actor actors attacker attackers cluster gang hackers intruder intruders".split())
_BARING = word_set("rules.baring")


def participle(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    """ "attacks attributed to APT28", "hackers accused of": no speaker of its own, so it is taken only inside speech or as
    narration."""
    row = sentence.row
    headline = row[-1].low not in (".", "!", "?", "”", '"') and not any(v.at < verb.at for v in sentence.verbs)
    if "accuse" in verb.classes and headline and row[verb.at + 1].low in ("for", "of", "with", "over"):
        # "APT28 blamed for attack on ministry"
        things, _, how = subject(sentence, verb.first)
        for a in things if how == "party" else ():
            if suspect(sentence.parties[a]) and (act_words(sentence, verb.at + 2, len(row)) or _tool(sentence, verb.at + 2)):
                act = trim_units(sentence, verb.at + 2, clause_end(sentence, verb.at + 2))
                yield Draft(Stance.ACCUSES, -1, a, act, verb.at, "participle", legal=verb.lemma in _LEGAL)
        return
    if "link" in verb.classes and verb.at + 1 < len(row) and row[verb.at + 1].low in ("to", "with", "on", "by"):
        source = -1
        k = verb.at + 1
        if row[k].low == "by":
            source = next_party(sentence, k + 1, len(row), reach=2)
            if source < 0:
                return
            k = sentence.parties[source].last
            if not (k < len(row) and row[k].low in ("to", "with", "on")):
                return
        things, _, how = subject(sentence, verb.first)
        if (
            source < 0
            and things
            and how == "party"
            and suspect(sentence.parties[things[0]])
            and act_words(sentence, k + 1, k + 6)
        ):
            # a headline: "GRU unit linked to wiper attacks"
            yield Draft(Stance.ACCUSES, -1, things[0], trim_units(sentence, k + 1, k + 6), verb.at, "participle", hedge=verb.at)
        told: tuple[int, ...] = (-1,)
        start = clause_start(sentence, verb.first)
        if source < 0:
            told, start = _whose_words(sentence, verb) or (told, start)
        for accused in objects_after(sentence, k + 1, 3):
            if accusable(sentence, accused):
                hedge = verb.at if verb.lemma in _HEDGE_LINK else -1
                act = trim_units(sentence, start, verb.first)
                for s in told if source < 0 else (source,):
                    yield Draft(Stance.ACCUSES, s, accused, act, verb.at, "participle", hedge=hedge)


def _whose_words(sentence: Sentence, verb: Verb) -> tuple[tuple[int, ...], int] | None:
    """Who says so in "a wiper that the FBI and the NSA attributed to", and where what they say it of begins; None in "attacks
    attributed to"."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    if not verb.first or at[verb.first - 1] < 0:
        return None
    group = coordinated(row, parties, at, at[verb.first - 1], back=True)
    first = parties[group[0]].first
    if not first or row[first - 1].low not in ("that", "which", "whom") or not all(can_speak(parties[s]) for s in group):
        return None
    return tuple(group), clause_start(sentence, first - 1)


def _tool(sentence: Sentence, first: int) -> bool:
    """Whether malware or a verb of attack follows: "indicted for running DanaBot", "charged with hacking a port"."""
    if any(party.kinds[0] == "malware" and party.first >= first for party in sentence.parties):
        return True
    return attacking(sentence, first, len(sentence.row))


def link(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    if verb.form == "ing" and verb.first > 1 and row[verb.first - 1].low == "of" and row[verb.first - 2].low == "short":
        return  # "stops short of linking the case to X"
    stop = n
    # where "to X" stands
    target = -1
    k = verb.at + 1
    limit = min(n, verb.at + 45)
    if verb.lemma == "blame" and k < n and at[k] >= 0 and can_be_accused(parties[at[k]]) and parties[at[k]].kinds[0] != "place":
        return  # "blames X, which ..., for the attack on Y"
    prepositions = (
        ("on",)
        if verb.lemma == "blame"
        else ("to", "with", "on", "at")
        if verb.lemma in ("lay", "pin", "fasten", "chalk")
        else ("to", "with")
    )
    while k < limit:
        low = row[k].low
        if low in (";", ":", "“"):
            break
        if low in prepositions and at[k] < 0 and k + 1 < n:
            index = next_party(sentence, k + 1, stop, reach=3, through_verbs=True)
            if (
                index >= 0
                and can_be_accused(parties[index])
                and (parties[index].kinds[0] not in ("agency", "gov_body") or suspect(parties[index]))
                and not (low == "with" and parties[index].kinds[0] not in ("actor", "agency", "state", "capital", "group"))
            ):
                target = index
                target_at = k
                # "to break into X to Y": the last fitting "to" wins when the first is part of the act
                break
        k += 1
    if target < 0:
        subject_first = subject(sentence, verb.first)[0]
        if subject_first and verb.at + 1 < n and row[verb.at + 1].low in ("to", "with"):
            k = parties[subject_first[0]].first - 1
            if k > 0 and row[k].low in ("which", "whom", "that", "who"):
                k -= 2 if row[k - 1].low == "," else 1
                if k >= 0 and at[k] >= 0 and can_be_accused(parties[at[k]]):
                    for s in subject_first:
                        yield Draft(
                            Stance.ACCUSES,
                            s,
                            at[k],
                            trim_units(sentence, verb.at + 2, clause_end(sentence, verb.at + 2)),
                            verb.at,
                            "link-relative",
                            hedge=verb.at,
                        )
        return
    hedge = verb.at if verb.lemma in _HEDGE_LINK else -1
    if verb.lemma == "put" and row[target_at - 1].low != "down":
        return
    accused = coordinated(row, parties, at, target, back=False)
    if verb.passive:
        who = [i for i in [agent_after(sentence, verb.at + 1, n)] if i >= 0 and i not in accused and can_speak(parties[i])]
        things, first, how = subject(sentence, verb.first)
        sources: tuple[int, ...] = tuple(who) or speaker_of(sentence, said, verb.at)
        act = trim_units(sentence, clause_start(sentence, verb.first), verb.first)
        if how in ("party", "relative") and things and is_actor(parties[things[0]]) and not is_actor(parties[target]):
            accused = things
            act = _tie(sentence, verb, target)
        if verb.negated:
            for s in sources:
                for a in accused:
                    yield Draft(
                        Stance.DECLINES if s >= 0 else Stance.QUESTIONS, s, a, act, verb.at, "link-negated", lenient=True
                    )
            return
        for s in sources:
            for a in accused:
                yield Draft(Stance.ACCUSES, s, a, act, verb.at, "link-passive", hedge=hedge)
        return
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    sources = tuple(who) or speaker_of(sentence, said, verb.at)
    act = trim_units(sentence, verb.at + 1, target_at)
    middle = next_party(sentence, verb.at + 1, target_at, reach=4)
    if (
        middle >= 0
        and is_actor(parties[middle])
        and (parties[middle].kinds[0] != "unknown_name" or parties[target].kinds[0] in ("state", "capital", "agency"))
        and not act_words(sentence, parties[middle].last, target_at)
    ):
        accused = coordinated(row, parties, at, middle, back=False)
        act = _tie(sentence, verb, target)
    elif act is None:
        # "APT31, whom it links to the breach": the object stands before the relative pronoun
        if not who:
            return
        k = parties[who[0]].first - 1
        after = trim_units(sentence, parties[accused[-1]].last, clause_end(sentence, parties[accused[-1]].last))
        if k > 0 and row[k].low in ("which", "whom", "that", "who"):
            k -= 2 if row[k - 1].low == "," else 1
            if k >= 0 and at[k] >= 0 and can_be_accused(parties[at[k]]):
                for s in sources:
                    yield Draft(Stance.ACCUSES, s, at[k], _tie(sentence, verb, target), verb.at, "link-relative", hedge=hedge)
            return
        if after is None or not act_words(sentence, *after) or row[after[0]].low in _RELATIVE:
            return
        act = after  # "attributes to X the attack on Y": the object comes last
    vague = verb.lemma in ("lay", "relate", "track", "attach", "peg", "credit", "assign", "report", "map")
    group = middle >= 0 and (parties[middle].hostile or parties[middle].head in _INTRUDERS)  # "assigns this adversary to China"
    if vague and not (group and verb.lemma == "assign") and not act_words(sentence, verb.at, target_at):
        return
    if verb.negated:
        for s in sources:
            if s >= 0:
                yield Draft(
                    Stance.DECLINES,
                    s,
                    -1 if verb.lemma == "attribute" and not specific(parties[accused[0]]) else accused[0],
                    act,
                    verb.at,
                    "link-negated",
                )
        return
    for s in sources:
        for a in accused:
            if s != a:
                yield Draft(Stance.ACCUSES, s, a, act, verb.at, "link", hedge=hedge)


def _tie(sentence: Sentence, verb: Verb, target: int) -> tuple[int, int] | None:
    """The act of "linked APT31 to the breach"; none where the words only tell whose an actor is: "tied to the state"."""
    party = sentence.parties[target]
    master = party.kinds[0] in ("state", "capital", "demonym", "agency", "gov_body", "place", "gov_person")
    return None if master and not act_words(sentence, verb.at + 1, party.last) else (verb.at, party.last)


def accuse(sentence: Sentence, verb: Verb, said: list[Speech]) -> Iterator[Draft]:
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    legal = verb.lemma in _LEGAL
    if verb.lemma in ("target", "list", "fine", "out", "find") and not legal:
        return
    if verb.passive:
        who, _, how = subject(sentence, verb.first)
        agent = agent_after(sentence, verb.at + 1, n)
        end = clause_end(sentence, verb.at + 1)
        act = None
        for k in range(verb.at + 1, end):
            if row[k].low in ("of", "for", "over", "with", "in", "as", "to"):
                act = trim_units(sentence, k + 1, end)
                break
        sources = (agent,) if agent >= 0 and can_speak(parties[agent]) else speaker_of(sentence, said, verb.at)
        if (
            verb.lemma in ("suspect",)
            and agent < 0
            and row[verb.at + 1 : verb.at + 2]
            and row[verb.at + 1].low not in ("of", "to")
        ):
            return
        if how not in ("party", "relative"):
            return
        for a in who:
            if not accusable(sentence, a):
                continue
            for s in sources:
                if verb.negated:
                    if s >= 0:
                        yield Draft(Stance.QUESTIONS, s, a, act, verb.at, "accuse-negated", lenient=True)
                    continue
                yield Draft(
                    Stance.ACCUSES,
                    s,
                    a,
                    act,
                    verb.at,
                    "accuse-passive",
                    legal=legal,
                    hedge=verb.at if verb.lemma == "suspect" else -1,
                )
        return
    who, _, how = subject(sentence, verb.first)
    who = [w for w in who if can_speak(parties[w])]
    sources = tuple(who) or speaker_of(sentence, said, verb.at)
    if how == "thing" and not who and sources == (-1,):
        return
    objects = objects_after(sentence, verb.at + 1, 7)
    if verb.at + 1 < n and row[verb.at + 1].low in _NOBODY:
        return
    end = clause_end(sentence, verb.at + 1)
    if verb.lemma == "blame" and not (objects and parties[objects[0]].first == verb.at + 1 and accusable(sentence, objects[0])):
        for k in range(verb.at + 1, min(n, verb.at + 40)):
            if row[k].low == "on" and at[k] < 0:
                index = next_party(sentence, k + 1, n, reach=2)
                if (
                    index >= 0
                    and accusable(sentence, index)
                    and parties[index].kinds[0] not in ("place",)
                    and act_words(sentence, verb.at + 1, k)
                ):
                    objects = coordinated(row, parties, at, index, back=False)
                    act = trim_units(sentence, verb.at + 1, k)
                    for s in sources:
                        for a in objects:
                            yield Draft(Stance.ACCUSES, s, a, act, verb.at, "blame-on")
                    return
    if verb.lemma in ("condemn", "denounce", "decry", "deplore", "criticize", "criticise", "rebuke", "castigate", "censure"):
        # "condemned the campaign by APT28", "condemned Beijing's hacking operations"
        agent = agent_after(sentence, verb.at + 1, end)
        if agent >= 0 and accusable(sentence, agent) and act_words(sentence, verb.at + 1, parties[agent].first):
            objects = coordinated(row, parties, at, agent, back=False)
            for s in sources:
                for a in objects:
                    yield Draft(Stance.ACCUSES, s, a, trim_units(sentence, verb.at + 1, end), verb.at, "condemn")
            return
    if verb.lemma in _BARING and not objects:
        # "is exposing details of the malicious cyber activity of China"
        for k in range(verb.at + 2, min(end, verb.at + 16)):
            index = at[k]
            if index < 0 or parties[index].first != k or row[k - 1].low not in ("of", "by") or not suspect(parties[index]):
                continue
            if row[k - 2].low in lexicon().acts or row[k - 1].low == "by" and act_words(sentence, verb.at + 1, k):
                for s in sources:
                    for a in coordinated(row, parties, at, index, back=False):
                        yield Draft(Stance.ACCUSES, s, a, trim_units(sentence, verb.at + 1, k - 1), verb.at, "condemn")
                return
    if not objects:
        return
    if legal or verb.lemma == "name":
        for k in range(verb.at + 1, n - 2):
            if row[k].low in ("including", "namely", ":") or row[k].low == "among" and row[k + 1].low in ("them", "others"):
                named: list[tuple[int, int]] = []
                for j in range(k + 1, n):
                    index = at[j]
                    if (
                        index >= 0
                        and parties[index].first == j
                        and accusable(sentence, index)
                        and specific(parties[index])
                        and parties[index].kinds[0] != "unknown_name"
                        and row[j - 1].low in ("them", "including", "namely", ":", "and", ",", "the", "others")
                    ):
                        named.append((index, j))
                for index, _ in named:
                    end_of = clause_end(sentence, parties[index].last)
                    act_of = (
                        trim_units(sentence, parties[index].last + 1, end_of)
                        if parties[index].last < n and row[parties[index].last].low in ("for", "over")
                        else None
                    )
                    for s in sources:
                        yield Draft(Stance.ACCUSES, s, index, act_of, verb.at, "accuse-listed", legal=legal)
                if named and not specific(parties[objects[0]]):
                    return
                break
    last = parties[objects[-1]].last
    if verb.lemma in ("name", "identify", "expose", "unmask", "single", "finger", "suspect", "designate", "out") and any(
        row[k].low == "as" for k in range(last, min(last + 6, n))
    ):
        k = next(k for k in range(last, min(last + 6, n)) if row[k].low == "as")
        index = next_party(sentence, k + 1, n, reach=4)
        if index >= 0 and accusable(sentence, index) and specific(parties[index]) and not specific(parties[objects[0]]):
            objects = [index]
    act = None
    sharp = any(row[k].low in ("of", "for", "over", "with") and at[k] < 0 for k in range(last, min(end, last + 10)))
    for k in range(last, min(end, last + 16)):
        if row[k].low in (("of", "for", "over", "with") if sharp else ("in", "as", "because", "on")) and at[k] < 0:
            if k + 1 < n and (row[k + 1].kind == "number" or row[k + 1].low in _MONTHS):
                continue
            act = trim_units(sentence, k + 1, end)
            break
    if act is None and last < end and act_words(sentence, last, end):
        act = trim_units(sentence, parties[objects[0]].first, end)
    if verb.negated:
        for s in sources:
            if s >= 0:
                yield Draft(Stance.DECLINES, s, -1, act, verb.at, "accuse-negated", lenient=True)
        return
    for s in sources:
        for a in objects:
            if s != a and accusable(sentence, a):
                yield Draft(
                    Stance.ACCUSES, s, a, act, verb.at, "accuse", legal=legal, hedge=verb.at if verb.lemma == "suspect" else -1
                )
