"""Actors: joined without losing who says what, and never joined over one shared alias."""

from __future__ import annotations

from collections import defaultdict

import pytest

from indicia.knowledge import fold, load
from indicia.knowledge.galaxy import Galaxy, GalaxyEntry, users_by_style
from indicia.knowledge.library import PACKAGED
from indicia.knowledge.merging import merge_actors
from indicia.knowledge.tables import AttackTables, Group, Sector, State

KNOWN = load(PACKAGED)


def test_every_group_is_one_actor() -> None:
    assert [actor.group for actor in KNOWN.actors if actor.group] == [group.id for group in KNOWN.attack.groups]
    for group in KNOWN.attack.groups:
        actor = KNOWN.actor_of(group.id)
        assert actor and actor.id == group.id and actor.name == group.name
        assert {fold(name) for name in (group.name, *group.aliases)} <= {fold(name) for name in actor.names}
        assert group.state == actor.state


def test_no_alias_is_with_two_actors_silently() -> None:
    owners = defaultdict(set)
    for actor in KNOWN.actors:
        for alias in actor.aliases:
            owners[fold(alias.name)].add(actor.id)
    for actor in KNOWN.actors:
        for alias in actor.aliases:
            assert set(alias.shared_with) == owners[fold(alias.name)] - {actor.id}, (actor.id, alias)


def test_every_name_says_who_uses_it() -> None:
    for actor in KNOWN.actors:
        assert actor.names[0] and fold(actor.names[0]) == fold(actor.name)
        assert len({fold(name) for name in actor.names}) == len(actor.names)
        assert all(alias.according_to for alias in actor.aliases), actor.id


def test_states_and_agencies_exist_and_name_who_said_so() -> None:
    for actor in KNOWN.actors:
        codes = {actor.state, *actor.other_states, *actor.victims} - {None}
        assert all(code in KNOWN.states for code in codes), actor.id
        assert bool(actor.state) == bool(actor.state_according_to)
        assert actor.agency is None or (actor.agency in KNOWN.agencies and actor.agency_according_to)
        assert all(sector in KNOWN.sectors for sector in actor.sectors)


@pytest.mark.parametrize(
    ("name", "id", "state"),
    [
        ("hafnium", "G0125", "CN"),
        ("Silk Typhoon", "G0125", "CN"),
        ("Cozy Bear", "G0016", "RU"),
        ("APT-28", "G0007", "RU"),
        ("APT31", "G0128", "CN"),
        ("Andariel", "G0138", "KP"),
        ("Lazarus", "G0032", "KP"),
        ("Volt Typhoon", "G1017", "CN"),
        ("Sandworm", "G0034", "RU"),
    ],
)
def test_well_known_names(name: str, id: str, state: str) -> None:
    first = KNOWN.actors.named(name)[0]
    assert (first.id, first.state) == (id, state)


def test_silk_typhoon_is_microsofts_name() -> None:
    actor = KNOWN.actors.get("G0125")
    assert actor
    users = {alias.name: alias.according_to for alias in actor.aliases}
    assert "Microsoft" in users["Silk Typhoon"]
    assert "Volexity" in users["Operation Exchange Marauder"]
    assert "CrowdStrike" in users["MURKY PANDA"]


def test_subgroups_stay_apart() -> None:
    assert {actor.id for actor in KNOWN.actors.named("Andariel")} >= {"G0138", "G0032"}
    assert KNOWN.actors.get("G0138") != KNOWN.actors.get("G0032")


def test_nobody_is_named() -> None:
    assert KNOWN.actors.named("no such actor") == KNOWN.actors.named("") == KNOWN.actors.named("--") == ()


# The rules of joining, on made-up sources.

STATES = (State(code="AA", name="Aland"), State(code="BB", name="Beeland"))
SECTORS = (Sector(name="energy", words=("Power",)),)


def attack(*groups: Group) -> AttackTables:
    return AttackTables(
        version="0", date="", tactics=(), techniques=(), groups=groups, software=(), campaigns=(), mitigations=()
    )


def entry(name: str, *names: str, source: str = "MISP galaxy", **more: object) -> GalaxyEntry:
    return GalaxyEntry(source=source, name=name, names=(name, *names), **more)  # type: ignore[arg-type]


def merged(
    groups: tuple[Group, ...], misp: tuple[GalaxyEntry, ...] = (), microsoft: tuple[GalaxyEntry, ...] = ()
) -> dict[str, set[str]]:
    rows = merge_actors(attack(*groups), Galaxy(misp=misp, microsoft=microsoft), states=STATES, sectors=SECTORS, vendors=())
    return {row.id: set(row.names) for row in rows}


ONE, TWO = Group(id="G0001", name="Alpha", aliases=("Ace", "Both")), Group(id="G0002", name="Beta", aliases=("Bee", "Both"))


def test_same_main_name_joins() -> None:
    assert merged((ONE, TWO), (entry("ALPHA", "Alfa"),))["G0001"] == {"Alpha", "Ace", "Both", "Alfa"}


def test_shared_alias_does_not_join() -> None:
    rows = merged((ONE, TWO), (entry("Both"),))
    assert set(rows) == {"G0001", "G0002", "actor:both"}


def test_single_common_alias_does_not_join() -> None:
    assert set(merged((ONE, TWO), (entry("Gamma", "Ace"),))) == {"G0001", "G0002", "actor:gamma"}


def test_entry_that_names_two_groups_joins_neither() -> None:
    assert set(merged((ONE, TWO), (entry("Gamma", "Alpha", "Beta"),))) == {"G0001", "G0002", "actor:gamma"}


def test_what_a_source_keeps_apart_stays_apart() -> None:
    rows = merged((ONE,), (entry("Alpha"), entry("Ace", "Ace of Spades")))
    assert set(rows) == {"G0001", "actor:ace"}


def test_number_of_attack_joins_whatever_the_name() -> None:
    assert "Delta" in merged((ONE, TWO), (entry("Delta", group="G0002"),))["G0002"]


def test_disagreement_about_the_state_is_kept() -> None:
    rows = merge_actors(
        attack(ONE),
        Galaxy(
            misp=(entry("Alpha", states={"AA": ("MISP galaxy",)}),),
            microsoft=(entry("Alpha", source="Microsoft", states={"Beeland": ("Microsoft",)}),),
        ),
        states=STATES,
        sectors=SECTORS,
        vendors=(),
    )
    assert rows[0].state is None
    assert rows[0].other_states == {"AA": ("MISP galaxy",), "BB": ("Microsoft",)}


@pytest.mark.parametrize(
    ("name", "vendors"),
    [("FANCY BEAR", ("CrowdStrike",)), ("Storm-0558", ("Microsoft",)), ("UNC3886", ("Mandiant",)), ("Turla", ()), ("bear", ())],
)
def test_naming_schemes(name: str, vendors: tuple[str, ...]) -> None:
    assert users_by_style(name) == vendors
