"""The texts of a case, and one of them with everything that was read from it marked where it stands."""

from __future__ import annotations

from collections import Counter

from starlette.exceptions import HTTPException

from indicia.records import AccusedType, Claim, Context, Document, Firmness, Level, Mention, MentionKind, SourceType, Stance
from indicia.web.marks import Mark, segments
from indicia.web.render import Ask, Page, case_address, paged, said

__all__ = ["document", "listing"]

WINDOW = 40_000  # characters of a text on one page
KINDS = {
    MentionKind.TECHNIQUE: "technique",
    MentionKind.WEAKNESS: "technique",
    MentionKind.VULNERABILITY: "flaw",
    MentionKind.INDICATOR: "indicator",
    MentionKind.RULE: "indicator",
}
LEGEND = (
    ("claim", "claim"),
    ("source", "who speaks"),
    ("accused", "who is named"),
    ("cue", "how surely"),
    ("name", "name"),
    ("technique", "technique"),
    ("flaw", "vulnerability"),
    ("indicator", "indicator"),
)


def listing(ask: Ask) -> Page:
    """All texts with what was found in each."""
    held, case = ask.held, ask.held.case
    claims = Counter(claim.quote.document for claim in case.claims)
    mentions = Counter(mention.span.document for mention in case.mentions)
    page = paged(case.documents, ask.number("page"))
    rows = [
        {
            "id": one.id,
            "address": case_address(held.slug, "documents", one.id),
            "title": held.index.title(one),
            "name": one.name,
            "publisher": one.publisher,
            "published": one.published,
            "language": one.language,
            "marking": one.marking.label,
            "characters": len(one.text),
            "claims": claims[one.id],
            "mentions": mentions[one.id],
        }
        for one in page.rows
    ]
    data = {"documents": rows, "total": page.total, "page": page.page, "pages": page.pages}
    return Page("documents.html.j2", "Documents", data)


def kind_of(mention: Mention) -> str:
    """The colour of a mention."""
    return KINDS.get(mention.kind, "name")


def document(ask: Ask) -> Page:
    """One text, a window of it at a time, and the records of that window beside it. Raises: HTTPException 404."""
    held = ask.held
    found = held.index.documents.get(ask.request.path_params["id"])
    if found is None:
        raise HTTPException(404, "There is no such document in this case.")
    bounds = windows(found)
    part = min(ask.number("part"), len(bounds))
    low, high = bounds[part - 1]
    only = ask.one("only")
    claims = [claim for claim in held.claims.values() if claim.quote.document == found.id and _within(claim.quote, low, high)]
    mentions = [one for one in held.machine.mentions if one.span.document == found.id and _within(one.span, low, high)]
    claims.sort(key=lambda claim: (claim.quote.start, claim.id))
    mentions.sort(key=lambda mention: (mention.span.start, mention.id))
    standing = held.standing
    marks = [
        mark
        for mark in (*_claim_marks(claims), *_mention_marks(mentions))
        if (not only or mark.kind == only) and not standing.is_rejected(mark.id)
    ]
    number = {claim.id: place for place, claim in enumerate(claims, 1)}
    data = {
        "document": {
            "id": found.id,
            "name": found.name,
            "title": held.index.title(found),
            "publisher": found.publisher,
            "published": found.published,
            "sha256": found.sha256,
            "marking": found.marking.label,
            "text": found.text[low:high],
            "start": low,
            "end": high,
        },
        "part": part,
        "part_count": len(bounds),
        "claims": claims,
        "mentions": mentions,
        "judgements": [
            one for id in [record.id for record in claims] + [record.id for record in mentions] for one in standing.of(id)
        ],
    }
    view = {
        "segments": segments(found.text, marks, low, high),
        "number": number,
        "legend": LEGEND,
        "only": only,
        "counts": Counter(mark.kind for mark in marks),
        "kind_of": kind_of,
        "standing": standing,
        "corrected": standing.corrected,
        "groups": _groups(mentions),
        "choices": choices(),
    }
    return Page("document.html.j2", held.index.title(found), data, view)


def choices() -> dict[str, list[str]]:
    """The words that a form about a claim may use."""
    return {
        "stance": [one.value for one in Stance],
        "level": [one.value for one in Level],
        "firmness": [one.value for one in Firmness],
        "source_type": [one.value for one in SourceType],
        "accused_type": [one.value for one in AccusedType],
    }


def windows(document: Document) -> list[tuple[int, int]]:
    """The text in pieces of about `WINDOW` characters, cut at line ends where there are any."""
    text, bounds, start = document.text, [], 0
    while len(text) - start > WINDOW * 1.2:
        cut = text.rfind("\n", start + WINDOW // 2, start + WINDOW)
        end = cut + 1 if cut >= 0 else start + WINDOW
        bounds.append((start, end))
        start = end
    return [*bounds, (start, len(text))]


def part_of(document: Document, offset: int) -> int:
    """The number of the window that holds an offset."""
    return next((number for number, (_, end) in enumerate(windows(document), 1) if offset < end), 1)


def _within(span: object, low: int, high: int) -> bool:
    start, end = getattr(span, "start", 0), getattr(span, "end", 0)
    return bool(start < high and end > low) or (start == end == low)


def _groups(mentions: list[Mention]) -> list[list[Mention]]:
    """Mentions of one kind, value and context together, in the order of their first place."""
    found: dict[tuple[str, str, str], list[Mention]] = {}
    for one in mentions:
        found.setdefault((one.kind.value, one.value, one.context.value), []).append(one)
    return list(found.values())


def _claim_marks(claims: list[Claim]) -> list[Mark]:
    found = []
    for claim in claims:
        found.append(Mark(claim.quote.start, claim.quote.end, "claim", claim.id, said(claim)))
        for span, kind in (
            (claim.source.party.span if claim.source.party else None, "source"),
            (claim.accused.party.span if claim.accused.party else None, "accused"),
            (claim.firmness_cue, "cue"),
        ):
            if span is not None and span.document == claim.quote.document and span != claim.quote:
                found.append(Mark(span.start, span.end, kind, claim.id, f"{dict(LEGEND)[kind]}: {said(claim)}"))
    return found


def _mention_marks(mentions: list[Mention]) -> list[Mark]:
    return [
        Mark(one.span.start, one.span.end, kind_of(one), one.id, f"{one.kind.value}: {one.value}")
        for one in mentions
        if one.context in {Context.STATED, Context.RECOMMENDED, Context.HYPOTHETICAL, Context.NEGATED}
    ]
