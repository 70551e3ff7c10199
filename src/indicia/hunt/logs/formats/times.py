"""Times as logs write them, in bulk: microseconds since 1970, UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from indicia.hunt.events import NO_TIME, Times, microseconds
from indicia.records import Problem, Severity

# How the times of the log that is being read are meant where they do not say: in which zone, and with which of day and month
# first. What had to be guessed is remembered until it is told.
#
# There is one such clock in a process, which reads one log at a time: times are read in a hundred places, and all mean the
# same.
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


# Abbreviations that name one zone everywhere; CST, IST and BST name several.
ZONES = {
    **dict.fromkeys(("UTC", "GMT", "WET"), "+00:00"),
    **dict.fromkeys(("WEST", "CET", "MET"), "+01:00"),
    **dict.fromkeys(("CEST", "MEST", "EET"), "+02:00"),
    **dict.fromkeys(("EEST", "MSK"), "+03:00"),
    **dict.fromkeys(("HKT", "SGT", "AWST"), "+08:00"),
    **dict.fromkeys(("JST", "KST"), "+09:00"),
    "AEST": "+10:00",
    "AEDT": "+11:00",
    "NZST": "+12:00",
    "NZDT": "+13:00",
    "EDT": "-04:00",
    **dict.fromkeys(("EST", "CDT"), "-05:00"),
    "MDT": "-06:00",
    **dict.fromkeys(("MST", "PDT"), "-07:00"),
    "PST": "-08:00",
}

Octets: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
Flags: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]


def iso_time(text: str) -> int:
    """One ISO 8601 time (or `YYYY-MM-DD HH:MM:SS`, at most 9 decimals); NO_TIME when it is none. Without a zone it is UTC."""
    text = text.strip().strip('"')
    head, dot, tail = text.partition(".")
    if dot:  # more than six decimals are more than a datetime holds
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = f"{head}.{tail[: min(digits, 6)]}{tail[digits:]}" if digits else head + tail
    try:
        return microseconds(datetime.fromisoformat(text.replace(" UTC", "+00:00").replace(",", ".")))
    except (ValueError, OverflowError):
        return NO_TIME


def iso_times(texts: pa.StringArray) -> Times:
    """Many ISO 8601 times; those that are none become NO_TIME."""
    if not len(texts):
        return np.empty(0, np.int64)
    for kind in (pa.timestamp("us", "UTC"), pa.timestamp("us"), pa.timestamp("ns", "UTC")):
        try:
            return _as_numbers(texts.cast(kind))
        except pa.ArrowInvalid:
            continue
    distinct = texts.dictionary_encode()
    known = np.array(
        [NO_TIME if text is None else iso_time(text) for text in distinct.dictionary.to_pylist()] + [NO_TIME], np.int64
    )
    found: Times = known[distinct.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return found


def joined_times(dates: pa.StringArray, times: pa.StringArray) -> Times:
    """W3C's two columns, `2021-03-03` and `06:48:02` (decimals allowed), as one time."""
    return iso_times(pc.binary_join_element_wise(dates, times, "T"))


_FORM = re.compile(rb"\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d(\.\d{1,6})?Z?")
_MINUTE = 16  # characters that say the minute
_WINDOW = 32  # bytes, more than the form has
_FIRST_YEAR = 1970
_MONTHS = np.arange("1970-01", "2200-01", dtype="M8[M]").astype("M8[D]").astype(np.int64)  # the day on which each begins


def leading_times(octets: Octets, starts: Times, ends: Times, delimiter: str, separators: str) -> tuple[Times, Flags] | None:
    """The times with which lines begin, and where there is one in the form of the first line's; None when that has none.

    The form is `YYYY-MM-DD`, one of `separators`, `HH:MM:SS`, decimals or none, `Z` or none; the delimiter follows.
    """
    form = _FORM.match(octets[int(starts[0]) : int(ends[0])].tobytes())
    if form is None or chr(form[0][10]) not in separators:
        return None
    template, width = np.frombuffer(form[0], np.uint8), len(form[0])
    if len(octets) < _WINDOW:
        return None
    at = np.minimum(starts, len(octets) - _WINDOW)
    rows = np.lib.stride_tricks.sliding_window_view(octets, _WINDOW)[at]
    good = (at == starts) & (ends - starts >= width) & ((rows[:, width] == ord(delimiter)) | (ends == at + width))
    # Lines of one minute stand together, and what says so is in two words of eight bytes.
    words = rows.view(np.uint64)
    new = np.ones(len(rows), bool)
    new[1:] = (words[1:, 0] != words[:-1, 0]) | (words[1:, 1] != words[:-1, 1])
    first = np.flatnonzero(new)
    lengths = np.diff(first, append=len(rows))
    minutes, known = _minutes(rows[first, :_MINUTE].T, template[:_MINUTE])
    good &= np.repeat(known, lengths)
    found: Times = np.repeat(minutes, lengths)
    unit = 10_000_000
    for place in range(_MINUTE, width):
        column = rows[:, place]
        if 48 <= template[place] <= 57:
            digit = column - np.uint8(48)
            good &= digit <= (5 if place == _MINUTE + 1 else 9)
            found += digit * np.int64(unit)
            unit //= 10
        else:
            good &= column == template[place]
    return found, good


def _minutes(grid: Octets, template: Octets) -> tuple[Times, Flags]:
    """The minutes that texts of the form `YYYY-MM-DD HH:MM` say, one row a character, and which of them say one."""
    digits = (template >= 48) & (template <= 57)
    good = (grid[~digits] == template[~digits, None]).all(axis=0)
    numbers = grid - np.uint8(48)
    good &= (numbers[digits] <= 9).all(axis=0)

    def number(first: int, count: int) -> Times:
        total: Times = numbers[first].astype(np.int64)
        for index in range(first + 1, first + count):
            total = total * 10 + numbers[index]
        return total

    year, month, day = number(0, 4), number(5, 2), number(8, 2)
    hour, minute = number(11, 2), number(14, 2)
    place = (year - _FIRST_YEAR) * 12 + month - 1
    good &= (place >= 0) & (place < len(_MONTHS) - 1) & (month >= 1) & (month <= 12) & (day >= 1)
    place = np.where(good, place, 0)
    good &= (day <= _MONTHS[place + 1] - _MONTHS[place]) & (hour < 24) & (minute < 60)
    return (((_MONTHS[place] + day - 1) * 24 + hour) * 60 + minute) * 60_000_000, good


def _as_numbers(array: pa.Array) -> Times:
    numbers = array.cast(pa.timestamp("us", array.type.tz), safe=False).cast(pa.int64())
    found: Times = numbers.fill_null(NO_TIME).to_numpy(zero_copy_only=False)
    return found


_BEYOND = 1 << 62  # microseconds that no calendar holds, and 64 bits do


def epoch_seconds(text: str) -> int:
    """Seconds since 1970 with decimals, as Zeek and auditd write them; a number beyond all calendars stays beyond them."""
    try:
        return max(-_BEYOND, min(int(float(text) * 1_000_000), _BEYOND))
    except (ValueError, OverflowError):
        return NO_TIME
