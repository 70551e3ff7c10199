"""Draws the pictures of README and docs anew from the bundled example: who said what, and page one as it is printed.

python scripts/pictures.py
"""

from __future__ import annotations

from pathlib import Path

import pypdfium2

from indicia.knowledge import load
from indicia.pipeline import build, for_audience
from indicia.pipeline.example import example_folder
from indicia.records import Tlp
from indicia.share import render

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
NAME = "Microsoft Exchange 2021"


def page_one(data: bytes) -> bytes:
    """The first page of a PDF as PNG, in few colours."""
    import io

    buffer = io.BytesIO()
    picture = pypdfium2.PdfDocument(data)[0].render(scale=1.5).to_pil()
    picture.quantize(96).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


if __name__ == "__main__":
    texts, logs = [str(example_folder() / "texts")], (example_folder() / "logs",)
    FOLDER.mkdir(exist_ok=True)
    said = build(texts, (), name=NAME, unmarked=Tlp.CLEAR, knowledge=load())
    (FOLDER / "card.svg").write_bytes(render(for_audience(said, Tlp.CLEAR, load()), "card", load()))
    whole = build(texts, logs, name=NAME, unmarked=Tlp.CLEAR, knowledge=load())
    for language in ("en", "de"):
        name = "page-one.png" if language == "en" else f"page-one-{language}.png"
        (FOLDER / name).write_bytes(page_one(render(whole, "pdf", load(), language=language)))
