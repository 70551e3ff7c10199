"""The verdict, and the reason for it, which always says how far the logs reach."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from indicia.hunt.sight.notes import is_said, note_of
from indicia.hunt.sight.sightings import status_of
from indicia.hunt.story.keys import Traits, is_of_cloud
from indicia.hunt.story.sentence import QUIET, RANK, moment, printable
from indicia.records import Chain, HuntVerdict, LogFile, Outcome, RuleLevel, Sighting, Stage

# What hardly any rule could be asked of: silence there says nothing.
LEAST, LEAST_SHARE = 20, 0.03  # rules for one kind of log that are no longer "hardly any"; of few rules, a share of all
MOST_KINDS = 4  # named in a sentence
SHARE = 0.9  # of the records


def hardly_asked(files: Sequence[LogFile], rules: int) -> list[LogFile]:
    """Those files with records of which hardly any of the `rules` could be asked."""
    least = min(LEAST, rules * LEAST_SHARE)
    return [file for file in files if file.events and file.asked is not None and file.asked < least]


def is_most(some: Sequence[LogFile], files: Sequence[LogFile]) -> bool:
    """Whether nearly all records stand in some of the files."""
    return sum(file.events for file in some) >= SHARE * sum(file.events for file in files)


def not_judged(some: Sequence[LogFile], files: Sequence[LogFile], rules: int) -> str:
    """Why it cannot be judged by such files whether anything happened, as two sentences."""
    most = max(file.asked or 0 for file in some)
    asked = "none" if not most else "one" if most == 1 else f"at most {most:,}"
    records = sum(file.events for file in files)
    what = "one record" if records == 1 else f"{records:,} records"
    return (
        f"Whether anything happened cannot be judged: of {rules:,} rules {asked} could be asked of {what} ({_kinds(some)}). "
        "That nothing was found says nothing; other logs of the same machines, or rules for these, would."
    )


def beside(some: Sequence[LogFile]) -> str:
    """What is said of such files where others can be judged by."""
    records = sum(file.events for file in some)
    what = "one record" if records == 1 else f"{records:,} records"
    return f"That is not said of {what} ({_kinds(some)}), of which hardly any rule could be asked."


def _kinds(some: Sequence[LogFile]) -> str:
    counts: Counter[str] = Counter()
    for file in some:
        counts[NAMES.get(file.format, file.format)] += file.events
    named = sorted(counts, key=lambda name: (-counts[name], name))
    more = f" and {len(named) - MOST_KINDS} more kinds" if len(named) > MOST_KINDS else ""
    return f"{', '.join(named[:MOST_KINDS])}{more}"


MOST_HOSTS = 8  # named in a sentence
NAMELESS = "a host that the logs do not name"
BY_OUTCOME = {Outcome.ATTEMPT: 0, Outcome.UNKNOWN: 1, Outcome.SUCCESS: 2}
_HIGH = {RuleLevel.HIGH, RuleLevel.CRITICAL}
_DOORS = {Stage.PROBE, Stage.EXPLOIT}


def _decisive(sighting: Sighting) -> bool:
    note = note_of(sighting.rule)
    return note is not None and note.proof and sighting.outcome is Outcome.SUCCESS


def _telling(sighting: Sighting) -> bool:
    """Whether a sighting is a sign of compromise by itself: something at a high level that was not turned away."""
    if sighting.rule.startswith("indicator:"):
        # An address or a name is context; only a file that is known by its content is a sign.
        return sighting.rule.startswith("indicator:file-")
    if sighting.outcome is Outcome.ATTEMPT or sighting.level not in _HIGH or sighting.stage is Stage.PROBE:
        return False
    if sighting.outcome is Outcome.UNKNOWN and status_of(sighting.event) and not is_said(sighting.rule):
        # That a request was answered says little: pages answer scanners too. A page that should not exist is another matter.
        return sighting.stage is Stage.WEB_SHELL
    return True


def _tried(sighting: Sighting) -> bool:
    if sighting.level in QUIET:
        return False
    if sighting.outcome is Outcome.ATTEMPT or sighting.rule.startswith("indicator:"):
        return True
    if is_said(sighting.rule):
        return False
    return bool(status_of(sighting.event)) and sighting.level is not RuleLevel.CRITICAL


def decide(
    sightings: Sequence[Sighting], traits: Sequence[Traits], chains: Sequence[Chain], files: Sequence[LogFile], rules: int
) -> tuple[HuntVerdict, str]:
    """The verdict on judged sightings (with their traits) and their chains, with its reason in two to four sentences.

    Compromise: a rule that by itself shows one has succeeded. Likely: on one host several traces at a high level that do not
    lean on each other, or something critical that succeeded. Signs: something at a high level was not turned away. Something
    to look at: a trace at a medium level. Attempts only: something was tried, and all of it was turned away or changed
    nothing. Not seen: none of that. Cannot judge: none of that either, but hardly any of the `rules` could be asked of these
    logs. The first sentence names the worst of what was seen.
    """
    events = sum(file.events for file in files)
    if not events and not sightings:
        looked = (
            "no file was given"
            if not files
            else f"{_plural(len(files), 'file was', 'files were', within=True)} looked at, without a log record"
        )
        return HuntVerdict.NO_LOGS, f"There is nothing to judge by: {looked}."
    clouds = _clouds(sightings, chains)
    limits = " ".join(part for part in (reach(files), cleared(sightings), skew(sightings, traits)) if part)
    decisive = [sighting for sighting in sightings if _decisive(sighting)]
    telling = [sighting for sighting in sightings if _telling(sighting) or _decisive(sighting)]
    tried = [sighting for sighting in sightings if _tried(sighting)]
    if decisive:
        hosts = _hosts(chains, decisive)
        more = [host for host in _hosts(chains, telling) if host not in hosts]
        lead = f"{_places(hosts, clouds, 'was', 'were')} broken into: {_list(hosts)}; {_worst(telling)}."
        earliest = min(decisive, key=_time)
        first = "" if earliest is worst_of(telling) else f"The first decisive trace is {_trace(earliest)}."
        signs = f"{_places(more, clouds, 'shows', 'show', 'more ')} signs of compromise: {_list(more)}." if more else ""
        return HuntVerdict.COMPROMISE, " ".join(part for part in (lead, first, signs, limits) if part)
    if telling:
        earliest = min(telling, key=_time)
        likely = _likely(chains, telling)
        if likely:
            lead = f"{_places(likely, clouds, 'was', 'were')} likely broken into: {_list(likely)}; {_worst(telling)}."
        else:
            hosts = _hosts(chains, telling)
            lead = f"{_places(hosts, clouds, 'shows', 'show')} signs of compromise: {_list(hosts)}; {_worst(telling)}."
        first = "" if earliest is worst_of(telling) else f"The first is {_trace(earliest)}."
        told = (lead, first, _missing_cause(sightings, earliest, files), limits)
        verdict = HuntVerdict.LIKELY if likely else HuntVerdict.SIGNS
        return verdict, " ".join(part for part in told if part)
    attempts = _attempts(tried, chains)
    look = [sighting for sighting in sightings if sighting.level not in QUIET and not _tried(sighting)]
    if look:
        lead = (
            f"{_plural(len(look), 'trace is', 'traces are')} worth a look, none a sign of compromise by itself; {_worst(look)}."
        )
        return HuntVerdict.LOOK, " ".join(part for part in (lead, attempts, _open_door([*look, *tried]), limits) if part)
    if tried:
        parts = (attempts, _open_door(tried), limits)
        return HuntVerdict.ATTEMPT, " ".join(part for part in parts if part)
    rest = ""
    if sightings:
        rest = (
            f" {_plural(len(sightings), 'sighting', 'sightings')} of a lower level: no intrusion by that alone;"
            f" {_worst(sightings)}."
        )
    unasked = hardly_asked(files, rules)
    if unasked and is_most(unasked, files):
        return HuntVerdict.CANNOT_JUDGE, f"{not_judged(unasked, files, rules)}{rest} {limits}"
    limits = f"{beside(unasked)} {limits}" if unasked else limits
    return (
        HuntVerdict.NOT_SEEN,
        f"Nothing at a medium level or above was found in {_plural(events, 'record', 'records', within=True)}.{rest} {limits}",
    )


def verdict_of(sightings: Sequence[Sighting], chains: Sequence[Chain]) -> HuntVerdict:
    """What is to be said of one machine or principal by its sightings and chains."""
    if any(map(_decisive, sightings)):
        return HuntVerdict.COMPROMISE
    if telling := [each for each in sightings if _telling(each)]:
        return HuntVerdict.LIKELY if _likely(chains, telling) else HuntVerdict.SIGNS
    look = any(each.level not in QUIET and not _tried(each) for each in sightings)
    return HuntVerdict.LOOK if look else HuntVerdict.ATTEMPT


def _attempts(tried: Sequence[Sighting], chains: Sequence[Chain]) -> str:
    if not tried:
        return ""
    clients = {value for chain in chains for kind, value in chain.keys if kind == "client"}
    source = f" from {_plural(len(clients), 'address', 'addresses', within=True)}" if clients else ""
    return (
        f"{_plural(len(tried), 'trace', 'traces')} of attempts{source}; none shows that anything was changed or obtained;"
        f" {_worst(tried)}."
    )


def _likely(chains: Sequence[Chain], telling: Sequence[Sighting]) -> list[str]:
    """The hosts on which one telling trace is critical and succeeded, or several that differ in all say one thing."""
    by_id = {sighting.id: sighting for sighting in telling}
    hosts: dict[str, None] = {}
    for chain in chains:
        mine = [by_id[identity] for identity in chain.sightings if identity in by_id]
        critical = [each for each in mine if each.level is RuleLevel.CRITICAL]
        if any(each.outcome is Outcome.SUCCESS for each in critical) or _independent(mine) >= (2 if critical else 3):
            hosts[chain.host or NAMELESS] = None
    return list(hosts)


def _independent(some: Sequence[Sighting]) -> int:
    """How many traces do not lean on each other: other rules, in other records, at other stages."""
    return min(
        len({each.rule for each in some}),
        len({each.event.place for each in some}),
        len({each.stage for each in some if each.stage is not Stage.OTHER}),
    )


def _worst(some: Sequence[Sighting]) -> str:
    """The worst of some sightings, as part of a sentence."""
    return f"the worst trace is {_trace(worst_of(some), level=True)}"


def worst_of(some: Sequence[Sighting]) -> Sighting:
    """The worst of some sightings, the earliest where several are as bad."""
    return max(
        some,
        key=lambda each: (
            _decisive(each),
            RANK[each.level],
            BY_OUTCOME[each.outcome],
            -_time(each),
        ),
    )


def _open_door(tried: Sequence[Sighting]) -> str:
    """Said where a probe of a flaw got the answer that only a server with that flaw gives."""
    answered = [
        each
        for each in tried
        if each.vulnerabilities
        and each.outcome is not Outcome.SUCCESS
        and status_of(each.event) == "200"
        and each.stage in _DOORS
    ]
    if not answered:
        return ""
    flaws = ", ".join(sorted({flaw for each in answered for flaw in each.vulnerabilities}))
    return f"{_plural(len(answered), 'probe', 'probes')} for {flaws} got an answer (200): the server may have been open then."


def _time(sighting: Sighting) -> float:
    return sighting.event.time.timestamp() if sighting.event.time else float("inf")


def _trace(sighting: Sighting, *, level: bool = False) -> str:
    when = f" at {moment(sighting.event.time)} UTC" if sighting.event.time else ""
    how = f", {sighting.level.value}," if level else ""
    return f"“{printable(sighting.title)}”{how}{when} ({printable(str(sighting.event.place))})"


def _plural(count: int, one: str, many: str, *, within: bool = False) -> str:
    """The number with its noun, as it begins a sentence or stands `within` one."""
    return f"{'one' if within else 'One'} {one}" if count == 1 else f"{count:,} {many}"


def _clouds(sightings: Sequence[Sighting], chains: Sequence[Chain]) -> frozenset[str]:
    """Those names of chains that are an account's, a tenant's or a project's: only what a cloud wrote names them."""
    formats = {sighting.id: sighting.event.format for sighting in sightings}
    found: dict[str, bool] = {}
    for chain in chains:
        told = all(is_of_cloud(formats[each]) for each in chain.sightings)
        found[chain.host] = told and found.get(chain.host, True)
    return frozenset(name for name, is_cloud in found.items() if is_cloud and name)


def _places(names: Sequence[str], clouds: frozenset[str], one: str, many: str, more: str = "") -> str:
    """The number of hosts, or of accounts where all are such, with the verb that follows."""
    noun = "account" if names and clouds.issuperset(names) else "host" if clouds.isdisjoint(names) else "host or account"
    plural = "hosts and accounts" if noun == "host or account" else f"{noun}s"
    return _plural(len(names), f"{more}{noun} {one}", f"{more}{plural} {many}")


def _list(hosts: Sequence[str]) -> str:
    return (
        ", ".join(hosts) if len(hosts) <= MOST_HOSTS else f"{', '.join(hosts[:MOST_HOSTS])} and {len(hosts) - MOST_HOSTS} more"
    )


def _hosts(chains: Sequence[Chain], chosen: Sequence[Sighting]) -> list[str]:
    ids = {sighting.id for sighting in chosen}
    return list(dict.fromkeys(chain.host or NAMELESS for chain in chains if not ids.isdisjoint(chain.sightings)))


def _missing_cause(sightings: Sequence[Sighting], first: Sighting, files: Sequence[LogFile]) -> str:
    """Said where a shell answers and nothing shows how it came there: the break-in may be older than the logs."""
    if first.stage is not Stage.WEB_SHELL or any(
        each.stage is Stage.EXPLOIT and each.outcome is not Outcome.ATTEMPT for each in sightings
    ):
        return ""
    starts = [file.oldest for file in files if file.oldest is not None]
    since = f" the logs begin at {moment(min(starts))} UTC" if starts else " the logs do not tell when they begin"
    return f"How it came there is not in these logs:{since}, and what was before cannot be seen."


# What the logs cannot tell: how far they reach, what was cleared, whether their clocks agree.
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
