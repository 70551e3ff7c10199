"""Log sources of platforms that have no part in the case are left out where the case tells."""

from __future__ import annotations

from indicia.advise import advise
from indicia.advise.facts import Facts
from indicia.advise.needs import needs_of
from indicia.advise.platforms import platforms_of
from indicia.knowledge import load
from indicia.records import Case, MeasureKind
from tests.advise.test_advise import stated
from tests.sample_case import exchange_case


def told(case: Case) -> frozenset[str]:
    facts = Facts(load())
    return platforms_of(case, needs_of(case, facts)[0], facts)


def test_flaws_in_products_of_microsoft_and_logs_of_windows_tell() -> None:
    assert "Windows" in told(stated("CVE-2021-26855"))
    assert "Windows" in told(exchange_case())


def test_other_cases_do_not_tell() -> None:
    assert told(stated("T1059")) == frozenset()
    assert told(stated("CVE-2021-26855", "CVE-2021-44228")) == frozenset(), "Log4j runs everywhere"


def test_nobody_with_exchange_servers_is_told_to_watch_macos() -> None:
    def logs(case: Case) -> str:
        return " ".join(one.title for one in advise(case, load()).measures if one.kind is MeasureKind.LOG)

    assert "macOS" in logs(stated("T1059"))
    assert "macOS" not in logs(stated("T1059", "CVE-2021-26855"))
    assert "Sysmon" in logs(stated("T1059", "CVE-2021-26855"))
