"""Our own affairs for the measure of page one are well formed, and nothing of those kept apart gets out."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from evals import affairs
from tests.shared import shared

CLAIMS = {"accuses", "ties", "denies", "declines", "claims_credit", "exonerates", "doubts"}
TOLD = {"deed", "victims", "when", "method", "sanction", "correction", "no_attribution"}
FACT = {"id", "kind", "what", "who", "whom", "to", "firmness", "date", "need", "quote", "document", "weight"}
CONDITIONS = {"says", "who", "whom", "not", "firm", "object", "double", "doubleobject", "title", "lead", "page"}
EXPRESSIONS = {"not", "title", "lead", "page"}
RUN = 11  # words: longer than any name or title of office that two affairs have in common

FOLDERS = sorted(path.parent for name in affairs.SETS for path in (affairs.OURS / name).glob("*/gold.json"))
each = pytest.mark.parametrize("affair", FOLDERS, ids=lambda path: path.name)


@cache
def gold_of(affair: Path) -> dict[str, Any]:
    return json.loads((affair / "gold.json").read_text("utf-8"))  # type: ignore[no-any-return]


@cache
def texts_of(affair: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted((affair / "texts").glob("*.txt"))}


def runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    yield from zip(*(words[start:] for start in range(RUN)), strict=False)


def test_there_are_seventeen_to_look_at_and_ten_kept_apart() -> None:
    assert [len(list((affairs.OURS / name).glob("*/gold.json"))) for name in affairs.SETS[1:]] == [17, 10]


@each
def test_a_fact_has_its_form_and_its_quote_stands_in_its_text(affair: Path) -> None:
    gold, texts = gold_of(affair), texts_of(affair)
    assert (gold["case"], gold["split"], gold["retold"]) == (affair.name, affair.parent.name, True)
    assert [fact["id"] for fact in gold["facts"]] == [f"f{number + 1}" for number in range(len(gold["facts"]))]
    assert 7 <= len(gold["facts"]) <= 10
    for fact in gold["facts"]:
        assert fact.keys() == FACT
        assert fact["kind"] in CLAIMS | TOLD
        assert fact["weight"] in (1, 2, 3)
        assert fact["quote"] in texts[fact["document"]], fact["id"]
        assert fact["date"] is None or re.fullmatch(r"\d{4}-\d\d(-\d\d)?", fact["date"])
        assert fact["need"] or (fact["kind"] in CLAIMS and (fact["who"] or fact["whom"])), "nothing to look for"
        assert all(group and all(group) for group in fact["need"] or ())
        assert not (fact["kind"] == "ties" and not fact["to"]), "a tie has two ends"


@each
def test_whoever_the_gold_names_is_in_the_texts(affair: Path) -> None:
    told = "\n".join([*texts_of(affair).values()]).lower()
    for fact in gold_of(affair)["facts"]:
        for side in filter(None, (fact["who"], fact["whom"], fact["to"])):
            assert side["canonical"] == side["names"][0]
            assert any(name.lower() in told for name in side["names"]), (fact["id"], side["canonical"])


@each
def test_a_falsehood_can_be_looked_for_and_is_no_fact(affair: Path) -> None:
    gold = gold_of(affair)
    assert 3 <= len(gold["false"]) <= 5
    blamed = {name for fact in gold["facts"] if fact["kind"] == "accuses" for name in (fact["whom"] or {"names": ()})["names"]}
    for false in gold["false"]:
        assert false["any"] and false["text"] and false["kind"]
        for condition in false["any"]:
            assert condition and condition.keys() <= CONDITIONS
            for key in EXPRESSIONS & condition.keys():
                re.compile(condition[key])
            assert condition.get("says", "accuses") in CLAIMS
            if "not" not in condition:  # who is blamed with doubt may be blamed falsely without
                assert blamed.isdisjoint(condition.get("object", "").split("|")), false["id"]
            if condition.get("says") == "accuses" and "who" not in condition:
                assert blamed.isdisjoint(condition["whom"]), false["id"]


@each
def test_every_text_has_its_source_and_its_length(affair: Path) -> None:
    texts = texts_of(affair)
    sources = json.loads((affair / "sources.json").read_text("utf-8"))
    assert all(source["retold"] for source in sources)
    assert sorted(source["file"] for source in sources) == [f"texts/{name}" for name in texts]
    assert 3 <= len(texts) <= 5
    for source in sources:
        text = texts[Path(source["file"]).name]
        assert source["characters"] == len(text)
        assert 600 <= len(text) <= 2500
        assert source["address"] or source["note"], "without an address it says why"


def test_no_affair_repeats_words_of_another() -> None:
    owners = defaultdict(set)
    for affair in FOLDERS:
        words = [*texts_of(affair).values(), *(fact["quote"] for fact in gold_of(affair)["facts"])]
        for run in {run for text in words for run in runs(text)}:
            owners[run].add(affair.name)
    assert not {run: names for run, names in owners.items() if len(names) > 1}


def test_no_affair_is_one_of_the_shared_ones() -> None:
    others = list(shared("cases", "affairs", "dev").glob("*/gold.json"))
    assert {path.parent.name for path in others}.isdisjoint(affair.name for affair in FOLDERS)
    taken = {run for path in others for text in texts_of(path.parent).values() for run in runs(text)}
    assert not taken & {run for affair in FOLDERS for text in texts_of(affair).values() for run in runs(text)}


def _said(case: str) -> dict[str, Any]:
    return {"case": case, "share": 0.5, "title": 1.0, "shown_title": f"title of {case}", "rows": [], "facts": [], "false": []}


@pytest.mark.parametrize("arguments", [[], ["--set", affairs.APART], ["--case", "KEPT"]])
def test_nothing_but_the_row_is_printed_of_what_is_kept_apart(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = [affair.name for affair in FOLDERS if affair.parent.name == affairs.APART]
    home = tmp_path / "cases" / "affairs"
    home.mkdir(parents=True)
    (home / "score_facts.py").write_text("def score_case(gold, out): ...", "utf-8")
    monkeypatch.setattr(affairs, "shared_folder", lambda: tmp_path)
    monkeypatch.setattr(affairs, "counted", lambda affair, score: _said(affair.name))
    monkeypatch.setattr(sys, "argv", ["affairs", *(kept[0] if word == "KEPT" else word for word in arguments)])
    affairs.main()
    told = capsys.readouterr().out
    assert not [name for name in kept if name in told]
    assert ("affairs apart: weighted=0.500 falsehoods=0 inverted=0 named=10.0/10" in told) is ("--case" not in arguments)
    assert ("albania-2022" in told) is (arguments == [])
