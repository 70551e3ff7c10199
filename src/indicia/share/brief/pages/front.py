"""Page one: what a manager has to know in two minutes."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.records import Case
from indicia.share.brief.blocks import AnyBlock, Box, Bullets, Fold, Para
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
    """What the boxes below do not tell stands open, the other sentences behind a fold."""
    first = [one for one in judgements if one.topic == "said"][:1]
    open_ = first + [one for one in judgements if one.topic in {"denied", "missing"}]
    rest = [one for one in judgements if one not in open_]
    blocks: tuple[AnyBlock, ...] = (_list(open_, notes),)
    if rest:
        blocks += (Fold(summary=f"All {len(judgements)} key judgements", blocks=(_list(judgements, notes), *_meanings())),)
    words = [Bit(text=word.value, look=f"tag-{TONES[word]}") for word in MEANINGS]
    meant = [part for word, meaning in zip(words, MEANINGS.values(), strict=True) for part in (word, f" {meaning}. ")]
    blocks += (Para(text=line(*meant), role="note"),)
    return Box(id="judgements", title="Key judgements", blocks=blocks, wide=True)


def _meanings() -> tuple[AnyBlock, ...]:
    axes = "Likelihood says how probable a thing is, confidence how good the grounds are; one never stands for the other."
    return (Para(text=line(axes), role="note"),)


def _list(judgements: Sequence[Sentence], notes: Notes) -> Bullets:
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
    return Bullets(items=tuple(items), ordered=True, role="judgements")
