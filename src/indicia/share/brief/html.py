"""The brief as one self-contained HTML page: no script, no address outside of itself, its style allowed by hash alone."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from indicia.share.brief.blocks import AnyBlock, Brief, Columns, Fold, Heading, Passage, Table

# FIRST's colours for TLP 2.0, on black.
TLP = {"TLP:CLEAR": "#fff", "TLP:GREEN": "#33ff00", "TLP:AMBER": "#ffc000", "TLP:AMBER+STRICT": "#ffc000", "TLP:RED": "#ff2b2b"}


def html(brief: Brief, *, unfolded: bool = False) -> bytes:
    """The page in UTF-8, its annexes folded unless `unfolded`. All text is escaped by the template; only the pictures, which we
    draw, go in as they are."""
    style = _style(brief.marking)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = _template().render(brief=brief, style=style, style_hash=digest, anchors=_anchors(brief), unfolded=unfolded)
    # Blank lines come from the template's own structure and mean nothing.
    return ("\n".join(row for row in page.split("\n") if row.strip()) + "\n").encode("utf-8", "replace")


@cache
def _template() -> Template:
    source = files("indicia.share.brief").joinpath("templates", "brief.html.j2").read_text("utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals["kind_of"] = lambda block: type(block).__name__.lower()
    return environment.from_string(source)


@cache
def _style(marking: str) -> str:
    source = files("indicia.share.brief").joinpath("templates", "brief.css").read_text("utf-8")
    widths = "".join(f".w{share}{{width:{share}%}}" for share in range(5, 71))
    return source.replace("@WIDTHS@", widths).replace("@TLP@", TLP.get(marking, "#fff")).replace("@LABEL@", marking)


def _anchors(brief: Brief) -> frozenset[str]:
    """Everything in the page that a link may lead to; a link to anything else is shown as text."""
    found = {section.id for section in brief.sections} | {box.id for box in brief.page_one}

    def walk(blocks: tuple[AnyBlock, ...]) -> None:
        for block in blocks:
            if isinstance(block, Table):
                found.update(row.id for row in block.rows if row.id)
            elif isinstance(block, Heading | Passage) and block.id:
                found.add(block.id)
            elif isinstance(block, Fold):
                walk(block.blocks)
            elif isinstance(block, Columns):
                for column in block.columns:
                    walk(column)

    for blocks in (*(box.blocks for box in brief.page_one), *(section.blocks for section in brief.sections)):
        walk(blocks)
    return frozenset(f"#{name}" for name in found)
