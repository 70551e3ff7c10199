"""`indicia knowledge update`: the user's newer official files -> data files that take precedence over the packaged ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

from indicia.errors import FormatError, InputError
from indicia.knowledge.attack_bundle import MAX_BYTES, parse_release, read_limited
from indicia.knowledge.catalogues import parse_d3fend, parse_kev, parse_mappings, parse_nist, read_json, with_techniques
from indicia.knowledge.families import kept_families, malware
from indicia.knowledge.galaxy import Galaxy, GalaxyFile, microsoft_entries, misp_entries
from indicia.knowledge.library import PACKAGED, Knowledge, user_folder
from indicia.knowledge.merging import group_words, merge_actors
from indicia.knowledge.tables import Actor, AttackTables, AttackUses, Group, Malware, Provenance, Row, Software
from indicia.writing import write_atomically

# Tables -> data files, with a provenance file beside them. The same tables give the same bytes.
Source = tuple[str, str, str, str]  # source, version, date, licence
_encoder = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> bytes:
    """JSON with one row a line, so that a change of the data is a readable change of the file."""
    if isinstance(value, tuple):
        return b"[\n" + b",\n".join(_encoder.encode(row) for row in value) + b"\n]\n"
    if isinstance(value, Row):
        parts = []
        for info in sorted(msgspec.structs.fields(value), key=lambda info: info.encode_name):
            field = getattr(value, info.name)
            if field == info.default or (not field and info.default_factory is not msgspec.NODEFAULT):
                continue
            body = encode(field).rstrip() if isinstance(field, tuple) else _encoder.encode(field)
            parts.append(b'"' + info.encode_name.encode() + b'":' + body)
        return b"{" + b",\n".join(parts) + b"}\n"
    return _encoder.encode(value) + b"\n"


def with_states(attack: AttackTables, actors: Sequence[Actor]) -> AttackTables:
    """The same release with every group's state as the actors' table tells it."""
    states = {actor.group: actor.state for actor in actors if actor.group}
    groups = tuple(msgspec.structs.replace(group, state=states.get(group.id)) for group in attack.groups)
    return msgspec.structs.replace(attack, groups=groups)


def attack_files(attack: AttackTables) -> dict[str, bytes]:
    """One release as its three files."""
    core = msgspec.structs.replace(attack, uses=(), citations=(), detections=())
    return {
        "attack.json": encode(core),
        "attack_uses.json": encode(AttackUses(uses=attack.uses, citations=attack.citations)),
        "attack_detections.json": encode(attack.detections),
    }


def attack_provenance(attack: AttackTables, source: Source) -> list[Provenance]:
    name, version, date, licence = source
    counts = {
        "attack.json": len(attack.techniques) + len(attack.groups) + len(attack.software) + len(attack.campaigns),
        "attack_uses.json": len(attack.uses),
        "attack_detections.json": len(attack.detections),
    }
    return [
        Provenance(file=file, source=name, version=version, date=date, licence=licence, rows=rows)
        for file, rows in counts.items()
    ]


def store(
    out: Path,
    *,
    attack: AttackTables | None = None,
    attack_source: Source = ("", "", "", ""),
    tables: Mapping[str, tuple[tuple[Row, ...], Sequence[Source]]],
) -> tuple[Provenance, ...]:
    """Writes `tables` (file -> rows and their sources) and `attack` into `out`, and provenance.json about them."""
    out.mkdir(parents=True, exist_ok=True)
    provenance: list[Provenance] = []
    if attack:
        for file, data in attack_files(attack).items():
            write_atomically(out / file, data)
        provenance += attack_provenance(attack, attack_source)
    for file, (rows, sources) in tables.items():
        write_atomically(out / file, encode(rows))
        provenance += [
            Provenance(file=file, source=name, version=version, date=date, licence=licence, rows=len(rows))
            for name, version, date, licence in sources
        ]
    ordered = tuple(sorted(provenance, key=lambda row: (row.file, row.source)))
    write_atomically(out / "provenance.json", encode(ordered))
    return ordered


Progress = Callable[[str, float, float | None], None]


class Kind(StrEnum):
    """The official files that are understood."""

    ATTACK = "MITRE ATT&CK enterprise bundle"
    KEV = "CISA known exploited vulnerabilities"
    NIST = "NIST SP 800-53 mappings of the Center for Threat-Informed Defense"
    KEV_MAP = "KEV mappings of the Center for Threat-Informed Defense"
    D3FEND = "MISP galaxy mitre-d3fend"
    ACTORS = "MISP galaxy threat-actor"
    MICROSOFT = "MISP galaxy microsoft-activity-group"
    MALPEDIA = "MISP galaxy malpedia"
    RANSOMWARE = "MISP galaxy ransomware"


class _Metadata(msgspec.Struct):
    mapping_framework: str = ""


class _Probe(msgspec.Struct):
    """Only the fields by which one can tell the files apart."""

    objects: msgspec.Raw = msgspec.Raw()
    vulnerabilities: msgspec.Raw = msgspec.Raw()
    metadata: _Metadata | None = None
    values: msgspec.Raw = msgspec.Raw()
    type: str = ""


def kind_of(path: Path | str) -> Kind:
    """What an official file is, by its content. Raises: InputError, FormatError (no JSON, or of no known kind), LimitError."""
    path = Path(path)
    try:
        probe = msgspec.json.decode(read_limited(path, MAX_BYTES), type=_Probe)
    except (ValueError, RecursionError) as error:  # msgspec's own, and where it is no UTF-8
        raise FormatError(f"not an official JSON file: {error}", where=str(path)) from error
    if bytes(probe.objects):
        return Kind.ATTACK
    if bytes(probe.vulnerabilities):
        return Kind.KEV
    if probe.metadata and probe.metadata.mapping_framework in {"nist_800_53", "kev"}:
        return Kind.NIST if probe.metadata.mapping_framework == "nist_800_53" else Kind.KEV_MAP
    by_type = {kind.value.rpartition(" ")[2]: kind for kind in Kind if kind.value.startswith("MISP galaxy ")}
    if bytes(probe.values) and probe.type in by_type:
        return by_type[probe.type]
    hint = "expected: " + ", ".join(kind.value for kind in Kind)
    raise FormatError("JSON, but no official file that is known", where=str(path), hint=hint)


def update(paths: Iterable[Path | str], out: Path | None = None, *, progress: Progress | None = None) -> tuple[Provenance, ...]:
    """Reads official files of any known kind and writes data files to `out` (default: the user's data folder).

    All files are read before the first is written, so a bad one changes nothing. What is not given stays as it was. A release
    of ATT&CK or a galaxy of actors makes the table of actors anew, by the rules by which it was made (`merging`), and with it
    the states of groups; a release and a galaxy of software do so with families. Gives the provenance of what was written. A
    `Knowledge` that was loaded before does not change. Raises: InputError (also where two files are of one kind),
    FormatError, LimitError.
    """
    out = out or user_folder()
    given: dict[Kind, Path] = {}
    wanted = [Path(path) for path in paths]
    for path in wanted:
        kind = kind_of(path)
        if kind in given:
            raise InputError(f"a second file of one kind: {kind.value}", where=str(path), hint=f"the other is {given[kind]}")
        given[kind] = path
    if not given:
        raise InputError("no files given", hint="give the official JSON files")
    now = Knowledge((out, PACKAGED))
    files: dict[str, bytes] = {}
    written: list[Provenance] = []
    if progress:
        progress("reading official files", 0, len(given))
    tables = parse_release(given[Kind.ATTACK]) if Kind.ATTACK in given else now.attack.tables
    if any(kind in given for kind in ON_ACTORS):
        actors = rebuilt_actors(tables, given, now)
        tables = with_states(tables, actors[1])
        files |= attack_files(tables)
        written += attack_provenance(tables, (Kind.ATTACK, tables.version, tables.date, "MITRE ATT&CK terms of use"))
        made: list[Table] = [actors, *rebuilt_families(tables, actors[1], given, now)]
    else:
        made = [*rebuilt_families(tables, tuple(now.actors), given, now)]
    for file, rows, sources in (*made, *_catalogues(given, tables, now)):
        files[file] = encode(rows)
        written += [msgspec.structs.replace(source, file=file, rows=len(rows)) for source in sources]
    out.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        write_atomically(out / file, data)
    kept = [row for row in _provenance_in(out) if row.file not in files]
    write_atomically(out / "provenance.json", encode(tuple(sorted([*kept, *written], key=lambda row: (row.file, row.source)))))
    if progress:
        progress("written", len(given), len(given))
    return tuple(written)


def _provenance_in(folder: Path) -> tuple[Provenance, ...]:
    path = folder / "provenance.json"
    if not path.is_file():
        return ()
    try:
        return msgspec.json.decode(path.read_bytes(), type=tuple[Provenance, ...])
    except (OSError, ValueError):
        return ()  # a broken note about files that are being replaced anyway


def _source(name: str, version: str, date: str, licence: str) -> Provenance:
    return Provenance(file="", source=name, version=version, date=date, licence=licence, rows=0)


Table = tuple[str, tuple[Row, ...], Sequence[Provenance]]  # file, rows, sources
ON_ACTORS = (Kind.ATTACK, Kind.ACTORS, Kind.MICROSOFT)
# The names under which a source stands in the table of actors.
_RENEWED = {Kind.ATTACK: ("MITRE ATT&CK",), Kind.ACTORS: ("MISP galaxy", "CFR"), Kind.MICROSOFT: ("Microsoft",)}
_GALAXY_LICENCE = "CC0-1.0 or BSD-2-Clause"


def rebuilt_actors(
    attack: AttackTables, given: dict[Kind, Path], now: Knowledge
) -> tuple[str, tuple[Actor, ...], list[Provenance]]:
    """The table of actors with the newer sources merged into it."""
    sources = {row.source: row for row in now.provenance if row.file == "actors.json"}
    read = {kind: read_json(given[kind], GalaxyFile) for kind in (Kind.ACTORS, Kind.MICROSOFT) if kind in given}
    states = tuple(now.states)
    rows = merge_actors(
        attack,
        Galaxy(
            misp=misp_entries(read[Kind.ACTORS], {}) if Kind.ACTORS in read else (),
            microsoft=microsoft_entries(read[Kind.MICROSOFT]) if Kind.MICROSOFT in read else (),
        ),
        states=states,
        sectors=tuple(now.sectors),
        vendors=tuple(now.vendors),
        belongings={one.id: (one.agency, one.agency_according_to) for one in now.actors if one.agency},
        words=group_words(given[Kind.ATTACK], states) if Kind.ATTACK in given else None,
        before=now.actors,
        renewed={name for kind in given for name in _RENEWED.get(kind, ())},
    )
    for kind, file in read.items():
        sources[kind] = _source(kind, str(file.version), "", _GALAXY_LICENCE)
    if Kind.ATTACK in given:
        sources[Kind.ATTACK] = _source(Kind.ATTACK, attack.version, attack.date, "MITRE ATT&CK terms of use")
    return "actors.json", rows, list(sources.values())


def rebuilt_families(
    attack: AttackTables, actors: Sequence[Actor], given: dict[Kind, Path], now: Knowledge
) -> list[tuple[str, tuple[Malware, ...], list[Provenance]]]:
    """The families with those of the newer sources, and without what a newer release of ATT&CK has itself; none where nothing
    that tells of them is newer."""
    if given.keys().isdisjoint((Kind.ATTACK, Kind.MALPEDIA, Kind.RANSOMWARE)):
        return []
    rows, sources = tuple(now.malware), {row.source: row for row in now.provenance if row.file == "malware.json"}
    rows = kept_families(attack, rows, (), "")
    nothing = GalaxyFile(values=[])
    for kind, name in ((Kind.MALPEDIA, "Malpedia"), (Kind.RANSOMWARE, "MISP galaxy")):
        if kind in given:
            file = read_json(given[kind], GalaxyFile)
            both = (file, nothing) if kind is Kind.MALPEDIA else (nothing, file)
            rows = kept_families(attack, rows, malware(attack, actors, *both), name)
            sources[kind] = _source(kind, str(file.version), "", _GALAXY_LICENCE)
    return [("malware.json", rows, list(sources.values()))]


def _catalogues(given: dict[Kind, Path], attack: AttackTables, now: Knowledge) -> list[Table]:
    """Every catalogue that was given."""
    found: list[Table] = []
    if Kind.KEV in given or Kind.KEV_MAP in given:
        found.append(_kev(given.get(Kind.KEV), given.get(Kind.KEV_MAP), now))
    if Kind.NIST in given:
        mappings = parse_mappings(given[Kind.NIST])
        version = mappings.metadata.mapping_framework_version
        found.append(("nist.json", parse_nist(mappings, attack), [_source(Kind.NIST, version, mappings.date, "Apache-2.0")]))
    if Kind.D3FEND in given:
        number, measures = parse_d3fend(given[Kind.D3FEND], attack)
        found.append(("d3fend.json", measures, [_source(Kind.D3FEND, str(number), "", "CC0-1.0 or BSD-2-Clause; D3FEND: MIT")]))
    return found


def _kev(catalogue: Path | None, mapping: Path | None, now: Knowledge) -> Table:
    """The catalogue and its mappings; the one of the two that is not given stays as it was."""
    rows = now.kev.rows
    sources = {row.source: row for row in now.provenance if row.file == "kev.json"}
    if catalogue:
        known = {row.cve: row.techniques for row in rows}
        version, date, newer = parse_kev(catalogue)
        rows = tuple(msgspec.structs.replace(row, techniques=known.get(row.cve, ())) for row in newer)
        sources[Kind.KEV] = _source(Kind.KEV, version, date, "CC0-1.0")
    if mapping:
        mappings = parse_mappings(mapping)
        rows = with_techniques(rows, mappings)
        version = mappings.metadata.mapping_framework_version
        sources[Kind.KEV_MAP] = _source(Kind.KEV_MAP, version, mappings.date, "Apache-2.0")
    return "kev.json", rows, list(sources.values())


# What newer knowledge changed: who and what is new, and who goes by another name now.
_TOLD = 12  # names in one line


def since(then: Iterable[tuple[str, str]], now: Knowledge) -> str:
    """With which sources of another version something was made: `MITRE ATT&CK enterprise bundle 18.1 (now 19.0)`; empty where
    they are the same. `then`: sources and their versions."""
    versions: dict[str, set[str]] = {}
    for row in now.provenance:
        versions.setdefault(row.source, set()).add(row.version)
    return ", ".join(
        f"{source} {version} (now {', '.join(sorted(versions[source]))})"
        for source, version in sorted(then)
        if source in versions and version not in versions[source]
    )


def changes(before: Knowledge, after: Knowledge) -> tuple[str, ...]:
    """A line each for new groups, renamed groups, new software, other new actors and new families, where there are any."""
    return tuple(
        line
        for line in (
            _new("groups", before.attack.groups, after.attack.groups),
            _renamed(before.attack.groups, after.attack.groups),
            _new("software", before.attack.software, after.attack.software),
            _new("other actors", before.actors, (one for one in after.actors if not one.group)),
            _new("families", before.malware, after.malware),
        )
        if line
    )


Rows = Iterable[Group | Software | Actor | Malware]


def _new(what: str, before: Rows, after: Rows) -> str:
    known = {one.id for one in before}
    found = [f"{one.name} ({one.id})" for one in after if one.id not in known]
    return f"new {what}: {_listed(found)}" if found else ""


def _renamed(before: Iterable[Group], after: Iterable[Group]) -> str:
    names = {one.id: one.name for one in before}
    found = [f"{names[one.id]} is {one.name} ({one.id})" for one in after if names.get(one.id, one.name) != one.name]
    return f"renamed: {_listed(found)}" if found else ""


def _listed(found: list[str]) -> str:
    return "; ".join(found[:_TOLD]) + (f"; and {len(found) - _TOLD} more" if len(found) > _TOLD else "")
