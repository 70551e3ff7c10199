"""What follows a word of a noun phrase: a head that is still to come, a noun that makes it a mere part, a name."""

from __future__ import annotations

from indicia.read.claims.parse.units import MODIFIERS, Unit, is_verb
from indicia.read.claims.words.lexicon import FUNCTION, Lexicon

__all__ = ["group_ahead", "head_ahead", "kinds_of", "is_capital", "is_part", "opens_name"]


def is_capital(unit: Unit) -> bool:
    return unit.kind == "word" and unit.text[0].isupper() and len(unit.text) > 1


def is_part(after: Unit, lex: Lexicon) -> bool:
    """Whether a word after a noun makes that a mere part of it: a plural noun that the lexicon does not know as a verb."""
    low = after.low
    return (
        after.kind == "word" and after.text.islower() and low.endswith("s") and not low.endswith(("ss", "us", "is"))
        and low not in lex.verbs and low not in FUNCTION and low not in lex.heads
    )  # fmt: skip


def group_ahead(row: list[Unit], j: int, lex: Lexicon) -> bool:
    """Whether a noun for doers ("group", "crew") follows within two words that are no names."""
    for unit in row[j : j + 3]:
        if unit.kind != "word" or unit.low in FUNCTION or is_capital(unit) and unit.low not in lex.heads:
            return False
        kinds = lex.heads.get(unit.low, ())
        if kinds:
            return bool({"group", "criminal", "company", "agency"} & set(kinds)) and "media" not in kinds
    return False


def opens_name(row: list[Unit], j: int, lex: Lexicon) -> bool:
    """Whether a sentence-initial capital belongs to a name: it holds a digit or an inner capital, the next word has a capital
    too, or a verb,
    a possessive or a comma with an apposition follows a word that the lexicon does not know."""
    unit = row[j]
    if any(c.isdigit() for c in unit.text) or any(c.isupper() for c in unit.text[1:]):
        return True
    if (
        j + 1 >= len(row)
        or unit.low in FUNCTION
        or unit.low in MODIFIERS
        or unit.low in lex.verbs
        or unit.low.endswith(("ly", "ing", "ed"))
    ):
        return False
    after = row[j + 1]
    if is_capital(after) and after.low not in FUNCTION:
        return True
    if after.kind == "possessive":
        return True
    if after.low == ":" and j == 0:
        return True
    if after.low == ",":
        return j + 2 < len(row) and row[j + 2].low in ("a", "an", "the", "who", "which", "whose")
    return (
        unit.low not in lex.acts
        and unit.low not in lex.findings
        and (
            after.low in ("has", "had", "is", "was", "will", "would", "did", "does", "could", "cannot", "can", "may", "might")
            or (after.low in lex.verbs and lex.verbs[after.low].form in ("s", "past", "part") and after.low not in lex.heads)
        )
    )


def kinds_of(low: str, lex: Lexicon) -> tuple[str, ...] | None:
    """The kinds of party that a noun in small letters stands for, if need be by its last part ("vice-minister", "ex-agent").
    None for other words."""
    kinds = lex.heads.get(low)
    if kinds is None and "-" in low and low not in lex.modifiers and low not in MODIFIERS:
        kinds = lex.heads.get(low.rsplit("-", 1)[1])
    return kinds


def head_ahead(row: list[Unit], j: int, lex: Lexicon) -> bool:
    """Whether a head noun follows within a few words, before anything that would end the phrase."""
    for k in range(j, min(j + 6, len(row))):
        unit = row[k]
        if unit.kind in ("name", "linked"):
            continue
        if unit.kind == "possessive":
            continue
        if unit.kind != "word":
            return False
        if kinds_of(unit.low, lex) is not None and not (unit.low in lex.verbs and is_verb(row, k, lex)):
            return True
        if unit.low in FUNCTION or is_verb(row, k, lex):
            return False
    return False
