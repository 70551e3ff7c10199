"""Whether four numbers with dots between them are a version number and no address."""

from __future__ import annotations

import re

_WORDS_BEFORE = (
    "version", "versions", "ver", "ver.", "v", "v.", "release", "build", "firmware", "patch", "patched", "patch to",
    "patched to", "update", "updated", "update to", "updated to", "upgrade", "upgraded", "upgrade to", "upgraded to",
    "earlier than", "older than", "newer than", "fixed in", "section", "chapter", "clause", "paragraph", "figure", "table",
    "appendix", "req", "reqs", "requirement", "requirements", "control", "item", "step", "rfc", "oid", "sig",
    "file version", "fileversion", "product version", "productversion", "assembly version", "assemblyversion",
)  # fmt: skip
_ENDINGS = (*_WORDS_BEFORE, "version_", "version-")  # of what a version stands after, in lower case
_BETWEEN = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + ":=#\"'“"
_VERSION_BEFORE = re.compile(
    rf"(?:\b(?:{'|'.join(map(re.escape, _WORDS_BEFORE))})[\s:=#\"'“]{{0,5}}|(?:\b[Vv]|\bversion[\s_-]))$", re.IGNORECASE
)
_PRODUCTS = (
    "OpenSSL", "Exchange", "Chrome", "Firefox", "Java", "Windows", "Office", "Server", "Orion", "Serv-U", "Confluence",
    "Pulse", "Linux", "kernel", "OS",
)  # fmt: skip
_PRODUCT_BEFORE = re.compile(rf"\b(?:{'|'.join(_PRODUCTS[:-1])}|PAN-OS|macOS|iOS|[A-Z][A-Za-z]*OS)\s\Z")
_SLASHED_BEFORE = re.compile(r"\b[A-Z][A-Za-z+#]{1,30}(?: [A-Z][A-Za-z]{1,20})?/\Z")
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
_LISTED = re.compile("version|build|release|firmware|upgrade|update|fixed in|patched in|affect")  # one is in any such list


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


_REACH = 80  # characters before a number within which something makes it a version


def is_version(text: str, start: int, end: int) -> bool:
    """Whether what stands around [start, end) makes it a version number, a section, a table."""
    before = text[start - 1] if start else ""
    if is_small(text[start:end]) and (
        text[start:end].endswith(".0")
        or _COMPARED.search(text, max(0, start - 40), start)
        or (before in {" ", "\n"} and _NAMED.search(text, max(0, start - 40), start))
    ):
        return True
    lead = text[max(0, start - _REACH) : start]
    low = lead.lower()
    return bool(
        (low.rstrip(_BETWEEN).endswith(_ENDINGS) and _VERSION_BEFORE.search(lead[-40:]))
        or _VERSION_AFTER.match(text, end)
        or (_LISTED.search(low) and _VERSION_LIST.search(lead))
        or (before == " " and lead[:-1].endswith(_PRODUCTS) and _PRODUCT_BEFORE.search(lead))
        or (before == "/" and _SLASHED_BEFORE.search(lead))
    )
