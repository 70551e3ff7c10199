"""W3C extended logs: IIS front and back end, and whatever else writes `#Fields:` with blanks between the columns.

Times are UTC.
"""

from __future__ import annotations

from functools import partial

from indicia.hunt.logs.formats.base import Format
from indicia.hunt.logs.formats.directives import DirectiveLog, read_directive_logs

__all__ = ["FORMATS"]

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


FORMATS = (
    Format("cloudfront", "access-log", sniff_cloudfront, partial(read_directive_logs, kind=CLOUDFRONT)),
    Format("iis", "iis", sniff, partial(read_directive_logs, kind=W3C), splittable=True),
)
