"""The bodies that issue a document, as its heading, its own words or its publisher tell: whose voice "we" and plain narration
in it are. News has none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.claims.chunks import Place
from indicia.read.claims.parties import NamesByPlace, Parties, Speaker
from indicia.read.text.sentences import sentences
from indicia.records import Document, Mention, MentionKind, SourceType

LONGEST_HEADING = 240
OPENING = 4000  # characters in which a paper tells who issues it
_KIND = (
    r"(?:statements?|declaration|advisor(?:y|ies)|communiqu[eé]|press release|report|bulletin|alert|answers|remarks|"
    r"press conference|briefing)"
)
_PAPER = r"(?:advisory|alert|flash|report|bulletin|guidance|notification|statement|fact sheet|product|document|paper|CSA)"
_KINDS = r"(?:(?:joint|official|national|press|public|security|cyber|technical)\s+){0,3}"
# What a first line says after the name of who issues it ("X: joint statement", "X statement on the outage") ...
_AFTER = re.compile(
    rf":\s+{_KINDS}{_KIND}\b|(?:['’]s)?\s+{_KINDS}{_KIND}\s+(?:on|about|regarding|concerning|following)\s", re.I
)
# ... and before it ("Statement by X").
_BEFORE = re.compile(rf"(?:\w+\s+){{0,2}}{_KIND}\s+(?:by|of|from|on behalf of)\s+(?:the\s+)?", re.IGNORECASE)
# "X, Y and Z are issuing this joint advisory"; "This advisory was coauthored by X and Y".
_ISSUES = re.compile(
    rf"\s+(?:(?:is|are|has|have|jointly)\s+){{0,2}}(?:issu|releas|publish|provid|disseminat|co-?author|author)(?:e|es|ed|ing|s)?\s+"
    rf"(?:this|the following)\s+(?:[\w()-]+\s+){{0,5}}?{_PAPER}\b",
    re.IGNORECASE,
)
_ISSUED = re.compile(
    rf"\bth(?:is|e following)\s+(?:[\w()-]+\s+){{0,5}}?{_PAPER}(?:\s+\([^)\n]{{1,20}}\))?\s+(?:is|was|has been)\s+"
    r"(?:a joint effort\s+(?:by|of)|(?:jointly\s+)?(?:issued|released|published|written|prepared|(?:co-?)?authored)\s+by)\s+",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"\s+(?:security|threat|research|intelligence|blog|newsroom|press|office|labs?|team)\b.*", re.IGNORECASE)
_BODIES = frozenset({MentionKind.AGENCY, MentionKind.VENDOR, MentionKind.STATE})


class Issuer(NamedTuple):
    """Who issues a document, and where the text names it: None where only the publisher is known."""

    speaker: Speaker
    place: Place | None


def issuers_of(
    document: Document, names: NamesByPlace, parties: Parties, publisher: tuple[Mention, ...] = ()
) -> tuple[Issuer, ...]:
    """The issuers of a document; none for most texts. `publisher` are the names in what is said of the publisher."""
    text = document.text
    places = list(_by_heading(text, names)) or list(_by_words(text, names))
    if places:
        told = (Issuer(parties.speaker(place, SourceType.GOVERNMENT), place) for place in places)
        return tuple({one.speaker.same: one for one in told if one.speaker.type is not SourceType.MEDIA}.values())
    return _by_publisher(document, names, parties, publisher)


def _by_heading(text: str, names: NamesByPlace) -> Iterator[Place]:
    """The body that a first line names as issuer. A text of one line has no heading."""
    begin = len(text) - len(text.lstrip())
    stop = text.find("\n", begin, begin + LONGEST_HEADING + 1)
    if stop < 0 or not text[stop:].strip() or text[begin:stop].rstrip().endswith("."):
        return
    before = _BEFORE.match(text, begin, stop)
    after = _AFTER.search(text, begin, stop)
    for one in names.within(begin, stop):
        if one.kind not in _BODIES:
            continue
        ends = after is not None and one.span.start == begin and one.span.end == after.start()
        if ends or (before is not None and one.span.start <= before.end() <= one.span.end):
            yield one.span.start, one.span.end
            return


def _by_words(text: str, names: NamesByPlace) -> Iterator[Place]:
    """All that an advisory itself lists as its issuers; what stands in brackets after a name is its short form."""
    opening = text[:OPENING]
    if (issues := _ISSUES.search(opening)) is not None:
        low, high = _sentence(opening, issues.start())[0], issues.start()
    elif (issued := _ISSUED.search(opening)) is not None:
        low, high = issued.end(), _sentence(opening, issued.start())[1]
    else:
        return
    for one in names.within(low, high):
        if one.kind in _BODIES - {MentionKind.STATE} and text[max(0, one.span.start - 1)] != "(":
            yield one.span.start, one.span.end


def _sentence(text: str, at: int) -> Place:
    return next(((a, b) for a, b in sentences(text) if a <= at < b), (at, len(text)))


def _by_publisher(
    document: Document, names: NamesByPlace, parties: Parties, publisher: tuple[Mention, ...]
) -> tuple[Issuer, ...]:
    """A state body, an international organisation or a firm that published it."""
    name = (document.publisher or "").strip()
    own = next((one for one in publisher if one.kind in _BODIES), None)
    if own is None or name[: own.span.start].lower() not in ("", "the "):
        return ()
    whole = own.span.end == len(name)
    if not whole and not (own.kind is not MentionKind.STATE and _HOUSE.fullmatch(name, own.span.end)):
        return ()
    speaker = parties.body(own)
    if speaker is None or speaker.type is SourceType.MEDIA:
        return ()
    told = (
        one for one in names.within(0, 400) if one.kind is own.kind and (one.target or one.value) == (own.target or own.value)
    )
    place = next(((one.span.start, one.span.end) for one in told), None)
    return (Issuer(speaker, place),)
