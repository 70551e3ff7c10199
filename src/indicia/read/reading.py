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
from indicia.read.stated.bundled import claims_of_bundle
from indicia.read.stated.coded import claims_of_rows
from indicia.read.stated.given import brought_up_to_date
from indicia.read.stated.tagged import claims_of_events
from indicia.read.techniques import find_techniques
from indicia.read.text.banners import without_banners
from indicia.records import NOT_READ, Claim, Document, Fallen, Mention, Problem, ProposedReading, Reading, Severity

__all__ = ["Answer", "Reader", "heard_of_others", "only_in_front", "read_document"]


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


# What says its indicators, techniques and names outright; reading its JSON or CSV as prose would only say them again, worse.
_MACHINE_READABLE = frozenset({"application/json", "application/stix+json", "text/csv"})


def _nothing(document: Document, knowledge: Knowledge) -> tuple[Claim, ...]:
    return ()


_CLAIMS = {"application/stix+json": claims_of_bundle, "application/json": claims_of_events, "text/csv": claims_of_rows}

FULLY = 1 << 20  # characters: what is longer is not read for claims to its end, which would take hours


def only_in_front(where: str, characters: int) -> Problem:
    """What is said of a text that is too long to be read in full."""
    what = f"claims, techniques and names were read in the first {characters:,} characters only, indicators in all of it"
    return Problem(where=where, what=what, severity=Severity.SKIPPED, hint="split the file, and give its prose by itself")


def _front(document: Document) -> Document:
    """The document up to where it is read in full: the end of a line or, where there is none, of a word."""
    if len(document.text) <= FULLY:
        return document
    cut = document.text.rfind("\n", FULLY // 2, FULLY) + 1 or document.text.rfind(" ", FULLY // 2, FULLY) + 1 or FULLY
    blocks = tuple(replace(block, end=min(block.end, cut)) for block in document.blocks if block.start < cut)
    return replace(document, text=document.text[:cut], blocks=blocks)


def read_document(
    document: Document,
    knowledge: Knowledge,
    *,
    given: Iterable[Mention] = (),
    readers: Sequence[Reader] = (),
    indicators_only: bool = False,
) -> Reading:
    """Claims in text order, mentions by place. `given` are mentions that the document's own machine-readable form states;
    they are kept as they are. `readers` read beside our own reader, and every claim of theirs is held to the text.
    `indicators_only` is for the later parts of very long texts. A text of more than FULLY characters
    is read in full up to there, and a problem says so."""
    mentions = brought_up_to_date(list(given), knowledge)
    stated = _CLAIMS.get(document.media_type, _nothing)(document, knowledge)
    if (mentions or stated) and document.media_type in _MACHINE_READABLE:
        return Reading(document=document.id, claims=stated, mentions=tuple(mentions))
    if indicators_only:
        left_out: list[Problem] = []
        mentions += find_indicators(document, left_out)
        return Reading(document=document.id, mentions=tuple(mentions), problems=tuple(left_out))
    front = _front(document)
    names = find_names(front, knowledge)
    said = read_said(front, knowledge, names=names)
    left_out = []
    mentions += find_indicators(document, left_out)
    mentions += find_techniques(front, knowledge)
    mentions += (*names, *said.facts)
    others = heard_of_others(front, knowledge, names, readers)
    claims = together(said.claims, others.claims) if others.claims else said.claims
    problems = (*_read_by_others(said.problems, front, others), *others.problems, *left_out)
    if front is not document:
        problems = (*problems, only_in_front(document.name, len(front.text)))
    mentions.sort(key=lambda mention: (mention.span.start, mention.span.end, mention.kind, mention.value))
    return Reading(
        document=document.id, claims=claims, mentions=tuple(mentions), problems=problems, fallen=tuple(others.fallen)
    )


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
