"""Our own measure of claims agrees with the one that came with the development set."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from evals.claims import compare, read_all
from tests.shared import shared


def test_both_measures_count_alike(tmp_path: Path) -> None:
    gold, judge = shared("claims", "dev.jsonl"), shared("claims", "score.py")
    items = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    read = read_all(items, model=False)
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("".join(json.dumps({"id": item["id"], "claims": claims}) + "\n" for item, claims in read), "utf-8")
    said = subprocess.run([sys.executable, str(judge), str(predicted), str(gold)], capture_output=True, text=True, check=True)
    theirs = {key: int(value) for key, value in re.findall(r"(tp|fp|fn)=(\d+)", said.stdout.splitlines()[0])}
    tally = compare(read)
    assert {"tp": tally.total("hit"), "fp": tally.total("invented"), "fn": tally.total("missed")} == theirs
    assert theirs["tp"] > 50
