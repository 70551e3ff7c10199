"""User agent strings in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit

_AGENT = re.compile(
    r"[Uu](?:ser|SER)[- _]?[Aa](?:gent|GENT)s?(?:[ -]?(?:strings?|headers?|field|value|HTTP))?(?:[ \t]+(?:is|was|of|set to|"
    r"string|as|used|:))*[ \t]*[:=]?[ \t]*(?:\n[ \t]{0,8})?"
    r"(?:[\"'`“‘]([^\"`”\n]{3,400}?)[\"'`”’](?![A-Za-z])|(Mozilla/\d\.\d [^\n\t\"<>|]{0,400})|"
    r"([A-Za-z][\w.-]{1,40}/v?\d[\w.-]{0,30}(?: \([^()\n]{1,120}\))?))"
)
# A whole header line in quotes: "User-Agent: a b/1 (c)".
_QUOTED_HEADER = re.compile(r"[Uu]ser-[Aa]gent: ?([^\"'`”\n]{3,300})(?=[\"'`”])")
_HEADER_AFTER = re.compile(r"\s(?:Host|Accept|Connection|Cookie|Referer|Content-Type|Cache-Control|Pragma)\s?:")
# "the agent axios/1.7.2", `"ua": "okhttp/3.12.1"`: without "user" only a product with its version will do.
_SHORT = re.compile(
    r"(?:gents?|GENT|a(?=[\"']))[\"']?(?: string)?(?: (?:was|is|of|named|called))?[ \t]*[:=]?[ \t]*[\"'`“‘]?"
    r"(Mozilla/\d\.\d[ +][^\n\t\"'<>|]{0,400}|[A-Za-z][\w.-]{1,40}/v?\d[\w.-]{0,30}(?: \([^()\n]{1,120}\))?)"
)
_INITIALS = re.compile(r"UA(?::| is| was| =)?[ ]\"([^\"\n]{3,400})\"")
_MOZILLA = re.compile(
    r"Mozilla/\d\.\d[ +]\([^()\n\"<>|]{3,200}\)(?:[ +]?[A-Za-z]{2,20}/[\w.-]{1,40}(?:[ +]\([^()\n\"<>|]{1,80}\))?){0,10}(?:[ +]"
    r"like[ +]Gecko)?"
)


# '... "a/1" and "b/2"'
_MORE = re.compile(r"[\"'`”’](?:,? and |, | or |; )[\"'`“‘]([A-Za-z][\w.-]{1,40}/v?\d[^\"'`”’\n]{0,300})(?=[\"'`”’])")


def find_agents(text: str, anchors: Anchors) -> Iterator[Hit]:
    """User agent strings: whatever the words "user agent" introduce, and anything of the shape `Mozilla/5.0 (...)`."""
    for at in anchors.literals("gent", "GENT", '"ua"', "'ua'"):
        if at >= 6 and text[at - 7 : at - 6] in {'"', "`", "“"} and (header := _QUOTED_HEADER.match(text, at - 6)) is not None:
            yield Hit(header.start(1), header.end(1), "user-agent", header[1])
            continue
        match = (_AGENT.match(text, at - 5) if at >= 5 else None) or (_AGENT.match(text, at - 6) if at >= 6 else None)
        if match is not None:
            done = match.end()
            yield from _introduced(text, match)
            while (more := _MORE.match(text, done - 1)) is not None:
                done = more.end() + 1
                yield Hit(more.start(1), more.end(1), "user-agent", more[1])
        elif (short := _SHORT.match(text, at + (2 if text[at] in "\"'" else 0))) is not None:
            end = short.end() - (short[1][-1] in ".,;")
            yield Hit(short.start(1), end, "user-agent", text[short.start(1) : end])
    for at in anchors.literals('UA "', "UA: ", "UA is", "UA was", "UA ="):
        initials = _INITIALS.match(text, at) if not text[at - 1 : at].isalnum() else None
        if initials is not None:
            yield Hit(initials.start(1), initials.end(1), "user-agent", initials[1])
    done = 0
    for at in anchors.literals("Mozilla/"):
        agent = _MOZILLA.match(text, at) if at >= done else None
        if agent is not None:
            yield Hit(at, agent.end(), "user-agent", agent[0])
            done = agent.end()


def _introduced(text: str, match: re.Match[str]) -> Iterator[Hit]:
    """What follows the words "user agent": in quotes, as a browser writes it, or a product with its version."""
    group = next(i for i in (1, 2, 3) if match[i])
    start, end = match.span(group)
    if match[group].startswith(("<", "[", "%")):
        return
    whole = _MOZILLA.match(text, start) if group == 2 else None
    if whole is not None:
        yield Hit(start, whole.end(), "user-agent", whole[0])
        return
    end = start + len(_HEADER_AFTER.split(match[group], maxsplit=1)[0].rstrip(" ,;'"))
    if match[group].endswith(".") and group > 1:
        end -= 1
    yield Hit(start, end, "user-agent", text[start:end])
