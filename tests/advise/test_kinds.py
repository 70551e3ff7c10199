"""What a kind of attack calls for, also where a text tells few techniques; what is told for each platform; many patches."""

from __future__ import annotations

import msgspec
import pytest

from indicia.advise import advise, words
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
        (RANSOMWARE, "M1033", "Record every program start"),
        (MAIL, "M1054", "Record mailbox access"),
        (FLOOD, "M1037", "Record network flows"),
        ("Routers were taken over, and firewalls too.", "M1035", "Firewalls, VPNs, routers"),
        ("The web shell lay beside a second web shell.", "M1050", "Send logs of applications"),
        ("Credential stuffing, then password spraying.", "M1036", "Keep sign-in and directory logs"),
    ],
)
def test_a_text_without_techniques_gets_the_floor_and_what_its_kind_of_attack_calls_for(text: str, adds: str, log: str) -> None:
    case = of_text(text)
    sources = " ".join(one.source for one in prevents(case)[:15])
    assert all(key in sources for key in (*words.floor(), adds))
    assert any(one.title.startswith(log) for one in advise(case, load(), rules={}).measures)
    called = next(one for one in prevents(case) if adds in one.source)
    assert called.rank is Rank.STATED and not called.floor
    assert "Called for by" in called.instruction


@pytest.mark.parametrize("text", ["Ransomware is rare here.", "The minister spoke of trade.", ""])
def test_a_word_in_passing_calls_for_nothing(text: str) -> None:
    assert not prevents(of_text(text))
    assert not advise(empty_case(), load(), rules={}).measures


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


def test_patches_of_many_products_take_three_places() -> None:
    flaws = ("CVE-2018-13379", "CVE-2019-9670", "CVE-2019-11510", "CVE-2019-19781", "CVE-2020-4006", "CVE-2021-26855")
    found = prevents(stated(*flaws))
    assert [one.kind for one in found[:4]] == [*[MeasureKind.PATCH] * 3, MeasureKind.MITIGATE]
    assert {key for one in found[:3] for key in one.covers} == set(flaws)
    assert found[2].title == "Patch 4 more products" and found[2].text.count("\n") == 3
    assert all(one.due and one.reasons for one in found[:3])
    assert len(prevents(stated(*flaws[:3]))[:4]) == 4 and "more products" not in prevents(stated(*flaws[:3]))[2].title


def test_the_tables_name_things_that_there_are() -> None:
    logs, measures = {entry.id for entry in words.logs()}, words.measures()
    platforms = {one for row in load().attack.techniques for one in row.platforms}
    for kind in words.kinds():
        assert set(kind.adds) <= set(measures) and set(kind.logs) <= logs
        assert not set(kind.adds) & set(words.floor()) and set(kind.after) <= set(words.floor())
        assert all(load().attack.technique(key) for key in kind.techniques)
    for entry in measures.values():
        assert set(entry.also) <= set(measures) and {*entry.there, *entry.platforms} <= platforms
    assert {one for row in words.logs() for one in row.platforms} <= platforms


@pytest.mark.parametrize(
    ("have", "first", "then"),
    [
        ((), "Separate administration into tiers", "Require a second factor"),
        (("small",), "Require a second factor", "Separate administration into tiers"),
        (("energy",), "Keep plants and devices apart from the office network", "Patch what faces the internet first"),
    ],
)
def test_what_an_organisation_is_changes_the_order(have: tuple[str, ...], first: str, then: str) -> None:
    titles = [one.title for one in advise(stated("T1190", "T1505.003", "CVE-2021-26855"), load(), have=have).measures]
    assert titles.index(first) < titles.index(then)
    assert titles[0].startswith("Patch Microsoft Exchange Server")
