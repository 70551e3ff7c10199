"""Queries from rules: which rules fit, and what becomes of those that cannot be said in a language."""

from __future__ import annotations

import msgspec

from indicia.advise.advice import advise
from indicia.advise.hunts import _rule, packed
from indicia.records import MeasureKind, Rank
from indicia.view.first import first_things
from tests.advise.test_advise import stated
from tests.advise.test_kinds import of_text
from tests.sample_knowledge import SampleKnowledge
from tests.shared import shared

RULE = """
title: Web server starts a shell
id: 00000000-0000-4000-8000-000000000001
tags: [attack.persistence, attack.t1505.003, cve.2021-26855]
logsource: {category: process_creation, product: windows}
detection:
  parent:
    ParentImage|endswith: '\\w3wp.exe'
    cs-uri-stem|endswith: '.aspx'
  condition: parent
level: high
"""
KEYWORDS = RULE.replace(
    "  parent:\n    ParentImage|endswith: '\\w3wp.exe'\n    cs-uri-stem|endswith: '.aspx'\n", "  parent: [one, two]\n"
)


def hunts(rules: dict[str, str], *values: str) -> list[str]:
    advice = advise(stated(*values), SampleKnowledge(), rules=rules)
    return [one.text for one in advice.measures if one.kind is MeasureKind.HUNT]


def test_a_fitting_rule_becomes_a_query_in_three_languages() -> None:
    (text,) = hunts({"shell.yml": RULE}, "T1505.003")
    assert "-- Splunk\n" in text and "-- Elastic ES|QL\n" in text and "-- Kusto\n" in text
    assert 'ParentImage="*\\\\w3wp.exe"' in text
    assert "ends_with(ParentImage" in text


def titles(text: str, *values: str) -> list[str]:
    advice = advise(of_text(text, *values), SampleKnowledge(), rules=packed() | {"linux.yml": LINUX})
    return [one.title for one in advice.measures if one.kind is MeasureKind.HUNT]


LINUX = RULE.replace("product: windows", "product: linux").replace("Web server starts", "A daemon starts")


def test_a_rule_for_a_product_becomes_a_query_where_the_case_has_it() -> None:
    asked = titles("Exchange Servers were broken into.", "T1190")
    assert any("Exchange" in title for title in asked)
    assert not any("Exchange" in title for title in titles("A power plant with Windows was broken into.", "T1190"))
    assert any("Exchange" in title for title in titles("It was broken into.", "T1190", "CVE-2021-26855"))


def test_a_rule_for_a_platform_becomes_a_query_where_the_case_has_it() -> None:
    title = "A daemon starts a shell"
    assert title in titles("A Linux server.", "T1505.003") and title not in titles("A Windows server.", "T1505.003")


def test_a_hunt_for_what_is_only_typical_of_the_accused_is_no_first_thing() -> None:
    advice = advise(stated("T1505.003"), SampleKnowledge(), rules={"shell.yml": RULE})
    typical = [msgspec.structs.replace(one, rank=Rank.TYPICAL) for one in advice.measures]
    both = (first_things(advice), first_things(msgspec.structs.replace(advice, measures=tuple(typical))))
    assert [any(one.kind is MeasureKind.HUNT for one in found) for found in both] == [True, False]


def test_who_gives_ids_alone_gets_every_rule_that_fits() -> None:
    assert len(hunts(packed(), "T1190")) > 5


def test_kusto_gets_the_names_of_its_own_columns() -> None:
    (text,) = hunts({"shell.yml": RULE}, "T1505.003")
    kusto = text.split("-- Kusto\n")[1]
    assert "csUriStem" in kusto and "cs-uri-stem" not in kusto


def test_a_rule_fits_by_its_cve_too_and_a_foreign_rule_does_not() -> None:
    assert hunts({"shell.yml": RULE}, "CVE-2021-26855")
    assert not hunts({"shell.yml": RULE}, "T1003.001")


def test_a_language_that_cannot_say_a_rule_is_named() -> None:
    advice = advise(stated("T1505.003"), SampleKnowledge(), rules={"words.yml": KEYWORDS})
    (hunt,) = [one for one in advice.measures if one.kind is MeasureKind.HUNT]
    assert "Elastic ES|QL cannot say it" in hunt.instruction
    assert "-- Splunk" in hunt.text


def test_broken_rules_do_no_harm() -> None:
    broken = {
        "no-yaml.yml": "tags: [attack.t1505.003\n: :",
        "a-list.yml": "- attack.t1505.003",
        "no-tags.yml": "title: attack.t1505.003",
        "no-detection.yml": "title: x\nid: y\ntags: [attack.t1505.003]",
        "huge.yml": "tags: [attack.t1505.003]\n" + "# x\n" * 100_000,
    }
    texts = hunts(broken, "T1505.003")
    assert texts == [""], "only the one without a detection is a rule, and it has no query"


def test_the_rules_that_come_with_the_program_can_be_converted() -> None:
    rules = {name: text for name, text in packed().items() if _rule(name, text)}
    assert len(rules) > 10
    covers = {key for name, text in rules.items() for key in _rule(name, text).covers}  # type: ignore[union-attr]
    assert {"T1190", "T1505.003", "CVE-2021-26855"} <= covers
    every = hunts(packed(), "T1190", "T1505.003")
    assert all("-- Splunk" in text and "-- Kusto" in text for text in every)


def test_thousands_of_foreign_rules_are_looked_through() -> None:
    folder = shared("sigma", "rules")
    rules = {str(path.relative_to(folder)): path.read_text("utf-8") for path in sorted(folder.rglob("*.yml"))}
    advice = advise(stated("T1190", "T1505.003", "T1003.001"), SampleKnowledge(), rules=rules)
    found = [one for one in advice.measures if one.kind is MeasureKind.HUNT]
    assert len(rules) > 1000 and len(found) == 40
    assert sum("-- Splunk" in one.text for one in found) > 30
    detect = next(one for one in advice.measures if one.kind is MeasureKind.DETECT and "T1003.001" in one.covers)
    assert sum(text.startswith("rule ") for text in detect.references) == 12
