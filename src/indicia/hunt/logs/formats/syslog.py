"""Syslog in its old form (RFC 3164), its new one (RFC 5424), and as systemd, rsyslog, VMware, Kubernetes and runtimes of
containers write it; and Linux audit logs.

The old form has no year: that of the file's last change is taken, the year before for months that would lie after it. It has no
zone either: `times.CLOCK` says which.

References: RFC 3164, RFC 5424; Linux Audit, "audit event fields" (auditd).
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from indicia.hunt.events import NO_TIME, EventBatch, microseconds
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.lines import LineBlock, read_blocks
from indicia.hunt.logs.formats.table import ShapedRows
from indicia.hunt.logs.formats.times import CLOCK, epoch_seconds, iso_time, offset_in
from indicia.hunt.match.literals import Ints
from indicia.records import Problem

Parsed = tuple[str, int, dict[str, str]]  # time text, time, fields

_OLD = re.compile(
    r"(?:<\d{1,3}>)?([A-Z][a-z]{2}) ([ \d]?\d) (\d{2}:\d{2}:\d{2}) (?:<\w+\.\w+> )?(\S+) ([^:\[\s]+)(?:\[(\d+)\])?:? ?(.*)",
    re.DOTALL,
)
# Without a host, and perhaps without a program.
_BARE = re.compile(
    r"(?:<\d{1,3}>)?\[?([A-Z][a-z]{2}) ([ \d]?\d) (\d{2}:\d{2}:\d{2})\]? +(?:([^:\[\s]+) ?\[(\d+)\]: ?)?(.*)", re.DOTALL
)
_NEW = re.compile(r"<\d{1,3}>1 (\S+) (\S+) (\S+) (\S+) (\S+) (-|(?:\[(?:[^\]\\]|\\.)*+\])++)(?: +|$)(?:\ufeff)?(.*)", re.DOTALL)
# A parameter of the data before the message; Check Point writes a colon.
_PARAMETER = re.compile(r'(?<=[\s\[;])([\w@.-]{1,64})(?:=|::?)"((?:[^"\\]|\\.)*+)"', re.DOTALL)
_STREAM = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (?:stdout|stderr) [FP] (.*)", re.DOTALL)  # of a container (CRI)
LEVEL = (
    r"(?:(?i:trivia|trace|verbose|debug|info|information|notice|warn|warning|err|error|severe|crit|critical|fatal|alert|emerg"
    r"|panic)|[A-Z][a-z]\(\d{1,3}\))"
)
_ISO = re.compile(
    rf"(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (?!{LEVEL} )([\w.:%-]*\w) ([^:\[\s]+)(?:\[(\d+)\])?:? ?(.*)", re.DOTALL
)
# Services of VMware write how grave it is where others name the machine, or nothing.
_HOSTLESS = re.compile(
    rf"(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\S*) (?:({LEVEL}) )?([\w./@-]+)(?:\[(\d+)\])?(?(2):?|:) ?(.*)", re.DOTALL
)
_GLOG = re.compile(r"([IWEF])(\d\d)(\d\d) (\d{2}:\d{2}:\d{2})\.(\d{6}) +(\d+) ([^\s:]+):\d+\] ?(.*)", re.DOTALL)
_AUDIT = re.compile(r"(?:node=(\S+) )?type=(?:AUOMS_)?(\S+) (?:msg=)?audit\((\d+\.\d+):(\d+)\): ?(.*)", re.DOTALL)
_PAIR = re.compile(r"""(?<![A-Za-z0-9_\[\]-])([A-Za-z0-9_\[\]-]++)=("[^"]*"|'[^']*'|\S*)""")
_HEX = re.compile(r"(?:[0-9A-F]{2})++\Z")
_ARGUMENT = re.compile(r"a(\d{1,6})")
_MONTHS = {
    name: number
    for number, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)
}
_ENCODED = frozenset({"proctitle", "name", "exe", "comm", "cmd", "cwd", "data", "acct"})
_GIVEN_ON = ("exe", "comm", "cwd", "auid", "uid", "pid", "ppid", "key")  # from one line of an event to another
_LONGEST_PATH = 4096  # characters: no path of Linux is longer, and whatever is would only fill the memory
_REMEMBERED = 4096  # audit events whose lines may still come


def sniff_audit(head: bytes, _name: str) -> bool:
    """An audit record."""
    return re.match(rb"(?:node=\S+ )?type=[A-Z_0-9\[\]]+ msg=audit\(", head) is not None


def read_audit(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events block by block."""
    for log in logs:
        yield from read_blocks(log, partial(_batch, log, wanted, Audit().parse))


def _batch(
    log: LogInput, wanted: frozenset[str], parse: Callable[[str], Parsed], block: LineBlock
) -> Iterator[EventBatch | Problem]:
    rows = ShapedRows()
    times, parsed = [], []
    lines = np.flatnonzero(block.ends > block.starts)
    for index in lines.tolist():
        time_text, time, fields = parse(block.line(index))
        rows.add(fields)
        times.append(time)
        parsed.append((time_text, fields))

    def rebuild(row: int) -> tuple[str, str, Mapping[str, str]]:
        time_text, fields = parsed[row]
        return time_text, fields.get("node", ""), fields

    def texts(chosen: Ints) -> pa.StringArray:
        return pa.array(["\n".join(parsed[row][1].values()) for row in chosen.tolist()], pa.string())

    batch = block.batch(log, lines, "auditd", rows.columns(wanted), np.array(times, np.int64), rebuild)
    yield replace(batch, texts=texts)


class Head(NamedTuple):
    """What the header of a line says: its time with its own spelling, the host, and `fields` with the message."""

    time: int
    time_text: str
    host: str
    fields: dict[str, str]


class Header:
    """Reads the headers of syslog. `changed` is when the file was last written to: it says the year of times without one."""

    def __init__(self, changed: datetime = datetime(1970, 12, 31, tzinfo=UTC)) -> None:
        self._changed = changed
        self._days: dict[tuple[str, str], int] = {}  # at most a few hundred

    @classmethod
    def of(cls, log: LogInput) -> Header:
        """The one for the lines of a log."""
        try:
            return cls(datetime.fromtimestamp(log.path.stat().st_mtime, UTC)) if log.path else cls()
        except OSError:
            return cls()

    def read(self, line: str) -> Head | None:
        """The header of a line; None where it has none."""
        if match := _OLD.match(line):
            month, day, clock, host, program, pid, message = match.groups()
            return Head(self._time(month, day, clock), f"{month} {day} {clock}", host, _fields(host, program, pid, message))
        if (match := _STREAM.match(line)) and (time := iso_time(match[1])) != NO_TIME:
            return Head(_utc(time, match[1]), match[1], "", _fields("", "", None, match[2]))
        if (match := _NEW.match(line)) and (time := iso_time(match[1])) != NO_TIME:
            text, host, program, pid, _, data, message = match.groups()
            told = {name: value for name, value in _PARAMETER.findall(data) if value not in ("", "-")}
            fields = told | _fields(host, program, pid, message or (data if told else ""))
            return Head(_utc(time, text), text, "" if host == "-" else host, fields)
        if (match := _ISO.match(line)) and (time := iso_time(match[1])) != NO_TIME:
            text, host, program, pid, message = match.groups()
            return Head(_utc(time, text), text, host, _fields(host, program, pid, message))
        if (match := _HOSTLESS.match(line)) and (time := iso_time(match[1])) != NO_TIME:
            text, level, program, pid, message = match.groups()
            told = _fields("", program, pid, message) | ({"level": level} if level else {})
            return Head(_utc(time, text), text, "", told)
        if (match := _GLOG.match(line)) and 1 <= int(match[2]) <= 12:
            level, month, day, clock, fraction, pid, source, message = match.groups()
            time = self._time(tuple(_MONTHS)[int(month) - 1], day, clock)
            told = {**_fields("", source, pid, message), "level": level}
            return Head(time if time == NO_TIME else time + int(fraction), f"{month}{day} {clock}.{fraction}", "", told)
        if (match := _BARE.match(line)) and match[1] in _MONTHS:
            month, day, clock, program, pid, message = match.groups()
            return Head(self._time(month, day, clock), f"{month} {day} {clock}", "", _fields("", program or "", pid, message))
        return None

    def old_time(self, stamp: str) -> int:
        """When a header with this time (`Jun 15 12:46:09`) was written; NO_TIME where there is no such time."""
        return self._time(stamp[:3], stamp[4:-9], stamp[-8:])

    def _time(self, month: str, day: str, clock: str) -> int:
        start = self._days.get((month, day))
        if start is None:
            start = self._day(_MONTHS.get(month, 0), int(day))
            if month in _MONTHS:
                self._days[month, day] = start
        hours, minutes, seconds = int(clock[:2]), int(clock[3:5]), int(clock[6:])
        if start == NO_TIME or hours > 23 or minutes > 59 or seconds > 59:
            return NO_TIME
        return CLOCK.utc(start + ((hours * 60 + minutes) * 60 + seconds) * 1_000_000)

    def _day(self, month: int, day: int) -> int:
        """When a day of the year that is meant begins; NO_TIME where there is no such day."""
        year = self._changed.year - ((month, day) > (self._changed.month, self._changed.day + 1))
        try:
            return microseconds(datetime(year, month, day, tzinfo=UTC))
        except ValueError:
            return NO_TIME


def _utc(time: int, text: str) -> int:
    """A time of ISO 8601 in UTC."""
    return time if text[-1] == "Z" or offset_in(text) is not None else CLOCK.utc(time)


def _fields(host: str, program: str, pid: str | None, message: str) -> dict[str, str]:
    found = {"host": host, "program": program, "pid": pid or "", "message": message}
    return {name: value for name, value in found.items() if value and value != "-"}


class Audit:
    """Records of one event stand on several lines: what SYSCALL and CWD say is given to the event's EXECVE, too."""

    def __init__(self) -> None:
        self._events: OrderedDict[str, dict[str, str]] = OrderedDict()

    def parse(self, line: str) -> Parsed:
        match = _AUDIT.match(line)
        if not match:
            return "", NO_TIME, {"text": line}
        node, kind, time, serial, rest = match.groups()
        fields = {"type": kind, "serial": serial}
        if node:
            fields["node"] = node
        for name, value in _PAIR.findall(rest):
            fields[name] = _decoded(name, value, kind)
        if "=" in (told := fields.get("msg", "")):  # what a program said of itself: acct, exe, addr, res
            for name, value in _PAIR.findall(told):
                fields.setdefault(name, _decoded(name, value, kind))
        known = self._events.setdefault(serial, {})
        if len(self._events) > _REMEMBERED:
            self._events.popitem(last=False)
        if kind in ("SYSCALL", "CWD"):
            known.update({name: fields[name] for name in _GIVEN_ON if name in fields and len(fields[name]) <= _LONGEST_PATH})
        elif kind == "EXECVE":
            words = sorted((int(match[1]), value) for name, value in fields.items() if (match := _ARGUMENT.fullmatch(name)))
            if "cmdline" not in fields:  # a collector that gives it has the numbers of the system call as a0 to a3
                fields["cmdline"] = " ".join(word for _, word in words)
            for name, value in known.items():
                fields.setdefault(name, value)
        return time, epoch_seconds(time), fields


def _decoded(name: str, value: str, kind: str) -> str:
    """A value without its quotes; what auditd writes in hexadecimal (blanks, control characters) as text."""
    if value[:1] in "\"'" and value[-1:] == value[:1] and len(value) > 1:
        return value[1:-1]
    is_text = name in _ENCODED or (kind == "EXECVE" and re.fullmatch(r"a\d+(?:\[\d+\])?", name) is not None)
    if is_text and _HEX.match(value) and len(value) > 2:
        return bytes.fromhex(value).replace(b"\0", b" ").decode("utf-8", "replace")
    return "" if value == "(null)" else value


FORMATS = (Format("auditd", "auditd", sniff_audit, read_audit),)
