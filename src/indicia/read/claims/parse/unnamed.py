"""Parties that no word of the lexicon shows but only their place: subjects of verbs of saying, objects of verbs of accusing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indicia.read.claims.parse.grammar import Verb
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import DETERMINERS, Unit, is_verb
from indicia.read.claims.words.lexicon import FUNCTION, Lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = ["beside_verbs"]

_SPEAKING = frozenset({"say", "accuse", "link", "deny", "endorse", "decline", "question"})
_BEFORE_SUBJECT = frozenset({"that", ",", "“", '"', "”", ";", ":", "and", "but", "as", "while", "–", "—", "whether", "what"})
_NO_HEADS = word_set("unnamed.no_heads")
_PERSONS = ("er", "or", "ist", "ian", "ant", "ent", "ee", "man", "woman", "boy", "girl")
_REASONS = ("of", "for", "over", "with")
LONGEST = 6


def beside_verbs(row: Sequence[Unit], at: Sequence[int], verbs: Sequence[Verb], lex: Lexicon) -> Iterator[Party]:
    """Noun phrases without a party in them that stand right before a verb of speech or right after one of accusing."""
    taken = {k for k, index in enumerate(at) if index >= 0}
    for verb in verbs:
        if verb.participle or verb.form == "ing":
            continue
        if verb.classes & _SPEAKING and not verb.passive:
            party = _before(row, taken, verb.first, lex)
            if party is not None:
                taken.update(range(party.first, party.last))
                yield party
        elif "hostile" in verb.classes and verb.lemma not in lex.weak and not verb.passive:
            party = _before(row, taken, verb.first, lex)
            if party is not None and party.kinds[0] == "person":
                taken.update(range(party.first, party.last))
                yield party
        if verb.classes & {"accuse", "hostile"}:
            begin = verb.at + 1
            if verb.passive:
                begin = next((k + 1 for k in range(begin, min(begin + 5, len(row))) if row[k].low == "by"), -1)
            elif "accuse" not in verb.classes:
                begin = -1
            party = _after(row, taken, begin, lex, needs_reason=not verb.passive) if begin > 0 else None
            if party is not None:
                taken.update(range(party.first, party.last))
                yield party


def _plain(row: Sequence[Unit], taken: set[int], k: int, lex: Lexicon) -> bool:
    unit = row[k]
    return k not in taken and unit.kind == "word" and unit.low not in FUNCTION and not is_verb(list(row), k, lex)


def _before(row: Sequence[Unit], taken: set[int], end: int, lex: Lexicon) -> Party | None:
    k = end
    while k > 0 and end - k < LONGEST and _plain(row, taken, k - 1, lex):
        k -= 1
    if k == end or not _head(row[end - 1], lex):
        return None
    first = k
    if k > 0 and row[k - 1].low in DETERMINERS and k - 1 not in taken:
        first = k - 1
    elif not row[k].text[:1].isupper() and not row[end - 1].low.endswith("s"):
        return None
    if first > 0 and row[first - 1].low not in _BEFORE_SUBJECT:
        return None
    return _party(row, first, end)


def _after(row: Sequence[Unit], taken: set[int], begin: int, lex: Lexicon, *, needs_reason: bool) -> Party | None:
    k = begin
    if k < len(row) and row[k].low in DETERMINERS and k not in taken:
        k += 1
    start = k
    while k < len(row) and k - start < LONGEST - 1 and _plain(row, taken, k, lex):
        k += 1
    if k == start or not _head(row[k - 1], lex):
        return None
    reasons = [unit.low for unit in row[k : k + 5]]
    if needs_reason and not (reasons and (reasons[0] in _REASONS or reasons[0] == "in" and "with" in reasons)):
        return None
    if start == begin and not row[k - 1].low.endswith("s"):
        return None
    return _party(row, begin, k)


def _head(unit: Unit, lex: Lexicon) -> bool:
    low = unit.low
    return (
        low not in lex.acts
        and low not in lex.findings
        and low not in _NO_HEADS
        and not low.endswith(("ing", "ly", "ed", "ness", "ity"))
    )


def _party(row: Sequence[Unit], first: int, last: int) -> Party:
    head = row[last - 1].low
    person = head.removesuffix("s").endswith(_PERSONS)
    end = row[last - 1].end
    return Party(
        first, last, row[first].start, end, ("person", "company") if person else ("organisation",), head, None, None, None, end,
        plural=head.endswith("s") and not head.endswith("ss"),
        definite=row[first].low in ("the", "this", "that", "these", "those"),
    )  # fmt: skip
