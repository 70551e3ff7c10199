"""Official catalogues -> tables: CISA's known exploited vulnerabilities, the NIST 800-53 and KEV mappings, D3FEND.

References: cisa.gov/known-exploited-vulnerabilities-catalog (JSON schema), github.com/center-for-threat-informed-defense
/mappings-explorer (mapping JSON), github.com/MISP/misp-galaxy (clusters/mitre-d3fend.json).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from indicia.errors import FormatError
from indicia.knowledge.attack_bundle import read_limited
from indicia.knowledge.tables import AttackTables, Countermeasure, KevEntry

MAX_BYTES = 100_000_000
T = TypeVar("T")


class _Vulnerability(msgspec.Struct, rename="camel"):
    cve_id: Annotated[str, msgspec.Meta(pattern=r"^(?i:CVE)-[0-9]{4}-[0-9]{4,19}\Z")] = msgspec.field(name="cveID")
    vendor_project: str
    product: str
    vulnerability_name: str
    date_added: str
    due_date: str
    known_ransomware_campaign_use: str = "Unknown"


class _Kev(msgspec.Struct, rename="camel"):
    vulnerabilities: list[_Vulnerability]
    catalog_version: str = ""
    date_released: str = ""


class _Mapping(msgspec.Struct):
    capability_id: str | None = None
    capability_description: str | None = None
    attack_object_id: str | None = None
    status: str = ""


class _MappingInfo(msgspec.Struct):
    mapping_framework: str = ""
    mapping_framework_version: str = ""
    attack_version: str = ""
    last_update: str = ""


class Mappings(msgspec.Struct):
    """One file of the mappings explorer."""

    metadata: _MappingInfo
    mapping_objects: list[_Mapping]

    @property
    def date(self) -> str:
        """ISO date of the last update ("04/16/2025" in the file)."""
        month, day, year = (self.metadata.last_update.split("/") + ["", "", ""])[:3]
        return f"{year}-{month}-{day}"

    def pairs(self) -> Iterable[tuple[str, str, str]]:
        """(capability id, its name, ATT&CK id) of everything that is mapped at all."""
        for item in self.mapping_objects:
            if item.capability_id and item.attack_object_id and item.status != "non_mappable":
                yield item.capability_id, item.capability_description or "", item.attack_object_id


class _D3fendMeta(msgspec.Struct):
    external_id: str = ""


class _Related(msgspec.Struct):
    dest_uuid: str = msgspec.field(name="dest-uuid")


class _D3fendValue(msgspec.Struct):
    value: str
    meta: _D3fendMeta
    related: list[_Related] = []


class _D3fend(msgspec.Struct):
    values: list[_D3fendValue]
    version: int = 0


def read_json(path: Path | str, kind: type[T]) -> T:
    """The JSON file (plain or gzip) as `kind`. Raises: InputError, FormatError (with the place), LimitError."""
    path = Path(path)
    try:
        return msgspec.json.decode(read_limited(path, MAX_BYTES), type=kind)
    except (ValueError, RecursionError) as error:  # msgspec's own, and where it is no UTF-8
        raise FormatError(str(error), where=str(path)) from error


def parse_mappings(path: Path | str) -> Mappings:
    return read_json(path, Mappings)


def parse_kev(path: Path | str) -> tuple[str, str, tuple[KevEntry, ...]]:
    """(catalogue version, date of release, entries in the order of their CVE numbers), without techniques."""
    catalogue = read_json(path, _Kev)
    entries = (
        KevEntry(
            cve=item.cve_id.upper(),
            vendor=item.vendor_project.strip(),
            product=item.product.strip(),
            name=item.vulnerability_name.strip(),
            added=item.date_added,
            due=item.due_date,
            ransomware=item.known_ransomware_campaign_use == "Known",
        )
        for item in catalogue.vulnerabilities
    )
    return catalogue.catalog_version, catalogue.date_released[:10], tuple(sorted(entries, key=lambda row: _cve_key(row.cve)))


def with_techniques(entries: Iterable[KevEntry], mappings: Mappings) -> tuple[KevEntry, ...]:
    """The entries with the techniques that a mapping gives them."""
    techniques: dict[str, set[str]] = {}
    for cve, _, technique in mappings.pairs():
        techniques.setdefault(cve.upper(), set()).add(technique)
    return tuple(msgspec.structs.replace(row, techniques=tuple(sorted(techniques.get(row.cve, ())))) for row in entries)


def _cve_key(cve: str) -> tuple[int, int]:
    _, year, number = cve.split("-")
    return int(year), int(number)


def parse_nist(mappings: Mappings, attack: AttackTables) -> tuple[Countermeasure, ...]:
    """Controls with the techniques they mitigate, old technique ids replaced by their successors."""
    names: dict[str, str] = {}
    techniques: dict[str, set[str]] = {}
    for control, name, technique in mappings.pairs():
        names.setdefault(control, name)
        techniques.setdefault(control, set()).add(technique)
    return _countermeasures(names, techniques, attack)


def parse_d3fend(path: Path | str, attack: AttackTables) -> tuple[int, tuple[Countermeasure, ...]]:
    """(galaxy version, countermeasures with the techniques whose STIX ids they point to)."""
    galaxy = read_json(path, _D3fend)
    by_stix = {stix.removeprefix("attack-pattern--"): id for id, stix in attack.technique_stix.items()}
    names = {value.meta.external_id: value.value for value in galaxy.values if value.meta.external_id}
    techniques = {
        value.meta.external_id: {by_stix[link.dest_uuid] for link in value.related if link.dest_uuid in by_stix}
        for value in galaxy.values
        if value.meta.external_id
    }
    return galaxy.version, _countermeasures(names, techniques, attack)


def _countermeasures(
    names: Mapping[str, str], techniques: Mapping[str, set[str]], attack: AttackTables
) -> tuple[Countermeasure, ...]:
    living = {technique.id for technique in attack.techniques}
    return tuple(
        Countermeasure(
            id=id, name=name, techniques=tuple(sorted({attack.revoked.get(t, t) for t in techniques.get(id, ())} & living))
        )
        for id, name in sorted(names.items())
    )
