"""Types of indicators as STIX patterns, MISP attributes and feeds name them, in our words, and their values in canonical
form."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple

from indicia.read.indicators.hit import HASH_OF_LENGTH
from indicia.read.indicators.refang import refang
from indicia.records import Context, MentionKind


class Said(NamedTuple):
    """What a machine-readable document states, and the characters that state it."""

    kind: MentionKind
    type: str
    value: str
    start: int
    end: int
    target: str | None = None
    method: str = "literal"
    context: Context = Context.STATED
    reason: str = ""
    score: float = 1.0


_HASHES = {"md5": "file-md5", "sha1": "file-sha1", "sha256": "file-sha256", "sha512": "file-sha512", "ssdeep": "ssdeep"}
_STIX = {
    ("ipv4-addr", "value"): "ipv4-addr",
    ("ipv6-addr", "value"): "ipv6-addr",
    ("domain-name", "value"): "domain-name",
    ("url", "value"): "url",
    ("email-addr", "value"): "email-addr",
    ("email-message", "from_ref.value"): "email-addr",
    ("email-message", "sender_ref.value"): "email-addr",
    ("file", "name"): "file-name",
    ("file", "parent_directory_ref.path"): "file-path",
    ("directory", "path"): "file-path",
    ("windows-registry-key", "key"): "windows-registry-key",
    ("mutex", "name"): "mutex",
    ("autonomous-system", "number"): "autonomous-system",
    ("network-traffic", "dst_ref.value"): "ipv4-addr",
    ("network-traffic", "src_ref.value"): "ipv4-addr",
    ("x509-certificate", "subject"): "",
}
_MISP = {
    "ip-src": "ip",
    "ip-dst": "ip",
    "ip": "ip",
    "domain": "domain-name",
    "hostname": "domain-name",
    "url": "url",
    "link": "url",
    "uri": "url",
    "email": "email-addr",
    "email-src": "email-addr",
    "email-dst": "email-addr",
    "filename": "file-name",
    "regkey": "windows-registry-key",
    "mutex": "mutex",
    "user-agent": "user-agent",
    "btc": "btc-address",
    "xmr": "xmr-address",
    "as": "autonomous-system",
    "AS": "autonomous-system",
}
_FEED = {
    **_MISP,
    "ipv4": "ip",
    "ipv6": "ip",
    "ipaddress": "ip",
    "ipaddr": "ip",
    "ipv4addr": "ip",
    "ipv6addr": "ip",
    "networkip": "ip",
    "dstip": "ip",
    "srcip": "ip",
    "ipport": "ip",
    "cidr": "ip",
    "cidrrule": "ip",
    "domainname": "domain-name",
    "fqdn": "domain-name",
    "host": "domain-name",
    "emailaddress": "email-addr",
    "emailaddr": "email-addr",
    "uripath": "url",
    "filepath": "file-path",
    "path": "file-path",
    "file": "file-name",
    "filehash": "hash",
    "hash": "hash",
    "filehashmd5": "file-md5",
    "filehashsha1": "file-sha1",
    "filehashsha256": "file-sha256",
    "registrykey": "windows-registry-key",
    "windowsregistrykey": "windows-registry-key",
    "registry": "windows-registry-key",
    "useragent": "user-agent",
    "bitcoin": "btc-address",
    "asn": "autonomous-system",
    "autonomoussystem": "autonomous-system",
    "filemd5": "file-md5",
    "filesha1": "file-sha1",
    "filesha256": "file-sha256",
    "filesha512": "file-sha512",
    "cve": "vulnerability",
    "vulnerability": "vulnerability",
}
_HIVES = {"hklm": "HKEY_LOCAL_MACHINE", "hkcu": "HKEY_CURRENT_USER", "hku": "HKEY_USERS", "hkcr": "HKEY_CLASSES_ROOT"}


def _plain(word: str) -> str:
    return "".join(c for c in word.lower() if c.isalnum())


def stix_type(object_type: str, path: str) -> str | None:
    """Our type for `file:hashes.'SHA-256'` and the like; None for paths that are no indicator by themselves."""
    if path.startswith("hashes"):
        return _HASHES.get(_plain(path.split(".", 1)[-1] if "." in path else path[6:]))
    return _STIX.get((object_type, path)) or None


def misp_type(type: str, value: str) -> str | None:
    """Our type for one part of a MISP attribute type."""
    return _HASHES.get(_plain(type)) or _address(_MISP.get(type), value)


def feed_type(word: str, value: str) -> str | None:
    """Our type for what a feed's column or its type cell says; hashes and addresses are told by the value."""
    plain = _plain(word)
    found = _HASHES.get(plain) or _FEED.get(plain)
    if found == "hash":
        return HASH_OF_LENGTH.get(len(value.strip()))
    return _address(found, value)


def _address(type: str | None, value: str) -> str | None:
    if type != "ip":
        return type
    return "ipv6-addr" if value.count(":") > 1 else "ipv4-addr"


def canonical(type: str, value: str) -> str:
    """The form in which `find_indicators` gives the same value."""
    value = refang(value.strip()).text
    if type.startswith("file-") and type[5:8] in {"md5", "sha"} or type == "domain-name":
        return value.lower()
    if type == "vulnerability":
        return value.upper()
    if type in {"ipv4-addr", "ipv6-addr"}:
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            host, _, port = value.rpartition(":")
            return host if type == "ipv4-addr" and port.isdigit() else value.lower()
    if type == "url" and "://" in value:
        scheme, rest = value.split("://", 1)
        host, slash, path = rest.partition("/")
        return f"{scheme.lower()}://{host.lower()}{slash}{path}"
    if type == "windows-registry-key":
        hive, slash, rest = value.partition("\\")
        return f"{_HIVES.get(hive.lower(), hive)}{slash}{rest}"
    if type == "autonomous-system":
        return "AS" + "".join(c for c in value if c.isdigit())
    return value
