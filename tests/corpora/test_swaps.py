"""Passages with exchanged parties keep every mark at its words."""

from __future__ import annotations

import json
from typing import Any

from tests.script_files import ROOT, script

swaps = script("claims_swaps")
ITEMS: list[dict[str, Any]] = [
    json.loads(line)
    for path in sorted((ROOT / "corpora" / "claims").glob("part-*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


def test_marks_outside_of_parties_keep_their_words_and_parties_change() -> None:
    known = {item["id"]: item for item in ITEMS}
    made = list(swaps.swapped(ITEMS, 0.5, 1))
    changed = 0
    for item in made:
        old = known[item["id"].removesuffix("-swapped")]
        assert len(item["claims"]) == len(old["claims"])
        changed += item["text"] != old["text"]
        for new_claim, old_claim in zip(item["claims"], old["claims"], strict=True):
            assert 0 <= new_claim["quote_start"] < new_claim["quote_end"] <= len(item["text"])
            parties = [old_claim["spans"][role] for role in ("source", "accused") if old_claim["spans"].get(role)]
            cue = old_claim["spans"].get("firmness_cue")
            if cue and all(cue[1] <= a or b <= cue[0] for a, b in parties):
                start, end = new_claim["spans"]["firmness_cue"]
                assert item["text"][start:end].lower() == old["text"][cue[0] : cue[1]].lower()
    assert changed > 0.9 * len(made) > 0.3 * sum(bool(item["claims"]) for item in ITEMS)


def test_the_same_seed_gives_the_same_passages() -> None:
    assert list(swaps.swapped(ITEMS[:200], 0.5, 1)) == list(swaps.swapped(ITEMS[:200], 0.5, 1))
    assert list(swaps.swapped(ITEMS, 0.0, 1)) == []
