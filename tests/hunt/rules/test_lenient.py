"""What is wrong with what is said about a rule costs a note; what is wrong with what it does costs the rule."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from indicia.hunt.match.reference import matches
from indicia.hunt.rules.ir import RuleSet
from indicia.hunt.rules.sigma import compile_documents

RIGHT: dict[str, Any] = {
    "title": "t",
    "id": "00000000-0000-4000-8000-000000000001",
    "logsource": {"product": "windows"},
    "detection": {"s": {"f": "x"}, "condition": "s"},
    "level": "high",
    "tags": ["attack.t1059"],
}


def compiled(**changes: Any) -> RuleSet:
    document = {name: value for name, value in {**RIGHT, **changes}.items() if value is not None}
    return compile_documents([("r.yml", [document])])


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"tags": ["attack.t1059", "sysmon"]}, "a tag without a namespace"),
        ({"tags": "malware"}, "a tag without a namespace"),
        ({"id": 119}, "its id is not a UUID"),
        ({"id": "win-1"}, "its id is not a UUID"),
        ({"level": "info"}, "the level 'info'"),
        ({"title": 7}, "it has no title"),
        ({"status": "fine"}, "does not follow Sigma's format"),
        ({"date": "yesterday"}, "does not follow Sigma's format"),
    ],
)
def test_particulars_cost_a_note(changes: dict[str, Any], note: str) -> None:
    found = compiled(**changes)
    assert not found.refused
    assert [file for file, _ in found.noted] == ["r.yml"] and note in found.noted[0][1]
    assert found.rules[0].condition == compiled().rules[0].condition
    if changes.get("tags") == ["attack.t1059", "sysmon"]:
        assert found.rules[0].tags == ("attack.t1059",)


def test_an_id_that_is_none_is_always_replaced_by_the_same() -> None:
    assert compiled(id=119).rules[0].id == compiled(id="119").rules[0].id != compiled(id=120).rules[0].id


def test_nothing_is_noted_of_a_rule_that_is_right() -> None:
    assert compiled().noted == () and compiled().rules[0].level == "high"


def test_what_it_does_is_not_put_right() -> None:
    found = compiled(detection={"s": {"f": "x"}, "condition": "missing"}, id=119)
    assert not found.rules and len(found.refused) == 1 and "missing" in found.refused[0].reason


@pytest.mark.parametrize("key", ["f|utf16|base64", "f|utf16|base64|contains", "f|utf16|base64offset|contains"])
def test_utf16_is_written_as_it_is(key: str) -> None:
    found = compiled(detection={"s": {key: "whoami"}, "condition": "s"})
    written = base64.b64encode(b"\xff\xfe" + "whoami".encode("utf-16-le")).decode()
    assert matches(found.rules[0].condition, {"f": written})
    assert not matches(found.rules[0].condition, {"f": base64.b64encode("whoami".encode("utf-16-le")).decode()})
    if "offset" in key:
        within = base64.b64encode(b"ab" + b"\xff\xfe" + "whoami".encode("utf-16-le") + b"c").decode()
        assert matches(found.rules[0].condition, {"f": within})


@pytest.mark.parametrize(
    ("detection", "event", "fits"),
    [
        ({"a": {"f": 1}, "b": {"f": 2}, "condition": "a OR b"}, {"f": "2"}, True),
        ({"a": {"f": 1}, "b": {"g": 2}, "condition": "a AND NOT b"}, {"f": "1", "g": "2"}, False),
        ({"a": {"f": 1}, "OR": {"f": 2}, "condition": "a or OR"}, {"f": "2"}, True),  # a name
        ({"a": {"f|contains": 1833}, "condition": "a"}, {"f": "%%1833"}, True),
        ({"a": {"f|endswith": [1, "x"]}, "condition": "a"}, {"f": "21"}, True),
        ({"a": {"f|utf16le|base64offset|contains": "cmd"}, "condition": "a"}, {"f": "xYwBtAGQA"}, True),
    ],
)
def test_what_can_mean_but_one_thing_is_read(detection: dict[str, Any], event: dict[str, str], fits: bool) -> None:
    found = compiled(detection=detection)
    assert not found.refused and matches(found.rules[0].condition, event) is fits


def test_a_rule_of_several_log_sources_is_one_rule_asked_of_each() -> None:
    (rule,) = compiled(logsource={"product": "windows", "service": ["system", "security"]}).rules
    apart = [compiled(logsource={"product": "windows", "service": name}).rules[0] for name in ("system", "security")]
    assert set(rule.sources) == {source for each in apart for source in each.sources}
    assert rule.where == "windows system, windows security"


def test_a_remark_called_correlation_and_documents_that_are_no_rules() -> None:
    assert compiled(correlation="see 4624").rules == compiled().rules
    found = compile_documents([("ci.yml", [{"on": "push", "jobs": {}}]), ("r.yml", [RIGHT])])
    assert not found.refused and found.noted[0][0] == "ci.yml" and "is no rule" in found.noted[0][1]


@pytest.mark.parametrize(
    ("condition", "kind", "limit", "group", "fields"),
    [
        ("s | count() > 5", "event_count", (">", 5), (), ()),
        ("s | count() by host, user >= 5", "event_count", (">=", 5), ("host", "user"), ()),
        ("s | count(User) by Host == 5", "value_count", ("=", 5), ("Host",), ("User",)),
        ("s and not t | count( ) by Task Name < 5", "event_count", ("<", 5), ("Task Name",), ()),
        ("s | sum(bytes) by ip > 300000", "value_sum", (">", 300_000), ("ip",), ("bytes",)),
    ],
)
def test_counts_of_the_first_edition(
    condition: str, kind: str, limit: tuple[str, int], group: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    found = compiled(detection={"s": {"f": "x"}, "t": {"g": "y"}, "condition": condition, "timeframe": "5m"})
    assert not found.refused and "first edition" in found.noted[0][1]
    (rule,), (correlation,) = found.rules, found.correlations
    assert rule.silent and matches(rule.condition, {"f": "x"}) and correlation.rules == (rule.id,)
    assert (correlation.id, correlation.title, correlation.level) == (RIGHT["id"], "t", "high")
    assert (correlation.kind, correlation.limits, correlation.group_by) == (kind, (limit,), group)
    assert (correlation.fields, correlation.seconds) == (fields, 300)


@pytest.mark.parametrize("condition", ["s | near t", "s | max(f) by g > 3", "s | count() by g > many"])
def test_what_has_no_counterpart_is_refused(condition: str) -> None:
    found = compiled(detection={"s": {"f": "x"}, "t": {"g": "y"}, "condition": condition})
    assert not found.rules and not found.correlations and "deprecated" in found.refused[0].reason
