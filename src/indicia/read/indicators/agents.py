"""User agent strings in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit

__all__ = ["find_agents"]

_AGENT = re.compile(
    r"[Uu](?:ser|SER)[- _]?[Aa](?:gent|GENT)s?(?:[ -]?(?:string|header|field|value|HTTP))?(?:[ \t]+(?:is|was|of|set to|"
    r"string|as|used|:))*[ \t]*[:=]?[ \t]*"
    r"(?:[\"'`“‘]([^\"`”\n]{3,400}?)[\"'`”’](?![A-Za-z])|(Mozilla/\d\.\d [^\n\t\"<>|]{0,400})|"
    r"([A-Za-z][\w.-]{1,40}/v?\d[\w.-]{0,30}(?: \([^()\n]{1,120}\))?))"
)
_HEADER_AFTER = re.compile(r"\s(?:Host|Accept|Connection|Cookie|Referer|Content-Type|Cache-Control|Pragma)\s?:")
_MOZILLA = re.compile(
    r"Mozilla/\d\.\d \([^()\n\"<>|]{3,200}\)(?:[ ]?[A-Za-z]{2,20}/[\w.+-]{1,40}(?: \([^()\n\"<>|]{1,80}\))?){0,10}(?: "
    r"like Gecko)?"
)


def find_agents(text: str, anchors: Anchors) -> Iterator[Hit]:
    """User agent strings: whatever the words "user agent" introduce, and anything of the shape `Mozilla/5.0 (...)`."""
    for at in anchors.literals("gent", "GENT"):
        match = (_AGENT.match(text, at - 5) if at >= 5 else None) or (_AGENT.match(text, at - 6) if at >= 6 else None)
        if match is not None:
            group = next(i for i in (1, 2, 3) if match[i])
            start, end = match.span(group)
            if match[group].startswith(("<", "[", "%")):
                continue
            whole = _MOZILLA.match(text, start) if group == 2 else None
            if whole is not None:
                yield Hit(start, whole.end(), "user-agent", whole[0])
                continue
            end = start + len(_HEADER_AFTER.split(match[group], maxsplit=1)[0].rstrip(" ,;'"))
            if match[group].endswith(".") and group > 1:
                end -= 1
            yield Hit(start, end, "user-agent", text[start:end])
    at = text.find("Mozilla/")
    while at >= 0:
        agent = _MOZILLA.match(text, at)
        if agent is not None:
            yield Hit(at, agent.end(), "user-agent", agent[0])
        at = text.find("Mozilla/", at + 8 if agent is None else agent.end())
