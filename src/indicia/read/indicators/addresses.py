"""IP addresses, networks and e-mail addresses in the refanged view, and why some of them cannot be an attacker's."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit, Taken
from indicia.read.indicators.hosts import HOST, name_note, valid_host

IPV4 = re.compile(r"(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}")
CIDR = re.compile(r"/(3[0-2]|[12]?\d)(?!\d|[./]\d)")
PORT = re.compile(r"(?::|\s?[\[(]:[\])]\s?)(\d{1,5})(?!\d|[.:]\d)")


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
_V6_NET = re.compile(r"/(\d{1,3})(?!\d|\.\d)")


# E-mail addresses in the refanged view.
_LOCAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+'-=&"


def find_mail(text: str, taken: Taken) -> Iterator[Hit]:
    """E-mail addresses; the domain in lower case, the local part as written."""
    done = 0
    at = text.find("@")
    while at >= 0:
        held = taken.holds(at)
        if held < 0:
            window = text[max(done, at - 64) : at]
            local = window[len(window.rstrip(_LOCAL)) :].lstrip(".'-=&%+")
            host = HOST.match(text, at + 1)
            if local and host is not None and not local.endswith("."):
                domain = host[0].rstrip("-_").lower()
                while domain and not valid_host(domain) and "." in domain:
                    domain = domain.rsplit(".", 1)[0]
                if "." in domain and valid_host(domain):
                    start, end = at - len(local), at + 1 + len(domain)
                    yield Hit(start, end, "email-addr", f"{local}@{domain}", name_note(domain))
                    done = end
        at = text.find("@", max(done, at + 1, held))
