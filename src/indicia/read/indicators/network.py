"""Addresses, host names, URLs and e-mail addresses in the refanged view. Each search is anchored at a rare character."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.files import FILE_ENDINGS, HOST_LIKE_ENDINGS, is_program_name
from indicia.read.indicators.hit import Hit
from indicia.read.indicators.hosts import is_reserved_name, valid_host

__all__ = ["Taken", "address4_note", "address_note", "find_dotted", "find_ipv6", "find_mail", "find_urls"]

_LABEL_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_SCHEMES = re.compile(
    r"(https?|ftps?|sftp|tcp|udp|tls|ssl|wss?|ldaps?|rmi|dns|smb|nntp|ssh|telnet|socks[45]?|rtmp|git|magnet)\Z", re.IGNORECASE
)
_URL_REST = re.compile(r"[^\s<>\"'`{}|^\u201c\u201d\u2018\u2019\u00ab\u00bb\uff09\u3002\x00-\x1f]{1,8192}")
_AUTHORITY = re.compile(r"(?:[^\s/?#@\\]{0,128}@)?(\[[0-9A-Fa-f:.%a-z]{2,60}\]|[^\s/?#:@\\\[\]()]{1,253})(?::(\d{1,5}))?")
_HOST = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,40}")
_LOCAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+'-=&"
_IPV4 = re.compile(r"(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}")
_CIDR = re.compile(r"/(3[0-2]|[12]?\d)(?!\d|[./]\d)")
_PORT = re.compile(r"(?::|\s?[\[(]:[\])]\s?)(\d{1,5})(?!\d|[.:]\d)")
_PATH = re.compile(r"/(?!(?:tcp|udp|TCP|UDP)\b)[^\s<>\"'`{}|^\u201c\u201d\u2019\x00-\x1f]{0,2048}")
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_VERSION_BEFORE = re.compile(
    r"(?:\b(?:versions?|ver\.?|v\.?|release|build|firmware|patch(?:ed)?(?: to)?|update(?:d)?(?: to)?|upgrade(?:d)?(?: to)?|"
    r"earlier than|older than|newer than|fixed in|section|chapter|clause|paragraph|figure|table|"
    r"appendix|req(?:uirement)?s?|control|item|step|rfc|oid|sig|file ?version|product ?version|assembly ?version)"
    r"[\s:=#]{0,3}|(?:\b[Vv]|\bversion[\s_-]))$",
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
_VERSION_LIST = re.compile(r"\b(?:versions?|builds?|releases?)\b(?:[^.!?;\n]|\.(?=\d)){0,60}$", re.IGNORECASE)


class Taken:
    """Which characters a hit already holds."""

    def __init__(self, size: int) -> None:
        self._held = bytearray(size + 1)

    def take(self, start: int, end: int) -> None:
        self._held[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        return self._held.find(1, start, end) < 0

    def holds(self, at: int) -> int:
        """The end of the range that holds `at`, or -1."""
        return self._held.find(0, at) if self._held[at] else -1


def address_note(address: ipaddress.IPv6Address) -> str:
    """Why an IPv6 address cannot be an attacker's on the internet, or an empty string (IANA's special registry)."""
    if address in _DOCUMENTATION_6:
        return "documentation address (RFC 3849)"
    if address.is_loopback:
        return "loopback address"
    if address.is_link_local:
        return "link-local address"
    if address.is_multicast:
        return "multicast address"
    if address.is_unspecified:
        return "not an address of a host"
    if address.is_private or address.is_site_local:
        return "private address"
    return "public DNS resolver" if str(address) in _RESOLVERS else ""


def address4_note(text: str) -> str:
    """The same for a valid dotted IPv4 address, by its octets: it is asked for every one."""
    a, b, c, _ = (int(octet) for octet in text.split("."))
    if (a, b, c) in _DOCUMENTATION_4:
        return "documentation address (RFC 5737)"
    if a == 127:
        return "loopback address"
    if a == 10 or (a == 172 and 16 <= b < 32) or (a == 192 and b == 168):
        return "private address"
    if a == 0 or text == "255.255.255.255":
        return "not an address of a host"
    if a == 255:
        return "network mask"
    if a >= 224:
        return "multicast address" if a < 240 else "reserved address"
    if a == 169 and b == 254:
        return "link-local address"
    if a == 100 and 64 <= b < 128:
        return "address within a carrier's network (RFC 6598)"
    if (a == 198 and b in {18, 19}) or (a, b, c) == (192, 0, 0):
        return "reserved address"
    return "public DNS resolver" if text in _RESOLVERS else ""


_DOCUMENTATION_4 = frozenset(((192, 0, 2), (198, 51, 100), (203, 0, 113)))
_DOCUMENTATION_6 = ipaddress.ip_network("2001:db8::/32")
_RESOLVERS = frozenset(
    ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222", "208.67.220.220",
     "4.2.2.2", "4.2.2.1",
     "114.114.114.114", "2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111")
)  # fmt: skip


def _trim(text: str, start: int, end: int) -> int:
    """The end of a URL or path without the punctuation of the sentence around it; brackets stay when they are balanced."""
    while end > start:
        last = text[end - 1]
        if (
            last in ".,;:!?*_\\"
            or last in "'\"…"
            or (last in _CLOSERS and text.count(last, start, end) > text.count(_CLOSERS[last], start, end))
        ):
            end -= 1
        else:
            break
    return end


def find_urls(text: str) -> Iterator[Hit]:
    """URLs with a scheme, and within each its host or address. The value has its scheme and host in lower case."""
    at = text.find("://")
    done = 0
    while at >= 0:
        following = at + 3
        scheme = _SCHEMES.search(text, max(done, at - 8), at)
        rest = _URL_REST.match(text, following) if scheme else None
        if scheme is None or rest is None:
            at = text.find("://", following)
            continue
        start = scheme.start()
        end = _trim(text, following, _cut(text, following, rest.end()))
        authority = _AUTHORITY.match(text, following, end)
        if authority is not None:
            yield from _url_hits(text, start, end, scheme[1].lower(), authority)
        done = max(end, following)
        at = text.find("://", done)


def _cut(text: str, start: int, end: int) -> int:
    """Where a second URL begins within the run, for lists without blanks: `http://a/,http://b/`."""
    again = text.find("://", start, end)
    if again < 0:
        return end
    scheme = _SCHEMES.search(text, max(start, again - 8), again)
    if scheme is not None and text[scheme.start() - 1] in ",;|)":
        return scheme.start() - 1
    return end


def _url_hits(text: str, start: int, end: int, scheme: str, authority: re.Match[str]) -> Iterator[Hit]:
    host = authority[1]
    low = host.lower().rstrip(".")
    inner = _host_hit(low, authority.start(1), authority.end(1))
    rest = text[authority.end(1) : end]
    head = text[start + len(scheme) : authority.start(1)]
    value = scheme + head + low + rest
    if inner is None:
        if "." not in low and re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", low) and (low == "localhost" or rest):
            yield Hit(start, end, "url", value, "host name without a domain")
        return
    note = inner.note
    yield Hit(start, end, "url", value, note)
    yield inner._replace(within="url")


def _host_hit(low: str, start: int, end: int) -> Hit | None:
    """The address or domain that a host part is, or None."""
    if low.startswith("["):
        try:
            address6 = ipaddress.IPv6Address(low[1:-1].split("%")[0])
        except ValueError:
            return None
        return Hit(start, end, "ipv6-addr", str(address6), address_note(address6))
    if _IPV4.fullmatch(low):
        return Hit(start, end, "ipv4-addr", low, address4_note(low))
    if valid_host(low):
        return Hit(start, end, "domain-name", low, _name_note(low))
    return None


def _name_note(host: str) -> str:
    if is_reserved_name(host):
        return "documentation name (RFC 2606)"
    if host.endswith((".local", ".lan", ".internal", ".arpa", ".localhost")):
        return "name of an internal network"
    return ""


def find_mail(text: str, taken: Taken) -> Iterator[Hit]:
    """E-mail addresses; the domain in lower case, the local part as written."""
    done = 0
    at = text.find("@")
    while at >= 0:
        held = taken.holds(at)
        if held < 0:
            window = text[max(done, at - 64) : at]
            local = window[len(window.rstrip(_LOCAL)) :].lstrip(".'-=&%+")
            host = _HOST.match(text, at + 1)
            if local and host is not None and not local.endswith("."):
                domain = host[0].rstrip("-_").lower()
                while domain and not valid_host(domain) and "." in domain:
                    domain = domain.rsplit(".", 1)[0]
                if "." in domain and valid_host(domain):
                    start, end = at - len(local), at + 1 + len(domain)
                    yield Hit(start, end, "email-addr", f"{local}@{domain}", _name_note(domain))
                    done = end
        at = text.find("@", max(done, at + 1, held))


def find_ipv6(text: str, anchors: Anchors, taken: Taken) -> Iterator[Hit]:
    """IPv6 addresses and networks in RFC 5952 form. Times, MAC addresses and `::` in code are none."""
    done = 0
    for colon in anchors.colons6:
        if colon < done or taken.holds(colon) >= 0:
            continue
        head = text[max(done, colon - 4) : colon]
        start = colon - len(head) + len(head.rstrip(_HEX_DIGITS))
        before = text[start - 1 : start]
        run = _V6_RUN.match(text, start)
        if run is None or before.isalnum() or before in {"_", ".", ":"}:
            done = _V6_SKIP.match(text, colon).end()  # type: ignore[union-attr]  # matches the empty string
            continue
        written, end = run[0], run.end()
        done = end
        tail = written.rstrip(":.") if not written.endswith("::") else written.rstrip(".")
        end -= len(written) - len(tail)
        following = text[end : end + 1]
        if (
            following.isalnum()
            or following == "_"
            or tail.count(":") < 2
            or (tail.startswith(":") and not tail.startswith("::"))
        ):
            continue
        try:
            address = ipaddress.IPv6Address(tail)
        except ValueError:
            continue
        if len(tail) <= 4 or (tail.endswith("::") and tail.count(":") == 2 and len(tail) < 6):
            continue
        network = _V6_NET.match(text, end)
        value = str(address)
        if network is not None and int(network[1]) <= 128:
            value, end = f"{value}/{network[1]}", network.end()
        yield Hit(start, end, "ipv6-addr", value, address_note(address))


_HEX_DIGITS = "0123456789abcdefABCDEF"
_V6_RUN = re.compile(r"[0-9A-Fa-f:.]{3,45}(?![0-9A-Fa-f:])")
_V6_SKIP = re.compile(r"[0-9A-Fa-f:.]*")
_V6_NET = re.compile(r"/(\d{1,3})(?![\d.])")


def find_dotted(text: str, anchors: Anchors, taken: Taken) -> Iterator[Hit]:
    """IPv4 addresses, host names, URLs without a scheme and file names: everything that a dot between two letters can be."""
    done = 0
    for at in anchors.dots:
        if at < done:
            continue
        held = taken.holds(at)
        if held >= 0:
            done = held
            continue
        window = text[max(done, at - 80) : at]
        left = at - len(window) + len(window.rstrip(_LABEL_CHARACTERS))
        while left > done and at - left < 80 and (text[left - 1].isalnum() or text[left - 1] in "-_"):  # letters beyond ASCII
            left -= 1
        if left == at:
            continue
        match = _HOST.match(text, left)
        if match is None:
            done = at + 1
            continue
        token, end = match[0], match.end()
        done = end
        yield from _dotted(text, left, end, token)


def _dotted(text: str, start: int, end: int, token: str) -> Iterator[Hit]:
    before = text[start - 1] if start else " "
    if token[-1] in "-_":
        token = token.rstrip("-_")
        end = start + len(token)
    last = token.rsplit(".", 1)[-1]
    if last.isdigit():
        yield from _ipv4(text, start, end, token, before)
        return
    low = token.lower()
    ending = low.rsplit(".", 1)[-1]
    if before in "\\$" or (before == "." and text[start - 2 : start - 1] not in {"*", " ", "", "(", "'", '"'}):
        return
    if ending in FILE_ENDINGS and not (ending in HOST_LIKE_ENDINGS and _is_host_here(text, start, end, low, before)):
        if before == "/" or is_program_name(token, text, start, end):
            return
        yield Hit(start, end, "file-name", token)
        return
    start += len(token) - len(token.lstrip("-_"))
    token = token.lstrip("-_")
    low = token.lower()
    if before == "/" and text[start - 2 : start - 1].isalnum():
        return
    if not valid_host(low) or not _reads_as_host(text, start, end, token, before):
        return
    yield from _with_path(text, start, end, low, Hit(start, end, "domain-name", low, _name_note(low)))


def _with_path(text: str, start: int, end: int, low: str, host: Hit) -> Iterator[Hit]:
    """A host followed by `/path` is a URL without a scheme, and a host within it."""
    port = _PORT.match(text, end)
    after = port.end() if port is not None and 0 < int(port[1]) < 65536 else end
    path = _PATH.match(text, after)
    if path is not None and text.startswith("/Contents", after) and low.endswith(".app"):
        return  # a macOS bundle
    if path is not None:
        close = _trim(text, after + 1, path.end())
        if close > after + 1 and not _CIDR.match(text, after):
            yield Hit(start, close, "url", low + text[end:close], host.note)
            yield host._replace(within="url")
            return
    yield host._replace(end=after)


def _is_host_here(text: str, start: int, end: int, low: str, before: str) -> bool:
    """Whether a name whose ending is both a file ending and a top-level domain (`run.sh`, `archive.zip`) is a host here."""
    labels = low.split(".")
    return len(labels) > 2 and labels[0] == "www" or (text[end : end + 1] == "/" and len(labels) > 1)


_SENTENCE_JOIN = re.compile(r"[a-z0-9)]\.[A-Z][a-z]*\Z")
_CODE_BEFORE = re.compile(r"(?:\b(?:import|namespace|package|require|include)\s|->|::|\w\[)\Z")
_OBJECTS = frozenset(
    (
        "system", "self", "this", "os", "sys", "document", "window", "console", "math", "object", "string", "array",
        "json", "request", "response",
        "session", "app", "server", "client", "net", "io", "file", "path", "process", "thread", "socket", "http", "urllib",
        "subprocess", "java",
        "javax", "android", "module", "exports", "event", "node", "element", "user", "username", "password", "config",
        "data", "item", "obj", "args", "e",
        "i", "a", "p", "u", "asp", "vb", "ado", "winapi", "kernel32", "ntdll", "wscript", "activexobject", "microsoft",
        "objshell", "wmi", "powershell",
    )
)  # fmt: skip


def _reads_as_host(text: str, start: int, end: int, token: str, before: str) -> bool:
    """Whether a dotted word that could be a host is not rather code, an abbreviation or two sentences without a blank."""
    labels = token.split(".")
    after = text[end : end + 1]
    if after == "(" or before in "$%&" or (after == "=" and before not in "/") or text[end : end + 2] == "::":
        return False
    if len(labels) == 2:
        first, last = labels
        if last[:1].isupper() and not last.isupper():  # "System.Net", "server.It"
            return False
        if first.lower() in _OBJECTS and not first.islower():
            return False
        if len(first) == 1 and len(last) == 2:  # "a.m", "i.e"
            return False
        if (
            first.isdigit()
            and len(last) <= 3
            and last in {"am", "pm", "st", "nd", "rd", "th", "mm", "cm", "kg", "ms", "mb", "gb", "bn"}
        ):
            return False
        if first.lower() in _OBJECTS and last in {
            "name",
            "id",
            "is",
            "in",
            "to",
            "host",
            "date",
            "net",
            "call",
            "link",
            "open",
            "select",
            "click",
            "app",
            "my",
            "media",
            "space",
            "info",
            "one",
            "domains",
            "tools",
            "diagnostics",
            "io",
        }:
            return False
    elif (
        all(len(label) == 1 for label in labels)
        or all(label.isdigit() for label in labels[:-1])
        or labels[0] in _CODE_OBJECTS
        and (labels[0] in {"self", "this", "os", "sys"} or labels[-1] in _CODE_MEMBERS)
    ):  # "U.S.A", "1.2.kg"
        return False
    elif labels[0].lower() in {"java", "javax", "android", "system", "microsoft"} or any(
        label[:1].isupper() and not label.isupper() for label in labels[1:]
    ):
        return _mostly_lower(token)
    return not _CODE_BEFORE.search(text[max(0, start - 12) : start]) or "." not in token


_CODE_OBJECTS = frozenset(
    ("self", "this", "os", "sys", "request", "response", "document", "window", "console", "session", "event", "options", "args")
)
_CODE_MEMBERS = frozenset(
    (
        "name",
        "id",
        "host",
        "date",
        "link",
        "open",
        "select",
        "click",
        "media",
        "space",
        "info",
        "tools",
        "style",
        "live",
        "report",
        "domains",
    )
)


def _mostly_lower(token: str) -> bool:
    return sum(1 for c in token if c.isupper()) <= 1 and not token.lower().startswith(
        ("java.", "javax.", "android.", "system.", "microsoft.")
    )


def _ipv4(text: str, start: int, end: int, token: str, before: str) -> Iterator[Hit]:
    """An address of exactly four numbers. `token` may run on ("198.51.100.7.exe" does not come here, it ends in letters)."""
    if not _IPV4.fullmatch(token) or before == "." or text[end : end + 2].startswith(("._", ".-")):
        return
    if (
        before in "-_"
        and text[start - 2 : start - 1].isalnum()
        or text[end : end + 1] in {"-", "_"}
        and text[end + 1 : end + 2].isalpha()
    ):
        return
    note = address4_note(token)
    value, finish = token, end
    cidr = _CIDR.match(text, end)
    if cidr is not None:
        value, finish = f"{token}/{cidr[1]}", cidr.end()
    else:
        port = _PORT.match(text, end)
        if port is not None and 0 < int(port[1]) < 65536:
            finish = port.end()
        path = _PATH.match(text, finish)
        if path is not None and path[0][1:2].isalpha() and before != "/":
            close = _trim(text, finish + 1, path.end())
            if close > finish + 1:
                yield Hit(start, close, "url", token + text[end:close], note)
                yield Hit(start, end, "ipv4-addr", token, note, "url")
                return
    if not note or note.startswith("documentation"):
        lead = text[max(0, start - 80) : start]
        version = _VERSION_BEFORE.search(lead[-40:]) or _VERSION_AFTER.match(text, end) or _VERSION_LIST.search(lead)
        if (
            version
            or (before == "/" and _VERSION_BEFORE_WEAK.search(lead))
            or (_VERSION_BEFORE_WEAK.search(lead) and before == " ")
        ):
            note = "version number"
    if before == "/" and note != "version number" and text[start - 2 : start - 1].isalnum():
        return
    yield Hit(start, finish, "ipv4-addr", value, note)
