"""Draws the pictures of README and docs anew from the bundled example.

python scripts/pictures.py
"""

from __future__ import annotations

from pathlib import Path

from indicia.knowledge import load
from indicia.pipeline import build, for_audience
from indicia.pipeline.example import example_folder
from indicia.records import Tlp
from indicia.share import render

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"

if __name__ == "__main__":
    texts = [str(example_folder() / "texts")]
    case = build(texts, (), name="Microsoft Exchange 2021", unmarked=Tlp.CLEAR, knowledge=load())
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "card.svg").write_bytes(render(for_audience(case, Tlp.CLEAR, load()), "card", load()))
