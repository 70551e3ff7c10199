"""SigmaHQ's own regression data: each rule against the events that were recorded for it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.evtx import read
from indicia.hunt.logs.inputs import log_named
from indicia.hunt.match.book import conditions_for, load_rules
from indicia.hunt.match.reference import matches
from indicia.hunt.run import hunt
from indicia.records import Hunt
from tests.shared import shared

# The file holds more events that the rule describes than its info.yml counts; each was looked at, and the reference agrees.
MORE_THAN_COUNTED = {
    "0b9ad457-2554-44c1-82c2-d56a99c42377": 3,  # AnyDesk's user.conf.new twice, user.conf~RF….TMP once
    "8fbf3271-1ef6-4e94-8210-03c2317947f6": 3,
    "45e112d0-7759-4c2a-aa36-9f8fb79d3393": 3,
    "c7dcacd0-cc59-4004-b0a4-1d6cdebe6f3e": 2,  # AutoShareServer and AutoShareWks
}
FOLDERS = ("rules", "rules-emerging-threats", "rules-threat-hunting")


@pytest.fixture(scope="module")
def folders() -> list[Path]:
    return [shared("sigma", name) for name in FOLDERS]


@pytest.fixture(scope="module")
def result(folders: list[Path]) -> Hunt:
    return hunt([shared("sigma", "regression_data")], rules=folders, builtin=False, most=None, jobs=1)


def expectations() -> list[tuple[str, Path, int | None]]:
    """(rule id, file, count; None: at least one) of every test with an EVTX file."""
    found = []
    for info in sorted(shared("sigma", "regression_data").rglob("info.yml")):
        content = yaml.safe_load(info.read_text("utf-8"))
        for test in content.get("regression_tests_info") or ():
            if test["type"] == "evtx":
                for rule in content["rule_metadata"]:
                    found.append((rule["id"], shared("sigma", *Path(test["path"]).parts), test.get("match_count")))
    return found


@pytest.mark.slow
def test_every_rule_matches_its_events(result: Hunt) -> None:
    found = Counter((sighting.rule, sighting.event.place.file) for sighting in result.sightings)
    wrong = []
    for rule, file, count in expectations():
        got = found[rule, str(file)]
        expected = MORE_THAN_COUNTED.get(rule, count)
        if not (got >= 1 if expected is None else got == expected):
            wrong.append((rule, file.name, expected, got))
    assert not wrong
    assert len(expectations()) >= 202


@pytest.mark.slow
def test_the_slow_evaluator_agrees(folders: list[Path]) -> None:
    book, _ = load_rules(folders, builtin=False)
    numbers = {rule.id: number for number, rule in enumerate(book.rules)}
    conditions = dict(conditions_for(book.compiled(), "windows"))
    for rule, count in MORE_THAN_COUNTED.items():
        file = next(file for identity, file, _ in expectations() if identity == rule)
        log = log_named(str(file))
        assert log is not None
        batches = [batch for batch in read([log], frozenset()) if isinstance(batch, EventBatch)]
        events = [batch.event(row).fields for batch in batches for row in range(batch.size)]
        assert sum(matches(conditions[numbers[rule]], event) for event in events) == count


@pytest.mark.slow
def test_every_rule_compiles_or_says_why(result: Hunt) -> None:
    refused = {rule.title: rule.skipped for rule in result.rules if rule.skipped}
    assert all("%known_cdcs% has no value" in str(reason) for reason in refused.values()), refused
    assert len(result.rules) >= 3754


@pytest.mark.slow
def test_every_record_is_read(result: Hunt) -> None:
    # beside the logs lie descriptions of them, and a line of a device that no source declares: they are told, not read
    assert not [one for one in result.problems if one.severity != "note" and ".evtx" in one.where]
    assert all(file.events for file in result.files if file.format == "evtx")
