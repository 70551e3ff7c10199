"""What a person says of a hunt's result: rules that do not count here, the time that matters, what is one's own.

A tuning file is YAML:

    not: [e32d4572-9826-4738-b651-95fa63747e8a, AWS STS AssumeRole Misuse]   # rules, by id or title
    since: 2021-02-26
    until: 2021-03-09
    own:
      - name: vulnerability scanner
        addresses: [192.0.2.0/28, 198.51.100.7]
      - name: monitoring
        programs: ['C:\\Program Files\\Monitor\\*']      # of a process or its parent; * is anything
        users: ['CORP\\svc-monitor']
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, TypeAlias

import numpy as np
import yaml
from msgspec.structs import replace

from indicia.errors import RuleError, UsageError
from indicia.hunt.events import NO_TIME, Times, microseconds
from indicia.hunt.logs.formats.times import zone_named
from indicia.hunt.names import field_key
from indicia.hunt.sources.deeds import actor_of
from indicia.records import Event, Problem, Record, RuleLevel, Severity, Sighting
from indicia.rulefile import bounded, rule_documents

RULES, TIME = "rules", "time"  # why something was left out
Flags: TypeAlias = np.ndarray[tuple[int], np.dtype[np.bool_]]
_OWN = "of our own: "

_PROGRAMS = ("image", "newprocessname", "parentimage", "parentprocessname", "exe", "initiatingprocessfolderpath")


class Own(Record, frozen=True, kw_only=True):
    """Something of one's own that leaves traces. An event is of it where one of what is named fits."""

    name: str
    addresses: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


class Tuning(Record, frozen=True, kw_only=True):
    """`without` are rules (by id or title, folded) that do not count; `since` and `until` bound the time of what counts.

    `timezone` (`Europe/Berlin`, `+11:00`) and `dates` (`dmy`, `mdy`) say how times are meant that do not say it themselves.
    """

    without: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    own: tuple[Own, ...] = ()
    timezone: str = ""
    dates: str = ""

    def with_times(self, timezone: str | None, dates: str | None) -> Tuning:
        """The same with what the command line says of times. Raises: UsageError."""
        return replace(self, timezone=_timezone(timezone or self.timezone), dates=_dates(dates or self.dates))

    def with_more(self, more: Tuning) -> Tuning:
        """The same with what another adds; where both say when or how, the other counts."""
        return Tuning(
            without=tuple(dict.fromkeys((*self.without, *(rule.lower() for rule in more.without)))),
            since=more.since or self.since,
            until=more.until or self.until,
            own=(*self.own, *more.own),
            timezone=more.timezone or self.timezone,
            dates=more.dates or self.dates,
        )

    def silences(self, rule: str, title: str) -> bool:
        """Whether a rule does not count."""
        return bool(self.without) and (rule.lower() in self.without or title.lower() in self.without)

    def within(self, times: Times) -> Flags | None:
        """Which of the times are in the time that counts; what has no time is not left out for it. None: all of them."""
        if self.since is None and self.until is None:
            return None
        inside: Flags = np.ones(len(times), np.bool_)
        if self.since is not None:
            inside &= times >= microseconds(self.since)
        if self.until is not None:
            inside &= times <= microseconds(self.until)
        inside |= times == NO_TIME
        return inside

    def of_own(self, event: Event) -> Own | None:
        """What of one's own left the event."""
        return next((own for own in self.own if _is_of(event, own)), None)

    def marked(self, sighting: Sighting) -> Sighting:
        """The sighting; one that is of one's own at the lowest level, with a note."""
        own = self.of_own(sighting.event) if self.own else None
        return sighting if own is None else replace(sighting, level=RuleLevel.INFORMATIONAL, note=f"{_OWN}{own.name}")

    def told(self, left_out: Mapping[str, int], sightings: Sequence[Sighting]) -> Iterator[Problem]:
        """What did not count, as a note each: matches that were left out, by reason, and what is one's own."""
        for reason, what in (
            (RULES, f"matches of {len(self.without)} rules were left out as you said"),
            (TIME, "matches outside of the time that you named were left out"),
        ):
            if count := left_out.get(reason):
                yield Problem(where="tuning", what=what, severity=Severity.NOTE, count=count)
        for own in self.own:
            if count := sum(sighting.note == f"{_OWN}{own.name}" for sighting in sightings):
                what = f"sightings are of your own {own.name}, and count for nothing"
                yield Problem(where="tuning", what=what, severity=Severity.NOTE, count=count)


NO_TUNING = Tuning()


def is_own(sighting: Sighting) -> bool:
    """Whether a sighting was marked as of one's own."""
    return sighting.note.startswith(_OWN)


def read_tuning(text: str, where: str) -> Tuning:
    """The tuning in a file. Raises: UsageError that says what is wrong in it."""
    try:
        content = bounded((rule_documents(text) or [{}])[0])
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, LookupError, RecursionError, RuleError) as error:
        raise UsageError(f"{where} is no YAML that can be read: {error}") from error
    if not isinstance(content, Mapping) or (unknown := set(content) - {"not", "since", "until", "own", "timezone", "dates"}):
        named = ", ".join(sorted(map(str, unknown))) if isinstance(content, Mapping) else type(content).__name__
        raise UsageError(f"{where}: a tuning file holds not, since, until, own, timezone and dates; this one has {named}")
    return Tuning(
        without=tuple(str(rule).lower() for rule in _list(content, "not", where)),
        since=read_time(str(content["since"])) if content.get("since") else None,
        until=read_time(str(content["until"]), end=True) if content.get("until") else None,
        own=tuple(_own(item, where) for item in _list(content, "own", where)),
        timezone=_timezone(str(content.get("timezone") or "")),
        dates=_dates(str(content.get("dates") or "")),
    )


def _timezone(name: str) -> str:
    try:
        if name:
            zone_named(name)
    except ValueError as error:
        raise UsageError(str(error), hint="write a name such as Europe/Berlin, or an offset such as +11:00") from error
    return name


def _dates(order: str) -> str:
    if order not in ("", "dmy", "mdy"):
        raise UsageError(f"{order!r} is no order of dates; write dmy (15/06/2026) or mdy (06/15/2026)")
    return order


def _list(content: Mapping[str, Any], name: str, where: str) -> Sequence[Any]:
    found = content.get(name) or ()
    if not isinstance(found, list | tuple):
        raise UsageError(f"{where}: {name} is a list")
    return found


def _own(item: Any, where: str) -> Own:
    kinds = ("addresses", "programs", "users", "hosts")
    if not isinstance(item, Mapping) or "name" not in item or not any(item.get(kind) for kind in kinds):
        raise UsageError(f"{where}: each of own has a name and at least one of {', '.join(kinds)}")
    if unknown := set(item) - {"name", *kinds}:
        raise UsageError(f"{where}: own has the unknown {', '.join(sorted(map(str, unknown)))}")
    told = {kind: tuple(str(each).lower() for each in _list(item, kind, where)) for kind in kinds}
    for address in told["addresses"]:
        try:
            ipaddress.ip_network(address, strict=False)
        except ValueError as error:
            raise UsageError(f"{where}: {address} is neither an address nor a network") from error
    return Own(name=str(item["name"]), **told)


def read_time(text: str, *, end: bool = False) -> datetime:
    """A day or a time, UTC unless it states its zone; of a day its begin, or its `end`. Raises: UsageError."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(f"{text!r} is no time; write 2021-03-02 or 2021-03-02T10:00:00Z") from error
    if end and len(text.strip()) == len("2021-03-02"):
        found = found.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _is_of(event: Event, own: Own) -> bool:
    if own.hosts and any(fnmatchcase(event.host.lower(), host) for host in own.hosts):
        return True
    if own.addresses or own.users:
        actor = actor_of(event)
        if own.addresses and _is_in(actor.origin, own.addresses):
            return True
        if own.users and any(fnmatchcase(actor.who.lower(), user) for user in own.users):
            return True
    if own.programs:
        programs = [value.lower() for name, value in event.fields.items() if field_key(name) in _PROGRAMS]
        return any(fnmatchcase(program, pattern) for program in programs for pattern in own.programs)
    return False


def _is_in(address: str, networks: Sequence[str]) -> bool:
    alone = address.partition(":")[0] if address.count(":") == 1 else address  # some logs add the port
    try:
        found = ipaddress.ip_address(alone.partition("]")[0].strip("[").partition("%")[0])
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network, strict=False) for network in networks)
