"""`load()`: all that is known before anything is read. Tables are decoded when they are first asked for, once per process.

Newer data that the user made with `indicia knowledge update` lies in the data folder of the platform and takes precedence, file
by file, over what the package brings along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

import msgspec
import platformdirs

from indicia.errors import KnowledgeError
from indicia.knowledge.attack import Attack
from indicia.knowledge.index import Index
from indicia.knowledge.names import Affairs, Name, all_names
from indicia.knowledge.tables import (
    Actor,
    Agency,
    AttackTables,
    AttackUses,
    Countermeasure,
    Detection,
    Incident,
    KevEntry,
    Malware,
    Office,
    Provenance,
    Sector,
    State,
    Vendor,
)

PACKAGED = Path(__file__).parent / "data"
T = TypeVar("T")


def user_folder() -> Path:
    """Where the user's own newer data lies, if there is any."""
    return platformdirs.user_data_path("indicia", appauthor=False) / "knowledge"


@cache
def load(*folders: Path) -> Knowledge:
    """The knowledge in the user's data folder, then in the package; or in `folders` alone, the first that has a file wins."""
    return Knowledge(folders or (user_folder(), PACKAGED))


def _decoded(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, ValueError) as error:
        raise KnowledgeError(
            f"does not fit this version: {error}", where=str(path), hint="run `indicia knowledge update` again or remove it"
        ) from error


class Knowledge:
    """The tables, each loaded at its first use. Raises at that moment: KnowledgeError (a file is missing or does not fit)."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders

    def _path(self, file: str) -> Path:
        for folder in self.folders:
            if (path := folder / file).is_file():
                return path
        raise KnowledgeError(f"no {file}", where=str(self.folders[-1]), hint="the installation is incomplete")

    def _decode(self, file: str, kind: type[T]) -> T:
        return _decoded(self._path(file), kind)

    @cached_property
    def attack(self) -> Attack:
        """ATT&CK enterprise."""
        return Attack(
            self._decode("attack.json", AttackTables),
            lambda: self._decode("attack_uses.json", AttackUses),
            lambda: self._decode("attack_detections.json", tuple[Detection, ...]),
        )

    @cached_property
    def actors(self) -> Index[Actor]:
        """Threat actors over all sources. `actors.named("Cozy Bear")` gives every candidate."""
        return Index(self._decode("actors.json", tuple[Actor, ...]), lambda row: row.id, lambda row: (row.name, *row.names))

    @cached_property
    def malware(self) -> Index[Malware]:
        """Software that ATT&CK does not have."""
        rows = self._decode("malware.json", tuple[Malware, ...])
        return Index(rows, lambda row: row.id, lambda row: (row.name, *row.aliases))

    @cached_property
    def states(self) -> Index[State]:
        """By ISO code; `named` knows names, capitals, metonyms and demonyms."""
        return Index(
            self._decode("states.json", tuple[State, ...]),
            lambda row: row.code,
            lambda row: (row.name, *row.names, row.capital or "", *row.capitals, *row.demonyms),
        )

    @cached_property
    def agencies(self) -> Index[Agency]:
        return Index(self._decode("agencies.json", tuple[Agency, ...]), lambda row: row.id, lambda row: (row.name, *row.names))

    @cached_property
    def offices(self) -> tuple[Office, ...]:
        """Offices that every state has, for phrases such as "the Norwegian foreign ministry"."""
        return self._decode("offices.json", tuple[Office, ...])

    @cached_property
    def vendors(self) -> Index[Vendor]:
        """Security firms, platforms, research groups and media, by canonical name."""
        return Index(self._decode("vendors.json", tuple[Vendor, ...]), lambda row: row.name, lambda row: (row.name, *row.names))

    @cached_property
    def sectors(self) -> Index[Sector]:
        return Index(self._decode("sectors.json", tuple[Sector, ...]), lambda row: row.name, lambda row: (row.name, *row.words))

    @cached_property
    def incidents(self) -> Index[Incident]:
        return Index(
            self._decode("incidents.json", tuple[Incident, ...]), lambda row: row.id, lambda row: (row.name, *row.names)
        )

    @cached_property
    def affairs(self) -> Affairs:
        """Recognises the incidents that a text speaks of: `affairs.find(sentence)`."""
        return Affairs(self.incidents)

    @cached_property
    def kev(self) -> Index[KevEntry]:
        """Known exploited vulnerabilities, by CVE."""
        return Index(self._decode("kev.json", tuple[KevEntry, ...]), lambda row: row.cve, lambda row: (row.name,))

    @cached_property
    def nist(self) -> Index[Countermeasure]:
        """NIST SP 800-53 controls with the techniques that they mitigate."""
        return Index(self._decode("nist.json", tuple[Countermeasure, ...]), lambda row: row.id, lambda row: (row.name,))

    @cached_property
    def d3fend(self) -> Index[Countermeasure]:
        """D3FEND countermeasures with the techniques that they act on."""
        return Index(self._decode("d3fend.json", tuple[Countermeasure, ...]), lambda row: row.id, lambda row: (row.name,))

    @cached_property
    def provenance(self) -> tuple[Provenance, ...]:
        """One row per data file and source; a file in the user's folder replaces the package's rows about it."""
        found: dict[str, list[Provenance]] = {}
        for folder in reversed(self.folders):
            if (folder / "provenance.json").is_file():
                rows = _decoded(folder / "provenance.json", tuple[Provenance, ...])
                newer: dict[str, list[Provenance]] = {}
                for row in rows:
                    newer.setdefault(row.file, []).append(row)
                found |= newer
        return tuple(row for _, rows in sorted(found.items()) for row in rows)

    # Questions that several parts ask.

    @cached_property
    def _actor_of(self) -> dict[str, Actor]:
        return {actor.group: actor for actor in self.actors if actor.group}

    def actor_of(self, group: str) -> Actor | None:
        """The actor that is ATT&CK's group `group` (G id, an old one too)."""
        return self._actor_of.get(self.attack.current(group))

    def state_of(self, group: str) -> str | None:
        """ISO code that most sources tie an ATT&CK group or an actor id to."""
        actor = self.actors.get(group) or self.actor_of(group)
        return actor.state if actor else None

    def state(self, name: str) -> State | None:
        """The state of an ISO code, name, capital, metonym or demonym. Ambiguous words ("Georgian", "Congolese") give None."""
        return self.states.get(name) or self.states.one(name)

    def incidents_of(self, cve: str) -> tuple[Incident, ...]:
        """The incidents in which a vulnerability was used, as far as our table knows."""
        return self._by_cve.get(cve.strip().upper(), ())

    @cached_property
    def _by_cve(self) -> dict[str, tuple[Incident, ...]]:
        found: dict[str, tuple[Incident, ...]] = {}
        for incident in self.incidents:
            for cve in incident.cves:
                found[cve] = (*found.get(cve, ()), incident)
        return found

    def techniques_of_incident(self, incident: Incident) -> tuple[str, ...]:
        """The techniques of an incident: its own and those of its ATT&CK campaigns, sorted by id."""
        found = {self.attack.current(technique) for technique in incident.techniques}
        for campaign in incident.campaigns:
            found |= {use.target for use in self.attack.uses_of(campaign) if use.target.startswith("T")}
        return tuple(sorted(found))

    def names(self) -> Iterator[Name]:
        """Every surface name of everything: see `indicia.knowledge.names`."""
        return all_names(
            techniques=self.attack.techniques,
            software=self.attack.software,
            campaigns=self.attack.campaigns,
            actors=self.actors,
            malware=self.malware,
            states=self.states,
            agencies=self.agencies,
            vendors=self.vendors,
            sectors=self.sectors,
            incidents=self.incidents,
        )


# How old the built-in knowledge is, source by source.
OLD = 180  # days after which an update is worth it
TOO_OLD = 365  # days after which it is warned of


class Age(NamedTuple):
    """One source, and how many days ago it was of."""

    source: str
    version: str
    days: int


def ages(rows: Iterable[Provenance], today: date) -> tuple[Age, ...]:
    """Each source that has a date, once, by its name."""
    found = []
    for source, version, day in sorted({(row.source, row.version, row.date) for row in rows}):
        try:
            found.append(Age(source, version, (today - date.fromisoformat(day[:10])).days))
        except ValueError:
            continue  # a table of our own, or one that tells no date
    return tuple(found)


def too_old(rows: Iterable[Provenance], today: date) -> str:
    """The sentence that warns of what is over a year old, "" where nothing is."""
    told = [f"{age.source} {age.version} ({age.days:,} days)" for age in ages(rows, today) if age.days > TOO_OLD]
    return f"over a year old: {', '.join(told)}; newer files: indicia knowledge update FILE..." if told else ""
