"""Page one: what a manager has to know in two minutes."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.records import Case
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Para
from indicia.share.brief.pages.holds import holds
from indicia.share.brief.pages.ours import ours
from indicia.share.brief.pages.todo import todo
from indicia.share.brief.pages.who import who
from indicia.view.judgements import Sentence
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.told import MEANINGS, TONES

__all__ = ["page_one"]


def page_one(case: Case, judgements: Sequence[Sentence], notes: Notes) -> tuple[Box, ...]:
    """The five boxes of page one."""
    return (
        _judgements(judgements, notes),
        who(case, notes),
        ours(case, notes),
        holds(case, notes),
        todo(case, notes),
    )


def _judgements(judgements: Sequence[Sentence], notes: Notes) -> Box:
    show = notes.index.show
    items = []
    for one in judgements:
        bits: list[str | Bit] = [show(one.text)]
        if one.told:
            bits += [" ", Bit(text=one.told.value, look=f"tag-{TONES[one.told]}")]
        if one.likelihood:
            bits += [" ", Bit(text=f"Likelihood: {one.likelihood.value}", look="tag-blue")]
        if one.confidence:
            bits += [" ", Bit(text=f"Confidence: {one.confidence.value}", look="tag-violet")]
        items.append(line(*bits, notes=notes(one.traces)))
    blocks: tuple[AnyBlock, ...] = (Bullets(items=tuple(items), ordered=True, role="judgements"),)
    words = [Bit(text=word.value, look=f"tag-{TONES[word]}") for word in MEANINGS]
    meant = [part for word, meaning in zip(words, MEANINGS.values(), strict=True) for part in (word, f" {meaning}. ")]
    blocks += (Para(text=line(*meant), role="note"),)
    if any(one.likelihood or one.confidence for one in judgements):
        axes = "Likelihood says how probable a thing is, confidence how good the grounds are; one never stands for the other."
        blocks += (Para(text=line(axes), role="note"),)
    return Box(id="judgements", title="Key judgements", blocks=blocks, wide=True)
