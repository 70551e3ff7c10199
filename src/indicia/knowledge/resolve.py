"""A name to an actor, an agency or a piece of software: one answer, wherever it is asked.

ATT&CK's own name of a group comes first, then the canonical name of an actor that is a group there, then ATT&CK's aliases, then
everybody's; of software ATT&CK's own name, its other names, then everybody's. A name that leads to two leads to neither: "no
merge is for ever", and a wrong one would accuse somebody. Spelling counts as little as in `Index`: "APT 28" is "apt-28".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Generic, Protocol, TypeVar

from indicia.knowledge.index import fold, kept_by_tables
from indicia.knowledge.tables import Actor, Agency, Group, Malware, Software, Technique

R = TypeVar("R")


class _Groups(Protocol):
    @property
    def groups(self) -> Iterable[Group]: ...


class Named(Protocol):
    """The tables that names are looked up in; `Knowledge` has them, and older releases of ATT&CK too."""

    @property
    def attack(self) -> _Groups: ...
    @property
    def actors(self) -> Iterable[Actor]: ...
    @property
    def agencies(self) -> Iterable[Agency]: ...


class _Programs(Protocol):
    @property
    def software(self) -> Iterable[Software]: ...


class NamedSoftware(Protocol):
    """The tables that names of software are looked up in."""

    @property
    def attack(self) -> _Programs: ...
    @property
    def malware(self) -> Iterable[Malware]: ...


class _Layers(Generic[R]):
    """Names in layers; the first layer in which a name stands answers, and it answers nothing where it holds two."""

    def __init__(self) -> None:
        self._layers: list[dict[str, dict[str, R]]] = []

    def layer(self, rows: Iterable[tuple[str, str, R]]) -> None:
        """Adds one layer of (name, id, what it is)."""
        found: dict[str, dict[str, R]] = {}
        for name, id, row in rows:
            if key := fold(name):
                found.setdefault(key, {}).setdefault(id, row)
        self._layers.append(found)

    def get(self, name: str) -> R | None:
        key = fold(name)
        for layer in self._layers:
            if found := layer.get(key):
                return next(iter(found.values())) if len(found) == 1 else None
        return None


class ActorNames:
    """Who goes by a name."""

    def __init__(self, known: Named) -> None:
        actors, groups = tuple(known.actors), tuple(known.attack.groups)
        self._by_group = {actor.group: actor for actor in actors if actor.group}
        live = {group.id for group in groups}

        def of_group(group: Group) -> Actor:
            return self._by_group.get(group.id) or Actor(id=group.id, name=group.name, group=group.id, state=group.state)

        def grouped(actor: Actor) -> bool:
            return actor.group in live

        self._actors: _Layers[Actor] = _Layers()
        self._actors.layer((one.id, one.id, of_group(one)) for one in groups)
        self._actors.layer((one.name, one.id, of_group(one)) for one in groups)
        self._actors.layer((one.name, one.id, one) for one in actors if grouped(one))
        self._actors.layer((alias, one.id, of_group(one)) for one in groups for alias in one.aliases)
        self._actors.layer((one.name, one.id, one) for one in actors)
        self._actors.layer((alias.name, one.id, one) for one in actors for alias in one.aliases)
        self._actors.layer((one.id, one.id, one) for one in actors)
        self._agencies: _Layers[Agency] = _Layers()
        self._agencies.layer((one.id, one.id, one) for one in known.agencies)
        self._agencies.layer((one.name, one.id, one) for one in known.agencies)
        self._agencies.layer((name, one.id, one) for one in known.agencies for name in one.names)

    def actor(self, name: str) -> Actor | None:
        """The one actor that goes by a name or has this id; None where nobody or more than one does."""
        return self._actors.get(name)

    def group(self, name: str) -> str | None:
        """ATT&CK's id of the group that goes by a name."""
        actor = self.actor(name)
        return actor.group if actor else None

    def agency(self, name: str) -> Agency | None:
        """The one agency that goes by a name or has this id."""
        return self._agencies.get(name)

    def actor_of(self, group: str) -> Actor | None:
        """The actor that is ATT&CK's group `group`."""
        return self._by_group.get(group)


@kept_by_tables
def names_of(known: Named) -> ActorNames:
    """The names in some tables."""
    return ActorNames(known)


class SoftwareNames:
    """What goes by a name of software."""

    def __init__(self, known: NamedSoftware) -> None:
        programs, others = tuple(known.attack.software), tuple(known.malware)
        self._rows: _Layers[Software | Malware] = _Layers()
        self._rows.layer((one.id, one.id, one) for one in programs)
        self._rows.layer((one.name, one.id, one) for one in programs)
        self._rows.layer((name, one.id, one) for one in programs for name in one.aliases)
        self._rows.layer((one.name, one.id, one) for one in others)
        self._rows.layer((name, one.id, one) for one in others for name in one.aliases)

    def get(self, name: str) -> Software | Malware | None:
        """The one piece of software that goes by a name or has this id: ATT&CK's, or one that only others know."""
        return self._rows.get(name)


@kept_by_tables
def software_of(known: NamedSoftware) -> SoftwareNames:
    """The names of software in some tables."""
    return SoftwareNames(known)


# What somebody types for a technique or a piece of software, whatever the spelling: case, blanks, hyphens and dots do not count
# ("Rok RAT", "ROKRAT"), nor does a word for the class ("Rokrat malware"). A main name goes before an alias; a name that leads
# to several leads to none of them, and whoever asks says which they are.
_CLASS = re.compile(r"[\s-](?:malware|ransomware|trojan|backdoor|loader|stealer|tool|rat|web ?shell)$", re.IGNORECASE)


class Spellings:
    """The names of some rows, as they are typed."""

    def __init__(self, rows: Iterable[Software | Malware | Technique]) -> None:
        main: dict[str, dict[str, None]] = {}
        alias: dict[str, dict[str, None]] = {}
        for row in rows:
            main.setdefault(fold(row.name), {})[row.id] = None
            for name in () if isinstance(row, Technique) else row.aliases:
                alias.setdefault(fold(name), {})[row.id] = None
        self._ids = {key: tuple(main.get(key) or alias[key]) for key in sorted({*main, *alias} - {""})}

    def ids(self, text: str) -> tuple[str, ...]:
        """The ids that go by a name; () where none does, several where it is a collision."""
        return self._ids.get(fold(text), ()) or self._ids.get(fold(_CLASS.sub("", text.strip())), ())

    def collisions(self) -> dict[str, tuple[str, ...]]:
        """Every spelling that leads to more than one."""
        return {key: ids for key, ids in self._ids.items() if len(ids) > 1}
