"""A sentence as a row of units: names stay whole, "China-linked" knows China, the rest are words and marks."""

from __future__ import annotations

import re
from typing import NamedTuple

from indicia.read.claims.known.names import Name, Names
from indicia.read.claims.words.lexicon import FUNCTION, Lexicon
from indicia.read.claims.words.words import words
from indicia.read.claims.words.wordsets import word_set

__all__ = ["DETERMINERS", "FIRM_TIES", "HEDGED_TIES", "MODIFIERS", "PRONOUNS", "TITLES", "Unit", "is_verb", "units"]

PRONOUNS = word_set("parties.pronouns")
TITLES = word_set("parties.title_first")
HEDGED_TIES = word_set("parties.hedged_ties")
FIRM_TIES = word_set("parties.firm_ties")
PLACE_TIES = word_set("parties.place_ties")
DETERMINERS = word_set("parties.determiners")
MODIFIERS = word_set("parties.modifiers")
_ALL_TIES = HEDGED_TIES | FIRM_TIES | PLACE_TIES
_ARTICLES = frozenset({"the", "a", "an", "its", "their", "his", "her"})
_BE = frozenset({"is", "are", "was", "were", "been", "be", "being"})
_WHEN = word_set("grammar.when")
_HYPHEN = re.compile(r"[-‑]")


class Unit(NamedTuple):
    """A word, a name or a mark. `kind`: word, name, linked ("China-linked"), number, mark, possessive."""

    start: int
    end: int
    text: str
    low: str
    kind: str
    name: Name | None = None
    suffix: str = ""


def units(text: str, start: int, end: int, names: Names) -> list[Unit]:
    """The units of `text[start:end]`, in order."""
    out: list[Unit] = []
    found = names.find(text, start, end)
    at = 0
    skip_to = start
    for a, b in words(text, start, end):
        if a < skip_to:
            continue
        while at < len(found) and found[at][1] <= a:
            at += 1
        if at < len(found):
            x, y, name = found[at]
            if a <= x < b or x <= a < y:
                rest = text[y + 1 : b] if x == a and y < b and text[y] in "-‑" else ""
                if rest.islower() or rest.lower() in _ALL_TIES:
                    piece = text[a:b]
                    out.append(Unit(a, b, piece, piece.lower(), "linked", name, _HYPHEN.split(rest.lower())[-1]))
                    continue
                if x == a and y >= b:
                    out.append(Unit(x, y, text[x:y], text[x:y].lower(), "name", name))
                    skip_to = y
                    continue
                if x == a and y < b and text[y:b] in ("'", "’"):
                    out.append(Unit(x, y, text[x:y], text[x:y].lower(), "name", name))
                    out.append(Unit(y, b, text[y:b], "'s", "possessive"))
                    continue
        piece = text[a:b]
        low = piece.lower().replace("\u00ad", "")
        if piece[0] in "'’" and len(piece) <= 2:
            previous = out[-1] if out else None
            attached = previous is not None and previous.end == a
            if attached and (low[1:] == "s" or (previous is not None and previous.low.endswith("s"))):
                out.append(Unit(a, b, piece, "'s", "possessive"))
            else:
                out.append(Unit(a, b, piece, low, "mark"))
        elif piece[0].isdigit():
            out.append(Unit(a, b, piece, low, "number"))
        elif piece[0].isalpha():
            out.append(Unit(a, b, piece, low, "word"))
        else:
            out.append(Unit(a, b, piece, low, "mark"))
    return out


def is_verb(row: list[Unit], i: int, lex: Lexicon) -> bool:
    """Whether unit i reads as a verb of the lexicon here, by its form and by what stands before and after it."""
    unit = row[i]
    form = lex.verbs.get(unit.low)
    if form is None or unit.kind != "word":
        return False
    noun = (
        unit.low in lex.acts
        or unit.low in lex.heads
        or unit.low in lex.findings
        or unit.low in MODIFIERS
        or unit.low in lex.modifiers
    )
    before = row[i - 1] if i else None
    following = row[i + 1] if i + 1 < len(row) else None
    if i == 0 and form.form == "base" and following is not None and following.text[:1].isupper() and following.kind == "word":
        return False  # "Black Shadow, a group"
    if form.form == "base" and before is not None and unit.text[0].isupper() and before.low in TITLES:
        return False  # "Senator Mark Warner"
    if before is not None and before.low in (
        "to",
        "will",
        "would",
        "can",
        "cannot",
        "could",
        "may",
        "might",
        "must",
        "did",
        "does",
        "do",
        "not",
        "should",
        "who",
        "which",
        "that",
        "also",
        "then",
        "have",
        "has",
        "had",
        "it",
        "he",
        "she",
        "they",
        "we",
        "and",
        "jointly",
        "had",
        "never",
        "to",
    ):
        return not (noun and before.low in ("that", "and", "it") and form.form in ("base", "s") and before.low != "it")
    if form.form == "base" and before is not None and before.low in _ARTICLES:
        return False
    if form.form in ("past", "part") and (not noun or before is not None and before.low in _BE):
        return True
    if (
        form.form in ("base", "s")
        and i + 1 < len(row)
        and row[i + 1].low == "that"
        and (before is None or before.low not in DETERMINERS)
    ):
        return True  # "investigators suspect that"
    if form.form == "ing":
        doing = before is not None and before.low in _BE and i + 1 < len(row)  # "had been phishing politicians"
        return not noun or doing and row[i + 1].low not in FUNCTION and row[i + 1].kind != "mark"
    if noun:
        if before is None:
            return False
        if before.low == "," and form.form == "s" and i + 1 < len(row) and row[i + 1].low in ("for", "on"):
            return True
        if (
            before.low in DETERMINERS
            or before.kind == "possessive"
            or before.low in ("of", "for", "on", "in", "by", "from", "with", "against")
        ):
            return False
        if before.name is not None and before.name.kind == "demonym":
            return False
        after = row[i + 1] if i + 1 < len(row) else None
        verbal = form.form in ("past", "part") and unit.low not in lex.acts and unit.low not in lex.heads
        # "Treasury sanctioned Iran's ...", not "three suspected hackers"
        if verbal and after is not None:
            named = before.kind == "name" and before.name is not None and before.name.kind != "demonym"
            if named or before.text[:1].isupper() or before.low in lex.heads or before.low in PRONOUNS or before.low in _WHEN:
                return after.low not in FUNCTION or after.low in DETERMINERS
        if before.kind == "linked" or (before.kind == "word" and (before.low in MODIFIERS or before.low in lex.modifiers)):
            return False
        after = row[i + 1] if i + 1 < len(row) else None
        if (
            form.form == "s"
            and after is not None
            and (after.low in DETERMINERS or after.kind == "name" or after.low in ("that",))
        ):
            return True
        if (
            form.form == "base"
            and after is not None
            and before.low in lex.heads
            and (after.low in DETERMINERS or after.kind in ("name", "linked") or after.text[:1].isupper())
        ):
            return True
        return form.form == "past" and before.low not in FUNCTION
    return True
