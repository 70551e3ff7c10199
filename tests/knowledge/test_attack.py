"""ATT&CK: whole, consistent, and followed from old ids to new."""

from __future__ import annotations

import re

import pytest

from indicia.knowledge import Attack, load
from indicia.knowledge.attack_bundle import citation_date, parse_release
from indicia.knowledge.library import PACKAGED
from tests.shared import shared

ATTACK = load(PACKAGED).attack


def test_every_end_of_a_use_exists() -> None:
    known = {row.id for table in (ATTACK.groups, ATTACK.software, ATTACK.campaigns, ATTACK.techniques) for row in table}
    for use in ATTACK.uses:
        assert use.source in known and use.target in known, use
        assert use.source[0] in "GSC" and use.target[0] in "TS", use


def test_uses_are_unique_and_cited_reports_known() -> None:
    pairs = [(use.source, use.target) for use in ATTACK.uses]
    assert len(pairs) == len(set(pairs)) > 17_000
    assert {name for use in ATTACK.uses for name in use.citations} <= {citation.name for citation in ATTACK.citations}


def test_relations_point_to_living_techniques() -> None:
    for row in (*ATTACK.mitigations, *ATTACK.detections):
        assert all(technique in ATTACK.techniques for technique in row.techniques), row.id
    for technique in ATTACK.techniques:
        assert technique.parent is None or technique.parent in ATTACK.techniques
        assert (technique.parent is None) == ("." not in technique.id)
        assert technique.tactics and set(technique.tactics) <= set(ATTACK.tactic_order)
    for campaign in ATTACK.campaigns:
        assert all(group in ATTACK.groups for group in campaign.attributed_to)
    for old, new in ATTACK.revoked.items():
        assert ATTACK.name(old) == ATTACK.name(new) is not None


def test_techniques_of_later_releases_are_read_as_what_this_one_has() -> None:
    assert not ATTACK.later.keys() & {row.id for row in ATTACK.techniques}, "none that we know is led elsewhere"
    assert all(id in ATTACK.techniques for id in ATTACK.later.values())
    assert ATTACK.current("t1685.005") == "T1070.001"
    assert ATTACK.stix_id("T1685.005") == ATTACK.stix_id("T1070.001") is not None
    assert ATTACK.led_on("T1685.005") == f"T1685.005 is of a later ATT&CK; {ATTACK.version} has it as T1070.001"
    assert ATTACK.led_on("T1070.001") == ""


def test_matrix_order() -> None:
    names = [tactic.shortname for tactic in ATTACK.tactics]
    assert names[:3] == ["reconnaissance", "resource-development", "initial-access"]
    assert names[-1] == "impact" and len(names) == 14


def test_hafnium() -> None:
    techniques = {use.target for use in ATTACK.uses_of("G0125") if use.target.startswith("T")}
    assert len(techniques) == 44
    both = {use.source for use in ATTACK.users_of("T1190", kinds="G")} & {
        use.source for use in ATTACK.users_of("T1505.003", kinds="G")
    }
    assert len(both) == 23
    assert len(ATTACK.users_of("S0020", kinds="G")) == 9
    mitigations = [row.id for row in ATTACK.mitigations_for("T1190")]
    assert mitigations == ["M1016", "M1026", "M1030", "M1035", "M1037", "M1048", "M1050", "M1051"]
    detection = next(row for row in ATTACK.detections if "T1505.003" in row.techniques)
    assert detection.analytics[0].log_sources


@pytest.mark.parametrize(
    ("old", "new"), [("T1086", "T1059.001"), ("t1100", "T1505.003"), ("G0118", "G0016"), ("T1190", "T1190")]
)
def test_old_ids_are_followed(old: str, new: str) -> None:
    assert ATTACK.current(old) == new
    assert ATTACK.uses_of(old) == ATTACK.uses_of(new)
    assert ATTACK.stix_id(old) == ATTACK.stix_id(new) is not None


@pytest.mark.parametrize("id", ["T9999", "X1", "", "G9999", "DET9999", "TA9999"])
def test_unknown_ids_give_nothing(id: str) -> None:
    assert ATTACK.technique(id) is None and ATTACK.name(id) is None and ATTACK.stix_id(id) is None
    assert ATTACK.uses_of(id) == ATTACK.users_of(id) == ATTACK.mitigations_for(id) == ()


def test_subtechniques() -> None:
    assert ATTACK.parent("T1505.003").id == "T1505"  # type: ignore[union-attr]
    assert ATTACK.parent("T1505") is None


def test_no_sentences_of_others_came_along() -> None:
    for row in ATTACK.detections:
        for analytic in row.analytics:
            for log in analytic.log_sources:
                assert len(log.channel.split()) <= 4 or log.channel.startswith("EventCode="), log


@pytest.mark.parametrize(
    ("name", "description", "url", "date"),
    [
        ("Naikon", "Baumgartner, K. (2015, May 4). X. Retrieved April 10, 2019.", "", "2015-05-04"),
        ("X", "Someone. (2015). X. Retrieved April 10, 2019.", "", "2015"),
        ("X", "Someone. (n.d.). X. Retrieved April 10, 2019.", "https://a.example/blog/2018/03/07/x", "2018-03-07"),
        ("ESET Lazarus Jun 2020", "Someone. (n.d.). X.", "https://a.example/x", "2020-06"),
        ("X", "", "https://web.archive.org/web/20190505/https://a.example/x", None),
        ("X 365", "Windows 2000 (build 2195).", "", None),
    ],
)
def test_dates_of_citations(name: str, description: str, url: str, date: str | None) -> None:
    assert citation_date(name, description, url) == date


def test_most_citations_have_a_date() -> None:
    dates = [citation.date for citation in ATTACK.citations]
    assert sum(date is not None for date in dates) / len(dates) > 0.9
    assert all(re.fullmatch(r"(19|20)\d\d(-[01]\d(-[0-3]\d)?)?", date) for date in dates if date)


@pytest.mark.slow
@pytest.mark.parametrize(("release", "techniques", "groups"), [("12.1", 594, 133), ("15.1", 637, 148), ("17.1", 679, 166)])
def test_older_releases(release: str, techniques: int, groups: int) -> None:
    tables = parse_release(shared("attack", f"enterprise-attack-{release}.json.gz"))
    assert (tables.version, len(tables.techniques), len(tables.groups)) == (release, techniques, groups)
    assert tables.detections == ()  # detection strategies came with 18.0
    older = Attack.of(tables)
    assert older.uses_of("G0125") and older.mitigations_for("T1190")
    known = {row.id for table in (older.groups, older.software, older.campaigns, older.techniques) for row in table}
    assert all(use.source in known and use.target in known for use in older.uses)
