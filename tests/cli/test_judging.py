"""A person's judgement is kept with its author, beside the machine's own, and the next weighing heeds it."""

from __future__ import annotations

import json
from pathlib import Path

from indicia.case import open_store
from indicia.cli import exits
from tests.command import indicia


def test_a_rejected_claim_no_longer_weighs(tmp_path: Path) -> None:
    text = tmp_path / "statement.txt"
    text.write_text("Norway accused China of the breach of the Storting's e-mail system.\n", "utf-8")
    case = tmp_path / "affair.indicia"
    assert indicia("brief", text, "--case", case, "-o", tmp_path / "out").returncode == exits.E_OK
    before = json.loads(indicia("weigh", case, "--json").stdout)
    assert "China" in before["said"]["statement"]
    with open_store(case) as store:
        claim = store.load().claims[0]
    answer = indicia("judge", case, claim.id, "--action", "reject", "--author", "ann", "--note", "a misquote")
    assert answer.returncode == exits.E_OK, answer.stderr
    after = json.loads(indicia("weigh", case, "--json").stdout)
    assert after["said"]["verdict"] == "insufficient grounds"
    with open_store(case) as store:
        held = store.load()
        assert held.claims[0] == claim, "the machine's own stays"
        assert [(j.author, j.action, j.note) for j in held.judgements] == [("ann", "reject", "a misquote")]


def test_a_judgement_on_nothing_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "statement.txt"
    text.write_text("Norway accused China of the breach of the Storting's e-mail system.\n", "utf-8")
    case = tmp_path / "affair.indicia"
    indicia("brief", text, "--case", case, "-o", tmp_path / "out")
    assert indicia("judge", case, "claim--nothing", "--action", "reject").returncode == exits.E_USAGE
    assert indicia("judge", case, "claim--nothing", "--action", "regrade", "--grade", "Z9").returncode == exits.E_USAGE


def test_what_if_an_item_were_not_there() -> None:
    whole = json.loads(indicia("weigh", "--techniques", "T1190", "T1505.003", "--software", "S0020", "--json").stdout)
    less = json.loads(
        indicia("weigh", "--techniques", "T1190", "T1505.003", "--software", "S0020", "--without", "S0020", "--json").stdout
    )
    fits = [{one["id"] for one in weighing["observed"]["fits"]} for weighing in (whole, less)]
    assert fits[0] != fits[1] and fits[0] and fits[1]
    assert not whole["observed"]["posteriors"] and not less["observed"]["levels"]  # too little for a number
    assert indicia("weigh", "--techniques", "T1190", "--without", "S9999").returncode == exits.E_USAGE


def test_the_strain_of_a_plant_is_told_as_json_too() -> None:
    told = json.loads(indicia("weigh", "--techniques", "T1190", "--software", "S0020", "--plant", "G0016", "--json").stdout)
    assert told["stress"]["planted"]["rival"] == "G0016" and not told["stress"]["planted"]["fooled"]
    assert len(told["stress"]["planted"]["tools"]) == 3
    assert len(told["stress"]["ease"]) == 2 and told["stress"]["priors"]
