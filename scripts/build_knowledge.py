"""Builds src/indicia/knowledge/data/ from the official files and our own tables. The same input gives the same bytes.

    PYTHONPATH=src python scripts/build_knowledge.py [--shared DIR] [--out DIR]

DIR holds attack/, knowledge/misp-galaxy/, knowledge/kev/ and knowledge/mappings/ (default: ../shared, or INDICIA_SHARED).
What is written are names, ids, relations and dates: no description of anybody's.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from indicia.knowledge import catalogues, galaxy  # noqa: E402
from indicia.knowledge.attack_bundle import parse_release  # noqa: E402
from indicia.knowledge.families import malware  # noqa: E402
from indicia.knowledge.index import fold  # noqa: E402
from indicia.knowledge.merging import (  # noqa: E402
    group_words,
    merge_actors,
    slug,
)
from indicia.knowledge.tables import Agency, Row, State, Vendor  # noqa: E402
from indicia.knowledge.updating import Kind, store, with_states  # noqa: E402
from scripts.knowledge import own  # noqa: E402

ATTACK = "18.1"
OURS = "Indicia's own table (scripts/knowledge)"
GALAXY = "CC0-1.0 or BSD-2-Clause"
GALAXY_DATE = "2026-08-06"  # of the state of its repository that the files are from; they tell none themselves


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("INDICIA_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--out", type=Path, default=ROOT / "src" / "indicia" / "knowledge" / "data")
    arguments = parser.parse_args()
    for file, rows in build(arguments.shared, arguments.out).items():
        print(f"{file:26} {rows:7,} rows {(arguments.out / file).stat().st_size:10,} bytes")
    return 0


def build(shared: Path, out: Path) -> dict[str, int]:
    """Writes every data file into `out`; gives file -> number of rows."""
    misp = shared / "knowledge" / "misp-galaxy"
    maps = shared / "knowledge" / "mappings"
    release = shared / "attack" / f"enterprise-attack-{ATTACK}.json.gz"

    def clusters(name: str) -> galaxy.GalaxyFile:
        return catalogues.read_json(misp / name, galaxy.GalaxyFile)

    attack = msgspec.structs.replace(parse_release(release), later=own.later())
    states, sectors = own.states(), own.sectors()
    threat_actor, activity, tidal = (
        clusters("threat-actor.json"),
        clusters("microsoft-activity-group.json"),
        clusters("tidal-groups.json"),
    )
    told_apart = own.told_apart()
    for value in threat_actor.values:
        value.value = told_apart.get(value.value, value.value)
    producer = clusters("producer.json")
    vendors = add_producers(own.vendors(), producer, frozenset(state.code for state in states))
    agencies_misp = clusters("intelligence-agencies.json")
    agencies = add_agencies(own.agencies(), agencies_misp, states)
    actors = merge_actors(
        attack,
        galaxy.Galaxy(
            misp=galaxy.misp_entries(threat_actor, galaxy.producers(misp / "producer.json")),
            microsoft=galaxy.microsoft_entries(activity),
            tidal=galaxy.tidal_entries(tidal),
            ours=own.actors(),
        ),
        states=states,
        sectors=sectors,
        vendors=vendors,
        belongings=own.belongings(),
        words=group_words(release, states),
    )
    attack = with_states(attack, actors)
    malpedia, ransomware = clusters("malpedia.json"), clusters("ransomware.json")
    families = malware(attack, actors, malpedia, ransomware)
    kev_map = catalogues.parse_mappings(next(maps.glob("kev-*.json")))
    nist_map = catalogues.parse_mappings(next(maps.glob("nist_800_53-*.json")))
    kev_version, kev_date, kev = catalogues.parse_kev(shared / "knowledge" / "kev" / "known_exploited_vulnerabilities.json")
    d3fend_version, d3fend = catalogues.parse_d3fend(misp / "mitre-d3fend.json", attack)
    mitre = (Kind.ATTACK, attack.version, attack.date, "MITRE ATT&CK terms of use")

    def misp_source(name: str, file: galaxy.GalaxyFile) -> tuple[str, str, str, str]:
        return f"MISP galaxy {name}", str(file.version), GALAXY_DATE, GALAXY

    tables: dict[str, tuple[tuple[Row, ...], list[tuple[str, str, str, str]]]] = {
        "actors.json": (
            actors,
            [
                mitre,
                misp_source("threat-actor", threat_actor),
                misp_source("microsoft-activity-group", activity),
                misp_source("tidal-groups", tidal),
                misp_source("producer", producer),
                (OURS, "", "", "Apache-2.0"),
            ],
        ),
        "malware.json": (families, [misp_source("malpedia", malpedia), misp_source("ransomware", ransomware)]),
        "states.json": (states, [(OURS, "", "", "Apache-2.0")]),
        "agencies.json": (agencies, [(OURS, "", "", "Apache-2.0"), misp_source("intelligence-agencies", agencies_misp)]),
        "offices.json": (own.offices(), [(OURS, "", "", "Apache-2.0")]),
        "vendors.json": (vendors, [(OURS, "", "", "Apache-2.0"), misp_source("producer", producer)]),
        "sectors.json": (sectors, [(OURS, "", "", "Apache-2.0")]),
        "incidents.json": (own.incidents(), [(OURS, "", "", "Apache-2.0")]),
        "kev.json": (
            catalogues.with_techniques(kev, kev_map),
            [
                (Kind.KEV, kev_version, kev_date, "CC0-1.0"),
                (Kind.KEV_MAP, kev_map.metadata.mapping_framework_version, kev_map.date, "Apache-2.0"),
            ],
        ),
        "nist.json": (
            catalogues.parse_nist(nist_map, attack),
            [(Kind.NIST, nist_map.metadata.mapping_framework_version, nist_map.date, "Apache-2.0")],
        ),
        "d3fend.json": (d3fend, [(Kind.D3FEND, str(d3fend_version), GALAXY_DATE, f"{GALAXY}; D3FEND: MIT")]),
    }
    provenance = store(out, attack=attack, attack_source=mitre, tables=tables)
    return {row.file: row.rows for row in provenance}


def add_producers(vendors: tuple[Vendor, ...], producer: galaxy.GalaxyFile, codes: frozenset[str]) -> tuple[Vendor, ...]:
    """Our vendors, and those producers of intelligence that we have not."""
    known = {fold(name) for vendor in vendors for name in (vendor.name, *vendor.names)}
    more = []
    for value in producer.values:
        name = value.value.strip()
        kinds = " ".join(value.words("company-type")).casefold()
        if fold(name) in known or name.endswith("Blog") or "government" in kinds or "cert" in kinds or "CERT" in name:
            continue
        names = tuple(n for n in value.words("synonyms") if fold(n) not in known and fold(n) != fold(name))
        country = {"UK": "GB"}.get(value.word("country") or "", value.word("country") or "")
        more.append(Vendor(name=name, names=names, state=country if country in codes else None))
        known.add(fold(name))
    return tuple(sorted((*vendors, *more), key=lambda row: (row.kind, row.name.casefold())))


def is_generic(name: str) -> bool:
    """Whether a name is made of words that many agencies share."""
    return set(re.findall(r"[a-z]+", name.casefold())) <= own.generic_words()


def add_agencies(own_rows: tuple[Agency, ...], listed: galaxy.GalaxyFile, states: tuple[State, ...]) -> tuple[Agency, ...]:
    """Our agencies, and those of MISP galaxy's list whose names we do not know yet. Of its names only long and telling ones:
    "SIS" and "Intelligence Directorate" belong to several states."""
    known = {fold(name) for row in own_rows for name in (row.name, *row.names)}
    ids = {row.id for row in own_rows}
    by_code = {state.code: state for state in states}
    more = []
    for value in listed.values:
        code = value.word("country") or ""
        if code not in by_code or fold(value.value) in known:
            continue
        names = [re.sub(r"^[a-z]{2}:", "", name) for name in (value.value.strip(), *value.words("synonyms"))]
        names = [name for name in names if len(fold(name)) > 6 and not any(c in name for c in "()[]|") and not is_generic(name)]
        names = [name for name in dict.fromkeys(names) if fold(name) not in known]
        id = f"{code.casefold()}-{slug(names[0])}" if names else ""
        if not names or id in ids:
            continue
        ids.add(id)
        known |= {fold(name) for name in names}
        more.append(
            Agency(
                id=id,
                name=names[0],
                names=tuple(names[1:]),
                state=code,
                kind="intelligence",
                speaks_for=by_code[code].name,
            )
        )
    return tuple(sorted((*own_rows, *more), key=lambda row: row.id))


if __name__ == "__main__":
    sys.exit(main())
