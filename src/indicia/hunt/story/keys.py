"""What joins the lines of different logs: the keys that an event holds, and the host that it is about."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

from indicia.hunt.names import Remembered
from indicia.hunt.sources import source_named
from indicia.hunt.sources.deeds import actor_of
from indicia.hunt.story.sentence import printable
from indicia.records import Event, Outcome, Sighting, Stage

# The shared session accounts of Windows: their logons say nothing about who acts.
SHARED_LOGONS = {"0x0", "0x3e7", "0x3e4", "0x3e5", "-", ""}
CANARY = re.compile(r"msExchEcpCanary=([^&;#\s]{6,200})", re.IGNORECASE)
REQUEST = re.compile(r"cafeReqId=([0-9a-f-]{36})", re.IGNORECASE)
QUOTED_PATH = re.compile(r"'([A-Za-z]:\\[^']{1,400})'")
NO_GUID = "{00000000-0000-0000-0000-000000000000}"
# Where the web roots of a server lie, and what a browser calls them.
WEB_ROOTS = (("\\frontend\\httpproxy\\", "/"), ("\\inetpub\\wwwroot\\", "/"))
# Folders of a server below which its logs lie; what stands above them is one server's copy.
KNOWN_FOLDERS = {"logging", "inetpub", "events", "winevt", "windows", "program files", "logfiles", "evtx"}
NO_HOST_NAME = re.compile(r"[^\w.:-]")
LONGEST_NAME = 255
LONGEST_FIELD = 20_000  # characters in which keys are sought


def _field(event: Event, *names: str) -> str:
    for name in names:
        value = event.fields.get(name)
        if value and value != "-":
            return value[:LONGEST_FIELD]
    return ""


def web_path(path: str) -> str:
    """The address below which a file of Exchange's web folders is called, folded; "" for a path elsewhere.

    >>> web_path(r"C:\\inetpub\\wwwroot\\aspnet_client\\Discover.aspx")
    '/aspnet_client/discover.aspx'
    """
    folded = path.lower().replace("/", "\\")
    for root, address in WEB_ROOTS:
        _, found, rest = folded.partition(root)
        if found:
            return address + rest.replace("\\", "/")
    return ""


def client_of(event: Event) -> str:
    """The address that a request came from; "" where it is the server itself, or none is told."""
    address = _field(event, *_CLIENTS)
    if not address or address in {event.fields.get("s-ip"), event.fields.get("ServerHostName")}:
        return ""
    return _client_at(address)


@Remembered
def _client_at(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return ""
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return "" if parsed.is_loopback or parsed.is_unspecified else str(mapped or parsed)


@lru_cache(256)
def is_of_cloud(log: str) -> bool:
    """Whether logs of a format are of accounts, and not of machines: there, whoever acted is a principal."""
    source = source_named(log)
    return source is not None and bool(source.answers) and not source.of_machines


def _caller(event: Event) -> str:
    """The address that a principal called from, without its port; "" where the cloud itself did."""
    origin = actor_of(event).origin
    return _client_at(origin) or _client_at(origin.rpartition(":")[0])


def agent_of(event: Event) -> str:
    """The user agent, written one way: W3C logs have plus signs where HttpProxy has blanks."""
    return _field(event, *_AGENTS).replace("+", " ")


def is_back_end(event: Event) -> bool:
    """Whether a web log's line is from Exchange's back-end site, which only its own front end calls."""
    return event.fields.get("s-port") == "444"


class Traits(NamedTuple):
    """What the story asks of one sighting again and again: its client and agent, and its keys as `keys_of` gives them."""

    client: str
    agent: str
    keys: tuple[tuple[str, str], ...]


def traits_of(sightings: Sequence[Sighting]) -> list[Traits]:
    """The traits of each sighting. An event that many rules saw is looked at once."""
    seen: dict[int, Traits] = {}
    found = []
    for sighting in sightings:
        event = sighting.event
        own = seen.get(id(event))  # the sightings hold their events, so an id is one event's
        if own is None:
            told = _told_by(tuple(event.fields))
            client = _caller(event) if is_of_cloud(event.format) else client_of(event) if told.client else ""
            own = seen[id(event)] = Traits(client, agent_of(event) if told.agent else "", _keys_of(event, client, told))
        page = _page_of(sighting)
        found.append(Traits(own.client, own.agent, (*own.keys, ("page", page))) if page else own)
    return found


def keys_of(sighting: Sighting) -> Iterable[tuple[str, str]]:
    """The keys of one sighting, as (kind, value), all folded.

    `client`, `canary` (session of the control panel), `request`, `activity`, `process`, `logon`, and `page` for a web
    shell that was written or answered (an attempt on a name does not tie a scanner to whoever owns that shell).
    """
    event = sighting.event
    client = _caller(event) if is_of_cloud(event.format) else client_of(event)
    yield from _keys_of(event, client, _told_by(tuple(event.fields)))
    page = _page_of(sighting)
    if page:
        yield "page", page


_CLIENTS = ("ClientIpAddress", "c-ip", "IpAddress", "SourceNetworkAddress", "remote_addr", "client")
_AGENTS = ("UserAgent", "cs(User-Agent)")
_CANARIES = ("AnchorMailbox", "URL", "Url", "UrlQuery", "cs-uri-query")
_PROCESSES = ("ProcessGuid", "ParentProcessGuid", "SourceProcessGUID", "TargetProcessGUID")
_LOGONS = ("LogonId", "TargetLogonId", "SubjectLogonId")
_WEB_FIELDS = (*_CANARIES, "RequestId", "ACTID", "ActID")


class _Told(NamedTuple):
    """What an event can tell by the names of its fields; those that hold the GUIDs of processes and the ids of logons."""

    client: bool
    agent: bool
    web: bool
    processes: tuple[str, ...]
    logons: tuple[str, ...]


@Remembered
def _told_by(names: tuple[str, ...]) -> _Told:
    def some(asked: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in asked if name in names)

    return _Told(bool(some(_CLIENTS)), bool(some(_AGENTS)), bool(some(_WEB_FIELDS)), some(_PROCESSES), some(_LOGONS))


def _keys_of(event: Event, client: str, told: _Told) -> tuple[tuple[str, str], ...]:
    keys = [("client", client)] if client else []
    if told.web:
        keys += _web_keys(event)
    fields = event.fields
    for name in told.processes:
        guid = fields[name]
        if guid and guid != "-" and guid != NO_GUID:
            keys.append(("process", guid[:LONGEST_FIELD].lower()))
    for name in told.logons:
        logon = fields[name][:LONGEST_FIELD].lower()
        if logon not in SHARED_LOGONS:
            keys.append(("logon", logon))
    return tuple(keys)


def _web_keys(event: Event) -> Iterable[tuple[str, str]]:
    for name in _CANARIES:
        found = CANARY.search(_field(event, name))
        if found:
            yield "canary", found[1].lower()
    request = REQUEST.search(_field(event, "cs-uri-query"))
    if request:
        yield "request", request[1].lower()
    own_request = _field(event, "RequestId")
    if own_request:
        yield "request", own_request.lower()
    activity = _field(event, "ACTID", "ActID")
    if activity:
        yield "activity", activity.lower()


def _page_of(sighting: Sighting) -> str:
    """The web page that a sighting shows as written or answered; "" where it shows none."""
    if sighting.stage in {Stage.WEB_SHELL, Stage.PERSISTENCE} and sighting.outcome is not Outcome.ATTEMPT:
        return _page(sighting.event)
    return ""


def _page(event: Event) -> str:
    stem = _field(event, "UrlStem", "cs-uri-stem")
    if stem and stem.lower().rpartition(".")[2] in {"aspx", "ashx", "asmx", "asp"}:
        return stem.lower()
    made = _field(event, "TargetFilename")
    if made:
        return web_path(made)
    quoted = QUOTED_PATH.search(_field(event, "Message"))
    return web_path(quoted[1]) if quoted else ""


class Hosts:
    """Which machine each event is about, though logs name it in full, in short, by address or not at all.

    Learns from all sightings first: the folder in which a server's logs lie joins the logs that name it and those that do not;
    a short name becomes the full one where only one fits; an address becomes the name of the only machine that says it is its
    own (a web log's `s-ip`, Sysmon's own end of a connection).
    """

    def __init__(self, sightings: Sequence[Sighting]) -> None:
        self._by_folder: dict[str, Counter[str]] = {}
        self._full: dict[str, Counter[str]] = {}
        self._full_in: dict[tuple[str, str], str] = {}
        self._at: dict[str, set[str]] = {}  # short names of the machines that have an address
        self._given: dict[int, _Given] = {}  # by event: those of the sightings live as long as this does
        self._same: dict[_Given, _Given] = {}  # one for the many events that say the same
        self._known: dict[_Given, str] = {}
        counts: dict[_Given, int] = {}
        latest: dict[_Given, int] = {}
        for number, sighting in enumerate(sightings):
            given = self._given_by(sighting.event)
            counts[given] = counts.get(given, 0) + 1
            latest[given] = number
        for given, count in counts.items():
            folder, name = _folder(given.file), _host_name(given.name)
            if name:
                self._by_folder.setdefault(folder, Counter())[name.partition(".")[0]] += count
            for full in _full_names(name, given.target):
                self._full.setdefault(full.partition(".")[0], Counter())[full] += count
        for given in counts:
            short = _host_name(given.name).partition(".")[0] or self._of_folder(given)
            if given.own and short:
                self._at.setdefault(given.own, set()).add(short)
        for given in sorted(latest, key=latest.__getitem__):
            for full in _full_names(_host_name(given.name), given.target):
                self._full_in[_folder(given.file), full.partition(".")[0]] = full

    def of(self, event: Event) -> str:
        """The host's full name where known, else its short name, else its address, else ""."""
        given = self._given_by(event)
        host = self._known.get(given)
        if host is None:
            host = self._known[given] = self._of(given)
        return host

    def actor(self, event: Event) -> str:
        """What a chain is of: the machine, or in a cloud the principal that acted, by the account where none is named."""
        who = actor_of(event).who[:LONGEST_NAME] if is_of_cloud(event.format) else ""
        return printable(who) if who else self.of(event)

    def _given_by(self, event: Event) -> _Given:
        given = self._given.get(id(event))
        if given is None:
            given = _given_by(event)
            given = self._given[id(event)] = self._same.setdefault(given, given)
        return given

    def _of(self, given: _Given) -> str:
        folder, name = _folder(given.file), _host_name(given.name)
        if not name:
            at = self._at.get(_client_at(given.address), ())
            name = self._of_folder(given) or (next(iter(at)) if len(at) == 1 else "")
        if not name:
            return NO_HOST_NAME.sub("?", given.address)
        if "." in name:
            return name
        full = self._full_in.get((folder, name))
        if full:
            return full
        known = self._full.get(name, Counter())
        return next(iter(known)) if len(known) == 1 else name

    def _of_folder(self, given: _Given) -> str:
        named = self._by_folder.get(_folder(given.file))
        return named.most_common(1)[0][0] if named else ""


class _Given(NamedTuple):
    """What an event says of the machine that it is about, as it says it: the same of very many events."""

    file: str
    name: str
    target: str
    address: str
    own: str  # an address that the event says is its machine's, "" where it says none


def _given_by(event: Event) -> _Given:
    name = _field(event, "ServerHostName", "ServerName", "Computer", "s-computername") or event.host
    address = _field(event, "s-ip") or event.host
    target = _field(event, "TargetServer")
    return _Given(
        event.place.file, name[:LONGEST_NAME], target[:LONGEST_NAME], address[:LONGEST_NAME], _client_at(_own_address(event))
    )


def _own_address(event: Event) -> str:
    """The address of the machine itself, where an event tells which one is its own; "" otherwise."""
    fields = event.fields
    if "s-ip" in fields:
        return fields["s-ip"][:LONGEST_NAME]
    match fields.get("Initiated", "").lower():
        case "true":
            return fields.get("SourceIp", "")[:LONGEST_NAME]
        case "false":
            return fields.get("DestinationIp", "")[:LONGEST_NAME]
    return ""


def _full_names(name: str, target: str) -> list[str]:
    """The full names that an event gives one machine: its own, and that of the server it was sent to where it is the same."""
    others = name, NO_HOST_NAME.sub("?", target.lower())
    return [full for full in others if "." in full and (not name or full.partition(".")[0] == name.partition(".")[0])]


@Remembered
def _host_name(given: str) -> str:
    """The name that an event gives its host, folded; "" where it gives an address or nothing.

    Whoever writes a log line may write anything: what no host name holds becomes `?` before it gets into our sentences.
    """
    name = NO_HOST_NAME.sub("?", given.lower())
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "" if name.startswith("w3svc") else name
    return ""


@lru_cache(16_384)
def _folder(file: str) -> str:
    parts = PurePosixPath(file.replace("\\", "/")).parts
    for index, part in enumerate(parts):
        if part.lower() in KNOWN_FOLDERS:
            return "/".join(parts[:index])
    return "/".join(parts[:-1])
