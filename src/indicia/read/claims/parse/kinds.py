"""From a party to what the ledger says of it: type of source, type and level of accused, state, canonical name."""

from __future__ import annotations

from typing import NamedTuple

from indicia.read.claims.parse.party import Party
from indicia.read.claims.parse.units import Unit
from indicia.read.claims.words.wordsets import word_set
from indicia.records import AccusedType, Level, SourceType

__all__ = ["Described", "as_place", "describe_accused", "describe_source", "on_territory", "owner_unit"]

_GOV_OWNERS = word_set("kinds.gov_owners")
_COMMON_ADJECTIVES = {
    "CN": "Chinese",
    "RU": "Russian",
    "KP": "North Korean",
    "IR": "Iranian",
    "US": "American",
    "GB": "British",
    "IL": "Israeli",
    "IN": "Indian",
    "PK": "Pakistani",
    "VN": "Vietnamese",
    "BY": "Belarusian",
    "UA": "Ukrainian",
    "TR": "Turkish",
    "SY": "Syrian",
}


class Described(NamedTuple):
    """What the ledger says of one party. `type` is a SourceType or an AccusedType value."""

    canonical: str
    type: str
    state: str | None
    level: Level | None = None
    category: str | None = None
    id: str = ""  # in our knowledge, for an actor

    @property
    def same(self) -> str:
        """What two namings of one party have in common: the id in our knowledge, else the canonical name."""
        return self.id or self.canonical


def owner_unit(row: list[Unit], party: Party) -> Unit | None:
    """The unit that names the state or body which the party belongs to."""
    for unit in row[party.first : party.last]:
        if unit.name is not None and party.owner is not None and unit.name == party.owner:
            return unit
    return None


def describe_source(party: Party, text: str, states: dict[str, str]) -> Described:
    """Type and canonical name of a speaker."""
    first = party.kinds[0]
    owner = party.owner
    name = party.name
    surface = text[party.start : party.end]
    kinds = set(party.kinds)
    state_name = states.get(party.state or "", "")
    if first in ("state", "capital", "demonym"):
        return Described(state_name or surface, SourceType.GOVERNMENT, party.state)
    if first == "union" or (
        owner is not None and owner.kind == "union" and kinds & {"gov_person", "gov_body", "intl", "anonymous", "report"}
    ):
        union = name if name is not None and name.kind == "union" else owner
        return Described(union.canonical if union else surface, SourceType.INTERNATIONAL, None)
    if name is not None and name.kind == "agency" and name.detail == "court":
        return Described(name.canonical, SourceType.COURT, name.state)
    if first == "agency" and name is not None:
        return Described(name.canonical, SourceType.GOVERNMENT, name.state)
    if name is not None and name.kind == "agency":
        return Described(name.canonical, SourceType.GOVERNMENT, name.state)
    if first == "vendor":
        return Described(name.canonical if name else surface, SourceType.COMPANY, None)
    if first == "media":
        return Described(name.canonical if name else surface, SourceType.MEDIA, None)
    if owner is not None and owner.kind == "vendor":
        return Described(owner.canonical, SourceType.COMPANY, None)
    if owner is not None and owner.kind == "media":
        return Described(owner.canonical, SourceType.MEDIA, None)
    if first == "actor":
        return Described(name.said if name else surface, SourceType.GROUP, party.state, id=name.id if name else "")
    if first == "court":
        return Described(surface, SourceType.COURT, party.state)
    if first == "anonymous" or (
        first == "gov_person" and party.head in ("official", "officials", "source", "sources") and party.person_name is None
    ):
        if (
            owner is not None
            and owner.kind == "agency"
            and party.head not in ("official", "officials", "source", "sources", "person", "people")
        ):
            return Described(owner.canonical, SourceType.GOVERNMENT, owner.state)
        return Described(
            f"anonymous official ({state_name})" if state_name else "anonymous official", SourceType.ANONYMOUS, party.state
        )
    if first == "gov_person":
        if party.head in ("senator", "senators", "lawmaker", "lawmakers", "congressman", "congresswoman", "mp", "mps"):
            return Described(party.person_name or surface, SourceType.PERSON, party.state)
        if owner is not None and owner.kind == "agency":
            return Described(owner.canonical, SourceType.GOVERNMENT, owner.state)
        if party.head == "attorney" and owner is None and party.state is None and party.person_name is None:
            return Described(surface, SourceType.PERSON, None)
        if (
            party.head in ("chief", "head", "director", "commander", "boss", "spokesman", "spokeswoman", "spokesperson")
            and party.state is None
            and owner is None
            and _company_words(surface)
        ):
            return Described(surface, SourceType.COMPANY, None)
        return Described(state_name or party.person_name or surface, SourceType.GOVERNMENT, party.state)
    if first == "person_speaker":
        if party.state and owner is not None and owner.kind == "agency":
            return Described(owner.canonical, SourceType.GOVERNMENT, owner.state)
        return Described(party.person_name or surface, SourceType.PERSON, party.state)
    if first == "company" and "person_speaker" in kinds:
        if owner is not None and owner.kind in _GOV_OWNERS and owner.kind == "agency":
            return Described(owner.canonical, SourceType.GOVERNMENT, owner.state)
        if not party.plural and owner is None:
            return Described(party.person_name or surface, SourceType.PERSON, party.state)
        return Described(surface, SourceType.COMPANY, None)
    if "emergency" in surface.lower() and party.head == "team":
        return Described(state_name or surface, SourceType.GOVERNMENT, party.state)
    if first == "gov_body" or "gov_body" in kinds:
        return Described(state_name or surface, SourceType.GOVERNMENT, party.state)
    if first == "intl":
        return Described(surface, SourceType.INTERNATIONAL, None)
    if first == "report":
        if owner is not None and owner.kind in _GOV_OWNERS:
            return Described(owner.canonical, SourceType.GOVERNMENT, owner.state)
        return Described(surface, SourceType.GOVERNMENT, party.state)
    if "company" in kinds:
        return Described(surface, SourceType.COMPANY, None)
    if first == "group" and any(w in surface.lower() for w in ("private", "sector", "industry", "security")):
        return Described(surface, SourceType.COMPANY, None)
    if first in ("group", "criminal"):
        return Described(surface, SourceType.GROUP, party.state)
    if first in ("named_person", "person"):
        return Described(party.person_name or surface, SourceType.PERSON, party.state)
    if first in ("unknown_name", "organisation"):
        return Described(surface, SourceType.COMPANY, None)
    return Described(surface, SourceType.GOVERNMENT if party.state else SourceType.PERSON, party.state)


def _company_words(surface: str) -> bool:
    low = surface.lower()
    return any(
        w in low
        for w in ("research", "threat", "company", "firm", "security officer", "information officer", "bank", "hospital")
    )


def describe_accused(party: Party, text: str, states: dict[str, str]) -> Described:
    """Type, level, state and canonical name of an accused party."""
    first = party.kinds[0]
    name = party.name
    surface = text[party.start : party.end]
    low = surface.lower()
    kinds = set(party.kinds)
    adjective = _COMMON_ADJECTIVES.get(party.state or "", "")
    if first == "place" or on_territory(party):
        country = states.get(party.state or "", "")
        return Described(
            f"actors operating from {country}" if country else surface, AccusedType.UNKNOWN, party.state, Level.PLACE
        )
    if first in ("state", "capital", "demonym"):
        if first == "demonym" and party.plural:
            return Described(f"{adjective or surface} hackers", AccusedType.GROUP, party.state, Level.GROUP)
        return Described(states.get(party.state or "", surface), AccusedType.STATE, party.state, Level.STATE)
    if first == "actor":
        detail = name.detail if name else "group"
        called, known = (name.said or name.canonical, name.id) if name else (surface, "")
        if detail == "criminal" or (kinds & {"criminal"} and not _spying(low)):
            return Described(called, AccusedType.CRIMINAL, party.state, Level.GROUP, id=known)
        return Described(
            called, AccusedType.GROUP, party.state, Level.GROUP, "state-affiliated" if party.state else None, known
        )
    if party.person_name or first in ("named_person", "person", "gov_person"):
        criminal = any(w in low for w in ("hacker", "ransom", "cybercrim", "administrator", "affiliate")) and not _spying(low)
        return Described(
            party.person_name or surface, AccusedType.CRIMINAL if criminal else AccusedType.PERSON, party.state, Level.OPERATOR
        )
    if first == "agency" or "agency" in kinds or (first == "gov_body" and party.state):
        if party.head in ("spies", "spooks") and party.state != "US":
            return Described(f"{adjective} spies".strip(), AccusedType.GROUP, party.state, Level.GROUP)
        if (
            party.head in ("unit",)
            and name is None
            and "group" in kinds
            and not any(w in low for w in ("gru", "military", "army", "pla", "rgb", "irgc"))
        ):
            return Described(surface, AccusedType.GROUP, party.state, Level.GROUP)
        return Described(
            name.canonical if name and name.kind == "agency" else surface, AccusedType.AGENCY, party.state, Level.AGENCY
        )
    if "criminal" in kinds and not party.hostile or first == "criminal":
        where = states.get(party.state or "", "")
        return Described(f"criminals in {where}" if where else surface, AccusedType.CRIMINAL, party.state, Level.GROUP)
    if any(w in low for w in ("criminal", "ransomware", "cybercrime", "extortion")) and not _spying(low):
        return Described(surface, AccusedType.CRIMINAL, party.state, Level.GROUP)
    if first in ("vendor", "company") and "group" not in kinds:
        return Described(
            name.canonical if name else surface,
            AccusedType.CRIMINAL,
            party.state or (name.state if name else None),
            Level.OPERATOR,
        )
    if first == "group" and party.head == "hacker":  # one
        return Described(surface, AccusedType.PERSON, party.state, Level.OPERATOR)
    if first in ("group", "company", "unknown_name", "organisation"):
        canonical = surface
        if party.state and first == "group" and party.head not in ("companies", "company", "firm", "firms"):
            country = states.get(party.state, "")
            canonical = f"{country}-linked hackers"
        return Described(canonical, AccusedType.GROUP, party.state, Level.GROUP, "state-affiliated" if "state" in low else None)
    return Described(surface, AccusedType.UNKNOWN, party.state, None)


def on_territory(party: Party) -> bool:
    """Whether the party is the land of a state ("the territory of China"): a place, which neither speaks nor acts."""
    return party.head in ("territory", "soil")


def as_place(described: Described, states: dict[str, str]) -> Described:
    """A state that is named as the place where an attack came from."""
    country = states.get(described.state or "", described.canonical)
    return Described(f"actors operating from {country}", AccusedType.UNKNOWN, described.state, Level.PLACE)


def _spying(low: str) -> bool:
    return any(w in low for w in ("state", "spy", "spies", "espionage", "government", "intelligence", "military", "nation"))
