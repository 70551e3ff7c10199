"""Every surface name of everything that is known, flat, for those who build automata over names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

import ahocorasick_rs

from indicia.knowledge.tables import (
    Actor,
    Agency,
    Campaign,
    Incident,
    Malware,
    Sector,
    Software,
    State,
    Technique,
    Vendor,
)
from indicia.records import MentionKind

# Names of known things that are words of everyday English (or of this field) first. Compared in lower case.
_EVERYDAY_FILE = Path(__file__).parent / "data" / "everyday.txt"


@cache
def everyday_words() -> frozenset[str]:
    """Names of known things that are words of everyday English, or of this field, first. Lower case."""
    lines = _EVERYDAY_FILE.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


class Name(NamedTuple):
    """One surface name. `id` is an id of our tables (for states the ISO code, for vendors and sectors the canonical name).

    `exact`: believe it only in this very case ("US", "IT"). `risky`: also an everyday word, believe it only beside words that
    fit its kind.
    """

    surface: str
    kind: MentionKind
    id: str
    according_to: tuple[str, ...] = ()
    exact: bool = False
    risky: bool = False


def is_risky(surface: str) -> bool:
    """Whether a name is an everyday word, or so short that chance hits must be expected."""
    return surface.casefold() in everyday_words() or len(surface) <= 2


def is_exact(surface: str) -> bool:
    """Whether only this very case counts: short names and abbreviations in capitals.

    >>> is_exact("US"), is_exact("CISA"), is_exact("Sandworm")
    (True, True, False)
    """
    letters = [char for char in surface if char.isalpha()]
    return len(letters) <= 3 or (len(letters) <= 6 and all(char.isupper() for char in letters))


def all_names(
    *,
    techniques: Iterable[Technique] = (),
    software: Iterable[Software] = (),
    campaigns: Iterable[Campaign] = (),
    actors: Iterable[Actor] = (),
    malware: Iterable[Malware] = (),
    states: Iterable[State] = (),
    agencies: Iterable[Agency] = (),
    vendors: Iterable[Vendor] = (),
    sectors: Iterable[Sector] = (),
    incidents: Iterable[Incident] = (),
) -> Iterator[Name]:
    """All names of the given rows, table by table, each (name, kind, id) once. One surface may come several times, with several
    ids: who matches it reports all of them as candidates."""
    seen: set[tuple[str, MentionKind, str]] = set()
    for name in _everything(techniques, software, campaigns, actors, malware, states, agencies, vendors, sectors, incidents):
        key = (name.surface, name.kind, name.id)
        if name.surface and key not in seen:
            seen.add(key)
            yield name


def _name(
    surface: str,
    kind: MentionKind,
    id: str,
    according_to: tuple[str, ...] = (),
    *,
    risky: bool = False,
    exact: bool | None = None,
) -> Name:
    sure = is_exact(surface) if exact is None else exact
    short = kind in {MentionKind.ACTOR, MentionKind.SOFTWARE} and len(surface) <= 3
    return Name(surface, kind, id, according_to, sure, risky or short or is_risky(surface))


def _everything(
    techniques: Iterable[Technique],
    software: Iterable[Software],
    campaigns: Iterable[Campaign],
    actors: Iterable[Actor],
    malware: Iterable[Malware],
    states: Iterable[State],
    agencies: Iterable[Agency],
    vendors: Iterable[Vendor],
    sectors: Iterable[Sector],
    incidents: Iterable[Incident],
) -> Iterator[Name]:
    mitre = ("MITRE ATT&CK",)
    for technique in techniques:
        yield _name(technique.name, MentionKind.TECHNIQUE, technique.id, mitre)
    for program in software:
        for surface in (program.name, *program.aliases):
            yield _name(surface, MentionKind.SOFTWARE, program.id, mitre)
    for campaign in campaigns:
        for surface in (campaign.name, *campaign.aliases):
            yield _name(surface, MentionKind.CAMPAIGN, campaign.id, mitre)
    for actor in actors:
        for alias in actor.aliases:
            yield _name(alias.name, MentionKind.ACTOR, actor.id, alias.according_to)
    for family in malware:
        for surface in (family.name, *family.aliases):
            yield _name(surface, MentionKind.SOFTWARE, family.id, family.according_to, risky=family.common_word)
    for state in states:
        for surface in (state.name, *state.names, state.capital or "", *state.capitals, *state.demonyms):
            # Names of states, capitals and peoples are capitalised in every text; "turkey" and "polish" are something else.
            yield _name(surface, MentionKind.STATE, state.code, exact=True)
    for agency in agencies:
        for surface in (agency.name, *agency.names):
            yield _name(surface, MentionKind.AGENCY, agency.id)
    for vendor in vendors:
        for surface in (vendor.name, *vendor.names):
            yield _name(surface, MentionKind.VENDOR, vendor.name, risky=vendor.common_word)
    for sector in sectors:
        for surface in sector.words:
            yield _name(surface, MentionKind.SECTOR, sector.name, exact=surface.isupper())
    for incident in incidents:
        for surface in (incident.name, *incident.names):
            yield _name(surface, MentionKind.INCIDENT, incident.id)


# Which well-known incidents a piece of text speaks of: by name, by vulnerability, by the words that together name it.
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_ORDER = {"name": 0, "cve": 1, "words": 2}


class RecognisedIncident(NamedTuple):
    """An incident and why: `by` is how it was recognised, `surfaces` the words or names in the text, in lower case."""

    incident: Incident
    by: Literal["name", "cve", "words"]
    surfaces: tuple[str, ...]


class Affairs:
    """All names and words of the incidents in one automaton; one pass per text, however many incidents there are."""

    def __init__(self, incidents: Iterable[Incident]) -> None:
        self._incidents = tuple(incidents)
        self._names: dict[str, list[Incident]] = {}
        self._sets: list[tuple[Incident, tuple[frozenset[str], ...]]] = []
        self._cves: dict[str, list[Incident]] = {}
        for incident in self._incidents:
            for name in dict.fromkeys(name.casefold() for name in (incident.name, *incident.names)):
                self._names.setdefault(name, []).append(incident)
            for items in incident.words:
                self._sets.append((incident, tuple(frozenset(item.split("|")) for item in items)))
            for cve in incident.cves:
                self._cves.setdefault(cve, []).append(incident)
        self._sets_with: dict[str, list[int]] = {}  # by a word of its first item: without one of these a set is not told
        for number, (_, all_items) in enumerate(self._sets):
            for word in all_items[0]:
                self._sets_with.setdefault(word, []).append(number)
        words = {word for _, items in self._sets for item in items for word in item}
        self._surfaces = sorted(set(self._names) | words)
        self._automaton = ahocorasick_rs.AhoCorasick(self._surfaces) if self._surfaces else None

    def find(self, text: str) -> tuple[RecognisedIncident, ...]:
        """The incidents that `text` (a sentence or a few) speaks of, each once: by name first (the longest name first), then by
        vulnerability, then by words (the set with the most items first). Sets of words are loose: let nothing but the place
        where they stand, the date or the accused decide between several incidents."""
        low = text.casefold()
        seen = self._seen(low)
        found: list[RecognisedIncident] = [
            RecognisedIncident(incident, "name", (name,))
            for name in sorted(seen & set(self._names), key=len, reverse=True)
            for incident in self._names[name]
        ]
        for cve in dict.fromkeys(match[0].upper() for match in _CVE.finditer(text)):
            found += [RecognisedIncident(incident, "cve", (cve.casefold(),)) for incident in self._cves.get(cve, ())]
        maybe = {number for word in seen for number in self._sets_with.get(word, ())}
        by_words = [
            RecognisedIncident(incident, "words", tuple(min(item & seen) for item in items))
            for incident, items in (self._sets[number] for number in sorted(maybe))
            if all(not seen.isdisjoint(item) for item in items)
        ]
        found += sorted(by_words, key=lambda one: (-len(one.surfaces), one.incident.id))
        best: dict[str, RecognisedIncident] = {}
        for one in found:
            best.setdefault(one.incident.id, one)
        return tuple(sorted(best.values(), key=lambda one: _ORDER[one.by]))

    def _seen(self, low: str) -> set[str]:
        """The names and words that stand in the text as words of their own."""
        if self._automaton is None:
            return set()
        return {
            self._surfaces[index]
            for index, start, end in self._automaton.find_matches_as_indexes(low, overlapping=True)
            if not (start and low[start - 1].isalnum()) and not (end < len(low) and low[end].isalnum())
        }
