"""Techniques in a document: those it names outright, and those its sentences describe."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from indicia.knowledge import Knowledge
from indicia.read.techniques.contexts import Sections, context_of
from indicia.read.techniques.encoder import encoder
from indicia.read.techniques.literal import find_literal
from indicia.read.techniques.passages import Passage, passages
from indicia.read.techniques.scorer import ALONE, Scorer, scorer
from indicia.read.text.mentioning import mention
from indicia.records import Context, Document, Mention, MentionKind

__all__ = ["find_techniques"]

LONGEST_SCORED = 3000  # characters of one passage that are read
SLACK = 0.4  # margin that a sentence may lose without the clause of a cue and still say it by itself
MOST_ASKED = 600  # passages of a document about which the encoder is asked; bounds the time of a huge one
STRETCH = 2000  # passages that are judged together; bounds the memory of a huge document


class _Read(NamedTuple):
    """A passage, its text, and whether its section gives advice."""

    place: Passage
    text: str
    advice: bool


def find_techniques(document: Document, knowledge: Knowledge) -> tuple[Mention, ...]:
    """Mentions of techniques by place. Literal ones have the method `id` or `name`; those read from prose have `prose`, the
    sentence as span, and as score the probability that a careful reader would mark the technique there.

    A sentence and a technique meet in one mention: where the sentence names it, the literal one stays. A sub-technique
    stands for its parent. JSON is no prose: what a bundle or a layer states comes from its front end.
    """
    literal = find_literal(document, knowledge)
    if "json" in document.media_type:
        return literal
    read: list[_Read] = []
    sections = Sections()
    for place in passages(document):
        text = document.text[place.start : min(place.end, place.start + LONGEST_SCORED)]
        read.append(_Read(place, text, sections.read(text, place.kind)))
    starts = [one.place.start for one in read]
    named: dict[int, set[str]] = defaultdict(set)
    found: list[Mention] = []
    contexts: dict[int, tuple[Context, str, str]] = {}  # of passages: a line may name a thousand techniques
    for one in literal:
        at = bisect_right(starts, one.span.start) - 1
        if at >= 0 and at not in contexts:
            contexts[at] = context_of(read[at].text, read[at].advice)
        found.append(_in_context(one, *contexts[at]) if at >= 0 else one)
        ids = {one.target or one.value, *(candidate.id for candidate in one.candidates)}
        named[at] |= ids | {id.split(".")[0] for id in ids}
    model = scorer()
    if model is not None and read:
        found += _prose(document, knowledge, model, read, named)
    return tuple(sorted(found, key=lambda m: (m.span.start, m.span.end, m.value)))


def _in_context(found: Mention, context: Context, cue: str, rest: str) -> Mention:
    """The literal mention with the context that its sentence gives it: that of its clause, if a cue governs only a part."""
    if context is Context.STATED or found.span.text in rest:
        return found
    return msgspec.structs.replace(found, context=context, reason="; ".join(filter(None, (found.reason, f"“{cue}”"))))


def _prose(
    document: Document, knowledge: Knowledge, model: Scorer, read: list[_Read], named: dict[int, set[str]]
) -> list[Mention]:
    found: list[Mention] = []
    starts = range(0, len(read), STRETCH)
    most = MOST_ASKED // len(starts) + 1
    for first in starts:
        alone = len(read) <= ALONE
        found += _stretch(document, knowledge, model, read[first : first + STRETCH], first, named, alone, most)
    return found


def _asked(texts: Sequence[str]) -> npt.NDArray[np.float32] | None:
    """The encoder's shares, if there is one; it is loaded when it is asked for the first time."""
    reader = encoder()
    return None if reader is None else reader.shares(texts)


def _stretch(
    document: Document,
    knowledge: Knowledge,
    model: Scorer,
    read: list[_Read],
    first: int,
    named: dict[int, set[str]],
    alone: bool,
    most: int,
) -> list[Mention]:
    texts = [one.text for one in read]
    lengths = [text.count(" ") + 1 for text in texts]
    margins = model.margins(texts, alone=alone)
    found: list[Mention] = []
    judged = model.judge(margins, lengths, alone=alone, read=lambda rows: _asked([texts[k] for k in rows]), most=most)
    for at, technique, probability in judged:
        id = model.classes[technique]
        if id in named.get(first + at, ()) or knowledge.attack.technique(id) is None:
            continue
        one = read[at]
        context, cue, rest = context_of(one.text, one.advice)
        if context is not Context.STATED and rest:
            by_itself = model.margins([rest], alone=alone)[0, technique]
            if by_itself >= margins[at, technique] - SLACK:
                context, cue = Context.STATED, ""
        found.append(
            mention(
                document,
                MentionKind.TECHNIQUE,
                one.place.start,
                one.place.end,
                id,
                type="attack-pattern",
                target=knowledge.attack.current(id),
                context=context,
                method="prose",
                reason=f"“{cue}”" if cue else "",
                score=round(probability, 4),
            )
        )
    return found
