"""W3C extended logs: IIS front and back end, and whatever else writes `#Fields:` with blanks between the columns.

Times are UTC, but for the Windows firewall's where it says so.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from indicia.hunt.events import EventBatch
from indicia.hunt.logs.formats.base import Format, LogInput
from indicia.hunt.logs.formats.directives import DirectiveLog, read_directive_logs
from indicia.records import Problem, Severity

W3C = DirectiveLog(
    name="iis",
    family="iis",
    delimiter=" ",
    quoted=False,
    times=("date", "time"),
    hosts=("s-computername", "s-ip"),  # what a client calls the server in its Host header is the client's word
    uri=("cs-uri-stem", "cs-uri-query"),
)


def sniff(head: bytes, _name: str) -> bool:
    """A `#Fields:` line whose columns are separated by blanks."""
    text = head.decode("utf-8", "replace").lstrip("\ufeff")
    for line in text.splitlines():
        if line[:8].lower() == "#fields:":
            return "," not in line and len(line.split()) > 2
        if line and not line.startswith("#"):
            return False
    return False


QUOTED = replace(W3C, quoted=True)


def sniff_quoted(head: bytes, name: str) -> bool:
    """The same, of whose first line quotes make as many values as there are columns: IIS writes none, others do."""
    if not sniff(head, name):
        return False
    lines = [line for line in head.decode("utf-8", "replace").splitlines() if line.strip()]
    fields = next(line for line in lines if line.lstrip("\ufeff")[:8].lower() == "#fields:").split()[1:]
    first = next((line for line in lines if not line.lstrip("\ufeff").startswith("#")), "")
    return ' "' in f" {first}" and len(next(csv.reader([first], delimiter=" "), [])) == len(fields) != len(first.split())


CLOUDFRONT = DirectiveLog(
    name="cloudfront",
    family="access-log",
    delimiter="\t",
    quoted=False,
    times=("date", "time"),
    hosts=(),
    uri=("cs-uri-stem", "cs-uri-query"),
)


def sniff_cloudfront(head: bytes, name: str) -> bool:
    """A `#Fields:` line with blanks, and columns parted by tabs."""
    return b"x-edge-location" in head and b"\t" in head and sniff(head, name)


WINDOWS_FIREWALL = DirectiveLog(
    name="firewall", family="firewall", delimiter=" ", quoted=False, times=("date", "time"), hosts=()
)
_LOCAL = b"#Time Format: Local"


def sniff_firewall(head: bytes, name: str) -> bool:
    """The log of the Windows firewall, by its own name for itself."""
    return b"#Software: Microsoft Windows Firewall" in head[:512] and sniff(head, name)


def read_firewall(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    """Events; where a log says that its times are local, that they are told as if they were UTC."""
    for log in logs:
        with log.open() as stream:
            local = _LOCAL in stream.read(512)
        if local:
            what = "its times are those of its machine's zone, as it says, and are told as if they were UTC"
            yield Problem(where=log.name, what=what, severity=Severity.NOTE)
        yield from read_directive_logs([log], wanted, kind=WINDOWS_FIREWALL)


FORMATS = (
    Format("firewall", "firewall", sniff_firewall, read_firewall),
    Format("cloudfront", "access-log", sniff_cloudfront, partial(read_directive_logs, kind=CLOUDFRONT)),
    Format("iis-quoted", "iis", sniff_quoted, partial(read_directive_logs, kind=QUOTED)),
    Format("iis", "iis", sniff, partial(read_directive_logs, kind=W3C), splittable=True),
)


# Exchange's own text logs: HttpProxy, ECP Server and Activity, OAB generator, CmdletInfra, and all others of that form.
#
# All are comma-separated with `#Fields:` headers. The ECP logs pack pairs into EventData: `S:KEY=value;`, a pair whose value
# holds `;` or `=` stands in single quotes with inner quotes doubled, inside the quotes of the CSV.
#
# References: logs of Exchange 2016 and 2019; microsoft/CSS-Exchange, Security/src/Test-ProxyLogon.ps1 (what is looked for
# where).
def unpack_pairs(text: str) -> Mapping[str, str]:
    """The pairs of an EventData value, the `S:` taken off their keys.

    >>> dict(unpack_pairs("S:TIME=1;'S:CMD=Set-X.Url=''http://f/;''';S:URL=/ecp/a?b=c;S:EX=;"))
    {'TIME': '1', 'CMD': "Set-X.Url='http://f/;'", 'URL': '/ecp/a?b=c', 'EX': ''}
    """
    found: dict[str, str] = {}
    at, size = 0, len(text)
    while at < size:
        if text[at] == "'":
            end = at + 1
            while end < size:  # a quote ends the pair unless it is doubled
                end = text.find("'", end)
                if end < 0:
                    end = size
                elif text[end + 1 : end + 2] == "'":
                    end += 2
                    continue
                break
            pair = text[at + 1 : end].replace("''", "'")
            at = end + 1
            if text[at : at + 1] == ";":
                at += 1
        else:
            end = text.find(";", at)
            end = size if end < 0 else end
            pair = text[at:end]
            at = end + 1
        key, equals, value = pair.partition("=")
        if equals:
            found.setdefault(key.removeprefix("S:").removeprefix("I32:").strip(), value)
    return found


def _kind(name: str, times: tuple[str, ...], hosts: tuple[str, ...], **more: Any) -> DirectiveLog:
    return DirectiveLog(name=name, family=name, delimiter=",", quoted=True, times=times, hosts=hosts, **more)


OTHER = _kind(  # message tracking, SMTP, IMAP, EWS ...
    "exchange-log", ("date-time",), ("server-hostname", "ServerHostName", "ServerName", "server-name")
)
_TIMES = frozenset({"date-time", "datetime", "timestamp"})


def _header(head: bytes) -> str:
    return head[:8192].decode("utf-8", "replace").lstrip("\ufeff").lower()


def _is(log_type: str, *columns: str) -> Callable[[bytes, str], bool]:
    """Recognises a log by its `#Log-type`, or by columns that only it has."""

    def sniff(head: bytes, _name: str) -> bool:
        text = _header(head)
        if f"#log-type: {log_type}" in text:
            return True
        line = next((line for line in text.splitlines() if line.startswith("#fields:")), text.partition("\n")[0])
        names = {name.strip() for name in line.partition(":")[2].split(",")} if line.startswith("#") else set(line.split(","))
        return bool(columns) and names.issuperset(columns)

    return sniff


def _is_ecp_activity(head: bytes, name: str) -> bool:
    text = _header(head)
    return "#log-type: ecp activity" in text or (_is_ecp(text) and "ecpactivity" in name.lower())


def _is_ecp_server(head: bytes, _name: str) -> bool:
    text = _header(head)
    return "#log-type: ecp server" in text or _is_ecp(text)


def _is_ecp(text: str) -> bool:
    return "timestamp,servername,eventid,eventdata" in text.replace(" ", "")


def _time_column(head: bytes) -> str:
    """The name of the first column, as the log spells it, where that is a time; else ""."""
    lines = head[:8192].decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    header = next((line for line in lines if line[:8].lower() == "#fields:"), "")
    first, comma, _ = header[8:].partition(",")
    return first.strip() if comma and first.strip().lower() in _TIMES else ""


def _is_other(head: bytes, _name: str) -> bool:
    return "#software: microsoft exchange" in _header(head) and bool(_time_column(head))


def _read_other(logs: Iterable[LogInput], wanted: frozenset[str]) -> Iterator[EventBatch | Problem]:
    for log in logs:
        with log.open() as stream:
            column = _time_column(stream.read(8192))
        yield from read_directive_logs([log], wanted, kind=replace(OTHER, times=(column,)))


def _format(kind: DirectiveLog, sniff: Callable[[bytes, str], bool], *, splittable: bool = False) -> Format:
    return Format(kind.name, kind.family, sniff, partial(read_directive_logs, kind=kind), splittable=splittable)


_PACKED: dict[str, Any] = {"packed": "EventData", "unpack": unpack_pairs}
EXCHANGE = (
    _format(
        _kind("httpproxy", ("DateTime",), ("ServerHostName",), uri=("UrlStem", "UrlQuery")),
        _is("httpproxy logs", "anchormailbox", "urlstem", "httpstatus"),
        splittable=True,
    ),
    _format(_kind("ecp-activity", ("TimeStamp",), ("ServerName",), **_PACKED), _is_ecp_activity),
    _format(_kind("ecp-server", ("TimeStamp",), ("ServerName",), **_PACKED), _is_ecp_server),
    _format(
        _kind("oab-generator", ("DateTime",), ("ServerName",), header=("DateTime", "Text"), message="Message"),
        _is("oab generator log"),
    ),
    _format(
        _kind("cmdlet-infra", ("DateTime",), ("ServerHostName", "ServerName")), _is("rps cmdlet logs", "cmdlet", "parameters")
    ),
    Format(OTHER.name, OTHER.family, _is_other, _read_other),
)
