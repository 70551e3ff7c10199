"""All that one document says: claims, techniques, indicators, names."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from indicia.knowledge import Knowledge
from indicia.read.claims import read_said
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.stated.coded import claims_of_rows
from indicia.read.stated.given import brought_up_to_date
from indicia.read.stated.known import with_what_is_known
from indicia.read.techniques import find_techniques
from indicia.records import BlockKind, Claim, Document, Mention, Problem, Reading, Severity

__all__ = ["only_in_front", "read_document"]


# What says its indicators, techniques and names outright: of such a page only the prose is read, which comes first.
_MACHINE_READABLE = frozenset({"application/json", "application/stix+json"})

FULLY = 1 << 20  # characters: what is longer is not read for claims to its end, which would take hours


def only_in_front(where: str, characters: int) -> Problem:
    """What is said of a text that is too long to be read in full."""
    what = f"claims, techniques and names were read in the first {characters:,} characters only, indicators in all of it"
    return Problem(where=where, what=what, severity=Severity.SKIPPED, hint="split the file, and give its prose by itself")


def _front(document: Document, end: int) -> Document:
    """The document up to a place: the end of a line or, where there is none, of a word."""
    if len(document.text) <= end:
        return document
    cut = document.text.rfind("\n", end // 2, end) + 1 or document.text.rfind(" ", end // 2, end) + 1 or end
    blocks = tuple(replace(block, end=min(block.end, cut)) for block in document.blocks if block.start < cut)
    return replace(document, text=document.text[:cut], blocks=blocks)


def _prose(document: Document) -> Document | None:
    """The prose that a machine-readable document begins with; None where it has none."""
    rows = next((block.start for block in document.blocks if block.kind is BlockKind.ROW), len(document.text))
    return _front(document, min(rows, FULLY)) if document.text[:rows].strip() else None


def read_document(
    document: Document,
    knowledge: Knowledge,
    *,
    given: Iterable[Mention] = (),
    claimed: Iterable[Claim] = (),
    indicators_only: bool = False,
) -> Reading:
    """Claims in text order, mentions by place. `given` are mentions and `claimed` claims that the document's own
    machine-readable form states; they are kept as they are. `indicators_only` is for the later parts of very long texts. A text
    of more than FULLY characters is read in full up to there, and a problem says so."""
    mentions = brought_up_to_date(list(given), knowledge)
    table = document.media_type == "text/csv"
    stated = claims_of_rows(document, knowledge) if table else with_what_is_known(claimed, knowledge)
    structured = bool(mentions or stated)
    if structured and table:
        return Reading(document=document.id, claims=stated, mentions=tuple(mentions))
    if indicators_only:
        left_out: list[Problem] = []
        mentions += find_indicators(document, left_out)
        return Reading(document=document.id, mentions=tuple(mentions), problems=tuple(left_out))
    if structured and document.media_type in _MACHINE_READABLE:
        prose = _prose(document)
        if prose is None:
            return Reading(document=document.id, claims=stated, mentions=tuple(mentions))
        read = _read(prose, prose, knowledge)
        known = {mention.id for mention in mentions}
        mentions += (mention for mention in read.mentions if mention.id not in known)
        return replace(read, document=document.id, claims=(*read.claims, *stated), mentions=tuple(mentions))
    read = _read(document, _front(document, FULLY), knowledge)
    return replace(read, mentions=tuple(sorted((*mentions, *read.mentions), key=_by_place))) if mentions else read


def _by_place(mention: Mention) -> tuple[int, int, str, str]:
    return mention.span.start, mention.span.end, mention.kind, mention.value


def _read(document: Document, front: Document, knowledge: Knowledge) -> Reading:
    """What the prose of a document says; `front` is what is read in full of it."""
    names = find_names(front, knowledge)
    said = read_said(front, knowledge, names=names)
    left_out: list[Problem] = []
    mentions = [*find_indicators(document, left_out), *find_techniques(front, knowledge), *names, *said.facts]
    problems = (*said.problems, *left_out)
    if front is not document:
        problems = (*problems, only_in_front(document.name, len(front.text)))
    ordered = tuple(sorted(mentions, key=_by_place))
    return Reading(document=document.id, claims=said.claims, mentions=ordered, problems=problems)
