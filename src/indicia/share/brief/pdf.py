"""The brief as PDF and a picture as PNG, set by typst. Content travels as data: the template holds no word of a case."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from indicia.extras import need
from indicia.share.brief.blocks import Brief

__all__ = ["pdf", "png"]

# Faces that come with the compiler set Latin, Greek and Cyrillic; for other scripts it needs those of the machine.
_ELSEWHERE = re.compile("[\u0530-\u1dff\u2e80-\ufaff\uff00-\uffef\U00010000-\U0001f0ff\U00020000-\U0003ffff]")


def pdf(brief: Brief) -> bytes:
    """The document as bytes, without a date of making, so that the same brief gives the same file on one machine.

    Raises: ExtraError where the compiler is not installed.
    """
    need("pdf")
    import typst

    data = msgspec.json.encode(brief, order="deterministic")
    with tempfile.TemporaryDirectory(prefix="indicia-") as folder:
        root = Path(folder)
        (root / "brief.typ").write_text(_template(), "utf-8")
        (root / "brief.json").write_bytes(data)
        options: dict[str, Any] = {
            "pdf_standards": ["ua-1"],  # the compiler checks titles, alternatives and the order of headings
            "root": folder,
            "ignore_system_fonts": not _ELSEWHERE.search(data.decode("utf-8", "replace")),
        }
        made = typst.compile(str(root / "brief.typ"), **options)
    assert isinstance(made, bytes)
    return made


def png(picture: str) -> bytes:
    """An SVG of ours as PNG, at 144 pixels to an inch. Raises: ExtraError where the compiler is not installed."""
    need("pdf")
    import typst

    with tempfile.TemporaryDirectory(prefix="indicia-") as folder:
        root = Path(folder)
        (root / "picture.svg").write_text(picture, "utf-8")
        (root / "page.typ").write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")\n', "utf-8")
        made = typst.compile(str(root / "page.typ"), root=folder, format="png", ppi=144)
    assert isinstance(made, bytes)
    return made


@cache
def _template() -> str:
    return files("indicia.share.brief").joinpath("templates", "brief.typ").read_text("utf-8")
