"""A light grammar over units: verb groups with voice and negation, subjects, objects, coordination, clause ends.

No parser is used: English puts subjects before verbs and says so with few function words. Each function looks at a bounded
stretch, so a sentence costs time linear in its length.
"""

from __future__ import annotations

from typing import NamedTuple

from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import Unit, is_verb
from indicia.read.claims.words.lexicon import FUNCTION, Lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = ["Sentence", "Verb", "coordinated", "next_party", "subject", "verb_groups"]

_AUX = word_set("grammar.aux")
_BE = word_set("grammar.be")
_NEGATIONS = word_set("grammar.negations")
_SAME = word_set("grammar.same")
_CONDITIONS = word_set("grammar.conditions")
_PREPOSITIONS = word_set("grammar.prepositions")
_INTERRUPTERS = word_set("grammar.interrupters")
_SAID = frozenset({"said", "says", "found", "find", "finds", "believe", "believes", "say", "concluded", "assess", "assesses"})


class Verb(NamedTuple):
    """A verb group over units [first, last]; `at` is the verb itself."""

    first: int
    at: int
    lemma: str
    form: str
    classes: frozenset[str]
    passive: bool
    negated: bool
    conditional: bool
    participle: bool  # a bare participle after a noun: "hackers accused of"


class Sentence(NamedTuple):
    """One sentence, cut up: units, parties, and which party each unit belongs to (-1: none)."""

    start: int
    end: int
    row: list[Unit]
    parties: list[Party]
    at: list[int]
    verbs: list[Verb]


def verb_groups(row: list[Unit], at: list[int], lex: Lexicon) -> list[Verb]:
    """The verbs of the lexicon in a sentence that stand outside parties, each with its auxiliaries."""
    out = []
    for i, unit in enumerate(row):
        if at[i] >= 0 or unit.kind != "word" or unit.low not in lex.verbs or not is_verb(row, i, lex):
            continue
        form = lex.verbs[unit.low]
        first = i
        be = negated = conditional = False
        have = False
        while first > 0 and i - first < 8:
            low = row[first - 1].low
            if at[first - 1] >= 0 and low not in ("likely",):
                break
            if low in _AUX or low in _NEGATIONS or (low.endswith("ly") and row[first - 1].kind == "word") or low in _BE:
                be = be or low in _BE
                have = have or low in ("has", "have", "had", "having")
                negated = negated or low in _NEGATIONS
                conditional = conditional or low in ("would", "could", "should", "might", "may", "can")
                first -= 1
            elif (
                low == "and"
                and first > 1
                and at[first - 2] < 0
                and row[first - 2].low.endswith(("ed", "en", "wn", "gun", "ught", "ilt", "ade", "ent"))
                and form.form in ("past", "part")
            ):
                first -= 2  # "had been planned and carried out"
            else:
                break
        passive = (form.form in ("past", "part") or unit.low in _SAME) and be
        participle = False
        if form.form in ("past", "part") and not be and not have:
            following = row[i + 1].low if i + 1 < len(row) else ""
            # "hackers accused of", "the group blamed for", "attacks attributed to": no auxiliary and a preposition next
            if (
                form.classes & {"accuse", "link"}
                and following in ("of", "for", "to", "by", "with")
                and not (following == "with" and "link" not in form.classes)
            ):
                participle = True
        out.append(Verb(first, i, form.lemma, form.form, form.classes, passive, negated, conditional, participle))
    return out


def _commas(row: list[Unit], j: int, limit: int = 34) -> int:
    """The comma or dash before unit j that opens an interruption ending at j, or -1."""
    for k in range(j - 1, max(-1, j - limit), -1):
        low = row[k].low
        if low in (";", ":", "“", "”", '"'):
            return -1
        if low in (",", "–", "—", "("):
            if k + 1 < j and (
                row[k + 1].low in _INTERRUPTERS
                or row[k + 1].kind in ("number", "name")
                or row[k + 1].low.endswith(("ing", "ed"))
                or row[j - 1].low in _SAID
            ):
                return k
            if low in ("–", "—", "("):
                return k
            if k + 1 < j and row[k + 1].text[:1].isupper():
                return k
    return -1


def coordinated(row: list[Unit], parties: list[Party], at: list[int], index: int, *, back: bool) -> list[int]:
    """Indexes of the parties joined to party `index` by commas and "and", on one side of it, itself included, in order."""
    out = [index]
    steps = 0
    joined = oxford = False
    while steps < 12:
        party = parties[out[-1]]
        k = party.first - 1 if back else party.last
        seen = False
        used_and = False
        comma_and = False
        moved = 0
        while (
            0 <= k < len(row)
            and row[k].low in (",", "and", "&", "or", "as", "well", "both", "plus", "with", "along", "alongside", "together")
            and moved < 4
        ):
            if (
                row[k].low in ("with", "along", "alongside", "together", "as")
                and not joined
                and row[k].low != "as"
                and not back
            ):
                break
            seen = True
            comma_and = comma_and or row[k].low == ","
            used_and = used_and or row[k].low in ("and", "&", "or", "plus", "well", "with", "alongside")
            k += -1 if back else 1
            moved += 1
        if not seen or not 0 <= k < len(row) or at[k] < 0 or at[k] == out[-1]:
            break
        other = parties[at[k]]
        if (other.last - 1 if back else other.first) != k:
            break
        if other.kinds[0] == "pronoun" or joined and not used_and and not back:
            break  # "A and B, researchers said": a list ends with its "and"
        out.append(at[k])
        pairs_only = comma_and and used_and
        oxford = oxford or pairs_only
        joined = joined or used_and
        steps += 1
    if (
        len(out) == 2
        and not joined
        and row[-1].low not in (".", "!", "?", "”", '"')
        and len(row) < 22
        and not any(row[k].low in ("a", "an") for k in (parties[out[1]].first, parties[out[0]].first))
    ):
        return out[::-1] if back else out  # "US, allies accuse": a headline
    if len(out) == 2 and oxford:
        return [index]  # "told MPs, and APT31 had": another clause, not a list
    if len(out) > 1 and not joined:
        # "Void Manticore, an actor affiliated ...": apposition, not a list
        return [index]
    return out[::-1] if back else out


def subject(sentence: Sentence, verb_first: int, *, reach: int = 60) -> tuple[list[int], int, str]:
    """(parties, first unit of the subject, how) for the verb group that begins at unit `verb_first`.

    `how` is "party", "relative" (by way of who, which, that), "thing" (a noun phrase that is no party) or "none".
    """
    row, parties, at = sentence.row, sentence.parties, sentence.at
    j = verb_first - 1
    adjuncts = 0
    steps = 0
    while j >= 0 and steps < reach:
        steps += 1
        if at[j] >= 0:
            party = parties[at[j]]
            k = party.first - 1
            if (
                k >= 0
                and row[k].low in _PREPOSITIONS
                and party.kinds[0] != "pronoun"
                and not (row[k].low in ("after", "before", "than", "as", "until", "since") and adjuncts == 0)
            ):
                if row[k].low == "by" or adjuncts > 4:
                    return [], k, "thing"
                # "the breach of X", "intruders in Y": step over the phrase; what is left decides
                adjuncts += 1
                j = k - 1
                continue
            group = coordinated(row, parties, at, at[j], back=True)
            if (
                adjuncts
                and row[j].kind != "mark"
                and j + 1 < len(row)
                and row[j + 1].low in _PREPOSITIONS
                and parties[at[j]].kinds[0] in ("pronoun",)
            ):
                return [], j, "none"
            return group, parties[group[0]].first, "party"
        unit = row[j]
        low = unit.low
        if low in (",", ")", "–", "—"):
            inner = parties[at[j - 1]] if j and at[j - 1] >= 0 else None
            if low == "," and inner is not None and any(unit.low == "," for unit in row[inner.first : inner.last]):
                j -= 1  # "an actor, likely Russian in origin, is": its own second comma
                continue
            k = _commas(row, j)
            if k > 0:
                j = k - 1
                continue
            # an opening phrase: "In July, ..." leaves nothing to the left
            return [], j + 1, "none"
        if low in ("who", "which", "that", "whom") and j > 0:
            k = j - 1
            if row[k].low == ",":
                k -= 1
            if k >= 0 and at[k] >= 0:
                if low == "that" and k == j - 1 and not parties[at[k]].kinds[0]:
                    return [], j, "none"
                if low in ("which", "that") and parties[at[k]].first > 0 and row[parties[at[k]].first - 1].low == "against":
                    return [], j, "thing"  # "the activity of X against Y, which targeted": the activity did
                group = coordinated(row, parties, at, at[k], back=True)
                return group, j, "relative"
            return [], j, "thing" if low != "that" else "none"
        if unit.kind == "mark":
            return [], j + 1, "none"
        if unit.kind == "number" or low in (
            "in",
            "on",
            "at",
            "last",
            "early",
            "late",
            "this",
            "that",
            "next",
            "since",
            "by",
            "of",
            "again",
            "week",
            "month",
            "year",
            "day",
        ):
            j -= 1
            continue
        if low in _AUX or low.endswith("ly") or low in _MONTHS:
            j -= 1
            continue
        if low in ("and", "but", "or", "then"):
            # a second verb of the same subject: "Mandiant could not determine ... and has made"
            earlier = [v for v in sentence.verbs if v.at < j]
            nearer = next((k for k in range(j - 1, max(-1, j - 16), -1) if at[k] < 0 and row[k].low in _COPULA), -1)
            if earlier and earlier[-1].at < nearer and at[nearer - 1] >= 0 and steps < 14 and j == verb_first - 1:
                return subject(sentence, nearer, reach=reach - steps)  # "said that X is state-run and operates from"
            if earlier and steps < 14 and j == verb_first - 1:
                return subject(sentence, earlier[-1].first, reach=reach - steps)
            if j == verb_first - 1:
                for k in range(j - 1, max(-1, j - 16), -1):
                    if at[k] < 0 and row[k].low in _FINITE:
                        return subject(sentence, k, reach=reach - steps)
            return [], j + 1, "none"
        if low in FUNCTION:
            return [], j + 1, "none"
        if j > 1 and at[j - 1] >= 0 and any(v.at == j and "say" in v.classes for v in sentence.verbs):
            # ", which it said had targeted": the relative pronoun is the subject
            k = parties[at[j - 1]].first - 1
            if k > 0 and row[k].low in ("which", "who", "that", "whom"):
                k -= 2 if row[k - 1].low == "," else 1
                if k >= 0 and at[k] >= 0:
                    return coordinated(row, parties, at, at[k], back=True), k + 1, "relative"
        # a noun that is no party: take its whole phrase
        k = j
        while k > 0 and at[k - 1] < 0 and row[k - 1].kind != "mark" and row[k - 1].low not in FUNCTION and steps < reach:
            k -= 1
            steps += 1
        if k > 0 and row[k - 1].low in _PREPOSITIONS and at[k - 1] < 0 and adjuncts < 4:
            adjuncts += 1
            if row[k - 1].low == "by":
                return [], k, "thing"
            j = k - 2
            while j >= 0 and row[j].low in ("the", "a", "an", "its", "their", "his", "her"):
                j -= 1
            continue
        return [], k, "thing"
    return [], 0, "none"


_FINITE = word_set("grammar.finite")
_COPULA = frozenset({"is", "are", "was", "were"})
_MONTHS = word_set("grammar.months")


def next_party(sentence: Sentence, i: int, stop: int, *, reach: int = 8, through_verbs: bool = False) -> int:
    """Index of the first party that begins at or after unit i and before `stop`, or -1."""
    row, at = sentence.row, sentence.at
    verbs = {v.at for v in sentence.verbs} if not through_verbs else set()
    for k in range(i, min(stop, i + reach, len(row))):
        if at[k] >= 0:
            return at[k]
        if row[k].low in (";", ":", ".") or k in verbs:
            return -1
    return -1
