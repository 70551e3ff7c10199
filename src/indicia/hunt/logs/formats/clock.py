"""How the times of the log that is being read are meant where they do not say: in which zone, and with which of day and month
first. What had to be guessed is remembered until it is told.

There is one such clock in a process, which reads one log at a time: times are read in a hundred places, and all mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from indicia.hunt.events import NO_TIME
from indicia.records import Problem, Severity

_EPOCH = datetime(1970, 1, 1)
_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d\d?):?(\d\d)?")
_AT_END = re.compile(r"([+-])(\d\d):?(\d\d)\s*$")
_DAY_FIRST = re.compile(rb"(?<![\d.])(?:1[3-9]|2\d|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-]\d{4}(?![\d.])")
_MONTH_FIRST = re.compile(rb"(?<![\d.])(?:0?[1-9]|1[0-2])[/.-](?:1[3-9]|2\d|3[01])[/.-]\d{4}(?![\d.])")
_LEARNT_FROM = 1 << 16  # bytes of a block


def zone_named(name: str) -> tzinfo:
    """The zone of that name (`Europe/Berlin`) or offset (`+11:00`). Raises: ValueError for what is none."""
    if match := _OFFSET.fullmatch(name.strip()):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone") from error


def offset_in(text: str) -> int | None:
    """By how many microseconds a time that ends in an offset is ahead of UTC; None where it ends in none."""
    match = _AT_END.search(text)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3])
    return (minutes if match[1] == "+" else -minutes) * 60_000_000


class Clock:
    """`zone` and `dates` (dmy or mdy) are what a person said; the rest is of the log that is being read."""

    def __init__(self) -> None:
        self._zone: tzinfo | None = None
        self._dates = ""
        self._learnt = ""
        self._without_zone = self._either_order = False
        self._told: set[str] = set()

    def said(self, zone: str, dates: str) -> None:
        """What holds of all logs from now on; "" where nobody said."""
        self._zone = zone_named(zone) if zone else None
        self._dates = dates

    def begin(self) -> None:
        """Another log."""
        self._learnt = ""
        self._without_zone = self._either_order = False
        self._told.clear()

    def learn(self, data: bytes) -> None:
        """Takes from a stretch of the log which of day and month comes first, where one of its dates leaves no choice."""
        if not self._dates and not self._learnt:
            some = data[:_LEARNT_FROM]
            day, month = _DAY_FIRST.search(some), _MONTH_FIRST.search(some)
            if (day is None) is not (month is None):
                self._learnt = "dmy" if day is not None else "mdy"

    def order(self, likely: str) -> str:
        """Which of day and month comes first in a date that could be read either way; `likely` where nothing tells."""
        if not (self._dates or self._learnt):
            self._either_order = True
        return self._dates or self._learnt or likely

    def utc(self, time: int) -> int:
        """A time (in microseconds) that states no zone, in UTC."""
        self._without_zone = True
        if self._zone is None or time == NO_TIME:
            return time
        try:
            moment = _EPOCH + timedelta(microseconds=time)
            offset = moment.replace(tzinfo=self._zone).utcoffset()
        except OverflowError:
            return time
        return time if offset is None else time - offset // timedelta(microseconds=1)

    def guesses(self, log: str) -> Iterator[Problem]:
        """What had to be guessed in the log so far and was not told."""
        if self._without_zone and self._zone is None:
            yield from self._once(log, "its times state no zone and are taken as UTC", "--timezone says in which they are")
        if self._either_order:
            what = "day and month of its dates could be either: with strokes the month is taken to be first, else the day"
            yield from self._once(log, what, "--dates dmy or mdy says which")

    def _once(self, log: str, what: str, hint: str) -> Iterator[Problem]:
        if what not in self._told:
            self._told.add(what)
            yield Problem(where=log, what=what, hint=hint, severity=Severity.NOTE)


CLOCK = Clock()
