"""The hand-written tables beside this file -> rows. YAML is read as text only, so that "NO" stays Norway."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from indicia.knowledge.tables import Agency, Incident, Row, Sector, State, Vendor

HERE = Path(__file__).parent
R = TypeVar("R", bound=Row)


def _yaml(name: str) -> object:
    return yaml.load((HERE / name).read_text("utf-8"), Loader=yaml.BaseLoader)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))


def _rows(name: str, kind: type[R]) -> tuple[R, ...]:
    return msgspec.convert(_yaml(name), tuple[kind, ...], strict=False)  # type: ignore[valid-type]


def states() -> tuple[State, ...]:
    found = []
    for line in (HERE / "states.psv").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        code, name, names, capital, seats, people = line.split("|")
        found.append(
            State(
                code=code,
                name=name,
                names=_split(names),
                capital=capital or None,
                capitals=_split(seats),
                demonyms=_split(people),
            )
        )
    return tuple(sorted(found, key=lambda row: row.code))


def sectors() -> tuple[Sector, ...]:
    table = msgspec.convert(_yaml("sectors.yml"), dict[str, list[str]])
    return tuple(Sector(name=name, words=tuple(dict.fromkeys(words))) for name, words in sorted(table.items()))


def agencies() -> tuple[Agency, ...]:
    return tuple(sorted(_rows("agencies.yml", Agency), key=lambda row: row.id))


def vendors() -> tuple[Vendor, ...]:
    return tuple(sorted(_rows("vendors.yml", Vendor), key=lambda row: (row.kind, row.name.casefold())))


def incidents() -> tuple[Incident, ...]:
    rows: list[Incident] = []
    for path in sorted(HERE.glob("incidents*.yml")):
        rows += _rows(path.name, Incident)
    return tuple(sorted(rows, key=lambda row: row.id))


def belongings() -> dict[str, tuple[str, tuple[str, ...]]]:
    return msgspec.convert(_yaml("actor_agencies.yml"), dict[str, tuple[str, tuple[str, ...]]])
