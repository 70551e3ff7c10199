"""A name leads to one actor or to none, and every part of the program asks the same place."""

from __future__ import annotations

import pytest

from indicia.advise.facts import Facts
from indicia.knowledge import Knowledge, load
from indicia.knowledge.resolve import ActorNames, names_of
from indicia.records import Level, Saying, Stance
from indicia.weigh.accused import lay_nodes


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="module")
def names(knowledge: Knowledge) -> ActorNames:
    return names_of(knowledge)


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("G0016", "G0016"),
        ("APT29", "G0016"),
        ("apt 29", "G0016"),
        ("Cozy Bear", "G0016"),
        ("DarkHalo", "G0016"),
        ("Cold River", "G1033"),
        ("Bluenoroff", "G0082"),
        ("Thrip", "G0076"),  # its own group in ATT&CK, and others' word for Lotus Blossom
        ("GOP", None),  # what several called themselves
        ("nobody at all", None),
        ("", None),
    ],
)
def test_names_of_groups(names: ActorNames, name: str, group: str | None) -> None:
    assert names.group(name) == group


def test_an_actor_that_attack_does_not_know(names: ActorNames) -> None:
    actor = names.actor("Guccifer 2.0")
    assert actor is not None and actor.group is None and actor.agency == "gru"


def test_agencies(names: ActorNames) -> None:
    found = names.agency("SVR")
    assert found is not None and found.state == "RU"
    assert names.agency("no such office") is None


def test_weighing_and_advice_mean_the_same_actor(knowledge: Knowledge, names: ActorNames) -> None:
    facts = Facts(knowledge)
    live = {group.id for group in knowledge.attack.groups}
    every = sorted({alias.name for actor in knowledge.actors for alias in actor.aliases})
    assert len(every) > 2000
    sayings = {name: Saying(source="X", stance=Stance.ACCUSES, accused=name, level=Level.GROUP) for name in every}
    layout = lay_nodes(list(sayings.values()), knowledge)
    for name in every:
        group = names.group(name)
        assert facts.group(name) == group
        if names.agency(name) is None and knowledge.state(name) is None:
            (at,) = layout.named[sayings[name]]
            assert (at == group) == (group in live)
