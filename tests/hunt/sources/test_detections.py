"""What products say that they have detected is told in their words, at our level, blocked apart from let through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia.hunt.match.book import detection_rules
from indicia.hunt.run import hunt
from indicia.hunt.sources import FAMILIES
from indicia.hunt.sources.detections import DETECTIONS
from indicia.hunt.tuning import Tuning

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "hunt" / "detections.yml").read_text("utf-8"))
OTHERS = {"syslog", "windows", "auditd", "access-log", "zeek", "checkpoint"}  # families that are no declared kinds


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['title']} {case['outcome']}")
def test_a_detection_is_told(case: dict[str, Any], tmp_path: Path) -> None:
    log = tmp_path / ("x.log" if "line" in case else "x.json")
    log.write_text((case["line"] if "line" in case else json.dumps(case["record"])) + "\n", "utf-8")
    found = hunt([log])
    (said,) = [each for each in found.sightings if each.rule.startswith(f"said:{case['product']}:")]
    assert said.title == case["title"]
    assert said.rule == f"said:{case['product']}:{case['level']}"
    assert said.note.startswith(f"said by {case['product']}")
    assert (said.level.value, said.outcome.value) == (case["level"], case["outcome"])
    assert said.techniques == tuple(case.get("techniques", said.techniques))
    assert said.event.host.lower() == case.get("host", said.event.host.lower())
    assert said.event.time is not None and said.event.time.isoformat()[:19] == "2026-03-01T10:00:00"
    assert found.verdict.value == case.get("verdict", found.verdict.value)


def test_every_product_of_the_table_has_a_case() -> None:
    assert {case["product"] for case in CASES} == {each.product for each in DETECTIONS}


def test_every_family_of_the_table_is_one() -> None:
    assert {family for each in DETECTIONS for family in each.families} <= {*FAMILIES, *OTHERS}


def test_one_rule_for_each_product_and_level() -> None:
    rules = detection_rules().rules
    assert len({rule.id for rule in rules}) == len(rules)


def test_a_product_is_silenced_by_the_name_of_its_detection(tmp_path: Path) -> None:
    log = tmp_path / "eve.json"
    log.write_text("\n".join(json.dumps(case["record"]) for case in CASES if case["product"] == "Suricata"), "utf-8")
    told = {each.title for each in hunt([log]).sightings}
    left = {
        each.title for each in hunt([log], tuning=Tuning().with_more(Tuning(without=("Suricata: ET SCAN Example",)))).sightings
    }
    assert told - left == {"Suricata: ET SCAN Example"}
