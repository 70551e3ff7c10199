"""Names whose ending is a file's and a top-level domain's (`shinyhunters.rs`, `update.zip`): files, unless the text says once
that one is a host, as an address of it does, or a word such as "domain" before it."""

from __future__ import annotations

import re

from msgspec.structs import replace

from indicia.read.indicators.filenames import HOST_LIKE_ENDINGS
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import name_note, valid_host

_HOST_BEFORE = re.compile(
    r"(?:\b(?:(?:sub)?domains?(?: names?)?|(?:web|leak|phishing|fake|clear ?net) ?(?:site|mirror|domain)s?|sites?|(?:identity|"
    r"landing|login|home|phishing) pages?|host(?:name|s)?|C2s?|C&C|panels?|clearnet|URLs?|WHOIS|DNS|(?:look(?:ing)? ?ups?|"
    r"quer(?:y|ies)|traffic|connections?|requests?|beacon\w*) (?:of|for|to)|resol(?:ves?|ving|ution of)|registered)"
    r"(?: (?:is|was|are|of|at|called|named|such as|like|for))?[\s:\"'`“(]{1,3}|@|://)\Z",
    re.IGNORECASE,
)
_HOST_AFTER = re.compile(
    r"[\"'`”]?\s(?:(?:domain|website|WHOIS|nameserver)\b|(?:which |that )?(?:resolve[sd]?|resolving|was registered|pointed) |"
    r"\(\d{1,3}(?:\.\d{1,3}){3}\))",
    re.IGNORECASE,
)


def told_hosts(text: str, hits: list[Hit]) -> list[Hit]:
    """The hits, with the files that the text somewhere says are hosts as hosts."""
    unsure = {hit.value.lower() for hit in hits if hit.type == "file-name" and _could_be(hit.value.lower())}
    if not unsure:
        return hits
    told = {hit.value for hit in hits if hit.type == "domain-name" and hit.value in unsure}
    for hit in hits:
        low = hit.value.lower()
        if hit.type == "file-name" and low in unsure - told and _is_called_host(text, hit):
            told.add(low)
    return [
        replace(hit, type="domain-name", value=low, note=name_note(low))
        if hit.type == "file-name" and (low := hit.value.lower()) in told
        else hit
        for hit in hits
    ]


def _could_be(name: str) -> bool:
    return name.rsplit(".", 1)[-1] in HOST_LIKE_ENDINGS and valid_host(name)


def _is_called_host(text: str, hit: Hit) -> bool:
    return (
        _HOST_BEFORE.search(text, max(0, hit.start - 40), hit.start) is not None or _HOST_AFTER.match(text, hit.end) is not None
    )
