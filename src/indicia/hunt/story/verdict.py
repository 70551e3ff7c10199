"""The verdict, and the reason for it, which always says how far the logs reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from indicia.hunt.story.notes import note_of
from indicia.hunt.story.sentence import moment
from indicia.records import Chain, HuntVerdict, LogFile, Outcome, RuleLevel, Sighting, Stage

__all__ = ["decide", "reach"]

_HIGH = {RuleLevel.HIGH, RuleLevel.CRITICAL}
_QUIET = {RuleLevel.INFORMATIONAL, RuleLevel.LOW}
NAMES = {
    "httpproxy": "HttpProxy",
    "ecp-server": "ECP Server",
    "ecp-activity": "ECP Activity",
    "oab-generator": "OAB generator",
    "cmdlet-infra": "CmdletInfra",
    "iis": "IIS",
    "access-log": "web access",
    "evtx": "Windows events",
    "windows": "Windows events",
}
SAME_START = timedelta(hours=36)  # logs that begin this close together are told as one


def _decisive(sighting: Sighting) -> bool:
    note = note_of(sighting.rule)
    return note is not None and note.proof and sighting.outcome is Outcome.SUCCESS


def _telling(sighting: Sighting) -> bool:
    """Whether a sighting is a sign of compromise by itself: something at a high level that was not turned away."""
    if sighting.rule.startswith("indicator:"):
        # An address or a name is context; only a file that is known by its content is a sign.
        return sighting.rule.startswith("indicator:file-")
    if sighting.outcome is Outcome.ATTEMPT or sighting.level not in _HIGH:
        return False
    return sighting.stage is not Stage.PROBE


def decide(sightings: Sequence[Sighting], chains: Sequence[Chain], files: Sequence[LogFile]) -> tuple[HuntVerdict, str]:
    """The verdict on judged sightings and their chains, with its reason in two to four sentences.

    Compromise: a rule that by itself shows one has succeeded. Signs of compromise: something at a high level was not
    turned away. Attempts only: something was tried, and all of it was turned away or changed nothing. Not seen: none.
    """
    events = sum(file.events for file in files)
    if not events and not sightings:
        looked = "no file was given" if not files else f"{len(files)} files were looked at, none of them held a log record"
        return HuntVerdict.NO_LOGS, f"There is nothing to judge by: {looked}."
    limits = reach(files)
    decisive = [sighting for sighting in sightings if _decisive(sighting)]
    telling = [sighting for sighting in sightings if _telling(sighting)]
    if decisive:
        broken = _hosts(chains, decisive)
        first = min((sighting for sighting in decisive), key=_time)
        return HuntVerdict.COMPROMISE, " ".join(
            (
                f"{_plural(len(broken), 'host was', 'hosts were')} broken into: {', '.join(broken)}.",
                f"The first decisive trace is {_trace(first)}.",
                limits,
            )
        )
    if telling:
        first = min(telling, key=_time)
        hosts = _hosts(chains, telling)
        lead = f"{_plural(len(hosts), 'host shows', 'hosts show')} signs of compromise: {', '.join(hosts)}."
        parts = (lead, f"The first is {_trace(first)}.", _missing_cause(sightings, first, files), limits)
        return HuntVerdict.LIKELY, " ".join(
            (lead, f"The first is {_trace(first)}.", _missing_cause(sightings, first, files), limits)
        ).replace("  ", " ")
    loud = [sighting for sighting in sightings if sighting.level not in _QUIET]
    if loud:
        clients = {value for chain in chains for kind, value in chain.keys if kind == "client"}
        source = f" from {_plural(len(clients), 'address', 'addresses')}" if clients else ""
        return HuntVerdict.ATTEMPT, (
            f"{_plural(len(loud), 'trace', 'traces')} of attempts{source}, none of which shows that anything was changed or obtained. {limits}"
        )
    quiet = (
        f" {_plural(len(sightings), 'sighting', 'sightings')} of a low level show no intrusion by themselves."
        if sightings
        else ""
    )
    return HuntVerdict.NOT_SEEN, f"Nothing that was sought was found in {events:,} records.{quiet} {limits}"


def _time(sighting: Sighting) -> float:
    return sighting.event.time.timestamp() if sighting.event.time else float("inf")


def _trace(sighting: Sighting) -> str:
    when = f" at {moment(sighting.event.time)} UTC" if sighting.event.time else ""
    return f"“{sighting.title}”{when} ({sighting.event.place})"


def _plural(count: int, one: str, many: str) -> str:
    return f"One {one}" if count == 1 else f"{count:,} {many}"


def _hosts(chains: Sequence[Chain], chosen: Sequence[Sighting]) -> list[str]:
    ids = {sighting.id for sighting in chosen}
    named = {chain.host for chain in chains if not ids.isdisjoint(chain.sightings)}
    return sorted(host or "a host that the logs do not name" for host in named)


def _missing_cause(sightings: Sequence[Sighting], first: Sighting, files: Sequence[LogFile]) -> str:
    """Said where a shell answers and nothing shows how it came there: the break-in may be older than the logs."""
    if first.stage is not Stage.WEB_SHELL or any(
        each.stage is Stage.EXPLOIT and each.outcome is not Outcome.ATTEMPT for each in sightings
    ):
        return ""
    starts = [file.oldest for file in files if file.oldest is not None]
    since = f" the logs begin at {moment(min(starts))} UTC" if starts else " the logs do not tell when they begin"
    return f"How it came there is not in these logs:{since}, and what was before cannot be seen."


def reach(files: Sequence[LogFile]) -> str:
    """How far the logs reach, kind by kind where they differ, with what is missing from them, as one or two sentences."""
    kinds: dict[str, tuple[datetime, datetime]] = {}
    for file in files:
        if file.oldest is None or file.newest is None:
            continue
        name = NAMES.get(file.format, file.format or "other")
        oldest, newest = kinds.get(name, (file.oldest, file.newest))
        kinds[name] = (min(oldest, file.oldest), max(newest, file.newest))
    if not kinds:
        return "How far back the logs reach cannot be told: their records have no times."
    spans: dict[tuple[datetime, datetime], list[str]] = defaultdict(list)
    for name, (oldest, newest) in sorted(kinds.items()):
        same = next((each for each in spans if abs(each[0] - oldest) < SAME_START and abs(each[1] - newest) < SAME_START), None)
        spans[same or (oldest, newest)].append(name)
    told = "; ".join(
        f"{', '.join(names)} from {min(kinds[name][0] for name in names):%Y-%m-%d %H:%M} to {max(kinds[name][1] for name in names):%Y-%m-%d %H:%M} UTC"
        for _, names in sorted(spans.items())
    )
    faults = []
    gaps = sum(len(file.gaps) for file in files)
    if gaps:
        faults.append(f"{gaps} gap{'s' if gaps > 1 else ''} within them")
    skipped = sum(file.skipped for file in files)
    if skipped:
        faults.append(f"{skipped:,} record{'s' if skipped > 1 else ''} that could not be read")
    unread = sum(1 for file in files if not file.format)
    if unread:
        faults.append(f"{unread} file{'s' if unread > 1 else ''} of no known kind")
    missing = f" Not seen: {', '.join(faults)}." if faults else ""
    return f"The logs reach: {told}.{missing}"
