"""The body that issues a document, as its heading or its publisher tells: whose voice "we" and plain narration in it are.

Only official statements and reports have one: a first line such as "United Kingdom: statement by the Foreign Secretary" or
"Joint advisory by CERT-UA", or a publisher that is a state body, an international organisation or a security vendor. A news
text has none. An advisory may tell in its own text who issues it, and those may be several.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from indicia.read.claims.known.names import Name, Names
from indicia.read.claims.parse.kinds import Described, describe_source
from indicia.read.claims.parse.party import Party
from indicia.read.claims.score.cutting import parse
from indicia.read.claims.words.sentences import sentences
from indicia.records import Document, SourceType

__all__ = ["Issuer", "Voice", "find_issuer", "issuers_told"]

_KIND = (
    r"(?:statements?|declaration|advisor(?:y|ies)|communiqu[eé]|press release|report|bulletin|alert|answers|remarks|"
    r"press conference|briefing)"
)
_AFTER = re.compile(
    rf":\s+(?:(?:joint|official|national|press|public|security|cyber|technical)\s+){{0,3}}{_KIND}\b", re.IGNORECASE
)  # "X: joint statement"
_OF = re.compile(
    r"(?:['’]s)?\s+(?:(?:joint|official|national|press|public)\s+){0,2}(?:statement|declaration|press release|communiqu[eé])\s+"
    r"(?:on|about|regarding|concerning|following)\s",
    re.IGNORECASE,
)  # "X statement on the outage"
_BEFORE = re.compile(rf"(?:\w+\s+){{0,2}}{_KIND}\s+(?:by|of|from)\s+", re.IGNORECASE)  # "Statement by X"
_ISSUERS = frozenset({"state", "capital", "agency", "union", "vendor", "gov_body", "intl"})
_PAPER = r"(?:advisory|alert|flash|report|bulletin|guidance|notification|statement|fact sheet|product|document|paper|CSA)"
# "X, Y and Z are issuing this joint advisory", "X releases the following fact sheet" ...
_ISSUES = re.compile(
    rf"\s+(?:(?:is|are|has|have|jointly)\s+){{0,2}}(?:issu|releas|publish|provid|disseminat|co-?author|author)(?:e|es|ed|ing|s)?\s+"
    rf"(?:this|the following)\s+(?:[\w()-]+\s+){{0,5}}?{_PAPER}\b",
    re.IGNORECASE,
)
# ... "This advisory was coauthored by X and Y" ...
_ISSUED = re.compile(
    rf"\bth(?:is|e following)\s+(?:[\w()-]+\s+){{0,5}}?{_PAPER}(?:\s+\([^)\n]{{1,20}}\))?\s+(?:is|was|has been)\s+"
    r"(?:a joint effort\s+(?:by|of)|(?:jointly\s+)?(?:issued|released|published|written|prepared|(?:co-?)?authored)\s+by)\s+",
    re.IGNORECASE,
)
# ... and what an agency says of itself in its own paper: "The FBI has identified", "The FBI recommends".
_OWN = re.compile(
    r"\s+(?:has\s+|have\s+)?(?:identified|observed|assess(?:es)?|seeks?\s+to|recommends?|encourages?|urges?|advises?|is\s+aware|"
    r"requests?|judges?|is\s+(?:providing|releasing|issuing|warning))\b"
)
_TOLD_BY_OTHERS = re.compile(r"\b(?:said|told)\b", re.IGNORECASE)  # as news is written
_HOUSE = re.compile(r"\s+(?:security|threat|research|intelligence|blog|newsroom|press|office|labs?|team)\b.*", re.IGNORECASE)
LONGEST_HEADING = 240
_OPENING = 4000  # characters in which a paper tells who issues it


class Issuer(NamedTuple):
    """Who issues a document, and where the text names it: None where only the publisher is known. `heading` is where the text
    after the heading that names it begins: 0 without one."""

    described: Described
    start: int | None
    end: int | None
    heading: int = 0


Voice = tuple[Described, tuple[int, int]]  # who speaks, and where the text names it


def find_issuer(document: Document, names: Names, states: dict[str, str]) -> Issuer | None:
    """The issuer of a document, or None. A text of one line has no heading."""
    return _by_heading(document.text, names, states) or _by_publisher(document, names, states)


def _by_heading(text: str, names: Names, states: dict[str, str]) -> Issuer | None:
    begin = len(text) - len(text.lstrip()) if text[:1].isspace() else 0
    stop = text.find("\n", begin, begin + LONGEST_HEADING + 1)
    if stop < 0 or not text[stop:].strip() or text[begin:stop].rstrip().endswith("."):
        return None
    after = _AFTER.search(text, begin, stop) or _OF.search(text, begin, stop)
    before = _BEFORE.match(text, begin, stop)
    if after is not None:
        lo, hi = begin, after.start()
    elif before is not None:
        lo, hi = before.end(), stop
    else:
        return None
    found = parse(text, lo, hi, names).parties
    if not found or found[0].start != lo or found[0].kinds[0] not in _ISSUERS:
        return None
    party = found[0]
    if after is not None and party.end != hi:
        return None  # "Beijing, Moscow: report", "Russia behind hack: report"
    return Issuer(describe_source(party, text, states), party.start, party.end, stop)


def issuers_told(text: str, names: Names, states: dict[str, str]) -> tuple[Voice, ...]:
    """Who issues a paper, as its own text tells: all of "X, Y and Z are issuing this advisory", or the one agency of which at
    least two sentences tell what it has observed or advises. Empty for most texts, and where anybody "said" something, as in
    news."""
    opening = text[:_OPENING]
    if _TOLD_BY_OTHERS.search(opening) is not None:
        return ()
    if (issues := _ISSUES.search(opening)) is not None:
        told = _listed(text, _sentence(opening, issues.start())[0], issues.start(), names)
    elif (issued := _ISSUED.search(opening)) is not None:
        told = _listed(text, issued.end(), _sentence(opening, issued.start())[1], names)
    else:
        told = _of_itself(text, opening, names)
    return tuple((describe_source(party, text, states), (party.start, party.end)) for party in told)


def _sentence(text: str, at: int) -> tuple[int, int]:
    return next(((a, b) for a, b in sentences(text, 0) if a <= at < b), (at, len(text)))


def _listed(text: str, lo: int, hi: int, names: Names) -> list[Party]:
    """The bodies of a list that fills text[lo:hi]; what stands in brackets after a name is its short form."""
    sentence = parse(text, lo, hi, names)
    bracketed = {k for k, unit in enumerate(sentence.row) if unit.low == "("}
    return [p for p in sentence.parties if _ISSUERS & set(p.kinds) and p.first - 1 not in bracketed]


def _of_itself(text: str, opening: str, names: Names) -> list[Party]:
    found: dict[str, list[tuple[int, int]]] = {}
    for start, end, name in names.find(text, 0, len(opening)):
        if name.kind == "agency" and _OWN.match(opening, end) is not None:
            found.setdefault(name.canonical, []).append((start, end))
    if len(found) != 1 or len(places := next(iter(found.values()))) < 2:
        return []
    begin = max(0, text.rfind("\n", 0, places[0][0]) + 1)
    return [party for party in parse(text, begin, places[0][1], names).parties if party.end == places[0][1]]


def _by_publisher(document: Document, names: Names, states: dict[str, str]) -> Issuer | None:
    publisher = (document.publisher or "").strip()
    found = names.find(publisher, 0, len(publisher))
    if not found or publisher[: found[0][0]].lower() not in ("", "the "):
        return None
    _, end, name = found[0]
    whole = end == len(publisher)
    if not (whole and name.kind in ("state", "agency", "union", "vendor")) and not (
        name.kind in ("agency", "vendor") and _HOUSE.fullmatch(publisher, end)
    ):
        return None
    described = Described(name.canonical, _type(name), name.state if name.kind != "vendor" else None)
    for a, b, other in names.find(document.text, 0, min(len(document.text), 400)):
        if other.canonical == name.canonical:
            return Issuer(described, a, b)
    return Issuer(described, None, None)


def _type(name: Name) -> str:
    if name.detail == "court":
        return SourceType.COURT
    return {"union": SourceType.INTERNATIONAL, "vendor": SourceType.COMPANY}.get(name.kind, SourceType.GOVERNMENT)
