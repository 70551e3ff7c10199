"""To which state the words beside an accused tie it: "a man in Odesa", "pro-Russian hackers", "a group working for Minsk"."""

from __future__ import annotations

import re
from typing import NamedTuple

from indicia.knowledge import Knowledge
from indicia.read.claims.parse.grammar import Sentence
from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import DETERMINERS, Unit
from indicia.read.claims.words.wordsets import word_set

__all__ = ["Lands", "lands_of", "states_in", "tied_state"]

_PRO = re.compile(r"\b[Pp]ro-([A-Z][\w-]+(?: [A-Z]\w+)?)")
_PLACING = frozenset({"in", "from", "of", "at"})
_SEATED = word_set("ties.seated")
_BOUND = word_set("ties.bound")
_KNOWN_AS = word_set("ties.known_as")
_OPENING = frozenset({"a", "an", "one", "the", "which", "that", "who", "whom", "both", "all"})
_UNNAMED = frozenset({"person", "criminal", "group", "company", "unknown_name", "organisation", "place", "anonymous"})
# what stands for a state only where another is spoken of
_ELSEWHERE = {
    "the north": ("KP", re.compile(r"\b(?:Korea|Seoul)")),
    "the mainland": ("CN", re.compile(r"\b(?:Taiwan|Taipei|Hong Kong)")),
    "the zionists": ("IL", re.compile(r"Zionist")),
    "the zionist regime": ("IL", re.compile(r"Zionist")),
    "the zionist entity": ("IL", re.compile(r"Zionist")),
}
_TELLING = ("actor", "agency", "state", "capital", "demonym")
LONGEST = 4  # units of a place's name
REACH = 10  # units after a party in which it may be tied


class Lands(NamedTuple):
    """ISO codes by what names a land, and by what names its people; all in small letters."""

    places: dict[str, str]
    peoples: dict[str, str]


def lands_of(knowledge: Knowledge) -> Lands:
    places: dict[str, str] = {}
    peoples: dict[str, str] = {}
    for state in knowledge.states:
        for name in (state.name, *state.names, state.capital, *state.capitals, *state.cities):
            if name:
                places.setdefault(name.removeprefix("the ").lower(), state.code)
        for name in state.demonyms:
            peoples.setdefault(name.lower(), state.code)
    return Lands(places, peoples)


_NAMED_LAND = re.compile(r"\b[A-Z][\w.-]*(?:[ -](?:of |the )?[A-Z][\w.-]*){0,3}")


def states_in(words: str, lands: Lands) -> frozenset[str]:
    """The ISO codes of the lands, capitals and peoples that some words name: "Chinese state-backed actors", "officers in
    Moscow"."""
    found = set()
    for name in _NAMED_LAND.findall(words):
        low = name.lower()
        for said in (low, *low.replace("-", " ").split()):
            code = lands.peoples.get(said) or lands.places.get(said)
            if code:
                found.add(code)
    return frozenset(found)


def tied_state(party: Party, sentence: Sentence, text: str, lands: Lands) -> str | None:
    """The ISO code of the one state that the words of a party or right after it tie it to; None where they tell none or
    several."""
    row = sentence.row
    friend = _PRO.search(text[party.start : party.end])
    if friend:
        low = friend[1].lower()
        return next(
            (code for word in (low, low.split()[0]) if (code := lands.peoples.get(word) or lands.places.get(word))), None
        )
    said = text[party.start : party.end].lower().strip('"“”')
    if said in _ELSEWHERE and _ELSEWHERE[said][1].search(text):
        return _ELSEWHERE[said][0]
    if party.kinds[0] in _UNNAMED and (home := _home(row, party, text, lands)):
        return home
    after = _after_age(row, party.last)
    inside = [k for k in range(party.first + 1, party.last) if row[k].low in _SEATED or row[k].low in _PLACING]
    seats = (_seat(row, k, party, text, lands) for k in (*inside, after))
    return _named(row[party.first : party.last]) or next(filter(None, seats), None) or _bond(row, after)


def _home(row: list[Unit], party: Party, text: str, lands: Lands) -> str | None:
    """The land or city before its head or instead of it, or the people right after it: "an Arizona woman", "a 29-year-old
    Ukrainian", a party of which only "Kazan" is left."""
    for k in range(party.first, party.last):
        codes = (_called(row, k, last, text, lands) for last in range(min(k + LONGEST, party.last), k, -1))
        if row[k].kind != "possessive" and (code := next(filter(None, codes), None)):
            return None if any(unit.kind == "possessive" for unit in row[k : party.last]) else code
    people = row[party.last].name if party.last < len(row) else None
    return people.state if people is not None and people.kind == "demonym" else None


def _called(row: list[Unit], k: int, last: int, text: str, lands: Lands) -> str | None:
    """The state of the place that units k to `last` name."""
    said = text[row[k].start : row[last - 1].end]
    return lands.places.get(said.lower()) if said[:1].isupper() else None


def _after_age(row: list[Unit], k: int) -> int:
    """The unit after an age: ", 29," or "of seventeen"."""
    if k + 1 < len(row) and row[k].low in (",", "(", "of", "aged") and row[k + 1].kind == "number":
        k += 2
        if k < len(row) and row[k].low in (",", ")"):
            k += 1
    return k


def _named(units: list[Unit]) -> str | None:
    """The state of the actors and bodies that stand in it: "two members of the REvil gang", "Hezbollah's engineers"."""
    codes = {unit.name.state for unit in units if unit.name is not None and unit.name.kind in _TELLING and unit.name.state}
    return codes.pop() if len(codes) == 1 else None


def _seat(row: list[Unit], k: int, party: Party, text: str, lands: Lands) -> str | None:
    """Where it sits: "in Rostov", "based in China"."""
    if k >= len(row):
        return None
    seated = row[k].low in _SEATED
    if seated:
        k += 1
    if party.kinds[0] == "actor" and not seated or k + 1 >= len(row):
        return None
    if row[k].low == "out" and row[k + 1].low == "of":
        k += 1
    if row[k].low not in _PLACING:
        return None
    k += 1
    while k < len(row) and (row[k].low in DETERMINERS or row[k].low.endswith("ern") or row[k].low == "city"):
        k += 1
    people = row[k].name if k < len(row) else None
    if people is not None and people.kind == "demonym":
        return people.state
    for last in range(min(k + LONGEST, len(row)), k, -1):
        if code := _called(row, k, last, text, lands):
            several = last + 1 < len(row) and row[last].low in ("and", "or") and row[last + 1].text.lower() in lands.places
            return None if several else code
    return _named(row[k : k + 1])


def _bond(row: list[Unit], k: int) -> str | None:
    """Whom it serves or is taken for: "believed to be Iranian", ", a group that works for Minsk", "known as Andariel"."""
    apart = k < len(row) and row[k].low in (",", "(", "–", "—")
    if apart:
        k += 1
    if k >= len(row) or not (
        row[k].low in _BOUND
        or row[k].low in _KNOWN_AS
        or row[k].low in _OPENING
        and (apart or row[k].low in ("which", "that", "who"))
    ):
        return None
    bound = -1
    for at in range(k, min(k + REACH, len(row))):
        unit = row[at]
        if unit.kind == "mark" and unit.low not in ('"', "“", "”", "'"):
            return None
        if unit.low in _BOUND or unit.low in _KNOWN_AS:
            bound = at
        elif unit.name is not None and unit.name.kind in _TELLING and unit.name.state:
            return unit.name.state if bound >= 0 and at - bound <= 4 else None
    return None
