"""What was done, in a text's own words ("the attack on the port's website"), and who was hit by it.

These words name an incident that no table knows. A tie ("associated with the state") is no deed, and "the attack" alone says
only that there was one: what stands before it in the text then tells which.
"""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.claims.draft.speech import Speech
from indicia.read.claims.draft.suspects import suspect
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.units import DETERMINERS, Unit
from indicia.read.claims.words.lexicon import FUNCTION, lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = ["bare_act", "deeds", "hit", "is_deed", "owner", "tells"]

_DULL = word_set("incidents.dull")
_STOPS = word_set("incidents.stops")
_LEADING = word_set("incidents.leading")
_TOOLS = word_set("incidents.tools")
_CULPRIT = word_set("rules.culprit")
_MONTHS = word_set("grammar.months")
_WHEN = frozenset({"ago", "earlier", "later", "today", "yesterday"})
_TIMES = frozenset(
    {
        "day",
        "days",
        "hour",
        "month",
        "months",
        "night",
        "spring",
        "summer",
        "autumn",
        "week",
        "weeks",
        "winter",
        "year",
        "years",
    }
)
_DAYS = frozenset({"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
_RELATIVE = ("who", "which", "that")
_HIT_AFTER = frozenset({"on", "against", "at", "into", "of", "inside", "targeting", "hitting", "within"})
_NOT_HIT_AFTER = frozenset({"in", "from", "told", "to", "by", "for", "with", "before", "via", "reported", "than", "as"})
_BODIES = frozenset({"unknown_name", "organisation", "company", "gov_body", "agency", "named_person"})
LONGEST = 16  # units after the noun


def tells(sentence: Sentence, lo: int, hi: int) -> bool:
    """Whether the units lo to hi say more than that there was an attack."""
    return any(
        unit.kind in ("name", "linked") or unit.kind == "word" and unit.low not in _DULL and unit.low not in FUNCTION
        for unit in sentence.row[lo:hi]
        if unit.low not in _MONTHS and unit.low not in DETERMINERS
    )


def is_deed(sentence: Sentence, lo: int, hi: int, *, alone: bool = False) -> bool:
    """Whether units lo to hi tell of something that was done, and not of somebody, a tool or a report: a noun for a hostile
    deed that is not said to be absent, or what hostile actors do with its object. `alone`: the verb is enough, unless it is an
    everyday one."""
    row, lex = sentence.row, lexicon()
    for k in range(lo, hi):
        if row[k].kind == "word" and row[k].low in lex.acts and row[k].low not in _TOOLS:
            return row[lo].low != "no"
        verb = lex.verbs.get(row[k].low) if row[k].kind == "word" else None
        if verb is None or "hostile" not in verb.classes:
            continue
        if verb.lemma not in lex.weak if alone else k + 1 < hi and tells(sentence, k + 1, hi):
            return True
    return False


def bare_act(sentence: Sentence, lo: int, hi: int, accused: int, source: int) -> tuple[int, int]:
    """An act without what is no part of the deed: who speaks or did it, "behind", "whether", "the author of", "those who"."""
    row, parties = sentence.row, sentence.parties
    if source >= 0 and lo <= parties[source].first < hi and parties[source].first - lo < 2:
        verb = next((v.at for v in sentence.verbs if parties[source].last <= v.at < hi), -1)
        lo = verb + 1 if verb >= 0 else lo
    if accused >= 0 and lo <= parties[accused].first < hi and parties[accused].first - lo < 3 and parties[accused].last < hi:
        lo = parties[accused].last
    while lo < hi:
        low = row[lo].low
        if low in _LEADING or row[lo].kind in ("mark", "possessive"):
            lo += 1
        elif low in DETERMINERS and lo + 2 < hi and row[lo + 1].low in _CULPRIT and row[lo + 2].low == "of":
            lo += 3
        elif low in DETERMINERS and lo + 2 < hi and (at := _relative(sentence, lo, hi)) > 0:
            lo = at + 1
        else:
            break
    return lo, hi


def _relative(sentence: Sentence, lo: int, hi: int) -> int:
    """The relative pronoun after a bare word for the doers: "the group which took", "those who took"; -1 for none."""
    row = sentence.row
    heads = lexicon().heads
    for k in range(lo + 1, min(lo + 4, hi - 1)):
        if row[k].low in _RELATIVE:
            return k if any(verb.first == k + 1 for verb in sentence.verbs) or sentence.at[k + 1] < 0 else -1
        if row[k].low not in heads:
            return -1
    return -1


def deeds(sentence: Sentence, lo: int, hi: int, avoid: frozenset[int] = frozenset()) -> Iterator[tuple[int, int]]:
    """Noun phrases for a hostile deed in units lo to hi, as (first, last): "the attack on the port", "a breach at the bank".
    `avoid`: parties that are no part of it, as those who are accused."""
    row, at, parties = sentence.row, sentence.at, sentence.parties
    acts = lexicon().acts
    verbs = {k for verb in sentence.verbs for k in range(verb.first, verb.at + 1) if verb.form != "ing" and not verb.participle}
    done = lo
    for k in range(lo, hi):
        if k < done or row[k].low not in acts or row[k].kind != "word" or k in verbs:
            continue
        if at[k] >= 0 and (at[k] in avoid or suspect(parties[at[k]])):
            continue
        first = k
        while first > lo:
            before = row[first - 1]
            party = at[first - 1]
            if party >= 0:
                if party in avoid or suspect(parties[party]) or parties[party].kinds[0] == "pronoun":
                    break
                first = max(lo, parties[party].first)
            elif before.low in DETERMINERS:
                first -= 1
                break
            else:
                owned = before.kind == "possessive" and first - 2 >= lo and at[first - 2] >= 0 and at[first - 2] not in avoid
                if not owned and (before.kind != "word" or before.low in FUNCTION or first - 1 in verbs):
                    break
                first -= 1
        while first < k and row[first].kind == "possessive":
            first += 1
        last = k + 1
        while last < min(hi, k + LONGEST):
            unit = row[last]
            relative = row[last - 1].low in _RELATIVE
            if unit.kind == "mark" or unit.low in _STOPS and not relative or at[last] >= 0 and at[last] in avoid:
                break
            if last in verbs and not relative or _is_time(row, last):
                break
            last += 1
        while last > k + 1 and (row[last - 1].low in FUNCTION or row[last - 1].kind in ("mark", "possessive")):
            last -= 1
        done = last
        yield first, last


def _is_time(row: list[Unit], k: int) -> bool:
    """Whether unit k begins a word on when: "a day later", "last week", "on Monday"."""
    low, following = row[k].low, row[k + 1].low if k + 1 < len(row) else ""
    return low in _WHEN or low in ("a", "last", "this", "that") and following in _TIMES or low == "on" and following in _DAYS


def owner(sentence: Sentence, lo: int, hi: int, avoid: frozenset[int]) -> int:
    """The body or state that "its" or "their" between units lo and hi stands for: the nearest one before; -1 for none."""
    for k in range(lo, hi):
        if sentence.row[k].low in ("its", "their", "our"):
            whose = [
                i for i, p in enumerate(sentence.parties) if p.last <= k and (p.kinds[0] == "state" or _is_body(sentence, i))
            ]
            return next((i for i in reversed(whose) if i not in avoid), -1)
    return -1


def _is_body(sentence: Sentence, index: int) -> bool:
    """Whether the party is one that is hit rather than one that hits or looks into it: a body with a name of its own."""
    party = sentence.parties[index]
    named = sentence.row[party.first].kind != "number" and any(
        unit.text[:1].isupper() and unit.low not in DETERMINERS for unit in sentence.row[party.first : party.last]
    )
    row, last = sentence.row, party.last
    dateline = party.first == 0 and row[0].text.isupper() and last + 1 < len(row) and row[last].kind == "mark"
    dateline = dateline and (row[last + 1].low in _MONTHS or row[last + 1].kind == "number" or row[last].low in ("(", "—", "–"))
    finder = party.name is not None and party.name.kind in ("agency", "vendor")
    # Another name for what stands before it, which is no body: "tactics and procedures (TTPs)".
    bracketed = party.first > 1 and row[party.first - 1].low in ("(", "[") and row[party.first - 2].text[:1].islower()
    return named and party.kinds[0] in _BODIES and not finder and not dateline and not bracketed


def hit(sentence: Sentence, lo: int, hi: int, said: list[Speech], avoid: frozenset[int]) -> int:
    """The party between units lo and hi that was most likely hit, or -1: a named body that neither speaks nor is accused."""
    row, parties = sentence.row, sentence.parties
    speakers = {k for speech in said for k in speech.speakers}
    best, found = 0, -1
    for index, party in enumerate(parties):
        if not lo <= party.first < hi or index in avoid or not _is_body(sentence, index):
            continue
        before = row[party.first - 1].low if party.first else ""
        owns = party.last < len(row) and row[party.last].kind == "possessive"
        value = 3 if before in _HIT_AFTER else 0 if before in _NOT_HIT_AFTER else 2
        value += owns - (index in speakers) - (party.kinds[0] == "named_person")  # "Zealand Water", or somebody's name
        if value > best:
            best, found = value, index
    return found
