"""W3C extended logs: IIS front and back end, and whatever else writes `#Fields:` with blanks between the columns.

Times are UTC, but for the Windows firewall's where it says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

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
