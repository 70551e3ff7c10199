"""Dates of claims: those the text states, and relative ones against the date of the document."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from indicia.knowledge.months import MONTHS


class Dated(NamedTuple):
    """A date at text[start:end], as ISO 8601 cut to what is known: "2021", "2021-07" or "2021-07-19"."""

    start: int
    end: int
    iso: str
    relative: bool


_WEEKDAYS = {name: i for i, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])}
_M = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
)
_PATTERN = re.compile(
    rf"\b(?P<iso>(?:19|20)\d\d-\d\d(?:-\d\d)?)\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_M})(?:,? (?P<y1>(?:19|20)\d\d))?\b"
    rf"|\b(?P<m2>{_M}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,? (?P<y2>(?:19|20)\d\d))?\b"
    rf"|\b(?P<m3>{_M}),? (?:of )?(?P<y3>(?:19|20)\d\d)\b"
    rf"|\b(?:in|since|until|last|this|by|early|late|mid-?)[- ](?P<m4>{_M})\b(?!,? (?:of )?(?:19|20)\d\d|,? \d)"
    rf"|\b(?P<weekday>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b"
    rf"|\b(?P<day>today|yesterday|tonight)\b"
    rf"|\b(?:in|since|of|by|early|late|mid-?|during)[- ](?P<y5>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)


def _parse(iso: str | None) -> date | None:
    """The day, where it lies in the centuries whose years the pattern knows: none that is relative to another is told."""
    try:
        day = date.fromisoformat((iso or "")[:10])
    except ValueError:
        return None
    return day if 1900 <= day.year < 2100 else None


def _valid(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def dates(text: str, start: int, end: int, published: str | None) -> list[Dated]:
    """All dates in `text[start:end]`, in order. Without a document date relative ones are left out.

    >>> [d.iso for d in dates("On Monday and in May 2020 and on 3 June", 0, 39, "2021-07-21")]
    ['2021-07-19', '2020-05', '2021-06-03']
    """
    base = _parse(published)
    out = []
    for match in _PATTERN.finditer(text, start, end):
        group = match.groupdict()
        iso: str | None = None
        relative = False
        if group["iso"]:
            iso = group["iso"]
        elif group["m1"] or group["m2"]:
            key = "1" if group["m1"] else "2"
            month = MONTHS[group["m" + key].lower().rstrip(".")]
            day = int(group["d" + key])
            year = group["y" + key]
            if year:
                iso = _valid(int(year), month, day)
            elif base:
                iso = _valid(base.year if (month, day) <= (base.month, base.day) else base.year - 1, month, day)
                relative = True
        elif group["m3"]:
            iso = f"{group['y3']}-{MONTHS[group['m3'].lower().rstrip('.')]:02d}"
        elif group["m4"]:
            if base:
                month = MONTHS[group["m4"].lower().rstrip(".")]
                iso = f"{base.year if month <= base.month else base.year - 1}-{month:02d}"
                relative = True
        elif group["weekday"] and base:
            back = (base.weekday() - _WEEKDAYS[group["weekday"].lower()]) % 7
            iso, relative = (base - timedelta(days=back)).isoformat(), True
        elif group["day"] and base:
            iso, relative = (base - timedelta(days=1 if group["day"].lower() == "yesterday" else 0)).isoformat(), True
        elif group["y5"]:
            iso = group["y5"]
        if iso:
            out.append(Dated(match.start(), match.end(), iso, relative))
    return out
