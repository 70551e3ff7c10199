"""Times as people and programs write them at the beginning of a line.

What states no zone, or one that may be one of several, is given as it stands, and told: `times.CLOCK` knows how it is meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from indicia.hunt.events import NO_TIME, microseconds
from indicia.hunt.logs.formats.times import CLOCK, ZONES, epoch_seconds, iso_time

FURTHEST = 120  # characters of a line in which its time begins


class TextTime(NamedTuple):
    """A time in a text: microseconds since 1970, its own spelling, where it begins, and whether it states its zone."""

    time: int
    text: str
    start: int
    zoned: bool

    @property
    def utc(self) -> int:
        """The time in UTC."""
        return self.time if self.zoned else CLOCK.utc(self.time)


def _iso(match: re.Match[str]) -> int:
    date, clock, zone = match[1].replace("/", "-"), match[2].replace(",", ".").zfill(8), (match[3] or "").strip()
    clock = clock if clock[2] == ":" else f"0{clock}"
    return iso_time(f"{date}T{clock}{ZONES.get(zone, zone)}")


def _date(match: re.Match[str]) -> int:
    """As `date` writes it, with the zone before the year or without one."""
    _, month, day, clock, zone, year = match.groups()
    time = _as("%b %d %Y %H:%M:%S", "%b %d %Y %H:%M:%S.%f")(f"{month} {day} {year} {clock}")
    return time if time == NO_TIME or not zone else time - _offset(zone)


def _offset(zone: str) -> int:
    """By how many microseconds a zone is ahead of UTC; 0 where it may be one of several."""
    told = ZONES.get(zone, "+00:00")
    return (1 if told[0] == "+" else -1) * (int(told[1:3]) * 60 + int(told[4:])) * 60_000_000


def _epoch(match: re.Match[str]) -> int:
    """Seconds, or milliseconds where there are thirteen digits."""
    whole, dot, decimals = match[0].partition(".")
    return epoch_seconds(match[0] if len(whole) == 10 else f"{whole[:10]}.{whole[10:]}{decimals}")


def _short(match: re.Match[str]) -> int:
    """Two digits each: the year is in front, or behind, where only one of these can be (17/06/09, 01/25/22)."""
    first, second, third = int(match[1]), int(match[2]), int(match[3])
    if first > 12 and second <= 12:
        return iso_time(f"20{first:02}-{second:02}-{third:02}T{match[4]}")
    if second > 12 >= first:
        return iso_time(f"20{third:02}-{first:02}-{second:02}T{match[4]}")
    return NO_TIME


def _whole_day(clock: str, half: str | None) -> tuple[str, str, str]:
    """The hour of a whole day, the colon and the rest of a time of which day (AM, p.m.) or of none."""
    hour, colon, rest = clock.partition(":")
    if half:
        hour = str(int(hour) % 12 + (12 if half[0] in "Pp" else 0))
    return hour, colon, rest


def _four(match: re.Match[str]) -> int:
    """A year behind: which of the two before it is the month shows where only one can be (22-06-2014), or the clock knows."""
    first, second, clock = int(match["first"]), int(match["second"]), match["clock"].replace(",", ".")
    if first > 12 and second > 12:
        return NO_TIME
    likely = "mdy" if match["mark"] == "/" or match["half"] else "dmy"
    day_first = first > 12 or (second <= 12 and first != second and CLOCK.order(likely) == "dmy")
    month, day = (second, first) if day_first else (first, second)
    hour, colon, rest = _whole_day(clock, match["half"])
    zone = (match["zone"] or "").strip()
    year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
    rest = f"{rest[:5]}.{rest[6:]}" if rest[5:6] == ":" else rest  # WebSphere's milliseconds
    return iso_time(f"{year}-{month:02}-{day:02}T{hour.zfill(2)}{colon}{rest}{ZONES.get(zone, zone)}")


def _named_month(match: re.Match[str]) -> int:
    """A month by its name, in full or not, with a day before or behind it (June 15th 2026, 12:46:09.981 PM)."""
    month = _MONTHS.get(match["month"][:3].lower())
    if month is None:
        return NO_TIME
    hour, colon, rest = _whole_day(match["clock"].replace(",", "."), match["half"])
    zone = (match["zone"] or "").strip()
    zone = ZONES.get(zone, zone if zone[:1] in ("+", "-", "Z") else "")
    return iso_time(f"{match['year']}-{month:02}-{int(match['day']):02}T{hour.zfill(2)}{colon}{rest}{zone}")


def _squeezed(match: re.Match[str]) -> int:
    """Fourteen digits, perhaps with a T and a zone (20260615T124609Z)."""
    day, clock, zone = match.groups()
    return iso_time(f"{day[:4]}-{day[4:6]}-{day[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}{zone or ''}")


_MONTHS = {name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


def _plain(match: re.Match[str]) -> int:
    """The parts in their order, whatever stands between them (20220407-12:11:06, 2011.11.21 14:29:16, 130324  0:04:00)."""
    year, month, day, clock = match.groups()
    return iso_time(f"{year if len(year) == 4 else f'20{year}'}-{month}-{day}T{clock.strip().zfill(8)}")


def _tai(match: re.Match[str]) -> int:
    """Atomic time since 1970 as daemontools writes it: ten seconds ahead of UTC."""
    return ((int(match[1], 16) - (1 << 62) - 10) * 1_000_000) if int(match[1], 16) >> 62 == 1 else NO_TIME


def _as(*forms: str) -> Callable[[re.Match[str] | str], int]:
    def read(match: re.Match[str] | str) -> int:
        text = " ".join((match if isinstance(match, str) else match[0]).split())
        for form in forms:
            try:
                found = datetime.strptime(text, form)
            except ValueError:
                continue
            return microseconds(found if found.tzinfo else found.replace(tzinfo=UTC))
        return NO_TIME

    return read


_HOUR = r"\d:\d\d:\d\d"
_CLOCK = rf"\d{_HOUR}"
_ZONE = rf"(?:{'|'.join(ZONES)})"
_ANY_ZONE = rf"(?P<zone>Z\b| ?[+-]\d\d:?\d\d\b| ?{_ZONE}\b)?"
_ZONED = re.compile(rf"(?:\dZ|[+-]\d\d:?\d\d|\b{_ZONE}(?: \d{{4}})?)$")
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], int]], ...] = (
    (
        re.compile(
            rf"(\d{{4}}[-/]\d\d[-/]\d\d)(?:T| - | {{1,2}})(\d?{_HOUR}(?:[.,]\d+)?)(Z\b| ?{_ZONE}\b| ?[+-]\d\d:?\d\d\b)?",
        ),
        _iso,
    ),
    (
        re.compile(rf"\d\d/[A-Z][a-z]{{2}}/\d{{4}}:{_CLOCK}(?:\.\d{{1,6}})?(?: [+-]\d{{4}})?"),
        _as("%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S", "%d/%b/%Y:%H:%M:%S.%f"),
    ),
    (  # error logs of Apache, and `date`
        re.compile(
            rf"([A-Z][a-z]{{2}}) ([A-Z][a-z]{{2}}) +(\d{{1,2}}) ({_CLOCK}(?:\.\d{{1,6}})?)(?: ([A-Z]{{3,4}}))? (\d{{4}})\b"
        ),
        _date,
    ),
    (re.compile(rf"\b(\d\d)/(\d\d)/(\d\d)[ -]({_CLOCK}(?:\.\d{{1,6}})?)"), _short),
    (re.compile(rf"\d\d/\d\d/\d{{4}}-{_CLOCK}\.\d{{1,6}}"), _as("%m/%d/%Y-%H:%M:%S.%f")),  # Suricata
    (
        re.compile(
            rf"(?<![\d.])(?P<first>\d{{1,2}})(?P<mark>[/.-])(?P<second>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})[ \t,T-]+(?:- )?"
            rf"(?P<clock>\d?{_HOUR}(?:[.,]\d{{1,9}})?)(?: ?(?P<half>[AaPp]\.?[Mm]\.?)\b)?{_ANY_ZONE}"
        ),
        _four,
    ),
    (  # WebSphere
        re.compile(
            rf"(?<=^\[)(?P<first>\d{{1,2}})(?P<mark>/)(?P<second>\d{{1,2}})/(?P<year>\d\d)[ ](?P<clock>\d?{_HOUR}(?::\d{{3}})?)"
            rf"(?P<half>(?!)x)?{_ANY_ZONE}"
        ),
        _four,
    ),
    (
        re.compile(
            rf"\b(?P<month>[A-Z][a-z]{{2,8}})\.? +(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? +(?P<year>\d{{4}}),?(?: @| at)? +"
            rf"(?P<clock>\d?{_HOUR}(?:[.,]\d{{1,9}})?)(?: ?(?P<half>[AaPp][Mm])\b)?{_ANY_ZONE}"
        ),
        _named_month,
    ),
    (
        re.compile(
            rf"\b(?P<year>\d{{4}}) (?P<month>[A-Z][a-z]{{2}}) +(?P<day>\d{{1,2}}) (?P<clock>{_CLOCK}(?:[.,]\d{{1,9}})?)"
            rf"(?P<half>(?!)x)?{_ANY_ZONE}"
        ),
        _named_month,
    ),
    (
        re.compile(
            rf"\b(?P<day>\d{{1,2}})[ /-](?P<month>[A-Z][A-Za-z]{{2,8}})[ /-](?P<year>\d{{4}})[ :,T]+"
            rf"(?P<clock>\d?{_HOUR}(?:[.,]\d{{1,9}})?)(?: ?(?P<half>[AaPp][Mm])\b)?{_ANY_ZONE}"
        ),
        _named_month,
    ),
    (
        re.compile(r"\b((?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]))T?([0-2]\d[0-5]\d[0-5]\d)(?:\.\d+)?(Z|[+-]\d{4})?\b"),
        _squeezed,
    ),
    (re.compile(rf"\b(\d{{4}})[.:]?(\d\d)[.:]?(\d\d)[ -]({_CLOCK})"), _plain),
    (re.compile(rf"^(\d\d)(\d\d)(\d\d) ([ \d]{_HOUR})(?= )"), _plain),  # MySQL before 5.7
    (re.compile(rf"[A-Z][a-z]{{2}}-\d\d-\d\d {_CLOCK}"), _as("%b-%d-%y %H:%M:%S")),
    (re.compile(r"^@([0-9a-f]{16})[0-9a-f]{8}\b"), _tai),
    (re.compile(r"(?:(?<=^)|(?<=^- )|(?<=[\[(]))1\d{9}(?:\d{3})?(?:\.\d{1,6})?(?=[\s:)\]])"), _epoch),
)


def leading_time(line: str) -> TextTime | None:
    """The first time at the beginning of a line, of those forms that are known; None where there is none."""
    first: TextTime | None = None
    for form, read in _FORMS:
        match = form.search(line, 0, FURTHEST + 40)
        if match is None or match.start() > FURTHEST or (first is not None and match.start() >= first.start):
            continue
        time = read(match)
        if time != NO_TIME:
            zoned = read in (_epoch, _tai) or _ZONED.search(match[0]) is not None
            first = TextTime(time, match[0], match.start(), zoned)
    return first


_WEEKDAY = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}, ")


def told_time(text: str) -> int:
    """The time that a whole text is, in the zone that it states or as it stands; NO_TIME where it is none."""
    found = leading_time(_WEEKDAY.sub("", text.strip(), count=1))
    return found.time if found is not None and found.start == 0 else NO_TIME
