"""The key judgements, all of them, each with whose word it is and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.share.brief.blocks import AnyBlock, Bullets, Para, Section
from indicia.view.judgements import Sentence
from indicia.view.lines import Bit, line
from indicia.view.notes import Notes
from indicia.view.words import MEANINGS, TONES


def judgements_section(judgements: Sequence[Sentence], notes: Notes) -> Section:
    """The sentences, then what their marks mean."""
    words = [Bit(text=word.value, look=f"tag-{TONES[word]}") for word in MEANINGS]
    meant = [part for word, meaning in zip(words, MEANINGS.values(), strict=True) for part in (word, f" {meaning}. ")]
    axes = "Likelihood says how probable something is; confidence says how good the grounds are. One never replaces the other."
    blocks: tuple[AnyBlock, ...] = (
        _list(judgements, notes),
        Para(text=line(*meant), role="note"),
        Para(text=line(axes), role="note"),
    )
    return Section(id="judgements", title="Key judgements", blocks=blocks)


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
