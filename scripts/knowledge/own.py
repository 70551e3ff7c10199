"""The hand-written tables beside this file -> rows. YAML is read as text only, so that "NO" stays Norway."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

import msgspec
import yaml

from indicia.knowledge.galaxy import GalaxyEntry
from indicia.knowledge.tables import Agency, Incident, Office, Row, Sector, State, Vendor

HERE = Path(__file__).parent
R = TypeVar("R", bound=Row)


def _yaml(name: str) -> object:
    return yaml.load((HERE / name).read_text("utf-8"), Loader=yaml.BaseLoader)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))


def _cells(name: str) -> list[list[str]]:
    lines = (HERE / name).read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.split("|")] for line in lines if line and not line.startswith("#")]


def _spellings(name: str, names: str) -> tuple[str, ...]:
    """The other names; those that begin with "US" or "UK" also with dots."""
    found = []
    for each in (name, *_split(names)):
        found.append(each)
        if each[:3] in {"US ", "UK "}:
            found.append(f"{each[0]}.{each[1]}.{each[2:]}")
    return tuple(dict.fromkeys(each for each in found if each != name))


def _rows(name: str, kind: type[R]) -> tuple[R, ...]:
    return msgspec.convert(_yaml(name), tuple[kind, ...], strict=False)  # type: ignore[valid-type]


def later() -> dict[str, str]:
    """Ids of techniques in releases of ATT&CK after ours -> ids in ours."""
    return {id: ours for id, ours, _ in _cells("attack_later.psv")}


def states() -> tuple[State, ...]:
    cities = dict(_cells("cities.psv"))
    found = [
        State(
            code=code,
            name=name,
            names=_split(names),
            capital=capital or None,
            capitals=_split(seats),
            demonyms=_split(people),
            cities=_split(cities.get(code, "")),
        )
        for code, name, names, capital, seats, people in _cells("states.psv")
    ]
    return tuple(sorted(found, key=lambda row: row.code))


def sectors() -> tuple[Sector, ...]:
    table = msgspec.convert(_yaml("sectors.yml"), dict[str, list[str]])
    return tuple(Sector(name=name, words=tuple(dict.fromkeys(words))) for name, words in sorted(table.items()))


def agencies() -> tuple[Agency, ...]:
    by_code = {state.code: state.name for state in states()}
    found = []
    for id, name, names, state, kind, speaks_for, *part_of in _cells("agencies.psv"):
        found.append(
            Agency(
                id=id,
                name=name,
                names=_spellings(name, names),
                state=state or None,
                kind=kind,
                speaks_for=speaks_for or by_code.get(state),
                part_of=part_of[0] if part_of and part_of[0] else None,
            )
        )
    return tuple(sorted(found, key=lambda row: row.id))


def vendors() -> tuple[Vendor, ...]:
    found = [
        Vendor(name=name, names=_split(names), state=state or None, kind=kind, common_word=common == "x")
        for kind, name, names, state, common in _cells("vendors.psv")
    ]
    return tuple(sorted(found, key=lambda row: (row.kind, row.name.casefold())))


@cache
def generic_words() -> frozenset[str]:
    lines = (HERE / "generic.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def offices() -> tuple[Office, ...]:
    return tuple(sorted(_rows("offices.yml", Office), key=lambda row: row.name))


def actors() -> tuple[GalaxyEntry, ...]:
    """Our own additions to the catalogues of actors."""
    rows = msgspec.convert(_yaml("actors.yml"), list[_OwnActor])
    return tuple(
        GalaxyEntry(
            source="Indicia",
            name=row.name,
            names=tuple(dict.fromkeys([row.name, *row.names])),
            states=row.states,
            kind=row.kind,
        )
        for row in rows
    )


class _OwnActor(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    names: list[str]
    kind: str
    states: dict[str, tuple[str, ...]] = {}


@cache
def _attack_words() -> tuple[str, ...]:
    lines = (HERE / "attack_words.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _words(alternatives: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Lower case, without the quotation marks that are there for the eye, and with every word for an attack where one is."""
    return tuple(tuple(_item(item) for item in items) for items in alternatives)


def _item(item: str) -> str:
    words = item.replace('"', "").casefold().split("|")
    if {"hack", "attack"} & set(words):
        words += _attack_words()
    return "|".join(dict.fromkeys(words))


def incidents() -> tuple[Incident, ...]:
    rows: list[Incident] = []
    for path in sorted(HERE.glob("incidents*.yml")):
        rows += [msgspec.structs.replace(row, words=_words(row.words)) for row in _rows(path.name, Incident)]
    return tuple(sorted(rows, key=lambda row: row.id))


def belongings() -> dict[str, tuple[str, tuple[str, ...]]]:
    return msgspec.convert(_yaml("actor_agencies.yml"), dict[str, tuple[str, tuple[str, ...]]])


def told_apart() -> dict[str, str]:
    """Names in MISP galaxy's list -> names of ours, where another actor goes by the same name."""
    return msgspec.convert(_yaml("told_apart.yml"), dict[str, str])
