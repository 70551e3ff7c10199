"""Whether four numbers with dots between them are a version number and no address."""

from __future__ import annotations

import re

__all__ = ["REACH", "VERSION_STEMS", "is_version"]

_VERSION_BEFORE = re.compile(
    r"(?:\b(?:versions?|ver\.?|v\.?|release|build|firmware|patch(?:ed)?(?: to)?|update(?:d)?(?: to)?|upgrade(?:d)?(?: to)?|"
    r"earlier than|older than|newer than|fixed in|section|chapter|clause|paragraph|figure|table|"
    r"appendix|req(?:uirement)?s?|control|item|step|rfc|oid|sig|file ?version|product ?version|assembly ?version)"
    r"[\s:=#\"'“]{0,5}|(?:\b[Vv]|\bversion[\s_-]))$",
    re.IGNORECASE,
)
_VERSION_BEFORE_WEAK = re.compile(
    r"(?:\b[A-Z][A-Za-z+#]{1,30}(?: [A-Z][A-Za-z]{1,20})?/|\b(?:OpenSSL|Exchange|Chrome|Firefox|Java|Windows|Office|"
    r"Server|Orion|Serv-U|Confluence|FortiOS|PAN-OS|Pulse|macOS|iOS|Linux|kernel|[A-Z][A-Za-z]*OS)\s)$"
)
_VERSION_AFTER = re.compile(
    r"\s?(?:(?:in|of) the (?:manual|document|contract|standard|report|specification|handbook|annex|appendix)|(?:and|"
    r"or) (?:earlier|later|older|newer|below|prior|above)|\(?(?:x64|x86|amd64)\b|through \d)",
    re.IGNORECASE,
)
# "versions 7.2.1, 7.2.3 and ..."; with "firmware" and the like the words between have to be numbers themselves.
_VERSION_LIST = re.compile(
    r"\b(?:versions?|builds?|releases?)\b(?:[^.!?;\n]|\.(?=\d)){0,60}$"
    r"|\b(?:firmware|upgraded? to|updated? to|fixed in|patched in|affects?)\s(?:v?\d[\w.]*(?:,| and| or|, and|,? to|"
    r" through| –)\s?){1,8}$",
    re.IGNORECASE,
)


# "AnyDesk 7.1.13.0", "Exhibit 4.1.2.7", "WARBLER 1.3.0.4": small numbers after the name of a product or a part of a paper.
_NAMED = re.compile(
    r"(?<![\w.])(?!(?:IP|IPs|IPv4|Address(?:es)?|Hosts?|Servers?|From|To|At|On|Via|By|Block|C2s?|CnC|DNS|NS|Node|Proxy|"
    r"VPN|Relay|"
    r"Gateway|Target|Source|Src|Destination|Dst|Range|Subnet|Network|Tor|SSH|RDP|FTP|SMB|HTTP|HTTPS|TCP|UDP|The|And|Or|"
    r"Also|Is|In|"
    r"Through|Against|Of|Add|Remote|Local|Client|Peer|Ping|Connect|Resolve[sd]?|Attacker|Scanner|Sinkhole|Resolver|Exit)\b)"
    r"(?:[A-Z][A-Za-z+#-]{2,30})[ \n]\Z"
)
_COMPARED = re.compile(
    r"(?i)\b(?:before|after|runs?|running|prior to|until|up to|since|pack|installs?(?:ed|ing)?|upgrad\w+(?: to)?|"
    r"updat\w+(?: to)?|"
    r"downgrad\w+(?: to)?|older than|newer than|below|fixed in) \(?\Z"
)
_SMALL = 64


def is_small(number: str) -> bool:
    """Whether all four parts are as small as a version's mostly are, and an address's hardly ever."""
    parts = [int(part) for part in number.split(".")]
    return parts[0] < _SMALL // 2 and max(parts) < _SMALL


# One of these is near wherever one of the expressions matches, unless a "v" stands right before.
VERSION_STEMS = (
    "version", "ver", "release", "build", "firmware", "patch", "update", "upgrade", "earlier", "older", "newer", "fixed in",
    "section", "chapter", "clause", "paragraph", "figure", "table", "appendix", "annex", "req", "control", "item",
    "step", "rfc",
    "oid", "sig", "manual", "document", "contract", "standard", "report", "specification", "handbook", "later",
    "below", "prior",
    "above", "x64", "x86", "amd64", "through", "affect", "openssl", "exchange", "chrome", "firefox", "java", "windows",
    "office",
    "server", "orion", "serv-u", "Serv-U", "confluence", "FortiOS", "PAN-OS", "pulse", "macOS", "iOS", "linux", "kernel", "OS ",
)  # fmt: skip
REACH = 80  # characters before a number within which something makes it a version


def is_version(text: str, start: int, end: int, near: bool) -> bool:
    """Whether what stands around [start, end) makes it a version number, a section, a table. `near` says whether one of the
    stems stands within `REACH` characters."""
    if is_small(text[start:end]) and (text[start:end].endswith(".0") or _COMPARED.search(text, max(0, start - 40), start)):
        return True
    if is_small(text[start:end]) and _NAMED.search(text, max(0, start - 40), start):
        return True
    before = text[start - 1] if start else " "
    lead = text[max(0, start - REACH) : start]
    if not near:
        return (before == "/" and _VERSION_BEFORE_WEAK.search(lead) is not None) or (
            "v" in lead[-5:].lower() and _VERSION_BEFORE.search(lead[-40:]) is not None
        )
    return bool(
        _VERSION_BEFORE.search(lead[-40:])
        or _VERSION_AFTER.match(text, end)
        or _VERSION_LIST.search(lead)
        or (before in "/ " and _VERSION_BEFORE_WEAK.search(lead))
    )
