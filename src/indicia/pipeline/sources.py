"""From sources to readings, one document at a time, so that a text of any length passes through in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import IO, NamedTuple

import msgspec

from indicia.errors import IndiciaError, fault_of
from indicia.knowledge import Knowledge
from indicia.read.fronts import Held, each_opened
from indicia.read.reading import Reader, only_in_front, read_document
from indicia.records import Case, Claim, Document, Fallen, Mention, Problem, Severity, Tlp
from indicia.share.stix import is_ours, read_bundle

__all__ = ["Piece", "ProgressCall", "each_piece", "read_sources"]

ProgressCall = Callable[[str, float, float | None], None]
_PART = "#char="  # in the name of a part of a long text
MOST_MENTIONS = 500_000  # of one text in parts, after which no more are looked for: each is kept with its place


class Piece(NamedTuple):
    """What some documents, mostly one, say; and what could not be used on the way to them."""

    documents: tuple[Document, ...] = ()
    claims: tuple[Claim, ...] = ()
    mentions: tuple[Mention, ...] = ()
    problems: tuple[Problem, ...] = ()
    fallen: tuple[Fallen, ...] = ()  # what readers beside our own offered and what did not hold


def read_sources(
    sources: Sequence[str | Held],
    knowledge: Knowledge,
    *,
    published: str | None = None,
    marking: Tlp | None = None,
    readers: Sequence[Reader] = (),
    stdin: IO[bytes] | None = None,
    progress: ProgressCall | None = None,
) -> tuple[tuple[Document, ...], tuple[Claim, ...], tuple[Mention, ...], tuple[Problem, ...]]:
    """`each_piece` put together: documents, claims, mentions and problems of all sources, in the order given."""
    pieces = list(
        each_piece(sources, knowledge, published=published, marking=marking, readers=readers, stdin=stdin, progress=progress)
    )
    documents: dict[str, Document] = {}
    problems = [problem for piece in pieces for problem in piece.problems]
    for document in (document for piece in pieces for document in piece.documents):
        first = documents.setdefault(document.id, document)
        documents[document.id] = msgspec.structs.replace(first, marking=Tlp.joined([first.marking, document.marking]))
    wholes: dict[str, Tlp | None] = {}  # a banner on a later part of a long text holds for all of it
    for document in documents.values():
        file, part, _ = document.name.partition(_PART)
        if part:
            wholes[file] = Tlp.joined([wholes.get(file), document.marking])
    for id, document in documents.items():
        file, part, _ = document.name.partition(_PART)
        if part and document.marking is not wholes[file]:
            documents[id] = msgspec.structs.replace(document, marking=wholes[file])
    claims = {claim.id: claim for piece in reversed(pieces) for claim in piece.claims}
    mentions = {mention.id: mention for piece in reversed(pieces) for mention in piece.mentions}
    return (
        tuple(documents.values()),
        tuple({claim.id: claims[claim.id] for piece in pieces for claim in piece.claims}.values()),
        tuple({mention.id: mentions[mention.id] for piece in pieces for mention in piece.mentions}.values()),
        tuple(problems),
    )


def each_piece(
    sources: Sequence[str | Held],
    knowledge: Knowledge,
    *,
    published: str | None = None,
    marking: Tlp | None = None,
    readers: Sequence[Reader] = (),
    stdin: IO[bytes] | None = None,
    progress: ProgressCall | None = None,
) -> Iterator[Piece]:
    """What the sources say, in the order given, document by document. A source that cannot be used is a problem.

    `published` (ISO date) is the date of documents that do not tell their own; `marking` is the least that they are marked;
    `readers` read each text beside our own reader; `stdin` is what the source `-` stands for. Of a text that is so long that it
    comes in parts, the first part is read in full and the later ones for indicators only, until there are MOST_MENTIONS, and a
    problem says so: claims in gigabytes would take hours, and millions of indicators more memory than a machine may have.
    """
    seen: dict[str, Document] = {}
    for number, source in enumerate(sources):
        if progress:
            progress("reading", number, len(sources))
        shallow: dict[str, int] = {}
        found: Counter[str] = Counter()
        full: dict[str, str] = {}
        for opened in each_opened(source, stdin=stdin, progress=progress if len(sources) == 1 else None):
            if opened.problems:
                yield Piece(problems=opened.problems)
            for document in opened.documents:
                if (first := seen.get(document.id)) is not None:
                    yield _again(document, first, marking)
                    continue
                seen[document.id] = _kept(document, published, marking)
                mentions = [mention for mention in opened.mentions if mention.span.document == document.id]
                file, _, place = document.name.partition(_PART)
                start = place.split(",")[0]
                later = start not in {"", "0"}
                if later:
                    shallow.setdefault(file, int(start))
                if later and found[file] >= MOST_MENTIONS:
                    full.setdefault(file, start)
                    yield Piece((_kept(document, published, marking),))
                    continue
                claims = [claim for claim in opened.claims if claim.quote.document == document.id]
                shallowly = later or not opened.in_full
                for piece in _read(document, mentions, claims, knowledge, seen, published, marking, shallowly, readers):
                    found[file] += len(piece.mentions)
                    yield piece
        for file, characters in shallow.items():
            yield Piece(problems=(only_in_front(file, characters),))
        for file, start in full.items():
            yield Piece(problems=(_no_more(file, int(start)),))
    if progress:
        progress("reading", len(sources), len(sources))


def _no_more(where: str, characters: int) -> Problem:
    what = f"holds more than {MOST_MENTIONS:,} indicators: none were looked for after the first {characters:,} characters"
    return Problem(where=where, what=what, hint="split the file")


def _kept(document: Document, published: str | None, marking: Tlp | None) -> Document:
    """The document under at least the marking, with the date where it tells none."""
    return msgspec.structs.replace(
        document, published=document.published or published, marking=Tlp.joined([document.marking, marking])
    )


def _again(document: Document, first: Document, marking: Tlp | None) -> Piece:
    """A text that was read already, whatever it is called: it is not read again, and brings no more than a stricter marking."""
    what = f"is the same text as {first.name}; it is in the case once"
    told = Problem(where=document.name, what=what, severity=Severity.NOTE)
    joined = Tlp.joined([first.marking, document.marking, marking])
    return Piece((msgspec.structs.replace(first, marking=joined),) if joined is not first.marking else (), problems=(told,))


def _read(
    document: Document,
    mentions: list[Mention],
    claims: list[Claim],
    knowledge: Knowledge,
    seen: dict[str, Document],
    published: str | None,
    marking: Tlp | None,
    later: bool,
    readers: Sequence[Reader],
) -> Iterator[Piece]:
    if document.media_type == "application/stix+json" and is_ours(document.text.encode("utf-8", "surrogatepass")):
        problems: list[Problem] = []
        theirs = _our_bundle(document, marking, problems)
        if problems:
            yield Piece(problems=tuple(problems))
        if theirs is not None:  # its claims were read already, by whoever made it; nothing is read out of its JSON
            fresh = {one.id for one in theirs.documents} - seen.keys()
            seen |= {one.id: one for one in theirs.documents if one.id in fresh}
            yield Piece(
                documents=tuple(one for one in theirs.documents if one.id in fresh),
                claims=tuple(claim for claim in theirs.claims if claim.quote.document in fresh),
                mentions=tuple(mention for mention in theirs.mentions if mention.span.document in fresh),
            )
            return
    kept = _kept(document, published, marking)
    try:
        reading = read_document(kept, knowledge, given=mentions, claimed=claims, readers=readers, indicators_only=later)
    except Exception as error:  # the document stays, for people to read
        problem = Problem(where=document.name, what=fault_of(error), severity=Severity.FAILED)
        yield Piece((kept,), mentions=tuple(mentions), problems=(problem,))
        return
    yield Piece((kept,), reading.claims, reading.mentions, reading.problems, reading.fallen)


def _our_bundle(document: Document, marking: Tlp | None, problems: list[Problem]) -> Case | None:
    """The case in a bundle that Indicia wrote, under at least `marking`; None, and a problem, where it cannot be read back."""
    try:
        case = read_bundle(document.text.encode("utf-8", "surrogatepass"))
    except IndiciaError as error:
        what = f"is one of Indicia's bundles, but damaged, so it is read like any other: {error}"
        problems.append(Problem(where=document.name, what=what, severity=Severity.NOTE))
        return None
    problems += case.problems
    least = Tlp.joined([document.marking, marking])
    documents = tuple(msgspec.structs.replace(one, marking=Tlp.joined([one.marking, least])) for one in case.documents)
    return msgspec.structs.replace(case, documents=documents)
