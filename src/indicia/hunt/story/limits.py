"""What the logs cannot tell: how far they reach, what was cleared, whether their clocks agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from indicia.hunt.story.keys import Traits
from indicia.hunt.story.sentence import moment
from indicia.records import LogFile, Outcome, Sighting

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
    "windows-json": "Windows events",
    "windows-xml": "Windows events",
    "jsonl": "JSON Lines",
    "windows-csv": "Windows events",
    "csv": "CSV",
}
SAME_START = timedelta(hours=36)  # logs that begin this close together are told as one
CLEARED = "T1070.001"  # ATT&CK: Clear Windows Event Logs
LEAST_SKEW = 30.0  # seconds; less than this may be how long a request took


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
        return f"How far back the logs reach cannot be told: their records have no times.{_left_out(files)}"
    spans: dict[tuple[datetime, datetime], list[str]] = defaultdict(list)
    for name, (oldest, newest) in sorted(kinds.items()):
        same = next((each for each in spans if abs(each[0] - oldest) < SAME_START and abs(each[1] - newest) < SAME_START), None)
        spans[same or (oldest, newest)].append(name)
    told = "; ".join(_stretch(names, kinds) for _, names in sorted(spans.items()))
    return f"The logs reach: {told}.{_left_out(files)}"


def _left_out(files: Sequence[LogFile]) -> str:
    """What is missing from the logs, as a sentence; "" when nothing is."""
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
    return f" Left out: {', '.join(faults)}." if faults else ""


def _stretch(names: Sequence[str], kinds: Mapping[str, tuple[datetime, datetime]]) -> str:
    oldest, newest = min(kinds[name][0] for name in names), max(kinds[name][1] for name in names)
    return f"{', '.join(names)} from {oldest:%Y-%m-%d %H:%M} to {newest:%Y-%m-%d %H:%M} UTC"


def cleared(sightings: Sequence[Sighting]) -> str:
    """Said where a Windows log was cleared: what it held is gone, and silence before that time means nothing."""
    times = [
        sighting.event.time
        for sighting in sightings
        if CLEARED in sighting.techniques and sighting.outcome is Outcome.SUCCESS and sighting.event.time is not None
    ]
    if not times:
        return ""
    when = f"at {moment(times[0])}" if len(times) == 1 else f"{len(times)} times, last at {moment(max(times))}"
    return f"Event logs were cleared {when} UTC: what they held before cannot be seen."


def skew(sightings: Sequence[Sighting], traits: Sequence[Traits]) -> str:
    """Said where two logs give clearly different times to the same requests: by request id, the median difference."""
    by_request: dict[str, dict[str, datetime]] = defaultdict(dict)
    for sighting, own in zip(sightings, traits, strict=True):
        if sighting.event.time is not None:
            for kind, value in own.keys:
                if kind == "request":
                    by_request[value].setdefault(sighting.event.format, sighting.event.time)
    apart: dict[tuple[str, str], list[float]] = defaultdict(list)
    for times in by_request.values():
        for one in times:
            for other in times:
                if one < other:
                    apart[one, other].append((times[other] - times[one]).total_seconds())
    told = [
        f"{NAMES.get(other, other)} runs {abs(middle):,.0f} s {'ahead of' if middle > 0 else 'behind'} {NAMES.get(one, one)}"
        for (one, other), differences in sorted(apart.items())
        if abs(middle := median(differences)) >= LEAST_SKEW
    ]
    return f"The clocks of the logs differ: {'; '.join(told)}." if told else ""
