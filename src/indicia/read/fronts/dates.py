"""The publication date that a document states itself: in a meta tag, a header, or plainly in its first lines."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime

from indicia.knowledge.months import MONTHS

_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_DATES = re.compile(
    rf"\b(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>0?[1-9]|1[0-2])[-/.](?P<d1>0?[1-9]|[12]\d|3[01])(?!\d)"
    rf"|\b(?P<m2>{_MONTH})\s+(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d)\b"
    rf"|\b(?P<d3>[0-3]?\d)(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m3>{_MONTH}),?\s+(?P<y3>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
# Words that make the date beside them the document's own.
_LABEL = re.compile(
    r"\b(?:date|dated|published(?:\s+on)?|posted(?:\s+on)?|release\s+date|released(?:\s+on)?|issued(?:\s+on)?|publication\s+date)"
    r"\s*[:=]?\s*$",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:updated|modified|revised|accessed|retrieved|since|until|expires?|due)\b[^\n]{0,12}$", re.IGNORECASE
)
# "WASHINGTON, " and "New York (Wire), ": capitalised words only.
_DATELINE = re.compile(
    r"[A-Z][A-Za-z.']{1,20}(?: [A-Z][A-Za-z.']{1,20}){0,3}(?:, ?[A-Z][A-Za-z.]{1,20})?,? ?"
    r"(?:\([A-Z][A-Za-z ]{1,20}\),? ?)?[–—-]? ?$"
)
_AROUND = " \t#*_|>-–—:."
_HEAD_LINES = 12
_HEAD_CHARACTERS = 1200


def _iso(match: re.Match[str]) -> str | None:
    for index in "123":
        if match[f"y{index}"]:
            month_text = match[f"m{index}"].lower().rstrip(".")
            month = MONTHS.get(month_text) or int(month_text)
            try:
                return date(int(match[f"y{index}"]), month, int(match[f"d{index}"])).isoformat()
            except ValueError:
                return None
    return None


def date_of(value: str | None) -> str | None:
    """The ISO date that a header or meta value means, or None: ISO 8601, RFC 5322, or a written-out English date.

    >>> [date_of(text) for text in ("2021-07-19T08:00:00+01:00", "Mon, 19 Jul 2021 08:00:00 GMT", "July 19, 2021", "19/7/21")]
    ['2021-07-19', '2021-07-19', '2021-07-19', None]
    """
    if not value or len(value) > 200:
        return None
    match = _DATES.search(value)
    if match and (found := _iso(match)):
        return found
    compact = re.fullmatch(r"\s*((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)\s*", value)
    if compact:
        try:
            return date(int(compact[1]), int(compact[2]), int(compact[3])).isoformat()
        except ValueError:
            return None
    try:
        return parsedate_to_datetime(value).date().isoformat()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def date_in_head(text: str) -> str | None:
    """The document's date if its first lines state it: labelled ("date 2021-07-19", "Published: July 19, 2021"), alone on a
    line, at the very start, or in a dateline ("WASHINGTON, 19 July 2021 -"). None when two such dates disagree.

    >>> date_in_head("date 2021-07-19 The European Union and Britain also pointed the finger at China.")
    '2021-07-19'
    >>> date_in_head("The servers were first attacked on 3 January 2021, it said.") is None
    True
    """
    labelled: list[str] = []
    placed: list[str] = []
    for number, line in enumerate(text[:_HEAD_CHARACTERS].split("\n")[:_HEAD_LINES]):
        for match in _DATES.finditer(line):
            iso = _iso(match)
            before = line[: match.start()].strip(" \t#*_|>")
            if iso is None or _CHANGED.search(before):
                continue
            if _LABEL.search(before):
                labelled.append(iso)
            elif _stands_alone(line, match, before, number):
                placed.append(iso)
    for found in (labelled, placed):
        if found:
            return found[0] if len(set(found)) == 1 else None
    return None


def only_a_date(line: str) -> bool:
    """Whether a line tells nothing but when its document was published.

    >>> [only_a_date(line) for line in ("19 July 2021", "# Published: July 19, 2021", "Statement of 19 July 2021")]
    [True, True, False]
    """
    match = _DATES.search(line)
    if match is None or line[match.end() :].strip(_AROUND):
        return False
    before = line[: match.start()].strip(_AROUND)
    return not before or bool(_LABEL.fullmatch(before))


def _stands_alone(line: str, match: re.Match[str], before: str, number: int) -> bool:
    """Whether a date without a label stands where a document's own does: by itself, under a byline, or in a dateline."""
    after = line[match.end() :]
    rest = after.strip(" \t*_|.")
    if line.strip(" \t#*_|>-–—") == match[0] or _TIME.fullmatch(rest):
        return True
    if not before:
        return bool(_SEPARATED.match(after)) or (number == 0 and match[0][:2] in {"19", "20"})
    if number >= _BYLINE_LINES:
        return False
    if _DATELINE.match(line[: match.start()]) and _DATELINE_GOES_ON.match(after):
        return True
    return not rest and len(line) <= _BYLINE_LENGTH and bool(_BYLINE.fullmatch(before))


_TIME = re.compile(r"(?:at\s+)?\d{1,2}:\d\d(?::\d\d)?\s*(?:[AP]\.?M\.?)?\s*(?:[A-Z]{2,4})?", re.IGNORECASE)
_SEPARATED = re.compile(r"\s*[|•·–—:-]")
_DATELINE_GOES_ON = re.compile(r"\s*[(–—:-]|\s*$")
_BYLINE = re.compile(r"(?:[A-Z][\w.'-]*[ ,|•·]*){1,6}")
_BYLINE_LENGTH = 80
_BYLINE_LINES = 6
