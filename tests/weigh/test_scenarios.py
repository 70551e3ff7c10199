"""A few of the scenarios of a sceptic, through the command line; all of them: `python -m evals.weigh_scenarios`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evals.weigh_scenarios import faults, given, scenarios

FEW = {
    "two governments name two states",
    "one state's rare tools laid over another's habits",
    "public tools by their names",
    "malware in other spellings",
    "victims alone",
    "own malware and three kinds of evidence that people entered",
    "a denial that the accused makes on its own behalf",
}
CHOSEN = [one for one in scenarios() if one["name"] in FEW]


@pytest.mark.parametrize("scenario", CHOSEN, ids=lambda one: one["name"])
def test_an_analyst_would_sign_it(scenario: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert len(CHOSEN) == len(FEW)
    assert faults(scenario, *given(scenario, tmp_path)) == []


def test_what_is_wrong_is_found() -> None:
    one = {"verdict": "insufficient grounds", "kind": "observed", "posteriors": [{}]}
    two = {"verdict": "named", "kind": "said", "leaders": ["state:RU"]}
    found = {"observed": one, "said": two, "agreement": "They agree.", "compared": [{"split": True}]}
    wanted = {"name": "", "leans": [], "contradicted": False, "first": ["Iran"], "says": ["Norway"], "never": ["Sweden"]}
    wrong = " | ".join(faults(wanted, "Sweden", found, ""))
    for words in ("leans to state:RU", "is told as contradicted", "'Iran'", "'Norway'", "'Sweden'", "JSON holds"):
        assert words in wrong
