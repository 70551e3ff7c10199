"""Which incidents a sentence speaks of. The sentences are made up for this test."""

from __future__ import annotations

import pytest

from indicia.knowledge import load
from indicia.knowledge.library import PACKAGED
from indicia.knowledge.names import Affairs
from indicia.knowledge.tables import Incident

AFFAIRS = load(PACKAGED).affairs


@pytest.mark.parametrize(
    ("text", "id", "by"),
    [
        ("London blamed Beijing for the Microsoft Exchange hack.", "exchange-2021", "name"),
        ("The ProxyLogon attacks began in January.", "exchange-2021", "name"),
        ("Thousands of Exchange servers were compromised that spring.", "exchange-2021", "words"),
        ("Patch CVE-2021-26855 first.", "exchange-2021", "cve"),
        ("Berlin issued a warrant over the 2015 intrusion into the German parliament.", "bundestag-2015", "words"),
        ("Satellite modems all over Ukraine went dark in the hour of the invasion.", "viasat-2022", "words"),
        ("Whoever hacked Sony Pictures wiped its disks.", "sony-2014", "words"),
        ("The breach of the Storting's e-mail in August 2020 was Russia's work, Oslo said.", "storting-2020", "words"),
        ("Norway's parliament was hit again in March 2021, through Exchange.", "exchange-2021", "words"),
        ("NotPetya cost Maersk dearly.", "notpetya", "name"),
    ],
)
def test_sentences(text: str, id: str, by: str) -> None:
    found = {one.incident.id: one.by for one in AFFAIRS.find(text)}
    assert found.get(id) == by, found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The bank raised its interest rate.",
        "The Tokyo stock exchange closed early after an outage.",
        "Germany's parliament passed the budget.",
        "Sony released a new console.",
        "The target of the operation was a ministry.",
        "Viasatellite is not a company name.",
    ],
)
def test_sentences_about_nothing_known(text: str) -> None:
    assert AFFAIRS.find(text) == ()


def test_names_come_before_words_and_each_incident_once() -> None:
    found = AFFAIRS.find("The SolarWinds hack and the Exchange servers that were attacked, CVE-2021-26855 among the holes.")
    assert [(one.incident.id, one.by) for one in found] == [("solarwinds", "name"), ("exchange-2021", "cve")]


def test_longest_name_first() -> None:
    long, short = Incident(id="a", name="Alpha Bank heist"), Incident(id="b", name="Alpha Bank")
    assert [one.incident.id for one in Affairs([short, long]).find("the Alpha Bank heist")] == ["a", "b"]


def test_no_incidents_at_all() -> None:
    assert Affairs([]).find("anything CVE-2021-26855") == ()
