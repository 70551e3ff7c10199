"""A case that grows: what was read stays, what follows from it is made anew."""

from __future__ import annotations

from pathlib import Path

from indicia.pipeline import build

TEXTS = Path(__file__).parents[2] / "examples" / "exchange-2021" / "texts"


def test_adding_one_text_after_another_gives_what_all_at_once_give() -> None:
    names = [str(TEXTS / name) for name in ("microsoft.txt", "uk.txt", "us.txt")]
    at_once = build(names, name="x")
    grown = None
    for name in names:
        grown = build([name], name="x", before=grown)
    assert grown == at_once


def test_a_text_that_changed_replaces_its_earlier_reading(tmp_path: Path) -> None:
    file = tmp_path / "statement.txt"
    file.write_text("Norway accused China of the breach of the Storting's e-mail system.\n", "utf-8")
    first = build([str(file)], name="x")
    file.write_text("It rained.\n", "utf-8")
    second = build([str(file)], name="x", before=first)
    assert first.claims
    assert not second.claims
    assert len(second.documents) == 1
