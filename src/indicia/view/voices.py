"""Which positions are one voice: a government, however many of its people speak; a group, however its name is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache

from indicia.knowledge import load
from indicia.records import Case, MentionKind, SourceType
from indicia.view.positions import Position

ALIKE = 0.8  # of the letters of two names that are spellings of one
_OFFICIAL = frozenset({SourceType.GOVERNMENT, SourceType.COURT})
_GROUPS = frozenset({SourceType.GROUP, SourceType.PERSON})
_NAMED = re.compile(r"\b(?!(?:Western|European|Allied|Unnamed|The|Senior|Several|They|He|She|It|We|Those|These|Others)\b)[A-Z]")
_BODY = re.compile(
    r"\b(?:union|council|nato|nations|agency|office|ministry|department|service|centre|center|commission|eyes|government|police|"
    r"fbi|cisa|court)\b",
    re.IGNORECASE,
)


# Bodies that speak for the European Union as ministries do for a state.
_UNION = re.compile(r"\bEuropean (?:Union|Commission|Council)\b|\bEU\b")


def actors_of(case: Case) -> Mapping[str, str]:
    """The ids of the actors that the texts name, by name in small letters."""
    found = (one for one in case.mentions if one.kind is MentionKind.ACTOR and one.target)
    return {name.casefold(): str(one.target) for one in found for name in (one.span.text, one.value)}


class Voices:
    """Tells the voices of some positions apart. `actors` are ids by name."""

    def __init__(self, found: Iterable[Position], actors: Mapping[str, str]) -> None:
        self._spelled = dict(actors)  # names of groups in small letters -> the key of the one that each spells
        found = tuple(found)
        self._people = {
            name: self._own(one) for one in found if one.firmest.source.state and (name := _last_name(one)) and not one.relayed
        }
        self._only: dict[SourceType, str | None] = {}  # the only named voice of a kind, None where there are several
        for one in found:
            if not self._stands_for_another(one):
                kind, key = one.source_type, self._own(one)
                self._only[kind] = key if self._only.get(kind, key) == key else None

    def of(self, one: Position) -> str:
        """The key of the voice: a minister's is that of the only government that speaks, where the texts do not say whose
        minister it is."""
        if self._stands_for_another(one):
            known = self._people.get(_last_name(one)) or self._only.get(one.source_type)
            return known or self._own(one)
        return self._own(one)

    def is_named(self, one: Position) -> bool:
        """Whether a voice has a name, and is not only "Western officials", whom others that are named may be of."""
        return one.firmest.source.state is not None or _NAMED.search(one.source) is not None

    def accused(self, name: str) -> str:
        """One key for all names and spellings of an actor."""
        low = name.casefold()
        if low not in self._spelled:
            self._spelled[low] = next((key for known, key in self._spelled.items() if _alike(known, low)), low)
        return self._spelled[low]

    def _own(self, one: Position) -> str:
        source = one.firmest.source
        if one.source_type in _OFFICIAL and source.state and not one.relayed:
            return f"state:{source.state}"
        if _UNION.search(one.source) and not one.relayed:
            return "union"
        if one.source_type in _GROUPS:
            return self.accused(one.source)
        if self._stands_for_another(one) and _NAMED.search(one.source) and (name := _last_name(one)):
            return f"name:{name}"  # Grant Shapps, Mr Shapps and Shapps are one
        return one.who

    def _stands_for_another(self, one: Position) -> bool:
        """An office-holder of whom the text does not say whose, or officials without a name."""
        if one.source_type not in (SourceType.GOVERNMENT, SourceType.INTERNATIONAL) or one.firmest.source.state or one.relayed:
            return False
        return one.firmest.source.body is None and not _BODY.search(one.source) and one.source not in _states()


def _alike(known: str, name: str) -> bool:
    """Whether two names are spellings of one."""
    near = known[:4] == name[:4] and _digits(known) == _digits(name)
    return near and SequenceMatcher(None, known, name).ratio() >= ALIKE


@cache
def _states() -> frozenset[str]:
    return frozenset(name for state in load().states for name in (state.name, *state.names))


def _last_name(one: Position) -> str:
    """The last name of the person who speaks, in small letters; of others the last word."""
    party = one.firmest.source.party
    words = re.findall(r"[^\W\d_]{3,}", party.span.text if party is not None else "")
    return words[-1].casefold() if words and words[-1][0].isupper() else ""


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))
