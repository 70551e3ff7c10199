"""The other tables: whole, consistent among each other, and wide enough."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from indicia.knowledge import fold, load
from indicia.knowledge.library import PACKAGED, too_old
from indicia.knowledge.tables import Provenance
from indicia.records import Firmness, Level, Motive, Stance

KNOWN = load(PACKAGED)
DATE = re.compile(r"(19|20)\d\d(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


def test_sizes() -> None:
    kinds = Counter(vendor.kind for vendor in KNOWN.vendors)
    assert len(KNOWN.agencies) >= 250 and len(KNOWN.states) >= 195 and len(KNOWN.incidents) >= 100
    assert kinds["security"] + kinds["platform"] + kinds["research"] >= 150 and kinds["media"] >= 80
    assert len(KNOWN.kev) > 1400 and len(KNOWN.nist) > 100 and len(KNOWN.d3fend) > 100


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("China", "CN"),
        ("PRC", "CN"),
        ("Beijing", "CN"),
        ("Chinese", "CN"),
        ("Kremlin", "RU"),
        ("Moscow", "RU"),
        ("Russians", "RU"),
        ("U.S.", "US"),
        ("Foggy Bottom", "US"),
        ("White House", "US"),
        ("Downing Street", "GB"),
        ("Whitehall", "GB"),
        ("Britain", "GB"),
        ("DPRK", "KP"),
        ("ROK", "KR"),
        ("Czechia", "CZ"),
        ("Türkiye", "TR"),
        ("Danes", "DK"),
        ("The Hague", "NL"),
        ("no", "NO"),
    ],
)
def test_states_by_any_name(name: str, code: str) -> None:
    state = KNOWN.state(name.upper() if len(name) == 2 else name)
    assert state and state.code == code


def test_states_share_no_name_but_these() -> None:
    owners: dict[str, set[str]] = {}
    for state in KNOWN.states:
        for name in (state.name, *state.names, state.capital, *state.capitals, *state.demonyms):
            if name:
                owners.setdefault(name, set()).add(state.code)
    assert {name for name, codes in owners.items() if len(codes) > 1} == {"Congolese"}
    assert KNOWN.state("Congolese") is None


@pytest.mark.parametrize(
    ("name", "id", "state"),
    [
        ("National Cyber Security Centre", "ncsc-uk", "GB"),
        ("Cybersecurity and Infrastructure Security Agency", "cisa", "US"),
        ("Justice Department", "doj", "US"),
        ("U.S. Justice Department", "doj", "US"),
        ("EU foreign policy chief Josep Borrell", "eu-hr", None),
        ("NATO", "nato", None),
        ("Ministry of State Security", "mss", "CN"),
        ("Unit 26165", "gru-26165", "RU"),
        ("NUKIB", "nukib", "CZ"),
        ("Supo", "supo", "FI"),
        ("Islamic Revolutionary Guard Corps", "irgc", "IR"),
        ("CERT-UA", "cert-ua", "UA"),
    ],
)
def test_agencies_by_any_name(name: str, id: str, state: str | None) -> None:
    agency = KNOWN.agencies.one(name)
    assert agency and (agency.id, agency.state) == (id, state)


def test_agencies_are_consistent() -> None:
    owners: dict[str, set[str]] = {}
    for agency in KNOWN.agencies:
        assert agency.state is None or agency.state in KNOWN.states
        assert agency.speaks_for, agency.id
        assert agency.part_of is None or agency.part_of in KNOWN.agencies
        for name in (agency.name, *agency.names):
            owners.setdefault(name, set()).add(agency.id)
    assert not {name: ids for name, ids in owners.items() if len(ids) > 1}


def test_vendors_are_consistent() -> None:
    owners: dict[str, set[str]] = {}
    for vendor in KNOWN.vendors:
        assert vendor.kind in {"security", "platform", "research", "media"}
        assert vendor.state is None or vendor.state in KNOWN.states
        for name in (vendor.name, *vendor.names):
            owners.setdefault(name, set()).add(vendor.name)
    assert not {name: names for name, names in owners.items() if len(names) > 1}


def test_sectors_share_no_word() -> None:
    owners: dict[str, set[str]] = {}
    for sector in KNOWN.sectors:
        for word in sector.words:
            owners.setdefault(fold(word), set()).add(sector.name)
    assert not {word: names for word, names in owners.items() if len(names) > 1}


def test_incidents_exist_in_the_other_tables() -> None:
    attack = KNOWN.attack
    for incident in KNOWN.incidents:
        where = incident.id
        assert incident.sources and incident.name in incident.names or incident.name, where
        assert all(attack.technique(id) for id in incident.techniques), where
        assert all(attack.malware(id) for id in incident.software), where
        assert all(attack.campaign(id) for id in incident.campaigns), where
        assert all(re.fullmatch(r"CVE-(19|20)\d\d-\d{4,7}", cve) for cve in incident.cves), where
        assert all(code in KNOWN.states for code in incident.victim_countries), where
        assert all(sector in KNOWN.sectors for sector in incident.sectors), where
        assert all(DATE.fullmatch(date) for date in (incident.start, incident.disclosed) if date), where
        assert incident.motive is None or incident.motive in set(Motive), where
        assert all(word == word.casefold() and '"' not in word for words in incident.words for word in words), where


def test_allegations_name_their_speaker() -> None:
    for incident in KNOWN.incidents:
        for allegation in incident.alleged:
            assert allegation.actor and allegation.by, incident.id
            assert allegation.firmness in set(Firmness) and allegation.stance in set(Stance), incident.id
            assert allegation.level is None or allegation.level in set(Level), incident.id
            assert allegation.state is None or allegation.state in KNOWN.states, incident.id
            assert allegation.date and DATE.fullmatch(allegation.date), incident.id
            if re.fullmatch(r"G\d{4}", allegation.actor):
                group = KNOWN.attack.group(allegation.actor)
                assert group, incident.id
                # Whoever names a group need not name its state; who does must mean the state that is known of it.
                assert allegation.state in {None, group.state}, (incident.id, allegation)


def test_names_lead_to_one_incident_each() -> None:
    names = Counter(fold(name) for incident in KNOWN.incidents for name in {fold(n) for n in (incident.name, *incident.names)})
    assert not [name for name, count in names.items() if count > 1]


@pytest.mark.parametrize("name", ["the Microsoft Exchange hack", "Exchange Server compromises", "ProxyLogon"])
def test_the_exchange_hack(name: str) -> None:
    incident = KNOWN.incidents.one(name.removeprefix("the "))
    assert incident and incident.id == "exchange-2021"
    assert incident.cves == ("CVE-2021-26855", "CVE-2021-26857", "CVE-2021-26858", "CVE-2021-27065")
    assert any(patch.startswith("KB5000871") for patch in incident.patches)
    alleged = {(allegation.actor, allegation.by): allegation for allegation in incident.alleged}
    assert alleged["G0125", "Microsoft"].date == "2021-03-02"
    european = alleged["actors operating from China", "High Representative of the European Union"]
    assert european.level == "place"
    assert any(allegation.stance == "denies" for allegation in incident.alleged)
    assert not any(allegation.by == "NATO" for allegation in incident.alleged)  # it made no claim of its own
    assert {"T1190", "T1505.003"} <= set(KNOWN.techniques_of_incident(incident))


def test_techniques_of_campaigns_count_too() -> None:
    incident = KNOWN.incidents.get("solarwinds")
    assert incident and "T1195.002" in KNOWN.techniques_of_incident(incident)


def test_incidents_by_vulnerability() -> None:
    assert [row.id for row in KNOWN.incidents_of("cve-2021-26855")] == ["exchange-2021"]
    assert KNOWN.incidents_of("CVE-1999-0001") == ()


def test_kev() -> None:
    entry = KNOWN.kev.get("CVE-2021-26855")
    assert entry and entry.vendor == "Microsoft" and entry.added == "2021-11-03" and entry.ransomware
    for row in KNOWN.kev:
        assert re.fullmatch(r"CVE-\d{4}-\d{4,7}", row.cve) and DATE.fullmatch(row.added) and DATE.fullmatch(row.due)


def test_controls_act_on_living_techniques() -> None:
    for row in (*KNOWN.nist, *KNOWN.d3fend):
        assert row.name and all(id in KNOWN.attack.techniques for id in row.techniques), row.id
    assert any(row.id == "SI-02" and "T1190" in row.techniques for row in KNOWN.nist)


def test_malware_is_not_attacks_again() -> None:
    known = {fold(name) for row in KNOWN.attack.software for name in (row.name, *row.aliases)}
    for family in KNOWN.malware:
        assert fold(family.name) not in known, family.id
        assert 3 <= len(family.name) <= 40


@pytest.mark.parametrize("word", ["foreign ministry", "embassy", "parliament", "police", "intelligence service"])
def test_offices(word: str) -> None:
    assert [office.name for office in KNOWN.offices if word in office.words]


def test_what_is_over_a_year_old_is_warned_of() -> None:
    rows = [
        Provenance(file="a.json", source="ATT&CK", version="18.1", date="2025-11-12", licence="x", rows=1),
        Provenance(file="b.json", source="Ours", version="", date="", licence="x", rows=1),
    ]
    assert too_old(rows, date(2026, 11, 12)) == ""
    assert too_old(rows, date(2026, 11, 28)).startswith("over a year old: ATT&CK 18.1 (381 days); newer files: ")
