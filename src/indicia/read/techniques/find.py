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
from indicia.read.techniques.contexts import PassageRange, SectionContext, context_of, passages
from indicia.read.techniques.encoder import encoder
from indicia.read.techniques.literal import OF_A_THING, find_literal
from indicia.read.techniques.meaning import meaning
from indicia.read.techniques.nearest import nearest
from indicia.read.techniques.pairs import Pairs
from indicia.read.techniques.scorer import ALONE, Scorer, scorer
from indicia.read.techniques.terms import Told, terms
from indicia.read.techniques.whole import FEWEST, FEWEST_WORDS, LEAST, PassageEvidence, signs_of, whole_judge
from indicia.read.text.mentioning import mention
from indicia.records import Context, Document, Mention, MentionKind

LONGEST_SCORED = 3000  # characters of one passage that are read
SLACK = 0.4  # margin that a sentence may lose without the clause of a cue and still say it by itself
MOST_ASKED = 600  # passages of a document about which the encoder is asked; bounds the time of a huge one
OWN_LIST = (
    4  # passages that name techniques: such a text has its own list, to which prose only adds what a passage says clearly
)
SHORT = 6  # passages of a text that is also read as one, against what ATT&CK says of each technique
FEWEST_OF_SHORT = 10  # words of such a text
WORDS_ALONE = 0.5  # the share of a line of the trade's words that is believed in a short text
OF_A_DOCUMENT = 0.75  # a share was counted over documents: it says less of one passage
OUTWEIGHS = 0.75  # of how sure a description is goes off what is no kin of it
STRETCH = 2000  # passages that are judged together; bounds the memory of a huge document


class _Read(NamedTuple):
    """A passage, its text, and whether its section gives advice."""

    place: PassageRange
    text: str
    advice: bool


def find_techniques(document: Document, knowledge: Knowledge) -> tuple[Mention, ...]:
    """Mentions of techniques by place. Literal ones have the method `id` or `name`; those read from prose have `prose`, the
    sentence as span, and as score the probability that a careful reader would mark the document with it (in a short text: that
    sentence).

    A sentence and a technique meet in one mention: where the sentence names it, the literal one stays. A sub-technique
    stands for its parent. JSON is no prose: what a bundle or a layer states comes from its front end.
    """
    literal = find_literal(document, knowledge)
    if "json" in document.media_type:
        return literal
    read = _passages(document)
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
    if read:
        prose, borne_out = _prose(document, knowledge, scorer(), read, named)
        found = [*(_as_borne_out(one, borne_out) for one in found), *prose]
    return tuple(sorted(found, key=lambda m: (m.span.start, m.span.end, m.value)))


def _as_borne_out(found: Mention, borne_out: dict[str, float]) -> Mention:
    """A name that may as well mean a thing as the rest of the text bears it out: as surely as that, or only named."""
    if found.method != "name" or found.score != OF_A_THING or found.context is not Context.STATED:
        return found
    surely = borne_out.get(found.target or "", 0.0)
    if surely:
        return msgspec.structs.replace(found, score=round(max(surely, found.score), 4))
    return msgspec.structs.replace(found, context=Context.REFERENCE, reason="the name of a thing as well")


def _in_context(found: Mention, context: Context, cue: str, rest: str) -> Mention:
    """The literal mention with the context that its sentence gives it: that of its clause, if a cue governs only a part."""
    if context is Context.STATED or found.span.text in rest:
        return found
    return msgspec.structs.replace(found, context=context, reason="; ".join(filter(None, (found.reason, f"“{cue}”"))))


def evidence_of(document: Document, knowledge: Knowledge, model: Scorer) -> PassageEvidence:
    """What the passages of a document say of each technique, for the judge of the whole."""
    read = _passages(document)
    named = frozenset(
        model.classes.index(one.target) for one in find_literal(document, knowledge) if one.target in set(model.classes)
    )
    stretches = [_weighed(model, read[at : at + STRETCH], alone=False, most=MOST_ASKED) for at in range(0, len(read), STRETCH)]
    return _evidence(read, stretches, named, _termed(model, trade_words(read)))


def trade_words(read: Sequence[_Read]) -> dict[int, list[Told]]:
    """PassageRange -> the lines of the trade's words that hold in it, or in the part of it that tells of use."""
    found: dict[int, list[Told]] = {}
    for at, one in enumerate(read):
        lines = list(terms().told(one.text))
        if lines:
            context, _, rest = context_of(one.text, one.advice)
            lines = [line for line in lines if context is Context.STATED or one.text[line.start : line.end] in rest]
        if lines:
            found[at] = lines
    return found


def _termed(model: Scorer, told: dict[int, list[Told]]) -> dict[int, tuple[float, int]]:
    """Technique -> (the share of the best line that tells it, passages in which one does)."""
    index = {id: k for k, id in enumerate(model.classes)}
    found: dict[int, tuple[float, int]] = {}
    for lines in told.values():
        best: dict[int, float] = {}
        for line in lines:
            if (technique := index.get(line.term.technique)) is not None:
                best[technique] = max(best.get(technique, 0.0), line.term.share)
        for technique, share in best.items():
            before, passages = found.get(technique, (0.0, 0))
            found[technique] = (max(before, share), passages + 1)
    return found


def told_passages(document: Document) -> list[_Read]:
    """The passages of a document that tell of use: no advice, denials or suppositions."""
    return [one for one in _passages(document) if context_of(one.text, one.advice)[0] is Context.STATED]


def _passages(document: Document) -> list[_Read]:
    read: list[_Read] = []
    sections = SectionContext()
    for place in passages(document):
        text = document.text[place.start : min(place.end, place.start + LONGEST_SCORED)]
        read.append(_Read(place, text, sections.read(text, place.kind)))
    return read


class _Weighed(NamedTuple):
    """A stretch of passages: margins [passages, techniques], the pairs worth judging and their probabilities."""

    margins: npt.NDArray[np.float32]
    pairs: Pairs
    probabilities: npt.NDArray[np.float32]


def _weighed(model: Scorer, read: Sequence[_Read], *, alone: bool, most: int) -> _Weighed:
    texts = [one.text for one in read]
    margins = model.margins(texts, alone=alone)
    lengths = [text.count(" ") + 1 for text in texts]
    pairs, probabilities = model.weigh(
        margins, lengths, alone=alone, read=lambda rows: encoder().shares([texts[k] for k in rows]), most=most
    )
    return _Weighed(margins, pairs, probabilities)


def _evidence(
    read: Sequence[_Read], stretches: Sequence[_Weighed], named: frozenset[int], termed: dict[int, tuple[float, int]]
) -> PassageEvidence:
    """The pairs of passages that tell of use: no headings, cells, advice or denials."""
    columns: list[tuple[npt.NDArray[np.int64], ...]] = []
    weights: list[tuple[npt.NDArray[np.float32], ...]] = []
    told: dict[int, bool] = {}
    for number, stretch in enumerate(stretches):
        first = number * STRETCH
        kept = np.flatnonzero(stretch.probabilities > LEAST)
        passage = stretch.pairs.sentence[kept]
        for at in np.unique(passage).tolist():
            one = read[first + at]
            words = one.text.count(" ") + 1
            told[first + at] = words >= FEWEST_WORDS and context_of(one.text, one.advice)[0] is Context.STATED
        use = np.array([told[first + at] for at in passage.tolist()], bool)
        kept, passage = kept[use], passage[use]
        technique = stretch.pairs.technique[kept]
        columns.append((passage + first, technique))
        weights.append((stretch.probabilities[kept], stretch.margins[passage, technique]))
    return PassageEvidence(
        np.concatenate([own[0] for own in columns]) if columns else np.zeros(0, np.int64),
        np.concatenate([own[1] for own in columns]) if columns else np.zeros(0, np.int64),
        np.concatenate([own[0] for own in weights]) if weights else np.zeros(0, np.float32),
        np.concatenate([own[1] for own in weights]) if weights else np.zeros(0, np.float32),
        named,
        len(read),
        termed,
    )


def _prose(
    document: Document, knowledge: Knowledge, model: Scorer, read: list[_Read], named: dict[int, set[str]]
) -> tuple[list[Mention], dict[str, float]]:
    """The mentions of what prose tells, and technique -> how surely the text tells of it, named or not."""
    alone = len(read) <= ALONE
    most = MOST_ASKED // max(1, -(-len(read) // STRETCH)) + 1
    stretches = [_weighed(model, read[at : at + STRETCH], alone=alone, most=most) for at in range(0, len(read), STRETCH)]
    told = trade_words(read)
    whole = None if len(read) < FEWEST else _judged_whole(model, read, stretches, named, _termed(model, told))
    found: list[Mention] = []
    borne_out = {
        line.term.technique: line.term.share for own in told.values() for line in own if line.term.share >= WORDS_ALONE
    }
    if whole is not None:
        borne_out = {model.classes[technique]: probability for technique, probability in whole.probability.items()}
    for number, stretch in enumerate(stretches):
        first = number * STRETCH
        said = model.said(stretch.pairs, stretch.probabilities, alone=alone)
        for _, technique, probability in said if whole is None else ():
            borne_out[model.classes[technique]] = max(probability, borne_out.get(model.classes[technique], 0.0))
        if whole is not None and len(named) < OWN_LIST:
            said = _as_whole(said, stretch, first, whole)
        found += _mentions(document, knowledge, model, read[first : first + STRETCH], stretch, said, first, named, alone, whole)
    found = _with_words(document, knowledge, model, read, told, named, whole, found)
    if len(read) <= SHORT and not named:  # a text that names techniques says itself what it is about
        described = _described(document, knowledge, model, read, found)
        if described is not None:
            judged = len(read) == 1 and described.value in model.marked  # the sentence's own judge knows it
            found = _outweighed(found, described, 0.0 if judged else OUTWEIGHS * described.score)
    return found, borne_out


def _outweighed(found: Sequence[Mention], described: Mention, doubt: float) -> list[Mention]:
    """What is read from a short text, with the technique that it describes as a whole at least as sure as that; what is no kin
    of it is less sure by `doubt`, because the passages' judges know neither the whole text nor all techniques."""
    root = described.value.split(".")[0]
    weighed = []
    for one in found:
        if one.context is not Context.STATED:
            weighed.append(one)
        elif one.value == described.value:
            weighed.append(msgspec.structs.replace(one, score=max(one.score, described.score)))
        elif one.value.split(".")[0] == root:
            weighed.append(one)
        else:
            weighed.append(msgspec.structs.replace(one, score=round(one.score * (1 - doubt), 4)))
    return weighed if any(one.value == described.value for one in found) else [*weighed, described]


def _described(
    document: Document,
    knowledge: Knowledge,
    model: Scorer,
    read: Sequence[_Read],
    found: Sequence[Mention],
) -> Mention | None:
    """The technique that a short text as a whole describes, if its description comes near enough: a mention of the passage that
    comes nearest. A text in which passages tell of techniques was chosen to tell of one."""
    descriptions = nearest()
    told = [one for one in read if context_of(one.text, one.advice)[0] is Context.STATED]
    text = " ".join(one.text for one in told)
    if text.count(" ") + 1 < FEWEST_OF_SHORT:
        return None
    similarities = descriptions.similarities([text, *(one.text for one in told)])
    chosen = len(read) > 1 and any(one.context is Context.STATED for one in found)
    best = descriptions.best(similarities[0], model.margins([text])[0], meaning().nearness(text), model.parents, chosen=chosen)
    id = model.classes[best.technique]
    if best.probability < descriptions.threshold or knowledge.attack.technique(id) is None:
        return None
    place = told[int(np.argmax(similarities[1:, best.technique]))].place
    return _of_passage(document, knowledge, place, id, best.probability)


class _Whole(NamedTuple):
    """What the document as a whole says: technique -> its probability, and technique -> the passage that says it best."""

    probability: dict[int, float]
    best: dict[int, int]


def _with_words(
    document: Document,
    knowledge: Knowledge,
    model: Scorer,
    read: Sequence[_Read],
    told: dict[int, list[Told]],
    named: dict[int, set[str]],
    whole: _Whole | None,
    found: Sequence[Mention],
) -> list[Mention]:
    """The mentions with those of the words of the trade: in a long text of what the whole bears out, in a short one of lines
    that are more often right than not, at least as surely as they are."""
    index = {id: k for k, id in enumerate(model.classes)}
    place = {(one.span.start, one.value): k for k, one in enumerate(found)}
    mentions = list(found)
    for at, lines in told.items():
        for line in sorted(lines, key=lambda one: -one.term.share):
            id = line.term.technique
            if whole is not None and index.get(id, -1) not in whole.probability or id in named.get(at, ()):
                continue
            score = line.term.share * OF_A_DOCUMENT if whole is None else whole.probability[index[id]]
            key = (read[at].place.start, id)
            if key in place:
                k = place[key]
                if mentions[k].context is Context.STATED and whole is not None:
                    mentions[k] = msgspec.structs.replace(mentions[k], score=round(max(mentions[k].score, score), 4))
            elif line.term.share >= WORDS_ALONE or whole is not None:
                place[key] = len(mentions)
                mentions.append(_of_passage(document, knowledge, read[at].place, id, score))
    return mentions


def _of_passage(document: Document, knowledge: Knowledge, place: PassageRange, id: str, score: float) -> Mention:
    return mention(
        document,
        MentionKind.TECHNIQUE,
        place.start,
        place.end,
        id,
        type="attack-pattern",
        target=knowledge.attack.current(id),
        method="prose",
        score=round(score, 4),
    )


def _judged_whole(
    model: Scorer,
    read: Sequence[_Read],
    stretches: Sequence[_Weighed],
    named: dict[int, set[str]],
    termed: dict[int, tuple[float, int]],
) -> _Whole:
    """The techniques that the judge of whole documents finds."""
    judge = whole_judge()
    index = {id: k for k, id in enumerate(model.classes)}
    literal = frozenset(index[id] for ids in named.values() for id in ids if id in index)
    evidence = _evidence(read, stretches, literal, termed)
    techniques, signs = signs_of(evidence, model.parents, model.taught)
    told = judge.told(techniques, judge.probabilities(techniques, signs), model.parents)
    best: dict[int, int] = {}
    for at in np.argsort(-evidence.probability, kind="stable").tolist():
        best.setdefault(int(evidence.technique[at]), int(evidence.passage[at]))
    return _Whole(told, best)


def _as_whole(said: list[tuple[int, int, float]], stretch: _Weighed, first: int, whole: _Whole) -> list[tuple[int, int, float]]:
    """What passages say, with the best passage of each technique that only the whole document says, if it is in the stretch."""
    held = {(at, technique) for at, technique, _ in said}
    pairs = stretch.pairs
    place = {(int(at), int(t)): k for k, (at, t) in enumerate(zip(pairs.sentence, pairs.technique, strict=True))}
    for technique in whole.probability:
        at = whole.best.get(technique, -1) - first
        if (at, technique) in place and (at, technique) not in held:
            said.append((at, technique, float(stretch.probabilities[place[at, technique]])))
    return sorted(said)


def _mentions(
    document: Document,
    knowledge: Knowledge,
    model: Scorer,
    read: Sequence[_Read],
    stretch: _Weighed,
    said: Sequence[tuple[int, int, float]],
    first: int,
    named: dict[int, set[str]],
    alone: bool,
    whole: _Whole | None,
) -> list[Mention]:
    """The mentions of what passages say. Use that the document as a whole does not bear out is left out; its score is that of
    the whole."""
    margins = stretch.margins
    found: list[Mention] = []
    for at, technique, probability in said:
        id = model.classes[technique]
        if id in named.get(first + at, ()) or knowledge.attack.technique(id) is None:
            continue
        one = read[at]
        context, cue, rest = context_of(one.text, one.advice)
        if context is not Context.STATED and rest:
            by_itself = model.margins([rest], alone=alone)[0, technique]
            if by_itself >= margins[at, technique] - SLACK:
                context, cue = Context.STATED, ""
        if context is Context.STATED and whole is not None:
            if technique not in whole.probability:
                continue
            probability = whole.probability[technique]
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
