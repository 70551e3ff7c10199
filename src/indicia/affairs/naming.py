"""What a deed that no table knows can be called by: who was hit, and when, as the texts tell it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from indicia.affairs.content import any_deed, in_turn
from indicia.affairs.stories import HEAD, OLD, Story, heading
from indicia.read.claims.dates import dates
from indicia.records import Case, Claim, Document, Mention, MentionKind

LONGEST = 45  # characters of a victim's name
WORDS = 6
_NAME = re.compile(r"\b[A-Z][\w&’'-]+")
_LEADING = re.compile(
    r"^(?:the|its|their|his|her|our|several|some|many|at least|more than|over|about|\d[\d,.]*)\s+", re.IGNORECASE
)
_EDGE = " \t\n.,;:“”\"'‘’()[]"


def victim_of(case: Case, story: Story, claims: Sequence[Claim]) -> str:
    """Who was hit: of the names that claims on the deed give and that stand at the head of a text, the one that most texts of
    the story hold; empty where none is told. A whole state is no name for a deed."""
    texts = {one.id: one.text for one in case.documents if one.id in story.documents}
    told: Counter[str] = Counter()
    for claim in claims:
        for span in claim.victims:
            if name := _name(span.text):
                told[name] += 1
    states = {one.span.text.casefold() for one in case.mentions if one.kind is MentionKind.STATE}
    heads = " ".join(text[:HEAD] for text in texts.values()).casefold()
    told = Counter({name: times for name, times in told.items() if name.casefold() in heads and name.casefold() not in states})
    in_texts = {name: sum(name.casefold() in text.casefold() for text in texts.values()) for name in told}
    return min(told, key=lambda name: (-in_texts[name], -told[name], len(name), name), default="")


def _name(words: str) -> str:
    """The victim's name within some words, without what leads to it; empty where they hold none that tells a deed."""
    words = " ".join(words.split()).strip(_EDGE)
    while lead := _LEADING.match(words):
        words = words[lead.end() :]
    own = [word for word in _NAME.findall(words) if word.lower() not in any_deed()]
    return words if own and len(words) <= LONGEST and len(words.split()) <= WORDS else ""


def time_of(case: Case, story: Story) -> str | None:
    """The month (as 2021-07) or year in which the texts of a story say that it happened: that which most sentences on its date
    give, the earlier one of equals. What is told with a day of long before is history."""
    documents = {one.id: one for one in case.documents if one.id in story.documents}
    told = Counter(month for one in case.mentions if one.type == "when" for month in _months(one, documents))
    told_on = [int(one.published[:4]) for one in documents.values() if one.published]
    if told_on:
        told = Counter({month: times for month, times in told.items() if min(told_on) - int(month[:4]) <= OLD})
    return min(told, key=lambda month: (-told[month], len(month) < 7, month), default=None)


def _months(one: Mention, documents: Mapping[str, Document]) -> Iterator[str]:
    document = documents.get(one.span.document)
    if one.kind is MentionKind.FACT and document is not None:
        found = dates(document.text, one.span.start, one.span.end, document.published)
        yield from dict.fromkeys(date.iso[:7] for date in found)


def heading_of(case: Case, story: Story) -> str:
    """What the text of the story that shares most names with the others calls itself."""
    mine = sorted((one for one in case.documents if one.id in story.documents and heading(one)), key=in_turn)
    shared = set(story.names[:6])
    best = min(mine, key=lambda one: -sum(name in heading(one).lower() for name in shared), default=None)
    return heading(best) if best is not None else ""
