"""What a kind of attack calls for, also where a text tells few techniques; what is told for each platform; many patches."""

from __future__ import annotations

import msgspec
import pytest

from indicia.advise import words
from indicia.advise.advice import advise
from indicia.advise.facts import Facts
from indicia.advise.needs import Need, why
from indicia.advise.prevention import ids_of
from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.records import Case, Measure, MeasureKind, Rank
from tests.advise.test_advise import stated
from tests.sample_case import empty_case


def of_text(text: str, *ids: str) -> Case:
    return msgspec.structs.replace(stated(*ids), documents=(document_from_text(text, name="a.txt"),))


def prevents(case: Case, **options: object) -> list[Measure]:
    kinds = {MeasureKind.PATCH, MeasureKind.MITIGATE}
    return [one for one in advise(case, load(), rules={}, **options).measures if one.kind in kinds]  # type: ignore[arg-type]


RANSOMWARE = "The ransomware spread over night. The ransomware actors asked for ten coins."
MAIL = "A phishing mail came first. Phishing pages then took the sign-in of two mailboxes."
FLOOD = "A DDoS began at noon. The denial of service went on for a day."


@pytest.mark.parametrize(
    ("text", "adds", "log"),
    [
        (RANSOMWARE, "M1041", "Record every program start"),
        (MAIL, "M1054", "Record mailbox access"),
        (FLOOD, "FLOOD", "Record network flows"),
        ("Routers were taken over, and firewalls too.", "EDGE", "Firewalls, VPNs, routers"),
        ("The web shell lay beside a second web shell.", "M1050", "Send logs of applications"),
        ("Credential stuffing, then password spraying.", "M1036", "Keep sign-in and directory logs"),
        ("Vishing: a caller had the help desk reset a second factor in Okta.", "CALLER", "Keep sign-in and directory logs"),
        ("They admitted an OAuth application to the Entra tenant.", "CONSENT", "Keep sign-in and directory logs"),
        ("Tables were taken from Snowflake.", "NARROW", ""),
        ("An infostealer took the browser's session cookies.", "SESSION", ""),
        ("A worm in npm published malicious packages.", "BUILD", ""),
        ("A worm in npm published malicious packages.", "TAMPERED", ""),
        ("ESXi hosts were shut down.", "VIRTUAL", ""),
        ("They emptied MOVEit.", "KEEPLESS", ""),
        ("AnyDesk let them in.", "REMOTE", ""),
        ("The PLC of a waterworks was reached.", "DEFAULT", ""),
        ("A wiper ran at night.", "REBUILD", ""),
        ("HermeticWiper ran at night.", "REBUILD", ""),
        ("The remote terminal units of a power grid were switched off.", "PLANT", ""),
        ("The mail made Outlook send an NTLM hash to a stranger.", "M1043", "Record"),
        ("Journalists were written to.", "PERSONAL", ""),
    ],
)
def test_a_text_without_techniques_gets_the_floor_and_what_its_kind_of_attack_calls_for(text: str, adds: str, log: str) -> None:
    case = of_text(text)
    sources = " ".join(one.source for one in prevents(case)[:15])
    assert all(key in sources for key in (*words.floor().every, adds))
    assert any(one.title.startswith(log) for one in advise(case, load(), rules={}).measures)
    called = next(one for one in prevents(case) if adds in one.source)
    assert called.rank is Rank.STATED and not called.floor
    assert "Needed against" in called.why and called.references


@pytest.mark.parametrize(
    "text", [f"Ransomware is rare here. {'The minister spoke of trade. ' * 40}", "The minister spoke of trade.", ""]
)
def test_a_word_in_passing_calls_for_nothing(text: str) -> None:
    assert not prevents(of_text(text))
    assert not advise(empty_case(), load(), rules={}).measures


def test_a_text_that_speaks_of_an_attack_in_general_gets_what_is_due_in_every_case() -> None:
    found = prevents(of_text("Hackers of unit 12345 have attacked ministries since 2020."))
    assert {one.id for one in found} == set(ids_of((*words.floor().every, *words.floor().then)))
    assert all(one.why or not one.floor for one in found)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (FLOOD, ["FLOOD", "PLAN", "M1042"]),
        ("Malicious packages stood in npm.", ["TAMPERED", "BUILD", "M1032"]),
        ("They shut down ESXi hosts and vCenter.", ["VIRTUAL", "M1053"]),
        ("A help desk was called; the helpdesk reset the password.", ["M1032", "CALLER"]),
        ("Phishing mails, phishing pages, phished passwords of a journalist.", ["M1032", "M1017", "PERSONAL"]),
    ],
)
def test_each_kind_of_attack_has_its_own_beginning(text: str, first: list[str]) -> None:
    assert [one.source.split()[1] for one in prevents(of_text(text))[: len(first)]] == first


def first(case: Case, most: int) -> list[str]:
    return ["".join(one.source.split()[1:2]) for one in prevents(case)[:most]]


@pytest.mark.parametrize("ids", [("CVE-2025-15467",), ("CVE-2025-15467", "T1499.004"), ("CVE-2025-15467", "T1498")])
def test_a_flaw_that_nobody_attacked_is_patched_closed_and_looked_for(ids: tuple[str, ...]) -> None:
    text = "A crafted message causes a denial of service. The denial of service ends with a new start."
    found = prevents(of_text(text, *ids))
    assert found[0].kind is MeasureKind.PATCH
    assert [one.source.split()[1] for one in found[1:3]] == ["M1042", "M1016"]
    assert found[1].why.endswith("Needed against flaws in software.")
    assert not any("FLOOD" in one.source or "floods" in one.why for one in found)


def test_techniques_of_denial_tell_a_flood_where_no_flaw_is() -> None:
    assert first(stated("T1498"), 4).count("FLOOD") == 1
    assert "FLOOD" in first(of_text(FLOOD, "CVE-2025-15467"), 2)


def test_another_kind_is_told_before_flaws_are() -> None:
    found = prevents(of_text(RANSOMWARE, "CVE-2021-26855"))
    assert any("ransomware" in one.why for one in found) and not any("flaws in software" in one.why for one in found)


def test_what_acts_on_nothing_told_goes_in_the_order_of_the_floor() -> None:
    assert first(of_text("Hackers of unit 12345 have attacked ministries since 2020."), 8) == list(words.floor().every)


def test_ransomware_hits_machines_though_a_text_tells_of_mailboxes_only() -> None:
    ten = first(of_text(f"{RANSOMWARE} They wrote to mailboxes."), 10)
    assert {"M1053", "M1040", "M1030"} <= set(ten)
    assert "RDP" in next(one for one in prevents(of_text(f"{RANSOMWARE} The mailboxes.")) if "M1042" in one.source).instruction


def test_a_plan_to_go_on_by_hand_is_in_the_first_ten_where_plants_are_hit() -> None:
    assert "PLAN" in first(of_text(f"{RANSOMWARE} Ransomware reached the SCADA of a plant."), 10)


def test_a_log_says_which_kind_of_attack_it_shows() -> None:
    logs = [one for one in advise(of_text(FLOOD), load(), rules={}).measures if one.kind is MeasureKind.LOG]
    assert [one.why for one in logs] == ["Needed against floods of traffic."]


def test_what_an_organisation_needs_is_told_as_needed_there() -> None:
    found = {one.source.split()[1]: one.why for one in prevents(stated("T1003.001"), have=("health",))}
    assert found["PLANT"] == "Needed in health care."


def test_a_flood_is_filtered_by_the_provider_instead_of_by_rules_for_what_goes_out() -> None:
    found = prevents(of_text(FLOOD))
    assert [one.title for one in found if "M1037" in one.source] == ["Agree with your provider on who filters a flood"]
    assert any(one.source.startswith("ATT&CK M1037") for one in prevents(of_text("", "T1071.001")))


def test_a_provider_filters_floods_and_nothing_else() -> None:
    filtered = next(one for one in prevents(of_text(FLOOD, "T1190", "T1498.001", "T1071.001")) if "FLOOD" in one.source)
    assert filtered.covers == ("T1498.001",)


def test_what_no_endpoint_can_do_follows_where_there_is_none() -> None:
    order = [one.source.split()[1] for one in prevents(of_text("Routers of Cisco; firewalls.", "T1071.001"))]
    assert order.index("EDGE") < order.index("M1040")


def test_a_measure_says_which_step_of_the_chain_it_breaks() -> None:
    found = {one.source.split()[1]: one.why for one in prevents(stated("T1566.001", "T1003.001", "CVE-2021-26855"))}
    assert "T1003.001 LSASS Memory (credential access)" in found["M1025"]
    assert found["M1017"].startswith("Against T1566.001 Spearphishing Attachment (initial access)")
    assert found["KEV"] == "Against CVE-2021-26855."


def test_what_is_only_typical_of_the_accused_is_told_as_that_and_last() -> None:
    def told(rank: Rank) -> str:
        need = Need(id="T1490", name="Inhibit System Recovery", rank=rank, reasons=("claim--1",), weight=1.0, position=11)
        return why([need], Facts(load()), [kind for kind in words.kinds() if kind.id == "wipers"])

    step = "Against T1490 Inhibit System Recovery (impact)"
    assert told(Rank.STATED) == f"{step}. Needed against destruction of data."
    assert told(Rank.TYPICAL) == f"Needed against destruction of data. {step}, typical of the accused."


def test_what_a_kind_calls_for_is_stated_and_what_an_organisation_needs_is_not() -> None:
    found = {one.source.split()[1]: one.rank for one in prevents(of_text(RANSOMWARE), have=("health",))}
    assert found["M1053"] is found["M1041"] is Rank.STATED and found["PLANT"] is Rank.ALWAYS


def test_a_measure_says_what_to_do_on_the_platforms_of_the_case_and_on_no_other() -> None:
    told = next(one for one in prevents(of_text("Cisco routers.", "T1190")) if "M1042" in one.source).instruction
    assert "edge devices" in told and "RDP" not in told and "POP" not in told
    told = next(one for one in prevents(stated("T1190"), platforms=("Office Suite",)) if "M1042" in one.source).instruction
    assert "POP" in told and "edge devices" not in told


def test_what_can_be_done_on_windows_alone_is_not_asked_of_routers() -> None:
    def sources(platform: str) -> str:
        return " ".join(one.source for one in prevents(stated("T1003.001", "T1112"), platforms=(platform,)))

    assert "M1025" in sources("Windows") and "M1024" in sources("Windows")
    assert "M1025" not in sources("Network Devices") and "M1024" not in sources("Network Devices")


def test_what_a_browser_says_of_itself_is_no_platform() -> None:
    agent = "They used Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_1) AppleWebKit/537.36 as user agent on Windows."
    titles = [one.title for one in advise(of_text(agent, "T1059"), load(), rules={}).measures]
    assert not any("macOS" in title for title in titles)


def test_who_reports_an_attack_is_no_part_of_it() -> None:
    said = "Cisco Talos wrote of a program on Windows. Palo Alto Networks\u2019 Unit 42 wrote of it too."
    assert not any("edge" in one.why or "TFTP" in one.instruction for one in prevents(of_text(said, "T1071.001")))
    assert any("TFTP" in one.instruction for one in prevents(of_text("Cisco routers.", "T1071.001")))


def test_patches_of_many_products_take_three_places() -> None:
    flaws = ("CVE-2018-13379", "CVE-2019-9670", "CVE-2019-11510", "CVE-2019-19781", "CVE-2020-4006", "CVE-2021-26855")
    found = prevents(stated(*flaws))
    assert [one.kind for one in found[:4]] == [*[MeasureKind.PATCH] * 3, MeasureKind.MITIGATE]
    assert {key for one in found[:3] for key in one.covers} == set(flaws)
    assert found[2].title == "Patch 4 more products" and found[2].text.count("\n") == 3
    assert all(one.due and one.reasons for one in found[:3])
    assert len(prevents(stated(*flaws[:3]))[:4]) == 4 and "more products" not in prevents(stated(*flaws[:3]))[2].title


def test_a_product_with_two_spellings_is_patched_once() -> None:
    found = [one for one in prevents(stated("CVE-2023-4966", "CVE-2025-5777")) if one.kind is MeasureKind.PATCH]
    assert [one.title for one in found] == ["Patch Citrix NetScaler ADC and Gateway: CVE-2023-4966, CVE-2025-5777"]


def test_the_tables_name_things_that_there_are() -> None:
    logs, measures = {entry.id for entry in words.logs()}, words.measures()
    platforms = {one for row in load().attack.techniques for one in row.platforms}
    floor, known = words.floor(), {row.id for row in load().attack.mitigations}
    assert {*floor.every, *floor.then} <= set(measures)
    for kind in words.kinds():
        assert set(kind.adds) <= set(measures) and set(kind.logs) <= logs
        assert set(kind.first) <= {*kind.adds, *floor.every} and set(kind.after) <= set(floor.every)
        assert not set(kind.adds) & set(floor.every)
        assert all(load().attack.technique(key) for key in kind.techniques)
    for entry in measures.values():
        assert {*entry.also, *entry.serves} <= known and {*entry.there, *entry.platforms, *entry.fits} <= platforms
    assert set(words.own()) == {
        key for kind in (*words.kinds(), *words.organisations()) for key in kind.adds if key in words.own()
    }
    assert {one for row in words.logs() for one in row.platforms} <= platforms


@pytest.mark.parametrize(
    ("have", "first", "then"),
    [
        ((), "Give each account only the rights it needs", "Require a second factor"),
        (("small",), "Require a second factor", "Give each account only the rights it needs"),
        (("energy",), "Keep plants and devices apart from the office network", "Patch what faces the internet first"),
    ],
)
def test_what_an_organisation_is_changes_the_order(have: tuple[str, ...], first: str, then: str) -> None:
    titles = [one.title for one in advise(stated("T1190", "T1505.003", "CVE-2021-26855"), load(), have=have).measures]
    assert titles.index(first) < titles.index(then)
    assert titles[0].startswith("Patch Microsoft Exchange Server")
