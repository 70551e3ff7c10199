"""The texts of a case, and one of them with everything that was read from it marked where it stands."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia.records import (
    AccusedType,
    Basis,
    Channel,
    Claim,
    Context,
    DeedKind,
    Document,
    Firmness,
    Level,
    Mention,
    MentionKind,
    SourceType,
    Stance,
    TieKind,
    shown_marking,
)
from indicia.share.redact import marking_of_texts
from indicia.view.inert import visible
from indicia.web.pages.filters import Facets, Filter, chips, counted, facet_of, filters_of, left_by, refang, wanted_of
from indicia.web.shown.render import Ask, Page, as_csv, case_address, paged, said


# Records marked where they stand in a text: overlapping spans become segments, each with all records that cover it.
class Mark(NamedTuple):
    """A record at [start, end): `kind` colours it, `id` leads to it, `title` says what it is."""

    start: int
    end: int
    kind: str
    id: str
    title: str


class Segment(NamedTuple):
    """A stretch of text that the same marks cover: claims, and the others with the narrowest first. `ends` are the claims
    that end with it."""

    text: str
    claims: tuple[Mark, ...]
    others: tuple[Mark, ...]
    ends: tuple[Mark, ...]


def segments(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> list[Segment]:
    """`text[start:end]` cut at all bounds of marks. Joined, the segments are the text again.

    >>> marks = [Mark(0, 3, "x", "1", ""), Mark(1, 2, "x", "2", "")]
    >>> [(one.text, [mark.id for mark in one.others]) for one in segments("abcd", marks)]
    [('a', ['1']), ('b', ['2', '1']), ('c', ['1']), ('d', [])]
    """
    end = len(text) if end is None else min(end, len(text))
    kept = [mark for mark in marks if mark.start < end and mark.end > start and mark.start < mark.end]
    cuts = sorted({start, end} | {min(max(bound, start), end) for mark in kept for bound in (mark.start, mark.end)})
    covering: list[list[Mark]] = [[] for _ in cuts]
    for mark in kept:
        first = bisect_right(cuts, max(mark.start, start)) - 1
        at = first
        while at < len(cuts) - 1 and cuts[at] < mark.end:
            covering[at].append(mark)
            at += 1
    return [
        _segment(text[low:high], covering[index], high) for index, (low, high) in enumerate(zip(cuts, cuts[1:], strict=False))
    ]


def _segment(text: str, marks: Sequence[Mark], high: int) -> Segment:
    ordered = sorted(marks, key=lambda mark: (mark.end - mark.start, mark.start, mark.id))
    claims = tuple(mark for mark in ordered if mark.kind == "claim")
    return Segment(
        text=text,
        claims=claims,
        others=tuple(mark for mark in ordered if mark.kind != "claim"),
        ends=tuple(mark for mark in claims if mark.end == high),
    )


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
    ("tie", "what ties them"),
    ("cue", "how surely"),
    ("name", "name"),
    ("technique", "technique"),
    ("flaw", "vulnerability"),
    ("indicator", "indicator"),
)


FACETS: Facets[dict[str, Any]] = {
    "found": ("Claims in it", lambda row: "some" if row["claims"] else "none"),
    "publisher": ("Published by", lambda row: visible(row["publisher"] or "not named")),
    "year": ("Year", lambda row: visible(row["published"][:4]) if row["published"] else "no date"),
    "marking": ("Marking", lambda row: str(row["marking"])),
    "language": ("Language", lambda row: visible(row["language"] or "not known")),
}


def listing(ask: Ask) -> Page:
    """All texts with what was found in each."""
    held = ask.held
    found = _found(ask)
    wanted = wanted_of(ask, FACETS)
    rows = _rows(ask)
    page = paged(rows, ask.number("page"))
    words = ask.one("q")
    filters = [Filter("q", "Words", words)] if words else []
    filters += filters_of(FACETS, wanted)
    data = {
        "documents": page.rows,
        **page.place,
        "of": len(held.case.documents),
    }
    view = {
        "sort": ask.one("sort"),
        "chips": chips(ask, filters),
        "rail": [
            facet_of(ask, name, heading, sorted(counts) if name == "year" else counts)
            for name, (heading, _) in FACETS.items()
            if len(counts := counted(found, FACETS, name, wanted)) > 1 or name in wanted
        ],
    }
    return Page("documents.html.j2", "Documents", data, view)


def _rows(ask: Ask) -> list[dict[str, Any]]:
    """The texts that words and facets leave, in the order asked for, else that of the case."""
    sort = ask.one("sort")
    rows = left_by(_found(ask), FACETS, wanted_of(ask, FACETS))
    by = sort.removeprefix("-")
    if by in {"title", "published"}:
        rows.sort(key=lambda row: str(row[by] or "").casefold(), reverse=sort[0] == "-")
    elif by in {"claims", "mentions", "characters"}:
        rows.sort(key=lambda row: int(row[by]), reverse=sort[0] == "-")
    return rows


def _found(ask: Ask) -> list[dict[str, Any]]:
    """The texts that the words leave, in the order of the case."""
    held = ask.held
    words = refang(ask.one("q")).lower()
    return [
        {
            "id": one.id,
            "address": case_address(held.slug, "documents", one.id),
            "title": held.index.title(one),
            "name": one.name,
            "publisher": one.publisher,
            "published": one.published,
            "language": one.language,
            "marking": shown_marking(one.marking),
            "characters": len(one.text),
            "claims": len(held.claims_in.get(one.id, ())),
            "mentions": len(held.mentions_in.get(one.id, ())),
        }
        for one, folded in held.folded
        if not words or words in folded or words in held.index.title(one).lower()
    ]


def listing_csv(ask: Ask) -> Response:
    """The texts that the words leave, as a table."""
    held = ask.held
    head = ("title", "name", "publisher", "published", "language", "marking", "characters", "claims", "mentions", "id")
    rows = ([row[name] if row[name] is not None else "" for name in head] for row in _rows(ask))
    return as_csv(f"{held.slug}-documents.csv", head, rows, marking_of_texts(held.case))


def kind_of(mention: Mention) -> str:
    """The colour of a mention."""
    return KINDS.get(mention.kind, "name")


def document(ask: Ask) -> Page:
    """One text, a window of it at a time, and the records of that window beside it. Raises: HTTPException 404."""
    held = ask.held
    found = held.index.documents.get(ask.id)
    if found is None:
        raise HTTPException(404, "There is no such document in this case.")
    bounds = windows(found)
    part = min(ask.number("part"), len(bounds))
    low, high = bounds[part - 1]
    only = ask.one("only")
    claims = [claim for claim in held.claims_in.get(found.id, ()) if _within(claim.quote, low, high)]
    mentions = [one for one in held.mentions_in.get(found.id, ()) if _within(one.span, low, high)]
    claims.sort(key=lambda claim: (claim.quote.start, claim.id))
    mentions.sort(key=lambda mention: (mention.span.start, mention.id))
    standing = held.standing
    every = [mark for mark in (*_claim_marks(claims), *_mention_marks(mentions)) if not standing.is_rejected(mark.id)]
    marks = [mark for mark in every if not only or mark.kind == only]
    number = {claim.id: place for place, claim in enumerate(claims, 1)}
    data = {
        "document": {
            "id": found.id,
            "name": found.name,
            "title": held.index.title(found),
            "publisher": found.publisher,
            "published": found.published,
            "sha256": found.sha256,
            "marking": shown_marking(found.marking),
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
        "counts": Counter(mark.kind for mark in every),
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
        "deed": [*(one.value for one in DeedKind), "none"],
        "tie": [*(one.value for one in TieKind), "none"],
        "channel": [one.value for one in Channel],
        "basis": [one.value for one in Basis],
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
            *((part.cue, "cue") for part in (claim.deed, claim.tie) if part),
            (claim.tie.words if claim.tie else None, "tie"),
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
