"""When a record was written: the field that says it, of the many that may."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from indicia.hunt.events import NO_TIME, Times, datetime_of
from indicia.hunt.logs.formats.texttimes import told_time
from indicia.hunt.logs.formats.times import CLOCK, ZONES, epoch_seconds, iso_time, offset_in
from indicia.hunt.names import Remembered, field_key

# Fields that hold the time of an event, in the order in which they are believed; "." names stand below others.
TIMES = tuple(
    """
    systemtime utctime @timestamp timestamp _time time ts datetime timecreated timegenerated eventtime event_time creationtime
    createddatetime activitydatetime eventtimestamp eventdatetime requestreceivedtimestamp stagetimestamp published created_at
    occurred_at event.created event.start starttime start_time time_iso8601 time_local detecteddatetime timecreatedutc
    @t date_time log_time logtime event_timestamp creation_time date created received_at eventreceivedtime createdat
    created_time date_create creationdate eventcreationtime utctimestamp messagetime detectedat detection_timestamp
    servertimestamp persistencetimestamp effective_at occurred occured generateddatetime service.eventlastseen lastseenat
    last_seen_time last_seen updatedat rt unix_time p_event_time t.$date timeunixnano observedtimeunixnano unixtime calendartime
    started_at timestamp.seconds time.seconds eventtime.seconds
    """.split()
)
_DAY, _CLOCK, _ZONE, _MACB = "date", "time", "timezone", "macb"  # a day and a time of day apart
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?")
_RANK = {name: rank for rank, name in enumerate(TIMES)}
_ZONED = re.compile(rf"(?:Z|{'|'.join(ZONES)}|[+-]\d\d:?\d\d)\s*$", re.IGNORECASE)
_IN_UTC = frozenset({"utctime", "timegenerated", "timecreatedutc", "systemtime", "creationtime", "creationdate"})
_NET_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")  # as .NET's older JSON writes it


class RecordTimes:
    """Finds the time of records.

    `first` are the names (folded) that count before all others: those that a log source declares. What these hold is in UTC
    where it states no zone, unless they are `local`. Where neither these nor those of the table above say, a field that is
    called as times are counts, unless only what is `known` is to.
    """

    def __init__(self, first: tuple[str, ...] = (), *, local: bool = False, known: bool = False) -> None:
        self._names = Remembered(partial(_ranked, first))
        self._local = local
        self._known = known

    def time(self, fields: Mapping[str, Any]) -> int:
        """Microseconds since 1970; NO_TIME where no field says.

        A time that states its zone counts before one that does not: `EventTime` of some shippers is local.
        """
        time, _, zoned = self._found(fields)
        return time if zoned else CLOCK.utc(time)

    def behind(self, header: str, fields: Mapping[str, Any]) -> int:
        """The same of a record that stands behind a time with an offset, which is its own as well where it states none."""
        time, _, zoned = self._found(fields)
        if zoned:
            return time
        offset = offset_in(header)
        return CLOCK.utc(time) if offset is None else time - offset

    def text(self, fields: Mapping[str, Any]) -> str:
        """The same as the record has it."""
        name = self._found(fields)[1]
        if field_key(name) == _DAY and (clock := _named(fields).get(_CLOCK)) and _TIME_OF_DAY.fullmatch(str(fields[clock])):
            return f"{fields[name]} {fields[clock]}"
        return str(fields[name]) if name else ""

    def iso_text(self, fields: Mapping[str, Any]) -> str:
        """The same as ISO 8601, in the record's own spelling where that is such a time."""
        found, name, zoned = self._found(fields)
        time = found if zoned else CLOCK.utc(found)
        own = str(fields[name]) if name else ""
        moment = datetime_of(time)
        return own if iso_time(own) == time or moment is None else moment.isoformat()

    def names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those names of a table that may hold the time, in the order in which they are asked."""
        beside = [name for name in names if field_key(name) in (_ZONE, _MACB)]
        ranked = [name for name, _ in self._names(tuple(names))]
        return tuple(dict.fromkeys((*ranked, *beside, *_like_times(tuple(names)))))

    def of_rows(self, names: Sequence[str], columns: Sequence[Sequence[str | None]], size: int) -> Times:
        """The time of every row of a table, given the columns that may hold it."""
        found = np.full(size, NO_TIME, np.int64)
        for row, values in enumerate(zip(*columns, strict=True)):
            found[row] = self.time({name: value for name, value in zip(names, values, strict=True) if value})
        return found

    def _found(self, fields: Mapping[str, Any]) -> tuple[int, str, bool]:
        """The time as it stands, the name of its field, and whether that says in which zone it is."""
        local: tuple[int, str, bool] | None = None
        for name, declared in self._names(tuple(fields)):
            value = fields[name]
            time = time_of(value)
            if time == NO_TIME:
                continue
            zoned = _states_its_zone(name, value)
            if declared or zoned:
                return time, name, zoned or not self._local
            local = local or (time, name, False)
        found = _apart(fields) or local or (None if self._known else _by_name(fields))
        return found or (NO_TIME, "", True)


def _by_name(fields: Mapping[str, Any]) -> tuple[int, str, bool] | None:
    """The first field that is called as times are and holds one that a log can have; None where none does."""
    for name in _like_times(tuple(fields)):
        value = fields[name]
        time = time_of(value)
        if time != NO_TIME and (not _is_number(value) or time >= _LATE_ENOUGH):
            return time, name, _states_its_zone(name, value)
    return None


@Remembered
def _like_times(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if _CALLED_SO.search(name.rpartition(".")[2]))


_CALLED_SO = re.compile(
    r"(?i:time(?!out|zone|[-_ ]?taken)|date(?!d_by)|stamp|created|occurred|detected|updated|seen)|At$|_at$|_on$"
)
_LATE_ENOUGH = 946_684_800_000_000  # 2000: a smaller number is how long something took


def _is_number(value: Any) -> bool:
    return not isinstance(value, str) or value.replace(".", "", 1).isdecimal()


def _apart(fields: Mapping[str, Any]) -> tuple[int, str, bool] | None:
    """The time that a day and a time of day in two fields make, with the name of the day's and whether they say in which zone;
    None where they make none.

    log2timeline's table writes the month first, and names the zone.
    """
    names = _named(fields)
    if _DAY not in names or _CLOCK not in names:
        return None
    day, clock = fields[names[_DAY]], fields[names[_CLOCK]]
    if not (isinstance(day, str) and isinstance(clock, str) and _TIME_OF_DAY.fullmatch(clock)):
        return None
    if _MACB in names and day.count("/") == 2:
        month, number, year = day.split("/")
        day = f"{year}-{month}-{number}"
    time = iso_time(f"{day}T{clock.zfill(8)}")
    time = told_time(f"{day} {clock}") if time == NO_TIME else time
    zone = fields.get(names.get(_ZONE, ""), "")
    return (time, names[_DAY], str(zone).upper() in ("UTC", "GMT")) if time != NO_TIME else None


def _named(fields: Mapping[str, Any]) -> Mapping[str, str]:
    return _by_key(tuple(fields))


@Remembered
def _by_key(names: tuple[str, ...]) -> Mapping[str, str]:
    """How a record spells the fields that hold its day and its time of day."""
    return {key: name for name in names if (key := field_key(name)) in (_DAY, _CLOCK, _MACB, _ZONE)}


def _ranked(first: tuple[str, ...], names: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The names of a record that may hold its time, in the order in which they are asked; whether its log declares them."""
    ranked = []
    for name in names:
        key = _bare(name)
        if key in first:
            ranked.append((first.index(key), name, True))
        elif key in _RANK:
            ranked.append((len(first) + _RANK[key], name, False))
    return tuple((name, declared) for _, name, declared in sorted(ranked))


@Remembered
def _bare(name: str) -> str:
    """The name of a column without the zone that it states."""
    key = field_key(name)
    return key.partition("[")[0] if key.endswith("]") else key.removesuffix("(utc)").removesuffix("_utc")


_UTC = ("[utc]", "(utc)", "_utc")


def _states_its_zone(name: str, value: Any) -> bool:
    if not isinstance(value, str) or _ZONED.search(value) or value.replace(".", "", 1).isdecimal():
        return True
    key = field_key(name)
    return key in _IN_UTC or key.endswith(_UTC)


_FILETIME = 1.2e17, 1.6e17  # 1981 to 2108; as nanoseconds since 1970 it would be 1973 to 1975


def time_of(value: Any) -> int:
    """A time as JSON has it: ISO text, or seconds, milliseconds, microseconds or nanoseconds since 1970."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return NO_TIME
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return NO_TIME
    if isinstance(value, int | float):
        if _FILETIME[0] < value < _FILETIME[1]:  # of Windows: tenths of microseconds since 1601
            return epoch_seconds(str(value / 1e7 - 11_644_473_600))
        for least, unit in ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3)):
            if value > least:
                return epoch_seconds(str(value / unit))
        return epoch_seconds(str(value))
    text = str(value)
    if text.replace(".", "", 1).isdecimal():
        return time_of(float(text))
    net = _NET_DATE.fullmatch(text)
    if net:
        return time_of(float(net[1]) / 1_000)
    time = iso_time(text)
    return told_time(text) if time == NO_TIME and text else time
