"""From sources and logs to a case: read, join, hunt, weigh, advise."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from indicia import __version__
from indicia.advise import advise
from indicia.advise.hunts import packed
from indicia.errors import IndiciaError
from indicia.knowledge import Knowledge, load
from indicia.read.affairs import join_affairs
from indicia.read.fronts import open_source
from indicia.read.reading import read_document
from indicia.records import (
    Case,
    Claim,
    Context,
    Document,
    Hunt,
    Mention,
    MentionKind,
    Problem,
    Severity,
    Tlp,
    Versions,
)
from indicia.share.stix import is_ours, read_bundle
from indicia.weigh import gather, weigh

if TYPE_CHECKING:
    from indicia.hunt import IndicatorSought

__all__ = ["build", "read_sources", "sought"]

ProgressCall = Callable[[str, float, float | None], None]


def read_sources(
    sources: Sequence[str],
    knowledge: Knowledge,
    *,
    published: str | None = None,
    marking: Tlp | None = None,
    stdin: IO[bytes] | None = None,
    progress: ProgressCall | None = None,
) -> tuple[tuple[Document, ...], tuple[Claim, ...], tuple[Mention, ...], tuple[Problem, ...]]:
    """Documents, claims, mentions and problems of all sources, in the order given. A source that cannot be used is a problem.

    `published` (ISO date) is the date of documents that do not tell their own; `marking` is the least that they are marked;
    `stdin` is what the source `-` stands for.
    """
    documents: list[Document] = []
    claims: list[Claim] = []
    mentions: list[Mention] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for number, source in enumerate(sources):
        if progress:
            progress("reading", number, len(sources))
        opened = open_source(source, stdin=stdin)
        problems += opened.problems
        for document in opened.documents:
            if document.id in seen:
                problems.append(Problem(where=document.name, what="the same document was given twice", severity=Severity.NOTE))
                continue
            seen.add(document.id)
            if document.media_type == "application/stix+json" and is_ours(document.text.encode("utf-8", "surrogatepass")):
                theirs = _our_bundle(document, marking, problems)
                if theirs is not None:  # its claims were read already, by whoever made it; nothing is read out of its JSON
                    fresh = {one.id for one in theirs.documents} - seen
                    seen |= fresh
                    documents += (one for one in theirs.documents if one.id in fresh)
                    claims += (claim for claim in theirs.claims if claim.quote.document in fresh)
                    mentions += (mention for mention in theirs.mentions if mention.span.document in fresh)
                    continue
            kept = msgspec.structs.replace(
                document,
                published=document.published or published,
                marking=Tlp.strictest([document.marking, marking or Tlp.CLEAR]),
            )
            reading = read_document(kept, knowledge, given=[m for m in opened.mentions if m.span.document == document.id])
            documents.append(kept)
            claims += reading.claims
            mentions += reading.mentions
            problems += reading.problems
    if progress:
        progress("reading", len(sources), len(sources))
    return tuple(documents), tuple(claims), tuple(mentions), tuple(problems)


def _our_bundle(document: Document, marking: Tlp | None, problems: list[Problem]) -> Case | None:
    """The case in a bundle that Indicia wrote, under at least `marking`; None, and a problem, where it cannot be read back."""
    try:
        case = read_bundle(document.text.encode("utf-8", "surrogatepass"))
    except IndiciaError as error:
        what = f"is a bundle of Indicia that cannot be read back, so it is read as any other: {error}"
        problems.append(Problem(where=document.name, what=what, severity=Severity.NOTE))
        return None
    problems += case.problems
    least = Tlp.strictest([document.marking, marking or Tlp.CLEAR])
    documents = tuple(msgspec.structs.replace(one, marking=Tlp.strictest([one.marking, least])) for one in case.documents)
    return msgspec.structs.replace(case, documents=documents)


def sought(mentions: Iterable[Mention]) -> tuple[IndicatorSought, ...]:
    """What to look for in logs: the indicators that the texts state as such, each value once."""
    from indicia.hunt import IndicatorSought  # here, because a run without logs needs none of the hunt

    found: dict[tuple[str, str], IndicatorSought] = {}
    for mention in mentions:
        if mention.kind is MentionKind.INDICATOR and mention.context is Context.STATED:
            key = (mention.type, mention.value)
            found.setdefault(key, IndicatorSought(type=mention.type, value=mention.value, source=mention.id))
    return tuple(found.values())


def build(
    sources: Sequence[str],
    logs: Sequence[Path] = (),
    *,
    rules: Sequence[Path] = (),
    name: str = "case",
    have: Iterable[str] = (),
    published: str | None = None,
    marking: Tlp | None = None,
    before: Case | None = None,
    knowledge: Knowledge | None = None,
    stdin: IO[bytes] | None = None,
    progress: ProgressCall | None = None,
) -> Case:
    """Everything about one affair from texts and logs. Same input, same case: it asks neither the clock nor the network.

    With `before`, its texts and sightings are kept beside the new ones (a text or a log that is read again replaces its earlier
    reading), and everything that follows from them is joined, weighed and advised anew. Judgements are kept and not applied:
    `as_left` lays them over it.
    """
    knowledge = knowledge or load()
    documents, claims, mentions, problems = read_sources(
        sources, knowledge, published=published, marking=marking, stdin=stdin, progress=progress
    )
    hunt: Hunt | None = None
    if before is not None:
        again = {document.name for document in documents}
        kept = tuple(document for document in before.documents if document.name not in again)
        ids = {document.id for document in kept}
        documents = (*kept, *documents)
        claims = (*(claim for claim in before.claims if claim.quote.document in ids), *claims)
        mentions = (*(mention for mention in before.mentions if mention.span.document in ids), *mentions)
        hunt = before.hunt
    if logs:
        from indicia.hunt import hunt as hunt_logs
        from indicia.hunt import merge

        found = hunt_logs(logs, rules=rules, indicators=sought(mentions), progress=progress)
        hunt = merge(hunt, found) if hunt else found
    judgements = before.judgements if before else ()
    evidence = gather(claims, mentions, hunt, documents, knowledge)
    case = Case(
        name=name,
        versions=Versions(
            indicia=__version__,
            knowledge=tuple(sorted({(row.source, row.version) for row in knowledge.provenance if row.version})),
        ),
        documents=documents,
        claims=claims,
        mentions=mentions,
        affairs=join_affairs(claims, documents, knowledge),
        hunt=msgspec.structs.replace(hunt, stats=()) if hunt else None,
        weighing=weigh(evidence, knowledge),
        judgements=judgements,
        problems=(*problems, *(hunt.problems if hunt else ())),
        marking=Tlp.strictest([document.marking for document in documents]),
    )
    return msgspec.structs.replace(case, advice=advise(case, knowledge, have=tuple(have), rules=_rule_texts(rules)))


def _rule_texts(rules: Sequence[Path]) -> dict[str, str]:
    """Our own rules and those in `rules`, as name and text. What cannot be read is the hunt's to report: it tries them all."""
    texts = dict(packed())
    for path in rules:
        files = sorted(path.rglob("*.y*ml")) if path.is_dir() else [path]
        for file in files:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                texts[str(file)] = file.read_text("utf-8")
    return texts
