"""Every surface name of everything that is known, flat, for those who build automata over names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

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

__all__ = ["Name", "all_names", "everyday_words", "is_exact", "is_risky"]

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
