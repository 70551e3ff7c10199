"""Log sources of platforms that have no part in the case are left out where the case tells."""

from __future__ import annotations

import msgspec
import pytest

from indicia.advise.advice import advise
from indicia.advise.facts import Facts
from indicia.advise.kinds import platforms_of, texts_of
from indicia.advise.needs import needs_of
from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.records import Case, MeasureKind
from tests.advise.test_advise import stated
from tests.sample_case import exchange_case


def told(case: Case) -> frozenset[str]:
    facts = Facts(load())
    return platforms_of(case, texts_of(case), needs_of(case, facts)[0], facts)


def test_flaws_in_products_of_microsoft_and_logs_of_windows_tell() -> None:
    assert "Windows" in told(stated("CVE-2021-26855"))
    assert "Windows" in told(exchange_case())


def test_a_case_that_tells_nothing_has_what_every_house_has() -> None:
    assert told(stated("T1059")) == {"Windows", "Identity Provider"}


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("They broke into Cisco routers at the edge.", "Network Devices"),
        ("The intruders encrypted ESXi hosts.", "ESXi"),
        ("A backdoor for macOS was signed by a stolen certificate.", "macOS"),
        ("Tokens of Okta were stolen.", "Identity Provider"),
        ("The implant ran on Linux servers.", "Linux"),
    ],
)
def test_words_of_the_texts_tell(text: str, platform: str) -> None:
    document = document_from_text(text, name="a.txt")
    found = told(msgspec.structs.replace(stated("T1059"), documents=(document,)))
    assert platform in found
    assert ("macOS" in found) is (platform == "macOS")


def logs(case: Case) -> str:
    return " ".join(one.title for one in advise(case, load()).measures if one.kind is MeasureKind.LOG)


def test_nobody_without_a_mac_is_told_to_watch_macos() -> None:
    assert "macOS" not in logs(stated("T1059"))
    assert "macOS" not in logs(stated("T1059", "CVE-2021-26855"))
    assert "Sysmon" in logs(stated("T1059", "CVE-2021-26855"))
    apple = document_from_text("The implant for macOS.", name="a.txt")
    assert "macOS" in logs(msgspec.structs.replace(stated("T1059"), documents=(apple,)))
