from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from indicia.read.fronts.dates import date_in_head

CASES = Path(__file__).parent.parent.parent / "cases" / "read" / "fronts" / "dates.yml"


@pytest.mark.parametrize("case", yaml.safe_load(CASES.read_text("utf-8")), ids=lambda case: case["text"][:30])
def test_date_in_head(case: dict[str, str | None]) -> None:
    assert date_in_head(str(case["text"])) == case["date"]
