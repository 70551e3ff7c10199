"""Said beside observed: contradictions first, two states in one row, credit and withdrawals as what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indicia.knowledge import Knowledge, load
from indicia.records import Level
from indicia.weigh.assess import weigh
from indicia.weigh.gather import from_ids, gather
from tests.weigh.samples import claim_of

CASES = yaml.safe_load((Path(__file__).parent.parent / "cases" / "weigh" / "compared.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_side_by_side(case: dict[str, Any], knowledge: Knowledge) -> None:
    claims = [claim_of(line, number) for number, line in enumerate(case.get("claims", ()))]
    observed = from_ids(case.get("techniques", ()), case.get("software", ()), knowledge=knowledge)
    found = weigh((*observed, *gather(claims, (), None, (), knowledge)), knowledge)
    rows = {row.level.value: row for row in found.compared}
    for level, wanted in case.get("rows", {}).items():
        row = rows[level]
        for side in ("said", "credit", "cleared", "observed"):
            if side in wanted:
                assert [one.id for one in getattr(row, side)] == wanted[side]
        assert row.standing.value == wanted.get("standing", "silent")
        assert row.split is wanted.get("split", False)
    for words in case.get("says", ()):
        assert words in found.agreement, found.agreement
    for words in case.get("said_says", ()):
        assert words in found.said.statement, found.said.statement
    assert found.contradicted is case.get("contradicted", False)
    if found.contradicted:
        assert "contradict" in found.agreement.partition(":")[0]


def test_where_nothing_was_said_nor_seen_there_are_no_rows(knowledge: Knowledge) -> None:
    assert weigh((), knowledge).compared == ()
    assert [row.level for row in weigh(from_ids(software=["S1246"], knowledge=knowledge), knowledge).compared] == [
        Level.STATE,
        Level.GROUP,
    ]
