"""The same case is the same bytes: what one interpreter can show of it. `make same-bytes` compares two."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from importlib import resources
from typing import Any

import msgspec
import pytest

from indicia.knowledge import load
from indicia.records import Claim, Hypothesis, Party, Posterior, to_json
from indicia.share.stix.schema import case_schema, claim_schema
from indicia.weigh.assess import weigh
from indicia.weigh.gather import gather
from tests.sample_case import exchange_case


def floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from floats(part)


def test_no_number_that_is_written_has_digits_that_hang_on_the_order_of_a_sum() -> None:
    case = exchange_case()
    weighing = weigh(gather(case.claims, case.mentions, case.hunt, case.documents, load()), load())
    every = list(floats(json.loads(to_json(msgspec.structs.replace(case, weighing=weighing)))))
    assert len(every) > 100
    assert [value for value in every if value != round(value, 9)] == []


def test_two_sums_of_the_same_parts_are_one_record() -> None:
    nobody = Hypothesis(id="unknown", name="nobody", level=None)
    one, other = (Posterior(hypothesis=nobody, probability=total, prior=total) for total in (0.1 + 0.2 + 0.3, 0.3 + 0.2 + 0.1))
    assert 0.1 + 0.2 + 0.3 != 0.3 + 0.2 + 0.1
    assert to_json(one) == to_json(other)
    claim = exchange_case().claims[0]
    scored = [msgspec.structs.replace(claim, score=score) for score in (0.1 + 0.2, 0.3)]
    assert to_json(scored[0]) == to_json(scored[1])


@pytest.mark.parametrize("record", [Claim, Party])
def test_the_schemas_do_not_hang_on_docstrings(monkeypatch: pytest.MonkeyPatch, record: type) -> None:
    before = [json.dumps(make(), sort_keys=True) for make in (claim_schema, case_schema)]
    monkeypatch.setattr(record, "__doc__", "Another note\n        for readers of the code.")
    assert [json.dumps(make(), sort_keys=True) for make in (claim_schema, case_schema)] == before


def test_every_part_of_the_claim_extension_says_what_it_means() -> None:
    parts = claim_schema()["$defs"]
    assert [name for name, part in parts.items() if not part.get("description")] == [], "tell it in share/stix/meanings.toml"
    told = tomllib.loads(resources.files("indicia.share.stix").joinpath("meanings.toml").read_text("utf-8"))
    assert told.keys() <= parts.keys(), "share/stix/meanings.toml tells of a part that is gone"
