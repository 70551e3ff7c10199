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
