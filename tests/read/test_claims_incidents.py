"""Which affair a claim is about. The sentences are made up for this test."""

from __future__ import annotations

import numpy as np
import pytest

from indicia import knowledge
from indicia.read.claims.deeds import Deeds, ToldDeed
from indicia.read.claims.network import FIELDS
from indicia.read.claims.parties import NamesByPlace, Parties
from indicia.read.claims.proposals import Proposal
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.records import Stance

KNOWN = knowledge.load()
TREASURY = "The hack of the Treasury was found in December."


def told(
    text: str, act: str = "", published: str | None = None, victims: tuple[str, ...] = ()
) -> tuple[str | None, str | None]:
    """(name, id) of the deed of a claim whose sentence is the last one of a text."""
    about = deed_of(text, act, published, victims).about
    return (about[0].name, about[0].id) if about else (None, None)


def deed_of(text: str, act: str = "", published: str | None = None, victims: tuple[str, ...] = ()) -> ToldDeed:
    document = document_from_text(text, name="case", published=published)
    places = {name: (text.rindex(name), text.rindex(name) + len(name)) for name in (act, *victims) if name}
    start = text.rstrip(".").rfind(". ") + 1
    heard = Proposal(
        stance=Stance.ACCUSES,
        score=1.0,
        accused=None,
        speaker=None,
        sentence=(start, len(text)),
        odds=np.zeros(sum(map(len, FIELDS.values())), np.float32),
        tags={"incident": (places[act],) if act else (), "victims": tuple(places[name] for name in victims)},
        accused_led=None,
        speaker_led=None,
    )
    parties = Parties(text, NamesByPlace(find_names(document, KNOWN)), KNOWN)
    return Deeds(document, parties, KNOWN).of(heard, None, None)


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("They hit anti-doping bodies last year.", "doping bodies", "anti-doping bodies"),
        ("They hit U.S.-run ports.", ".S.-run ports", "U.S.-run ports"),
        ("They stole from the Bank of Bangladesh in 2016.", "of Bangladesh", "Bank of Bangladesh"),
        ("They stole from Banco de Chile and others.", "Banco", "Banco de Chile"),
        ("They broke into Korea Hydro & Nuclear Power in 2014.", "Hydro & Nuclear Power", "Korea Hydro & Nuclear Power"),
        ("They broke into the mail of Fjordbank on Monday.", "Fjordbank", "Fjordbank"),
        ("On Monday Fjordbank was hit.", "Fjordbank", "Fjordbank"),
        ("Yesterday Fjordbank was hit.", "Fjordbank", "Fjordbank"),
        ("Fjordbank’s clients were hit.", "clients", "clients"),
        ("Nordic Cyber Group Hits Fjordbank for money.", "Fjordbank", "Fjordbank"),
    ],
)
def test_a_victim_is_whole_though_the_words_that_were_marked_are_cut(text: str, cut: str, whole: str) -> None:
    (place,) = deed_of(text, victims=(cut,)).victims
    assert text[slice(*place)] == whole


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Seoul said the North had copied the plans of Korea's nuclear reactors in 2014.", "kimsuky-khnp-2014"),
        ("Berlin attributes the attack on German air traffic control to APT28.", "dfs-2024"),
        ("Russia, said Kyiv, was behind the attack on Ukraine's registers.", "ukraine-registers-2024"),
        ("The chemical weapons watchdog's network was the aim of the GRU's car.", "opcw-2018"),
        ("Conti's attack on the Irish health service took weeks to clear.", "hse-2021"),
        ("The Dutch say Laundry Bear took the police officers' contact details.", "dutch-police-2024"),
        ("An employee of C&M Software sold his login.", "cm-software-2025"),
        ("Montenegro aligns itself with the Union's statement on Russia.", None),
        ("The target of the operation was a bakery in Leicester.", None),
        ("The queue at the Co-op was long.", None),
    ],
)
def test_told_by_words(text: str, id: str | None) -> None:
    assert told(text)[1] == id


@pytest.mark.parametrize(
    ("day", "id"), [(None, "us-treasury-2024"), ("2025-01-06", "us-treasury-2024"), ("2020-12-14", None), ("2021", None)]
)
def test_no_incident_is_told_before_it_began(day: str | None, id: str | None) -> None:
    assert told(TREASURY, published=day)[1] == id


def test_a_deed_without_a_name_is_called_by_who_was_hit() -> None:
    assert (
        told("Oslo accused Russia of the attack on Kestrel Ports.", "the attack on Kestrel Ports")[0]
        == "attack on Kestrel Ports"
    )
    assert told("Oslo accused Russia of the hack. Kestrel Ports was hit.", victims=("Kestrel Ports",))[0] == "Kestrel Ports"
    assert told("Kestrel Ports was hit by a breach.", "breach", victims=("Kestrel Ports",))[0] == "breach of Kestrel Ports"


def test_a_deed_that_is_pointed_back_to_is_the_one_before() -> None:
    before = "NotPetya cost the ports billions. "
    assert told(f"{before}Norway blamed Russia for the attack.", "the attack")[1] == "notpetya"
    assert (
        told(f"{before}Norway blamed Russia for the attack on Larkspur Bank.", "attack on Larkspur Bank")[0]
        == "attack on Larkspur Bank"
    )
    assert told(f"{before}Norway blamed Russia for cyberattacks on banks.", "cyberattacks on banks")[1] is None
