"""What the texts of a story tell of the deed itself: the clearest sentence for each thing that a reader asks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from indicia.affairs.content import any_deed, in_turn
from indicia.affairs.stories import Story
from indicia.records import Case, Claim, Mention, MentionKind, Prominence, Span, Stance

# What is asked, in this order, and how many sentences may answer it.
ASKED = {"corrected": 2, "deed": 2, "victims": 2, "when": 1, "how": 2, "spared": 1, "open": 1, "answer": 1}
ALIKE = 0.5  # of the words of the shorter of two sentences: the second says nothing new
NAMED = 0.1  # what a name of the story adds to a sentence's probability
BESIDE = 0.4  # of the probability that a sentence answers another question, too, which no sentence told so far answers
LIKELY = 0.15  # the probability from which a sentence answers
REPEATED = 0.4  # of the probability, for a sentence all of whose words were told before
LONG = 320  # characters from which a sentence tells too much at once
MOST = 9  # sentences in all
_DATED = re.compile(
    r"\b(?:(?:19|20)\d\d(?!-\d)|January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.? \d|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|yesterday|"
    r"(?:last|this|past|earlier|previous) (?:week|month|year|spring|summer|autumn|fall|winter|night|morning))\b"
)


class AnswerSentence(NamedTuple):
    """A sentence that answers what is `asked` of ASKED, and what else it answers."""

    asked: str
    mention: Mention
    also: tuple[str, ...] = ()


def told_of(case: Case, story: Story, incident: str | None, beside: Sequence[Claim] = ()) -> tuple[AnswerSentence, ...]:
    """The answers in the order of ASKED, each sentence once. What is told of another deed than the known `incident` that the
    story is about, if it is one, what only claims `beside` the affair say, and what repeats a sentence, is left out."""
    documents = {one.id: one for one in case.documents if one.id in story.documents}
    found: dict[tuple[str, int], dict[str, Mention]] = defaultdict(dict)
    apart = {one.id for one in beside}
    aside = {_where(one) for one in case.claims if one.id in apart or _is_aside(one, incident)}
    aside -= {_where(one) for one in case.claims if one.id not in apart and not _is_aside(one, incident)}
    denials = {_where(one) for one in case.claims if one.stance is Stance.DENIES}
    other = [one.span for one in case.mentions if one.kind is MentionKind.INCIDENT and one.target not in (None, incident)]
    for one in case.mentions:
        if one.kind is not MentionKind.FACT or one.span.document not in documents:
            continue
        where = one.span.document, one.span.start
        answered = one.type == "open" and where in denials  # who denies leaves nothing open
        if where not in aside and not answered and not _holds(one.span, other):
            found[where][one.type] = one
    left = [kinds for kinds in found.values() if _is_on_it(kinds)]
    out: list[AnswerSentence] = []
    taken: list[frozenset[str]] = []
    for asked, most in ASKED.items():
        while sum(one.asked == asked for one in out) < most and len(out) < MOST:
            told = {kind for one in out for kind in (one.asked, *one.also)}
            fit = [kinds for kinds in left if _answers(asked, kinds) and _is_new(kinds[asked], taken)]
            if not fit or (most == 1 and asked in told):
                break
            best = min(
                fit,
                key=lambda kinds: (
                    -_worth(asked, kinds, told, story) + REPEATED * _said_before(kinds[asked], taken),
                    *in_turn(documents[kinds[asked].span.document]),
                    kinds[asked].span.start,
                ),
            )
            out.append(
                AnswerSentence(
                    asked,
                    best[asked],
                    tuple(kind for kind in best if kind not in (asked, "background") and _may_answer(kind, best)),
                )
            )
            taken.append(_words(best[asked].span.text))
    return tuple(out)


def _where(claim: Claim) -> tuple[str, int]:
    return claim.quote.document, claim.quote.start


def _is_aside(claim: Claim, incident: str | None) -> bool:
    """Whether a claim is of another deed: said in passing, or of another known incident."""
    return claim.prominence is Prominence.BACKGROUND or claim.incident_id not in (None, incident)


def _holds(sentence: Span, spans: Sequence[Span]) -> bool:
    return any(one.document == sentence.document and sentence.start <= one.start < sentence.end for one in spans)


def _is_on_it(kinds: dict[str, Mention]) -> bool:
    """Whether a sentence tells of the deed rather than of another one."""
    aside = kinds["background"].score if "background" in kinds else 0.0
    return max((one.score for kind, one in kinds.items() if kind != "background"), default=0.0) > aside


def _is_new(one: Mention, taken: Sequence[frozenset[str]]) -> bool:
    return _said_before(one, taken) < ALIKE


def _said_before(one: Mention, taken: Sequence[frozenset[str]]) -> float:
    """The share of the words of the shorter sentence that a sentence has in common with one that is told already."""
    words = _words(one.span.text)
    return max((len(words & other) / max(1, min(len(words), len(other))) for other in taken), default=0.0)


def _answers(asked: str, kinds: dict[str, Mention]) -> bool:
    return asked in kinds and kinds[asked].score >= LIKELY and _may_answer(asked, kinds)


def _may_answer(asked: str, kinds: dict[str, Mention]) -> bool:
    """Whether a sentence can answer: when something was, only one with a word for a time."""
    return asked != "when" or _DATED.search(kinds[asked].span.text) is not None


def _worth(asked: str, kinds: dict[str, Mention], told: set[str], story: Story) -> float:
    """How well a sentence tells what it tells: the reader's probabilities, more for names of the story, less for length."""
    text = kinds[asked].span.text.lower()
    named = sum(name in text for name in story.names[:4])
    beside = sum(one.score for kind, one in kinds.items() if kind in ASKED and kind != asked and kind not in told)
    return round(kinds[asked].score + BESIDE * beside + NAMED * min(named, 2) - max(0.0, (len(text) - LONG) / LONG), 6)


def _words(text: str) -> frozenset[str]:
    dull = any_deed()
    return frozenset(word for word in text.lower().split() if len(word) > 3 and word not in dull)
