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

# Faces that come with the compiler set Latin, Greek and Cyrillic; for other scripts it needs those of the machine.
_ELSEWHERE = re.compile("[\u0530-\u1dff\u2e80-\ufaff\uff00-\uffef\U00010000-\U0001f0ff\U00020000-\U0003ffff]")
_LAST_COMMON = "\u024f"  # what the compiler's faces have all of: Latin
_PROBE = '#set document(title: "x")\n#set text(lang: "en")\n= x\n#text("%s")\n'
_ESCAPED = {ord('"'): '\\"', ord("\\"): "\\\\"}
_UNSEEN = re.compile(r"the text `\"(.+?)\"` could not be displayed")
_MOST_ASKED = 60  # rare characters asked about one by one, at some hundredths of a second each; then none of the rest is set


def pdf(brief: Brief) -> bytes:
    """The document as bytes, without a date of making, so that the same brief gives the same file on one machine. A character
    that no font here has stands as U+FFFD.

    Raises: ExtraError where the compiler is not installed.
    """
    need("pdf")
    import typst

    words = msgspec.json.encode(brief, order="deterministic").decode("utf-8", "replace")
    with tempfile.TemporaryDirectory(prefix="indicia-") as folder:
        root = Path(folder)
        (root / "brief.typ").write_text(_template(), "utf-8")
        options: dict[str, Any] = {
            "pdf_standards": ["ua-1"],  # the compiler checks titles, alternatives and the order of headings
            "root": folder,
            "ignore_system_fonts": not _ELSEWHERE.search(words),
        }
        (root / "brief.json").write_text(words.translate(_unseen(words, root / "rare.typ", options)), "utf-8")
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


def _unseen(words: str, probe: Path, options: dict[str, Any]) -> dict[int, str]:
    """What to put for the characters that no font can show: the compiler stops at the first of them."""
    import typst

    rare = {character for character in words if character > _LAST_COMMON}
    out: dict[int, str] = {}
    while rare:
        probe.write_text(_PROBE % "".join(sorted(rare)).translate(_ESCAPED), "utf-8")
        try:
            typst.compile(str(probe), **options)
            break
        except typst.TypstError as error:
            named = _UNSEEN.search(str(error))
            lacking = set(named[1]) & rare if named and len(out) < _MOST_ASKED else rare
            lacking = lacking or rare
        out |= dict.fromkeys(map(ord, lacking), "\ufffd")
        rare -= lacking
    return out


@cache
def _template() -> str:
    return files("indicia.share.brief").joinpath("templates", "brief.typ").read_text("utf-8")
