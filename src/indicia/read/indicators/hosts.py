"""Host names: which strings can be one, where the registrable part begins, and which hosts are known for what.

Suffixes come from the Public Suffix List as tldextract bundles it: nothing is fetched and nothing is cached on disk.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import tldextract
from msgspec.structs import replace

from indicia.read.indicators.filenames import HOST_LIKE_ENDINGS
from indicia.read.indicators.hit import Hit

HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,40}")  # what has the shape of one
_RESERVED_TLDS = frozenset(("example", "test", "invalid", "localhost"))  # RFC 2606
_RESERVED_NAMES = frozenset(("example.com", "example.net", "example.org", "example.edu"))
_SPECIAL_TLDS = frozenset(("onion", "i2p", "bit", "eth", "bazar", "local", "lan", "internal", "arpa"))
_AUTHORITY = re.compile(r"(?:[A-Za-z0-9+.-]{1,16}://)?([^/?#]*)")
_GOVERNMENT = re.compile(r"\.(?:gov|mil|(?:gov|gouv|gob|gub|go|govt|govern|government|mil|mi)\.[a-z]{2})\Z")
_LISTS = ("popular.txt", "known_hosts.txt")  # what the later one says holds
_LABEL = re.compile(r"(?!-)[a-z0-9_\u0080-\uffff-]{1,63}(?<!-)")


@lru_cache(maxsize=1)
def _suffixes() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Plain rules, wildcard rules without their `*.`, and exceptions without their `!`."""
    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True)
    plain, wild, not_wild = set(_RESERVED_TLDS | _SPECIAL_TLDS), set(), set()
    for rule in extract.tlds:
        if rule.startswith("*."):
            wild.add(rule[2:])
        elif rule.startswith("!"):
            not_wild.add(rule[1:])
        else:
            plain.add(rule)
    return frozenset(plain), frozenset(wild), frozenset(not_wild)


def _top(label: str) -> str:
    """The top-level label in the form in which the list has it (Unicode)."""
    if label.startswith("xn--"):
        try:
            return label.encode("ascii").decode("idna")
        except UnicodeError:
            return label
    return label


@lru_cache(maxsize=65536)
def registrable(host: str) -> str | None:
    """The registrable domain of a lower-case host name (`example.co.uk` of `a.b.example.co.uk`); None if it cannot be one.

    >>> registrable("a.b.example.co.uk"), registrable("system.net"), registrable("report.docx"), registrable("com")
    ('example.co.uk', 'system.net', None, None)
    """
    plain, wild, not_wild = _suffixes()
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or _top(labels[-1]) not in plain:
        return None
    for label in labels:
        if not _LABEL.fullmatch(label):
            return None
    names = [".".join([*labels[i:-1], _top(labels[-1])]) for i in range(len(labels))]
    for i in range(len(labels)):
        if names[i] in not_wild:
            return ".".join(labels[i:])
        if names[i] in plain or (i + 1 < len(labels) and names[i + 1] in wild):
            return ".".join(labels[i - 1 :]) if i > 0 else None
    return None


@lru_cache(maxsize=65536)
def valid_host(host: str) -> bool:
    """Whether a lower-case name is a host below a public or special suffix. Underscores only below the registrable part."""
    base = registrable(host)
    if base is None or "_" in base:
        return False
    label = base.split(".", 1)[0]
    return not label.startswith("xn--") or _decodable(label)


def _decodable(label: str) -> bool:
    try:
        label.encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True


def is_reserved_name(host: str) -> bool:
    """Whether the name is set aside for documentation and tests (RFC 2606), so that nobody can own it."""
    return host.rsplit(".", 1)[-1] in _RESERVED_TLDS or ".".join(host.rsplit(".", 2)[-2:]) in _RESERVED_NAMES


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    """Host -> role, by the lists beside this file; `known_hosts.txt` tells what the roles mean."""
    folder = resources.files("indicia.read.indicators")
    lines = [line for name in _LISTS for line in folder.joinpath(name).read_text("utf-8").splitlines()]
    rows = (line.split() for line in lines if line.strip() and not line.startswith("#"))
    return {host: role for role, *hosts in rows for host in hosts}


@lru_cache(maxsize=1)
def brands() -> frozenset[str]:
    """Names that attackers borrow for theirs."""
    return frozenset(name for name, role in _known().items() if role == "brand")


@lru_cache(maxsize=65536)
def known_role(host: str) -> str | None:
    """What a host is known for: `benign`, `reference`, `shared` (anyone may put things there) ...; the longest entry wins."""
    known = _known()
    labels = host.split(".")
    for i in range(len(labels) - 1):
        role = known.get(".".join(labels[i:]))
        if role is not None:
            return role
    return None


def is_platform(host: str) -> bool:
    """Whether the host is itself one where anyone may put things, or its front door, and no name that somebody has below it."""
    front, _, rest = host.partition(".")
    return _known().get(host) == "shared" or (front in {"www", "api"} and _known().get(rest) == "shared")


@lru_cache(maxsize=65536)
def is_government(host: str) -> bool:
    return _GOVERNMENT.search(host) is not None


@lru_cache(maxsize=65536)
def name_note(host: str) -> str:
    if is_reserved_name(host):
        return "documentation name (RFC 2606)"
    if host.endswith((".local", ".lan", ".internal", ".arpa", ".localhost")):
        return "name of an internal network"
    return ""


def host_of(type: str, value: str) -> str:
    """The host of a domain, an address or a URL; empty for anything else."""
    if type == "domain-name":
        return value
    if type == "email-addr":
        return value.rsplit("@", 1)[1]
    if type == "url":
        return _AUTHORITY.match(value)[1].rsplit("@", 1)[-1].split(":", 1)[0]  # type: ignore[index]  # always matches
    return ""


# Names whose ending is a file's and a top-level domain's (`shinyhunters.rs`, `update.zip`): files, unless the text says once
# that one is a host, as an address of it does, or a word such as "domain" before it.
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
