"""Tables -> data files, with a provenance file beside them. The same tables give the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from indicia.knowledge.tables import Actor, AttackTables, AttackUses, Provenance, Row
from indicia.writing import write_atomically

__all__ = ["Source", "attack_files", "attack_provenance", "encode", "store", "with_states"]

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
