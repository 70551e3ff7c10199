"""Indicators as CSV, with when each was seen, and which of them are values that everybody meets; the case as JSON."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib.resources import files

import msgspec

from indicia.knowledge import Knowledge
from indicia.records import Case, Context, MentionKind, json_pieces
from indicia.share.redact import marking_of
from indicia.view.inert import inert_table

# Values that everybody meets: resolvers, the hash of an empty file, a vendor's own domain. They are no traces of an attack.
#
# What stands here is still passed on, since a source named it, with a word on what it is and no wish to have it detected.
# Networks that say nothing outside of one house. Addresses for documentation are not among them: nobody can be reached there.
_NETWORKS = {
    "private network": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
    "shared address space": ("100.64.0.0/10",),
    "this machine": ("127.0.0.0/8", "::1/128", "0.0.0.0/8", "::/128"),
    "link-local": ("169.254.0.0/16", "fe80::/10"),
    "multicast": ("224.0.0.0/4", "ff00::/8"),
    "broadcast": ("255.255.255.255/32",),
}


@cache
def _table() -> dict[tuple[str, str], str]:
    text = files("indicia.share").joinpath("well_known.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {(type, value): what for type, value, what in rows}


def well_known(type: str, value: str) -> str | None:
    """What a value is that a block list must not hold, None for all others.

    >>> well_known("ipv4-addr", "8.8.8.8"), well_known("domain-name", "ctldl.windowsupdate.com")
    ('public resolver of Google', 'updates of Windows')
    >>> well_known("ipv4-addr", "10.1.2.3"), well_known("domain-name", "microsoft.com.evil.example")
    ('private network', None)
    """
    exact = _table().get((type, value.lower()))
    if exact is not None:
        return exact
    if type == "domain-name":
        labels = value.lower().rstrip(".").split(".")
        parents = (".".join(labels[start:]) for start in range(len(labels)))
        return next((what for parent in parents if (what := _table().get((type, parent)))), None)
    if type in {"ipv4-addr", "ipv6-addr"}:
        return _of_network(value)
    return None


def _of_network(value: str) -> str | None:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    for what, ranges in _NETWORKS.items():
        for each in map(ipaddress.ip_network, ranges):
            if each.version == network.version and network.subnet_of(each):  # type: ignore[arg-type]
                return what
    return None


# When each indicator was seen in the logs.
def seen(case: Case) -> dict[str, tuple[int, datetime, datetime]]:
    """How often, first and last, by the indicator's value. Sightings without a time do not count."""
    found: dict[str, tuple[int, datetime, datetime]] = {}
    for sighting in case.hunt.sightings if case.hunt else ():
        moment = sighting.event.time
        if sighting.indicator and moment:
            count, first, last = found.get(sighting.indicator, (0, moment, moment))
            found[sighting.indicator] = (count + 1, min(first, moment), max(last, moment))
    return found


# Indicators as CSV (RFC 4180), safe to open in a spreadsheet.
COLUMNS = ("type", "value", "first_seen", "last_seen", "confidence", "tlp", "source", "note")


def render(case: Case, knowledge: Knowledge) -> bytes:
    """One line for each indicator that a text states, by type and value, with its first and last sighting in the logs."""
    names = {document.id: document.file_name for document in case.documents}
    times, marking = seen(case), marking_of(case).label
    rows: dict[tuple[str, str], tuple[float, str]] = {}
    for mention in case.mentions:
        if mention.kind is MentionKind.INDICATOR and mention.context is Context.STATED:
            rows.setdefault((mention.type, mention.value), (mention.score, names.get(mention.span.document, "")))
    table = []
    for (type, value), (score, source) in sorted(rows.items()):
        count, *ends = times.get(value, (0,))
        first, last = (moment.isoformat(timespec="milliseconds") for moment in ends) if ends else ("", "")
        known = well_known(type, value)
        notes = (
            f"well known, not to be blocked: {known}" if known else "",
            f"seen {count:,} times in the logs" if count > 1 else "seen once in the logs" if count else "",
        )
        note = "; ".join(filter(None, notes))
        table.append((type, value, first, last, str(round(score * 100)), marking, source, note))
    return inert_table(COLUMNS, table)


# The case as JSON: everything, machine values as they are, without what differs from run to run.
def case_json(case: Case) -> bytes:
    """The record as one line of JSON, to be read back with `records.from_json(data, Case)`. Seconds spent are left out."""
    return b"".join(case_pieces(case))


def case_pieces(case: Case, _: Knowledge | None = None) -> Iterator[bytes]:
    """The same piece by piece, so that sightings that are read as they are gone through never stand in memory together."""
    if case.hunt is not None and case.hunt.stats:
        case = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, stats=()))
    yield from json_pieces(case)
    yield b"\n"
