"""Names of mutexes in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.paths import unpunctuated, with_single_backslashes

__all__ = ["find_mutexes"]

_MUTEX_CUE = re.compile(
    r"(?:[Mm]utexe?s?|[Mm]utants?|MUTEX(?:ES)?|Mutex[AW])\b(?:[\"'](?=[ \t]*:))?"
    r"(?:[ \t]+(?:object|name|named|called|value|is|with|the|of|a|"
    r"creates?d?|as|string|it)){0,5}"
    r"[ \t]*[:=(]?[ \t]*(?:\w{4,5},[ \t]*\w{4,5},[ \t]*)?(?:[\"'`“‘]([^\"'`”’\n]{3,128})[\"'`”’]|((?:Global|"
    r"Local)\\{1,2}[^\s\"'`,;<>]{2,128})|([A-Za-z0-9_{][\w{}.!@#$%&+~-]{4,127}))"
)
_MUTEX_NAMESPACE = re.compile(r"(?:Global|Local|BaseNamedObjects)\\{1,2}([^\s\"'`,;<>\\|]{2,128})")


_MORE = re.compile(r"[\"'`”’](?:,? and |, | or |; )[\"'`“‘]([^\"'`”’\n]{3,128})(?=[\"'`”’](?!\s*:))")


def find_mutexes(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Names of mutexes: in quotes or odd-looking after the word, or in a kernel namespace (`Global\\...`)."""
    done = 0
    for at in anchors.literals("utex", "UTEX", "utant"):
        match = _MUTEX_CUE.match(text, at - 1) if at > done else None
        lead = text[max(0, at - 7) : at - 1]
        if match is None or (lead[-1:].isalnum() and not lead.endswith(("Create", "Open"))):
            continue
        group = next(i for i in (1, 2, 3) if match[i])
        value = match[group] if group == 1 else match[group].rstrip(".,;:")
        if group == 3 and value.replace("-", "").isalpha() and (value.islower() or value.istitle()):
            continue
        start = match.start(group)
        done = start + len(value)
        yield Hit(start, done, "mutex", value)
        while group == 1 and (more := _MORE.match(text, done)) is not None:
            done = more.end(1)
            yield Hit(more.start(1), done, "mutex", more[1])
    for at in anchors.literals("Global\\", "Local\\", "BaseNamedObjects\\"):
        match = (
            _MUTEX_NAMESPACE.match(text, at) if not (text[at - 1 : at].isalnum() or text[at - 1 : at] in {"\\", "_"}) else None
        )
        if match is not None:
            end = unpunctuated(text, at, match.end())
            yield Hit(at, end, "mutex", with_single_backslashes(text[at:end]))
