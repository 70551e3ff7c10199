"""Our own measure of claims agrees with the one that came with the development set."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from evals.annotated import spelt_out
from evals.claims import compare, matched, read_all
from tests.shared import shared


def test_both_measures_count_alike(tmp_path: Path) -> None:
    gold, judge = shared("claims", "dev.jsonl"), shared("claims", "score.py")
    items = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    read = read_all(items)
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(json.dumps({"id": item["id"], "claims": claims}) + "\n" for item, claims in read), "utf-8")
    said = subprocess.run([sys.executable, str(judge), str(predicted), str(gold)], capture_output=True, text=True, check=True)
    theirs = {key: int(value) for key, value in re.findall(r"(tp|fp|fn)=(\d+)", said.stdout.splitlines()[0])}
    tally = compare(read)
    assert {"tp": tally.total("hit"), "fp": tally.total("invented"), "fn": tally.total("missed")} == theirs
    assert theirs["tp"] > 50


def said(accused: str, source: str = "NCSC", **more: object) -> dict[str, object]:
    names = {"accused_canonical": accused, "source_canonical": source}
    return {"stance": "accuses", "accused": accused, "source": source, **names, **more}


def test_required_claims_are_matched_first_and_as_many_as_can_be() -> None:
    wide, narrow = said("Chinese hackers of HAFNIUM"), said("Chinese hackers")
    gold = [said("HAFNIUM", optional=True), said("HAFNIUM group"), said("Chinese hackers of HAFNIUM")]
    # "hackers" fits the last alone; the best pair first would give that one away and lose a required claim.
    assert matched([wide, narrow], gold) == {0: 1, 1: 2}
    assert matched([wide], gold[:1]) == {0: 0}
    assert matched([wide], [said("HAFNIUM", stance="denies")]) == {}


def test_to_accuse_oneself_is_to_take_credit() -> None:
    credit = {"stance": "claims", "accused": "Killnet", "source": "Killnet"}
    assert matched([said("Killnet", "Killnet")], [credit]) == {0: 0}
    assert matched([said("Killnet", "NCSC")], [{**credit, "source": "NCSC"}]) == {}


def test_bytes_that_a_repository_keeps_as_python_prints_them_are_text() -> None:
    assert (
        spelt_out("<h1>Briefing</h1>\nb'<p>China\\xe2\\x80\\x99s hackers</p>'") == "<h1>Briefing</h1>\n<p>China’s hackers</p>"
    )
    for text in ("Plain words.", "<h1>Briefing</h1>\nb'<p>cut off", "A line\nb'\\x'"):
        assert spelt_out(text) == text
