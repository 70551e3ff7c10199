"""What a quote says of its accused: the deed, the tie to a state or agency, and how surely each of them.

"Attributes the compromise to HAFNIUM, a group assessed with high confidence to be state-sponsored": the deed is said flatly,
the tie with high confidence. "Highly likely that HAFNIUM is associated with the Chinese state" is a tie alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from indicia.read.claims.words.firmness import Firm
from indicia.records import AccusedType, TieKind

__all__ = ["Said", "TieSaid", "said_of"]


class TieSaid(NamedTuple):
    """A tie in the words text[start:end], to the party whose name begins at `to` (-1: only the document's context says
    whom)."""

    start: int
    end: int
    kind: TieKind
    to: int


class Said(NamedTuple):
    """`firm` are the cues of firmness that belong to each."""

    deed: bool
    deed_firm: Sequence[Firm]
    tie: TieSaid | None
    tie_firm: Sequence[Firm]


# From the closest to the loosest: the first that fits counts. Each is looked for between the accused and the state, or in the
# accused's own words.
_KINDS: tuple[tuple[TieKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})\b|{more}" if more else rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words, more in (
        (
            TieKind.ORGAN,
            r"(?:an? )?(?:arm|unit|part|branch|division|bureau|directorate|element|component) of|belongs? to|"
            r"subordinate to|within",
            "",
        ),
        (
            TieKind.WORKS_FOR,
            r"(?:officers?|members?|agents?|employees?|operatives?|contractors?|hackers?) (?:of|from|for|in|with)|"
            r"work(?:s|ed|ing)? (?:for|on behalf of|at)|on behalf of|employed by|hired by|in the (?:pay|service) of|"
            r"(?:government|military|intelligence|state) (?:hackers|officers?|officials?|operatives?|agents?)",
            "",
        ),
        (
            TieKind.DIRECTED,
            r"(?:led|directed|controlled|run|ordered|commanded|tasked|instructed|overseen|steered) by|"
            r"under the (?:direction|control|orders|command) of|at the (?:behest|direction) of|answers? to|"
            r"(?:is|was|are|were) behind(?= the groups?| the hackers?| the actors?)",
            "",
        ),
        (TieKind.ALIGNED, r"aligned with|supports? of|sympathetic to|loyal to", r"-aligned\b|\bpro-[A-Z]"),
        (TieKind.TOLERATED, r"tolerated by|sheltered by|harbou?red by|with impunity in|safe haven", ""),
        (
            TieKind.LINKED,
            r"(?:linked|links?|tied|ties|connected|connections?|associated|associations?|affiliated|affiliations?) (?:to|with)|"
            r"(?:state|government|nation[- ]state)[- ](?:sponsored|backed|linked|affiliated|supported|funded|directed)|"
            r"nation[- ]state (?:actors?|hackers?|hacking groups?|groups?|adversar(?:y|ies))|state actors?|"
            r"(?:sponsored|backed|supported|funded) by|attributed to",
            r"-(?:linked|backed|nexus|affiliated|sponsored|tied|connected|supported|funded)\b",
        ),
        (
            TieKind.LOCATED,
            r"(?:based|located|operat(?:es?|ing|ed)|resid(?:es?|ing)|liv(?:es?|ing)) (?:out of|from|in|within)|"
            r"(?:conducted |carried out |launched |came |originat\w+ )?from (?:the )?territory of|"
            r"(?:originat|emanat)\w+ (?:in|from)",
            r"(?<=[a-z])[- ]based\b",
        ),
    )
)
# "Iran-linked threat actor group " before the name itself
_CALLED = re.compile(
    r"(?<=\w)(-(?:linked|backed|nexus|affiliated|sponsored|tied|connected|supported|funded|(?P<aligned>aligned)|(?P<based>based)))\b"
    r"[^.,;:()]{0,50}?[\s*\[“\"(]$",
)
_OFFICERS = re.compile(r"\b(?:officers?|officials?|operatives?|agents?|IT workers?|soldiers?|spies)\b", re.IGNORECASE)
_THERE = re.compile(r"\b(?:in|from|within|out of) (?:the )?[A-Z]")
_REACH = 90  # characters between an accused and the words that tie it
_CLAUSE = re.compile(
    r"[;:]|\.\s|, (?:and|but|while|which (?:it|they)|after|when|because)\b| (?:and|but) (?:was|were|is|are|has|have|had)\b|"
    r"\b(?:attacked|targeted|exploited)\b"
)
_DEED = re.compile(
    r"\b(?:attack|breach|hack(?!ers?\b|ing groups?\b)|compromis|intrusion|campaign|operation|exploit|theft|stole|steal|"
    r"espionage|spying|target|broke|break|deploy|ransom|ddos|denial[- ]of[- ]service|sabotage|outage|leak|phish|malware|"
    r"wip(?:e|ed|ing)|cyber ?attack|activit|behind|respons|infiltrat|penetrat|incident|conducted|carried out|launch|disrupt)",
    re.IGNORECASE,
)


def said_of(
    text: str,
    quote: tuple[int, int],
    accused: tuple[int, int],
    firm: Sequence[Firm],
    *,
    names: Sequence[tuple[int, int]] = (),
    type: AccusedType = AccusedType.UNKNOWN,
) -> Said:
    """What text[quote] says of text[accused], which is of a `type`. `firm`: cues of firmness of this claim. `names`: where
    states and agencies stand in the quote, in order."""
    tie = _tie(text, quote, accused, names, type)
    if tie is None:
        return Said(True, firm, None, ())
    # "China-linked": the word that ties is no word of doubt
    firm = [one for one in firm if not (one.start < tie.end and tie.start < one.end)]
    if tie.end <= accused[1]:  # "a Chinese state-backed actor": the tie is part of what it is called, so something else is told
        inside = [one for one in firm if accused[0] <= one.start < accused[1]]
        return Said(True, [one for one in firm if one not in inside], tie, [one for one in inside if one.start < tie.start])
    begin, end = _clause_of(text, quote, accused, tie)
    rest = text[quote[0] : begin] + " " * (end - begin) + text[end : quote[1]]
    if not _DEED.search(rest):
        return Said(False, (), tie, firm)
    mine = [one for one in firm if begin <= one.start < end and not tie.start <= one.start < tie.end]
    return Said(True, [one for one in firm if not begin <= one.start < end], tie, mine)


def _tie(
    text: str, quote: tuple[int, int], accused: tuple[int, int], names: Sequence[tuple[int, int]], type: AccusedType
) -> TieSaid | None:
    """The words that tie the accused to a state: in its own name, before or after it within its clause. A state itself is
    tied to none."""
    if type is AccusedType.STATE:
        return None
    inside = [start for start, end in names if accused[0] <= start and end <= accused[1]]
    inside.sort(key=lambda start: start == accused[0])
    to = inside[0] if inside else -1
    own = text[accused[0] : accused[1]]
    for kind, pattern in _KINDS:
        if found := pattern.search(own):
            return TieSaid(accused[0] + found.start(), accused[0] + found.end(), kind, to)
    ends = [end for start, end in names if start in inside]
    if inside and (kind_of := _kind_of(own, type, alone=max(ends) >= accused[1])) is not None:
        return TieSaid(*accused, kind_of, to)
    if found := _CALLED.search(text, max(quote[0], accused[0] - _REACH), accused[0]):
        before = [start for start, _ in names if quote[0] <= start <= found.start()]
        kind_of = TieKind.ALIGNED if found["aligned"] else TieKind.LOCATED if found["based"] else TieKind.LINKED
        return TieSaid(found.start(1), found.end(1), kind_of, before[-1] if before else -1)
    return _tied_after(text, quote, accused, names)


def _kind_of(own: str, type: AccusedType, *, alone: bool) -> TieKind | None:
    """The tie that an accused's own words tell which name a state or agency: the Russian military is an organ of it, Chinese
    officials work for it, hackers in China are there. `alone`: nothing follows that name ("the NSA", "hackers in China")."""
    if type is AccusedType.AGENCY:
        return None if alone else TieKind.ORGAN
    if _OFFICERS.search(own):
        return TieKind.WORKS_FOR
    return TieKind.LOCATED if type is not AccusedType.COMPANY and _THERE.search(own) else None


def _tied_after(
    text: str, quote: tuple[int, int], accused: tuple[int, int], names: Sequence[tuple[int, int]]
) -> TieSaid | None:
    last = min(quote[1], accused[1] + _REACH)
    stop = _CLAUSE.search(text, accused[1], last)
    last = stop.start() if stop else last
    best: TieSaid | None = None
    for kind, pattern in _KINDS:
        found = pattern.search(text, accused[1], last)
        if found is None or (best is not None and found.start() >= best.start):
            continue
        to = next((start for start, _ in names if found.start() - 1 <= start <= min(quote[1], found.end() + 40)), None)
        before = next((start for start, end in names if accused[1] <= start and end <= found.end()), None)
        anywhere = re.match(r"(?:state|government|nation|pro-)|-aligned", found.group(), re.IGNORECASE)
        if to is not None or before is not None or anywhere:
            best = TieSaid(found.start(), found.end(), kind, to if to is not None else before if before is not None else -1)
    return best


def _clause_of(text: str, quote: tuple[int, int], accused: tuple[int, int], tie: TieSaid) -> tuple[int, int]:
    """The stretch that tells the tie: from the accused (or from the head of the sentence that says how sure it is, where the
    accused is its subject) to the end of the clause."""
    stop = _CLAUSE.search(text, max(tie.end, accused[1]), quote[1])
    end = stop.start() if stop else quote[1]
    if tie.end <= accused[1]:
        return accused[0], accused[1]
    between = text[accused[1] : tie.start]
    if re.match(r"\s*[,(–—]", between) and not re.search(r"[,)–—]\s*(?:is|are|was|were|has|have)\b", between):
        return accused[1], end  # an apposition or a relative clause
    return quote[0], end  # the accused is the subject of the tie: all that stands before it is about it
