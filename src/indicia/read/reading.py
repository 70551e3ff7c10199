"""All that one document says: claims, techniques, indicators, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from indicia.knowledge import Knowledge
from indicia.read.claims import claims_of, ground, read_said, together
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.stated import brought_up_to_date, claims_of_rows, with_what_is_known
from indicia.read.techniques import find_techniques
from indicia.read.text.banners import without_banners
from indicia.records import NOT_READ, BlockKind, Claim, Document, Fallen, Mention, Problem, ProposedReading, Reading, Severity


class Answer(NamedTuple):
    """What a reader gives for one document: nothing where it does not read it; and what it could not do."""

    reading: ProposedReading | None = None
    problems: tuple[Problem, ...] = ()
    fallen: tuple[Fallen, ...] = ()  # what had not even the form of a claim


class Reader(Protocol):
    """Anybody who reads documents beside our own reader: `docs/readers.md`."""

    def __call__(self, document: Document, /) -> Answer:
        """What it reads in a document. Raises nothing because of it."""
        ...


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
    readers: Sequence[Reader] = (),
    indicators_only: bool = False,
) -> Reading:
    """Claims in text order, mentions by place. `given` are mentions and `claimed` claims that the document's own
    machine-readable form states; they are kept as they are. `readers` read beside our own reader, and every claim of theirs is
    held to the text. `indicators_only` is for the later parts of very long texts. A text of more than FULLY characters is read
    in full up to there, and a problem says so."""
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
        read = _read(prose, prose, knowledge, readers)
        known = {mention.id for mention in mentions}
        mentions += (mention for mention in read.mentions if mention.id not in known)
        return replace(read, document=document.id, claims=(*read.claims, *stated), mentions=tuple(mentions))
    read = _read(document, _front(document, FULLY), knowledge, readers)
    return replace(read, mentions=tuple(sorted((*mentions, *read.mentions), key=_by_place))) if mentions else read


def _by_place(mention: Mention) -> tuple[int, int, str, str]:
    return mention.span.start, mention.span.end, mention.kind, mention.value


def _read(document: Document, front: Document, knowledge: Knowledge, readers: Sequence[Reader]) -> Reading:
    """What the prose of a document says; `front` is what is read in full of it."""
    names = find_names(front, knowledge)
    said = read_said(front, knowledge, names=names)
    others = heard_of_others(front, knowledge, names, readers)
    claims = together(said.claims, others.claims) if others.claims else said.claims
    left_out: list[Problem] = []
    mentions = [*find_indicators(document, left_out), *find_techniques(front, knowledge), *names, *said.facts]
    problems = (*_read_by_others(said.problems, front, others), *others.problems, *left_out)
    if front is not document:
        problems = (*problems, only_in_front(document.name, len(front.text)))
    ordered = tuple(sorted(mentions, key=_by_place))
    return Reading(document=document.id, claims=claims, mentions=ordered, problems=problems, fallen=tuple(others.fallen))


class _Others(NamedTuple):
    """What other readers say of a document: claims by reader, each with the stretches where its silence tells something; the
    stretches that each read; and what fell."""

    claims: dict[str, tuple[tuple[Claim, ...], tuple[tuple[int, int], ...]]]
    read: dict[str, tuple[tuple[int, int], ...]]
    problems: list[Problem]
    fallen: list[Fallen]


def _read_by_others(problems: Iterable[Problem], document: Document, others: _Others) -> Iterator[Problem]:
    """The problems of our own reader; what it could not read and another reader read whole is none any more."""
    end = len(document.text.rstrip())
    for problem in problems:
        whole = (name for name, read in others.read.items() if read and min(read)[0] <= 0 and max(b for _, b in read) >= end)
        name = next(whole, None) if problem.hides_claims else None
        if name is None:
            yield problem
        else:
            what = problem.what.replace(NOT_READ, f"read for claims by {name} alone", 1)
            yield Problem(where=problem.where, what=what, severity=Severity.NOTE)


def heard_of_others(document: Document, knowledge: Knowledge, names: Sequence[Mention], readers: Iterable[Reader]) -> _Others:
    """What readers beside our own say of a document, held to its text and resolved by our tables."""
    out = _Others({}, {}, [], [])
    plain = replace(document, text=without_banners(document.text)) if "TLP" in document.text.upper() else document
    for reader in readers:
        answer = reader(document)
        out.problems.extend(answer.problems)
        fallen = [*answer.fallen]
        if answer.reading is not None:
            grounded = ground(plain, answer.reading, names)
            fallen += grounded.fallen
            claims = claims_of(plain, knowledge, grounded.proposals, names)
            # Who offers more that is not there than what is, is no witness for what it does not see.
            reliable = len(fallen) <= len(claims)
            out.claims[answer.reading.reader] = claims, answer.reading.read if reliable else ()
            out.read[answer.reading.reader] = answer.reading.read
        out.fallen.extend(fallen)
        for (name, fault), count in Counter((one.reader, one.fault) for one in fallen).items():
            what = f"{name} offered {count} claim{'s' if count > 1 else ''} that cannot be taken: {fault.value}"
            out.problems.append(Problem(where=document.name, what=what, severity=Severity.NOTE))
    return out
