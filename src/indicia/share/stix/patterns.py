"""STIX patterns and cyber observables for indicators."""

from __future__ import annotations

_PATHS = {
    "ipv4-addr": "ipv4-addr:value",
    "ipv6-addr": "ipv6-addr:value",
    "domain-name": "domain-name:value",
    "url": "url:value",
    "email-addr": "email-addr:value",
    "file-md5": "file:hashes.MD5",
    "file-sha1": "file:hashes.'SHA-1'",
    "file-sha256": "file:hashes.'SHA-256'",
    "file-sha512": "file:hashes.'SHA-512'",
    "ssdeep": "file:hashes.SSDEEP",
    "file-name": "file:name",
    "mutex": "mutex:name",
    "windows-registry-key": "windows-registry-key:key",
    "user-agent": "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
}


def quoted(value: str) -> str:
    """A STIX string literal.

    >>> quoted("it's C:\\\\x")
    "'it\\\\'s C:\\\\\\\\x'"
    """
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def pattern(type: str, value: str) -> str | None:
    """The STIX pattern for an indicator, None where STIX has no path for its type.

    >>> pattern("ipv4-addr", "198.51.100.7")
    "[ipv4-addr:value = '198.51.100.7']"
    >>> pattern("autonomous-system", "AS64500")
    '[autonomous-system:number = 64500]'
    """
    if type == "autonomous-system":
        digits = value.upper().removeprefix("AS").strip()
        return f"[autonomous-system:number = {int(digits)}]" if digits.isdigit() else None
    if type in {"ipv4-addr", "ipv6-addr"} and "/" in value:
        return f"[{type}:value ISSUBSET {quoted(value)}]"
    if type == "file-path":
        folder, separator, name = value.replace("/", "\\").rpartition("\\")
        if separator and name:
            return f"[file:name = {quoted(name)} AND file:parent_directory_ref.path = {quoted(folder)}]"
        return None
    path = _PATHS.get(type)
    return f"[{path} = {quoted(value)}]" if path else None
