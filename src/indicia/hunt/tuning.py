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
from typing import Any

import yaml
from msgspec.structs import replace

from indicia.errors import UsageError
from indicia.hunt.names import field_key
from indicia.hunt.story import tell
from indicia.hunt.story.deeds import deed_of
from indicia.records import Hunt, Problem, Record, RuleLevel, Severity, Sighting

__all__ = ["Own", "Tuning", "read_time", "read_tuning", "tuned"]

_PROGRAMS = ("image", "newprocessname", "parentimage", "parentprocessname", "exe", "initiatingprocessfolderpath")


class Own(Record, frozen=True, kw_only=True):
    """Something of one's own that leaves traces. An event is of it where one of what is named fits."""

    name: str
    addresses: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


class Tuning(Record, frozen=True, kw_only=True):
    """`without` are rules (by id or title, folded) that do not count; `since` and `until` bound the time of what counts."""

    without: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    own: tuple[Own, ...] = ()

    def with_more(self, without: Sequence[str], since: datetime | None, until: datetime | None) -> Tuning:
        """The same with what the command line adds."""
        rules = tuple(dict.fromkeys((*self.without, *(rule.lower() for rule in without))))
        return replace(self, without=rules, since=since or self.since, until=until or self.until)


def read_tuning(text: str, where: str) -> Tuning:
    """The tuning in a file. Raises: UsageError that says what is wrong in it."""
    try:
        content = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise UsageError(f"{where} is no YAML: {error}") from error
    if not isinstance(content, Mapping) or (unknown := set(content) - {"not", "since", "until", "own"}):
        named = ", ".join(sorted(map(str, unknown))) if isinstance(content, Mapping) else type(content).__name__
        raise UsageError(f"{where}: a tuning file holds not, since, until and own; this one has {named}")
    return Tuning(
        without=tuple(str(rule).lower() for rule in _list(content, "not", where)),
        since=read_time(str(content["since"])) if content.get("since") else None,
        until=read_time(str(content["until"]), end=True) if content.get("until") else None,
        own=tuple(_own(item, where) for item in _list(content, "own", where)),
    )


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


def tuned(found: Hunt, tuning: Tuning) -> Hunt:
    """The hunt told anew without what does not count. What was left out, and what is one's own, is told as a note each.

    Sightings of one's own stay in the list, at the lowest level and with a note; they are no part of a chain or a verdict.
    """
    if tuning == Tuning():
        return found
    kept, notes = [], dict.fromkeys(("rules", "time"), 0) | {own.name: 0 for own in tuning.own}
    for sighting in found.sightings:
        if sighting.rule.lower() in tuning.without or sighting.title.lower() in tuning.without:
            notes["rules"] += 1
        elif not _within(sighting, tuning):
            notes["time"] += 1
        elif (own := next((own for own in tuning.own if _is_of(sighting, own)), None)) is not None:
            notes[own.name] += 1
            kept.append(replace(sighting, level=RuleLevel.INFORMATIONAL, note=f"of our own: {own.name}"))
        else:
            kept.append(sighting)
    story = tell(kept, found.files)
    return replace(
        found,
        verdict=story.verdict,
        reason=story.reason,
        sightings=story.sightings,
        chains=story.chains,
        problems=(*found.problems, *_told(notes, tuning)),
    )


def _within(sighting: Sighting, tuning: Tuning) -> bool:
    """Whether it is in the time that counts; what has no time is not left out for it."""
    time = sighting.event.time
    return time is None or ((tuning.since is None or time >= tuning.since) and (tuning.until is None or time <= tuning.until))


def _told(notes: Mapping[str, int], tuning: Tuning) -> Iterator[Problem]:
    for name, count in notes.items():
        if not count:
            continue
        what = {
            "rules": f"sightings of {len(tuning.without)} rules were left out as you said",
            "time": "sightings outside of the time that you named were left out",
        }.get(name, f"sightings are of your own {name}, and count for nothing")
        yield Problem(where="tuning", what=what, severity=Severity.NOTE, count=count)


def _is_of(sighting: Sighting, own: Own) -> bool:
    event = sighting.event
    if own.hosts and any(fnmatchcase(event.host.lower(), host) for host in own.hosts):
        return True
    if own.addresses or own.users:
        deed = deed_of(event)
        if own.addresses and _is_in(deed.origin, own.addresses):
            return True
        if own.users and any(fnmatchcase(deed.who.lower(), user) for user in own.users):
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
