"""Accusing without a verb of accusing: by a list, a warrant or sanctions, and by nouns ("Norway's allegations against")."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.draft import Draft
from indicia.read.claims.draft.speech import Speech, speaker_of
from indicia.read.claims.draft.suspects import accusable, can_be_accused, can_speak, suspect
from indicia.read.claims.parse.clauses import clause_end, group_start, trim_units
from indicia.read.claims.parse.grammar import Sentence, coordinated, next_party, subject
from indicia.read.claims.words.lexicon import lexicon
from indicia.records import Stance

__all__ = ["listings", "nominal_accusations"]


def listings(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "put three officers on a wanted list", "imposed sanctions on", "issued a warrant for", "unsealed an indictment
    against"."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(n):
        if at[k] >= 0 and row[k].low not in ("indictment", "warrant", "complaint"):
            continue
        low = row[k].low
        objects: list[int] = []
        end = k
        if low in ("put", "puts", "placed", "places", "added", "adds", "putting", "placing", "adding"):
            index = next_party(sentence, k + 1, n, reach=4)
            if index >= 0 and any(
                u.low in ("list", "lists", "blacklist", "register", "sanctions", "investigation")
                for u in row[parties[index].last : parties[index].last + 9]
            ):
                objects = coordinated(row, parties, at, index, back=False)
                end = k
        elif low == "assets" and k + 1 < n:
            index = next_party(sentence, k + 1, n, reach=3)
            frozen = next((v for v in reversed(sentence.verbs) if v.at < k and v.lemma in ("freeze", "block", "seize")), None)
            if index >= 0 and frozen is not None and k - frozen.at < 4 and row[k + 1].low == "of":
                objects = coordinated(row, parties, at, index, back=False)
                end = frozen.first
        elif low in (
            "sanctions",
            "sanction",
            "freeze",
            "freezes",
            "ban",
            "bans",
            "measures",
            "warrant",
            "warrants",
            "indictment",
            "indictments",
            "charges",
            "complaint",
            "case",
            "restrictions",
            "bounty",
            "reward",
        ):
            for j in range(k + 1, min(k + 9, n - 1)):
                naming = row[j].low in ("on", "against", "for", "upon", "charging", "accusing", "naming")
                if (naming or row[j].low == "of" and low.startswith("indictment")) and at[j] < 0:
                    index = next_party(sentence, j + 1, n, reach=4)
                    if index >= 0 and can_be_accused(parties[index]):
                        objects = coordinated(row, parties, at, index, back=False)
                    break
            held = at[k] >= 0  # the paper is a party: its issuer is the subject of the verb before it
            start = next((v.first for v in reversed(sentence.verbs) if v.at < k), 0) if held else group_start(sentence, k)
            while (
                not held
                and start > 0
                and at[start - 1] < 0
                and row[start - 1].kind == "word"
                and row[start - 1].low not in ("and", "that", "who", "which")
                and k - start < 7
            ):
                start -= 1
            end = start
        if not objects:
            continue
        who, _, _ = subject(sentence, end)
        who = [w for w in who if can_speak(parties[w]) and w not in objects]
        if at[k] >= 0 and not who:
            continue
        last = parties[objects[-1]].last
        act = None
        for j in range(last, min(n, last + 14)):
            if row[j].low in ("for", "over", "with", "of", "because", "after") and at[j] < 0:
                act = trim_units(sentence, j + 1, clause_end(sentence, j + 1))
                break
        for s in tuple(who) or speaker_of(sentence, said, k):
            for a in objects:
                if s != a and accusable(sentence, a):
                    yield Draft(Stance.ACCUSES, s, a, act, k, "listing", legal=True)


def nominal_accusations(sentence: Sentence, said: list[Speech]) -> Iterator[Draft]:
    """ "Norway's allegations against Russia", "Mandiant's paper on APT1", "the British findings concerning APT10":
    accusations that are named."""
    row, parties, at = sentence.row, sentence.parties, sentence.at
    n = len(row)
    for k in range(1, n):
        low = row[k].low
        if low not in lexicon().findings and low not in (
            "paper",
            "decision",
            "accusing",
            "finger-pointing",
            "blame",
            "suspicions",
            "suspicion",
        ):
            continue
        source = -1
        if row[k - 1].low == "'s" and k > 1 and at[k - 2] >= 0:
            source = at[k - 2]
        elif at[k] >= 0 and parties[at[k]].owner is not None and "report" in parties[at[k]].kinds:
            source = at[k]
        elif (
            at[k - 1] >= 0
            and parties[at[k - 1]].last == k
            and parties[at[k - 1]].kinds[0] in ("demonym", "state", "vendor", "agency", "capital", "union")
        ):
            source = at[k - 1]
        elif k + 2 < n and row[k + 1].low in ("by", "of", "from") and at[k + 2] >= 0:
            source = at[k + 2]
        if source < 0 or not can_speak(parties[source]) or low == "evidence" and row[k + 1 : k + 2] and row[k + 1].low == "of":
            continue
        for j in range(k + 1, min(n, k + 16)):
            index = at[j]
            if row[j].low in (";", ".", "”"):
                break
            if (
                index >= 0
                and index != source
                and parties[index].first == j
                and can_be_accused(parties[index])
                and row[j - 1].low
                in (
                    "on",
                    "against",
                    "about",
                    "concerning",
                    "over",
                    "to",
                    "at",
                    "of",
                    "regarding",
                    "that",
                    "as",
                    "naming",
                    "blaming",
                    "for",
                    "out",
                    "pinning",
                    "accusing",
                    "behind",
                    "by",
                )
            ):
                if any(k < v.at < j for v in sentence.verbs) or row[j - 2].low == "such":
                    break
                if suspect(parties[index]):
                    for a in coordinated(row, parties, at, index, back=False):
                        if can_be_accused(parties[a]):
                            yield Draft(Stance.ACCUSES, source, a, None, k, "nominal")
                    break
