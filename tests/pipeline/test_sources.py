"""Texts of any length pass through in bounded memory, and what they lose on the way is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicia.knowledge import load
from indicia.pipeline import read_sources, sources


def test_a_list_without_end_is_searched_up_to_a_bound_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_MENTIONS", 2)
    blanks = " \n" * (2 << 20)
    path = tmp_path / "list.txt"
    path.write_text(f"198.51.100.7 {blanks} 203.0.113.9 {blanks} TLP:RED\n192.0.2.1\n")
    documents, _, mentions, problems = read_sources([str(path)], load())
    assert [one.value for one in mentions if one.type == "ipv4-addr"] == ["198.51.100.7", "203.0.113.9"]
    assert {one.marking for one in documents} == {documents[0].marking} != {None}, "a banner there holds for all of it"
    (told,) = (one for one in problems if "none were looked for" in one.what)
    assert told.where == str(path) and "holds more than 2 indicators" in told.what
