"""What follows the head of a noun phrase and belongs to it: "of the ministry", "close to the matter", "working for Beijing"."""

from __future__ import annotations

from collections.abc import Callable

from indicia.read.claims.known.names import Name
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import Unit, is_verb
from indicia.read.claims.words.lexicon import FUNCTION, Lexicon
from indicia.read.claims.words.wordsets import word_set

__all__ = ["after_head"]

_TIE_VERBS = word_set("parties.tie_verbs")
_TIE_PREPOSITIONS = word_set("parties.tie_prepositions")
HEDGED_PARTICIPLES = word_set("parties.hedged_participles")
_RULERS = frozenset({"government", "regime", "authorities", "leadership", "state"})
_TO_HEADS = word_set("parties.to_heads")
_ABROAD = word_set("parties.abroad")
_OF_HEADS = word_set("parties.of_heads")
_LIKELY = frozenset({"apparently", "believed", "likely", "possibly", "presumably", "probably", "reportedly"})
_TYING = frozenset({"attributed", "connected", "linked", "tied", "traced"})


def after_head(
    row: list[Unit], j: int, lex: Lexicon, kinds: tuple[str, ...], owner: Name | None, phrase: Callable[[int], Party | None]
) -> tuple[int, Name | None, tuple[int, int] | None] | None:
    """What follows a head and belongs to it: (unit after it, the owner named in it, the hedging word of a tie).

    `phrase` gives the party that begins at a unit, one level deeper.
    """
    n = len(row)
    if j >= n:
        return None
    low = row[j].low
    first = kinds[0] if kinds else ""
    if low == "," and (ascribed := _of_origin(row, j, kinds)) is not None:
        return ascribed
    place = row[j + 1].name if j + 1 < n else None
    if first == "actor" and low == "from" and place is not None and place.kind == "state":
        return j + 2, place, None
    named = first in ("state", "capital", "vendor", "union", "media", "demonym") and row[j - 1].low not in _RULERS
    if (
        low in ("of", "for", "at", "from", "in", "with", "on", "to", "inside")
        and not named
        and first not in ("pronoun", "actor", "agency_name")
    ):
        if low in ("of", "for", "against") and row[j - 1].low in ("indictment", "indictments", "warrant", "warrants"):
            return None  # of whom it speaks is accused
        if low in ("in", "on", "with", "to", "inside") and not any(
            k in ("gov_person", "gov_body", "person_speaker", "anonymous", "report", "media", "company") for k in kinds
        ):
            return None
        if low == "to" and not any(w.low in _TO_HEADS for w in row[max(0, j - 5) : j]):
            return None
        if low == "on" and not (j + 1 < n and row[j + 1].low in ("behalf",)):
            return None
        if low == "with" and not (j + 2 < n and row[j + 1].low in ("knowledge", "direct", "the")):
            return None
        if j + 1 < n and not any(k in _OF_HEADS for k in kinds) and not (low == "of" and row[j - 1].low in _RULERS):
            return None
        inner = phrase(j + 1) if j + 1 < n else None
        if inner is None or inner.kinds[0] == "pronoun":
            if low == "of" and j + 2 < n:
                # "minister of foreign affairs", "head of the cyber command": ordinary words
                k = j + 1
                while (
                    k < n
                    and k - j < 6
                    and row[k].kind == "word"
                    and row[k].low not in lex.acts
                    and not is_verb(row, k, lex)
                    and (row[k].low not in FUNCTION or row[k].low in ("the", "and"))
                ):
                    k += 1
                if k > j + 1 and row[k - 1].low not in ("and", "the"):
                    return k, None, None
            return None
        if inner.kinds[0] in ("unknown_name", "named_person", "demonym") and low in ("in", "on", "with", "to"):
            return None if low != "in" else (inner.last, None, None)
        if low in ("in", "to", "at") and any(w.low in _ABROAD for w in row[max(0, j - 4) : j]):
            return inner.last, None, None
        if low in ("of", "from", "at", "for", "in", "inside") or inner.owner is not None:
            return inner.last, inner.name if inner.name is not None and inner.name.kind != "actor" else inner.owner, None
        return None
    if low == "familiar" and j + 1 < n and row[j + 1].low == "with":
        k = j + 2
        while (
            k < n
            and k - j < 6
            and row[k].kind == "word"
            and not is_verb(row, k, lex)
            and row[k].low not in ("who", "that", "and")
        ):
            k += 1
        return k, None, None
    if low in ("briefed", "close") and j + 1 < n and row[j + 1].low in ("on", "to"):
        k = j + 2
        while (
            k < n
            and k - j < 6
            and row[k].kind == "word"
            and not (is_verb(row, k, lex) and row[k].low not in lex.findings)
            and row[k].low not in ("who", "that", "and")
        ):
            k += 1
        return k, None, None
    if low == "of" and first in ("unknown_name", "organisation") and j + 1 < n and j > 1 and row[j - 1].text[0].isupper():
        inner = phrase(j + 1)
        if inner is not None and inner.kinds[0] != "pronoun":
            return inner.last, inner.name if inner.name is not None and inner.name.kind != "actor" else inner.owner, None
    if any(k in ("group", "criminal", "person", "actor", "agency", "named_person", "unknown_name") for k in kinds):
        k = j
        if (
            low in ("that", "which", "who")
            and j + 2 < n
            and row[j + 1].low in ("is", "are", "was", "were", "it", "works", "work", "worked")
        ):
            return None
        if low not in _TIE_VERBS or k + 1 >= n:
            return None
        if first == "agency" and row[j - 1].kind == "name" and low in _TYING:
            return None  # "malware that the FBI attributed to the Russian government"
        hedge: tuple[int, int] | None = None
        prepositions = 0
        while (
            k < n
            and k - j < 8
            and (
                row[k].low in _TIE_VERBS
                or row[k].low in _TIE_PREPOSITIONS
                or row[k].low in ("be", "have", "the", "closely", "behalf")
            )
        ):
            if row[k].low in HEDGED_PARTICIPLES and hedge is None:
                hedge = (row[k].start, row[k].end)
            if row[k].low == "the" and row[k - 1].low != "on":
                break
            prepositions += row[k].low in _TIE_PREPOSITIONS
            k += 1
        if k >= n or k == j or not prepositions:
            return None
        if low in ("said", "alleged", "believed", "thought", "known", "suspected", "assessed") and row[j + 1].low not in (
            "to",
            "of",
            "by",
        ):
            return None
        inner = phrase(k)
        if inner is None or inner.kinds[0] == "pronoun":
            return None
        target = inner.name if inner.name is not None else inner.owner
        if target is None and inner.state is None:
            return (inner.last, None, hedge) if inner.kinds[0] in ("unknown_name", "organisation") else None
        if inner.hostile and inner.kinds[0] != "agency" and inner.name is not None and inner.name.kind == "actor":
            return None
        return inner.last, target, hedge
    return None


def _of_origin(row: list[Unit], j: int, kinds: tuple[str, ...]) -> tuple[int, Name | None, tuple[int, int] | None] | None:
    """ "an actor, likely Russian in origin, is": whose it likely is, between commas."""
    k = j + 1
    hedge = (row[k].start, row[k].end) if k < len(row) and row[k].low in _LIKELY else None
    k += hedge is not None
    if k + 3 >= len(row) or not {"group", "criminal", "person"}.intersection(kinds):
        return None
    people = row[k].name
    if people is None or people.kind != "demonym" or [unit.low for unit in row[k + 1 : k + 4]] != ["in", "origin", ","]:
        return None
    return k + 3, people, hedge
