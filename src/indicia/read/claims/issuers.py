"""Who issues a document: the bodies that its heading, a line of its own, its own words or its publisher tell. Theirs is the
voice of "we" and of plain narration in it. News has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indicia.read.claims.chunks import Place
from indicia.read.claims.parties import OFFICE, NamesByPlace, Parties, Speaker
from indicia.read.text.sentences import sentences
from indicia.records import Document, Mention, MentionKind, SourceType

LONGEST_HEADING = 240
LINES, LONGEST_LINE = 5, 120  # lines at the top that may tell who issues it, and characters of one
OPENING = 4000  # characters in which a paper tells who issues it
_KIND = (
    r"(?:statements?|declaration|advisor(?:y|ies)|communiqu[eé]|press release|report|bulletin|alert|answers|remarks|"
    r"press conference|briefing|address|speech|message|letter)"
)
_DOCUMENT = r"(?:advisory|alert|flash|report|bulletin|guidance|notification|statement|fact sheet|product|document|paper|CSA)"
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
    rf"(?:this|the following)\s+(?:[\w()-]+\s+){{0,5}}?{_DOCUMENT}\b",
    re.IGNORECASE,
)
_ISSUED = re.compile(
    rf"\bth(?:is|e following)\s+(?:[\w()-]+\s+){{0,5}}?{_DOCUMENT}(?:\s+\([^)\n]{{1,20}}\))?\s+(?:is|was|has been)\s+"
    r"(?:a joint effort\s+(?:by|of)|(?:jointly\s+)?(?:issued|released|published|written|prepared|(?:co-?)?authored)\s+by)\s+",
    re.IGNORECASE,
)
_HOUSE = re.compile(r"\s+(?:security|threat|research|intelligence|blog|newsroom|press|office|labs?|team)\b.*", re.IGNORECASE)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DATE = (
    rf"(?:{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|\d{{4}}-\d\d-\d\d|"
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4})"
)
# What may follow a name in a line of its own.
_SIGNED = re.compile(
    r"(?:\s+(?:security|threat|research|intelligence|blog|newsroom|press|office|labs?|team|response|unit|service))*"
    rf"[\s,|·•–—-]*(?:{_DATE})?\s*",
    re.IGNORECASE,
)
_EMBASSY = re.compile(r"\b(?:embassy|consulate|ambassador)\b", re.IGNORECASE)
BODIES = frozenset({MentionKind.AGENCY, MentionKind.VENDOR, MentionKind.STATE})


class Issuer(NamedTuple):
    """Who issues a document, and where the text names it: None where only the publisher is known."""

    speaker: Speaker
    place: Place | None


def issuers_of(
    document: Document, names: NamesByPlace, parties: Parties, publisher: tuple[Mention, ...] = ()
) -> tuple[Issuer, ...]:
    """The issuers of a document; none for most texts. `publisher` are the names in what is said of the publisher."""
    text = document.text
    places = list(_by_heading(text, names)) or list(_by_words(text, names)) or list(_by_line(text, names))
    if not places and (office := _by_office(text, names, parties)) is not None:
        return (office,)
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
        if one.kind not in BODIES:
            continue
        ends = after is not None and one.span.start == begin and one.span.end == after.start()
        if ends or (before is not None and one.span.start <= before.end() <= one.span.end):
            yield one.span.start, one.span.end
            return


def _opening_lines(text: str) -> Iterator[Place]:
    """The first short lines, where a paper tells its title, who issues it and when."""
    start = 0
    for line in text[:OPENING].split("\n")[:LINES]:
        if len(line) > LONGEST_LINE:
            return
        if line.strip():
            yield start, start + len(line.rstrip())
        start += len(line) + 1


def _by_line(text: str, names: NamesByPlace) -> Iterator[Place]:
    """The body that a line of its own names, by itself or with a date: "National Cyber Security Centre, 4 October 2018"."""
    for start, end in _opening_lines(text):
        for one in names.within(start, end)[:1]:
            whole = text[start : one.span.start].strip().lower() in ("", "by", "by the", "the", "from", "from the")
            if whole and one.kind in BODIES - {MentionKind.STATE} and _SIGNED.fullmatch(text, one.span.end, end):
                yield one.span.start, one.span.end
                return


def _by_office(text: str, names: NamesByPlace, parties: Parties) -> Issuer | None:
    """The government whose office-holder speaks: "Address of the Prime Minister" above "Tirana, 7 September 2022". Where an
    embassy stands tells nothing of whose it is."""
    heading, *rest = (*_opening_lines(text), (0, 0))
    before = _BEFORE.match(text, *heading)
    if before is None or not OFFICE.search(text, before.end(), heading[1]) or _EMBASSY.search(text, *heading):
        return None
    for start, end in rest:
        for one in names.within(start, end)[:1]:
            if (
                one.kind is MentionKind.STATE
                and one.target
                and one.span.start == start
                and _SIGNED.fullmatch(text, one.span.end, end)
            ):
                return Issuer(parties.of_office(one.target, text[slice(*heading)]), (before.end(), heading[1]))
    return None


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
        if one.kind in BODIES - {MentionKind.STATE} and text[max(0, one.span.start - 1)] != "(":
            yield one.span.start, one.span.end


def _sentence(text: str, at: int) -> Place:
    return next(((a, b) for a, b in sentences(text) if a <= at < b), (at, len(text)))


def _by_publisher(
    document: Document, names: NamesByPlace, parties: Parties, publisher: tuple[Mention, ...]
) -> tuple[Issuer, ...]:
    """A state body, an international organisation or a firm that published it."""
    name = (document.publisher or "").strip()
    own = next((one for one in publisher if one.kind in BODIES), None)
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
